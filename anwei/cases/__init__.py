"""The closed loop: what must be done by whom until when, checked by whom, proved how."""
