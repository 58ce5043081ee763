"""The cockpit 驾驶舱 and the wall: the state of a county in ten seconds, every number a door to its rows."""
