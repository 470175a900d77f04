"""What a change does, in words of the field: one module for each part of a model's life, each a function of a pair."""
