"""One thing that a cluster lacks, and what in the output needs it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fairlead.doctor.codes import UNANSWERED
from fairlead.resources.resource import Identity, Resource
from fairlead.source.diagnostics import Code, Diagnostic, Related, Severity
from fairlead.source.nodes import Path
from fairlead.source.places import Place

NAMED: Final = 2
"""Places that a message names beside the first."""
PROJECT: Final = Place.start_of("fairlead.yaml")


@dataclass(frozen=True, slots=True)
class By:
    """What needs something: a resource of the output, and the line of the specification that it comes from."""

    resource: Identity
    place: Place


def by(resource: Resource, path: Path = ()) -> By:
    """What needs something at a path of a resource."""
    return By(resource.identity, resource.origin_at(path).place)


@dataclass(frozen=True, slots=True)
class Finding:
    """What is lacking, or not known. `by` is what needs it, and `place` where it is said, if no resource needs it."""

    code: Code
    message: str
    help: str
    by: tuple[By, ...] = ()
    place: Place | None = None
    severity: Severity | None = None

    @property
    def level(self) -> Severity:
        """The severity that counts."""
        return self.severity or self.code.severity

    def diagnostic(self) -> Diagnostic:
        """The same for people, at the line of the specification."""
        at = self.place or (self.by[0].place if self.by else PROJECT)
        message = self.message
        if self.by:
            others = len({each.resource for each in self.by}) - 1
            more = f" and {others} more" if others > 0 else ""
            message = f"{message}; needed by {self.by[0].resource}{more}"
        places = dict.fromkeys(each.place for each in self.by if each.place != at)
        related = tuple(Related(place, "needed here, too") for place in list(places)[:NAMED])
        return Diagnostic(self.code, at, message, self.help, related=related, severity=self.severity)


def unknown(
    what: str, why: str, needed: tuple[By, ...] = (), *, help_: str = "ask as an account that may read it"
) -> Finding:
    """What can't be told, and why."""
    return Finding(UNANSWERED, f"it is not known {what}: {why}", help_, needed)
