"""When a visit may be, how its time is held and given up, and the expert's day."""
