"""The server's own health: saturation, and money spent on nothing."""
