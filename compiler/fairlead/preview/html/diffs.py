"""A unified difference as runs of lines of one kind, in pieces of which a page shows the first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, islice
from typing import Final

SHOWN: Final = 300
"""How many lines are shown at once; the rest of a longer difference is folded, in pieces."""
PIECE: Final = 2_000


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring lines of one kind, with their signs."""

    kind: str
    """`added`, `removed`, `hunk`, `head`, `note` or `same`."""
    text: str
    """With a line end behind every line."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Lines that are shown or folded together."""

    first: int
    """The number of the first line, from 1."""
    last: int
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """A difference with the numbers of its lines."""

    added: int
    removed: int
    pieces: tuple[Piece, ...]


def difference_of(diff: str) -> Difference:
    """The difference, from the text that a preview holds."""
    # Not `splitlines`, for which a unit separator in a value ends a line.
    kinds = list(_kinds(diff.split("\n"))) if diff else []
    pieces = []
    lines = iter(kinds)
    first, most = 1, SHOWN
    while part := list(islice(lines, most)):
        runs = tuple(
            Run(kind, "".join(f"{line}\n" for _, line in inside))
            for kind, inside in groupby(part, key=lambda one: one[0])
        )
        pieces.append(Piece(first, first + len(part) - 1, runs))
        first, most = first + len(part), PIECE
    count = [kind for kind, _ in kinds]
    return Difference(count.count("added"), count.count("removed"), tuple(pieces))


def _kinds(lines: list[str]) -> Iterator[tuple[str, str]]:
    """Each line with its kind. The two lines of the head start as removed and added lines do, so place decides."""
    head = True
    for line in lines:
        if line.startswith("@@"):
            head = False
            yield "hunk", line
        elif head and line.startswith(("--- ", "+++ ")):
            yield "head", line
        else:
            head = False
            kind = {"+": "added", "-": "removed", "\\": "note"}.get(line[:1], "same")
            yield kind, line
