"""Waivers: findings of policies that a pipeline accepts, each with a reason and an end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from fairlead.project.unit import Unit
from fairlead.source.diagnostics import Code, Diagnostic
from fairlead.source.words import nearest_word

UNKNOWN_POLICY = Code(
    "FL7001",
    "a waiver of a policy that does not exist",
    """
    `check` names the policy whose finding is accepted, and no policy has this name, so the waiver accepts nothing.

    ```yaml
    waivers:
      - {check: serving.single_zone, reason: one zone until the move, until: 2027-03-31}    # FL7001
    ```

    Mended:

    ```yaml
    waivers:
      - {check: serving.single-zone, reason: one zone until the move, until: 2027-03-31}
    ```

    docs/policies.md lists the policies that come with Fairlead; those of other packages are named in fairlead.yaml.
    Errors that say that something can't work have no such name and can't be waived.
    """,
)
EXPIRED = Code(
    "FL7002",
    "a waiver that has ended",
    """
    `until` is the last day on which the finding is accepted, and the day that `fairlead check --as-of` was given is
    later. Compiling knows no date, so it goes on accepting; checking with a date is what ends a waiver.

    ```yaml
    waivers:
      - {check: serving.single-zone, reason: one zone until the move, until: 2027-03-31}    # FL7002 from 2027-04-01 on
    ```

    Remove the waiver and mend what it accepted. Where that takes longer, give it a later end in a pull request that
    says why.
    """,
)


def accepted(unit: Unit) -> frozenset[str]:
    """The policies whose findings the pipeline accepts."""
    return frozenset(waiver.check for waiver in unit.pipeline.waivers)


def unknown(unit: Unit, names: Sequence[str]) -> Iterator[Diagnostic]:
    """Waivers of policies that are not among `names`."""
    for position, waiver in enumerate(unit.pipeline.waivers):
        if waiver.check not in names:
            message = f"there is no policy `{waiver.check}`"
            place = unit.place("waivers", position, "check")
            help_ = f"the policies are {', '.join(f'`{name}`' for name in names)}"
            yield Diagnostic(UNKNOWN_POLICY, place, message, help_, nearest_word(waiver.check, names))


def expired(units: Iterable[Unit], as_of: date) -> Iterator[Diagnostic]:
    """Waivers whose last day is before a date."""
    for unit in units:
        for position, waiver in enumerate(unit.pipeline.waivers):
            if waiver.until < as_of:
                message = f"the waiver of `{waiver.check}` ended on {waiver.until}, before {as_of}"
                help_ = "mend what it accepts and remove it, or give it a later end"
                yield Diagnostic(EXPIRED, unit.place("waivers", position, "until"), message, help_)
