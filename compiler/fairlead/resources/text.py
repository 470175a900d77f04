"""What a target may say about how a value is written: with a comment, or without the quotes that it would get.

The emitter (`fairlead.output.yaml`) obeys; a target, which can't import it, puts these into its manifests and files.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


class Plain(str):
    """A text that is written without quotes although some reader takes it for something else.

    For the key `on` of a GitHub workflow, which is a word to GitHub and `true` to YAML 1.1. The caller answers for it.
    """

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Commented:
    """A value with something said about it.

    `comment` stands at the end of the line of a scalar; `above` are lines over the key or the list item that holds the
    value, whatever its kind.
    """

    value: Any
    comment: str = ""
    above: Sequence[str] = ()
