"""Programs that measure; what they print is a ratio to a floor run at the same time."""
