"""Service level objectives: what is recorded, and when an error budget burns too fast."""
