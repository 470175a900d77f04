"""Findings that are new, gone or waived, and why a side does not compile."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from fairlead.source.places import Place


class Standing(StrEnum):
    """What happened to a finding between base and head."""

    NEW = "new"
    GONE = "gone"
    WAIVED = "waived"
    """A policy still finds it, and a waiver in head accepts it."""


@dataclass(frozen=True, slots=True)
class FindingChange:
    """A finding of validation or of a policy that is new, gone or waived."""

    standing: Standing
    code: str
    title: str
    severity: str
    """`error`, `warning` or `note`, as in `fairlead validate`."""
    policy: str | None
    """The policy's name, as waivers call it; None for a finding that no waiver accepts."""
    message: str
    help: str
    place: Place
    """In head's files, and in base's for one that is gone."""
    reason: str | None = None
    """Why it is waived, in the waiver's words."""
    until: str | None = None
    """The last day of the waiver, as 2027-03-31."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Why a side doesn't compile: an error, or what Git could not give."""

    code: str
    severity: str
    message: str
    help: str
    place: Place
