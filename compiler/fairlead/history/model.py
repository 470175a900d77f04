"""A history as data: what happened in each commit, and which version was served from which commit to which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from fairlead.git.log import Made

VERSION = 1
"""The version of the JSON document."""
CLAIMS = "times are those of the committers' clocks in UTC, and names and trailers are what the commits say"
"""What a reader has to know about all of it."""


class Kind(StrEnum):
    """What can happen to a pipeline."""

    KNOWN_FROM = "known-from"
    CREATED = "created"
    REMOVED = "removed"
    RENAMED = "renamed"
    MOVED = "moved"
    OWNER = "owner"
    GATES = "gates"
    RETIRED = "retired"
    REVIVED = "revived"
    SERVES = "serves"
    ROLLBACK = "rollback"
    CANARY = "canary"
    CANARY_STEP = "canary-step"
    CANARY_SERVED = "canary-served"
    CANARY_TAKEN_BACK = "canary-taken-back"
    STOPPED = "stopped"
    DATA = "data"
    IMAGE = "image"
    LOCK = "lock"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Image:
    """An image as a lock has it."""

    reference: str
    digest: str
    tree: str | None
    """The Git tree of the sources that it was built from; None where the lock has none."""


@dataclass(frozen=True, slots=True)
class Data:
    """A pinned dataset as a lock has it."""

    source: str
    digest: str
    manifest: str | None


@dataclass(frozen=True, slots=True)
class Version:
    """A version of the model as a lock has it, with what the lock and the specification said beside it."""

    version: int
    run: str | None
    uri: str
    digest: str
    metrics: Mapping[str, float]
    packages: Mapping[str, str]
    reference: str | None
    """The digest of the statistics of its training data."""
    gates: tuple[str, ...] | None
    """The gate in the specification of that commit; None where it could not be read."""
    data: tuple[Data, ...]
    images: tuple[Image, ...]


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that a commit did."""

    kind: Kind
    message: str
    environment: str | None = None
    version: Version | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A commit of the branch, with the commits that it merged and what it did."""

    made: Made
    happenings: tuple[Happening, ...]
    merged: tuple[Made, ...] = ()
    """Those of the merged commits that touch the specification or a lock of it."""


@dataclass(frozen=True, slots=True)
class Period:
    """A version that was served to all, or to all but a canary's share, by what the branch said."""

    environment: str
    version: Version
    since: str | None
    """The commit's time; None where it was served already where the clone begins."""
    commit: str | None
    until: str | None = None
    """None while it goes on."""
    ended: str | None = None
    """The commit that ended it."""


@dataclass(frozen=True, slots=True)
class History:
    """The life of one pipeline, the oldest first."""

    pipeline: str
    file: str
    head: str
    entries: tuple[Entry, ...]
    periods: tuple[Period, ...]
    notes: tuple[str, ...] = field(default=())
    """What limits the answer, in sentences."""
