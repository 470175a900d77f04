"""What exit codes mean, and what counts as a fault of Fairlead's own."""

from __future__ import annotations

DONE = 0
INPUT = 1
"""The input is at fault."""
DIFFERS = 2
"""There is a difference, and the caller asked about it."""
OUR_FAULT = 3
"""Fairlead is at fault."""

FAULT = Exception
"""Whatever no command expected: a bug of Fairlead's or of a plugin's."""
