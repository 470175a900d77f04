"""A plan as a picture: one model of what is shown, and a pure function from it to each format."""
