"""Unit tests of the rules for `promtool test rules`, computed from the same numbers as the rules themselves."""
