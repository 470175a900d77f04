"""Canonical formatting of a YAML file that keeps its comments and its meaning.

Not a dump of what was read: the file's own lines are kept, moved and indented, so that a comment stays where its
writer put it, with what it is about. `outline` finds the structure, `flow` writes collections in brackets, `arrange`
puts lines in order, `line` is one of them, and `formatter` holds the result to the law: it reads as the same value.
"""

from __future__ import annotations

from fairlead.source.format.formatter import Changed, canonical

__all__ = ["Changed", "canonical"]
