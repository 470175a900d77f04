"""What Fairlead says about its input: codes, their pages, and diagnostics.

A code is defined once, beside the check that reports it, and its definition carries the page that
`fairlead explain CODE` prints. Nothing else may invent a code: a `Diagnostic` takes a `Code`, never a string.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from inspect import cleandoc
from typing import Final

from fairlead.source.places import Place


class Severity(StrEnum):
    """How bad it is. An error stops every command that writes; a warning and a note never do."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Code:
    """A kind of diagnostic, with the page that explains it.

    `id` is stable for ever: `FL` and four digits for Fairlead's own, another prefix for a plugin's. The thousands
    digit names the room: 1 the language, 2 the project and its locks, 3 cross-checks of the plan, 4 targets,
    5 patches, 6 the output, 7 policy and waivers, 8 running on this machine and applying, 9 Fairlead itself. `page` is
    Markdown: what is wrong, why it matters, and an example with its mend.
    """

    id: str
    title: str
    page: str
    severity: Severity = Severity.ERROR
    shows_source: bool = True
    """Whether a report may quote the line: not where the line holds a secret, because logs have many readers."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "page", cleandoc(self.page))
        known = _CODES.setdefault(self.id, self)
        if known is not self:
            raise ValueError(f"the code {self.id} is defined twice: {known.title!r} and {self.title!r}")


_CODES: Final[dict[str, Code]] = {}


def defined_codes() -> dict[str, Code]:
    """Every code that has been defined so far, by id and in their order.

    Only the modules that were imported count; `fairlead.cli.explain` imports all of them first.
    """
    return dict(sorted(_CODES.items()))


def code_of(id_: str) -> Code | None:
    """The code of an id; None where no module has defined it so far."""
    return _CODES.get(id_)


LONGEST: Final = 2_000
"""Characters of a message or of a help; of what is longer, the middle is left out."""


@dataclass(frozen=True, slots=True)
class Related:
    """Another place that a reader needs to see, and why."""

    place: Place
    message: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding, at one place.

    `message` is one sentence that says what is wrong, with the arithmetic where there is some; `help` is one that
    says what to do. Both start in lower case and end without a full stop. `nearest` is the valid word that
    the writer probably meant.
    """

    code: Code
    place: Place
    message: str
    help: str = ""
    nearest: str | None = None
    related: tuple[Related, ...] = ()
    severity: Severity | None = field(default=None)
    """Overrides the code's own severity, where a project may choose."""

    def __post_init__(self) -> None:
        # A message quotes what it is about, and a key or a text of a file may have a megabyte.
        for name in ("message", "help"):
            text = getattr(self, name)
            if len(text) > LONGEST:
                object.__setattr__(self, name, f"{text[: LONGEST // 2]} … {text[-LONGEST // 4 :]}")

    @property
    def level(self) -> Severity:
        """The severity that counts."""
        return self.severity or self.code.severity

    @property
    def sort_key(self) -> tuple[str, int, int, str, str]:
        """Files in order, and within a file from top to bottom."""
        return (self.place.file, self.place.line, self.place.column, self.code.id, self.message)


class Refused(Exception):
    """Raised where work cannot go on because the input is at fault; carries every finding up to that point."""

    def __init__(self, diagnostics: list[Diagnostic]) -> None:
        self.diagnostics = diagnostics
        super().__init__("; ".join(f"{d.place}: {d.code.id}: {d.message}" for d in diagnostics[:5]))


def in_order(diagnostics: list[Diagnostic]) -> list[Diagnostic]:
    """Sorted by place, and each only once: three environments that share a mistake report it once."""
    return sorted(dict.fromkeys(diagnostics), key=lambda found: found.sort_key)


def has_errors(diagnostics: list[Diagnostic]) -> bool:
    """Whether any finding is an error."""
    return any(found.level is Severity.ERROR for found in diagnostics)
