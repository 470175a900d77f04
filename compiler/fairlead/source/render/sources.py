"""What the renderers know of the files that diagnostics are about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import TypeAlias

from fairlead.source.diagnostics import Diagnostic, Severity

Sources: TypeAlias = Callable[[str], str | None]
"""The text of a file by its name, or None where it is not known."""


def printable(text: str) -> str:
    """`text` with every character that a terminal would obey or hide written as its code point: `<U+001B>`.

    A specification comes from a pull request. Printed as it stands, it could move the cursor, recolour what others
    said, or begin a command of the CI system on a new line.
    """
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() else f"<U+{ord(letter):04X}>" for letter in text)


def advice(found: Diagnostic) -> list[str]:
    """What to do about a finding, one sentence each; nothing where the message says it all."""
    meant = [f"did you mean `{found.nearest}`?"] if found.nearest is not None else []
    return [*meant, *([found.help] if found.help else [])]


def counts(diagnostics: Iterable[Diagnostic]) -> Counter[Severity]:
    """How many findings there are of each severity."""
    return Counter(found.level for found in diagnostics)
