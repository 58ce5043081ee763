"""What the sensors say, and when that is an alarm."""
