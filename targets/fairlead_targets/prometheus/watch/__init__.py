"""What scheduled comparisons find: drift of what the model is asked, and quality of what it answers."""
