"""Decides whether a trigger starts a training: not within the cooldown, and not for data that is known.

What was admitted last is kept in `<artifacts>/state/<pipeline>/admitted.json`: when, and what the sources looked like.
A source's look is a digest of the paths, sizes and versions of its objects, as a listing tells them, so nothing is read
for it. People and schedules are always let through, and count for the cooldown of the others. Trainings of one pipeline
exclude each other by the workflow's mutex, so the record has one writer.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final

from pydantic import Field, ValidationError

from fairlead.plan import contract
from fairlead.remote.failures import Missing
from fairlead.remote.storage import Store
from fairlead.spec.base import Section
from fairlead.steps.context import Context
from fairlead.steps.failures import StepFailure

NEW_DATA: Final = "new-data"
ALERTS: Final = ("drift", "quality")


class Source(Section):
    """A source whose data may change."""

    uri: str
    """Where it is."""


class Parameters(Section):
    """What the step is told."""

    cooldown_seconds: Annotated[int, Field(ge=0)]
    """How long after a training alerts and new data start no other."""
    sources: dict[str, Source] = Field(default_factory=dict)
    """The sources that are not pinned, by name."""


class Admitted(Section):
    """What was let through last."""

    version: int = 1
    """The version of the format."""
    at: str
    """When, in ISO 8601."""
    trigger: str
    """What started it."""
    run: str
    """The run's id."""
    sources: dict[str, str] = Field(default_factory=dict)
    """The look of each source then."""


def run(context: Context) -> None:
    """Gives the result `proceed`: `true` or `false`. Raises RemoteFailure where a source or the record can't be
    read.
    """
    parameters = context.read_parameters(Parameters)
    trigger = context.environ.get(contract.TRIGGER) or "manual"
    store, path = Store(context.artifacts), f"state/{context.pipeline}/admitted.json"
    last = _last(store, path)
    if last is not None and last.run == context.run_id:
        # Another attempt of the same run: the answer was given already.
        context.result("proceed", "true")
        return
    now = datetime.now(UTC)
    looks = {name: _look(source.uri) for name, source in parameters.sources.items()}
    reason = refusal(trigger, last, looks, now, timedelta(seconds=parameters.cooldown_seconds))
    if reason is None:
        record = Admitted(at=now.isoformat(), trigger=trigger, run=context.run_id, sources=looks)
        store.write(path, (json.dumps(record.model_dump(), sort_keys=True) + "\n").encode())
    sys.stdout.write(f"{trigger}: {reason or 'a training is started'}\n")
    context.result("proceed", "false" if reason else "true")


def refusal(
    trigger: str, last: Admitted | None, looks: dict[str, str], now: datetime, cooldown: timedelta
) -> str | None:
    """Why a trigger starts nothing; None where it does."""
    if last is None or trigger not in (NEW_DATA, *ALERTS):
        return None
    if trigger == NEW_DATA and all(last.sources.get(name) == look for name, look in looks.items()):
        return "no source has changed since the last training was started"
    since = now - datetime.fromisoformat(last.at)
    if since < cooldown:
        return f"a training was started {_spelled(since)} ago, and the cooldown is {_spelled(cooldown)}"
    return None


def _last(store: Store, path: str) -> Admitted | None:
    try:
        data = store.read(path)
    except Missing:
        return None
    try:
        found = Admitted.model_validate_json(data)
        datetime.fromisoformat(found.at)
    except (ValidationError, ValueError) as error:
        help_ = "delete it: the next trigger then starts a training"
        raise StepFailure(f"the record {store.uri}/{path} is not in its form", help_) from error
    return found


def _look(uri: str) -> str:
    """A digest of what a listing tells of a source; `nothing` where nothing is there."""
    try:
        return Store(uri).look()
    except Missing:
        return "nothing"


def _spelled(time: timedelta) -> str:
    seconds = int(time.total_seconds())
    hours, minutes = seconds // 3600, seconds % 3600 // 60
    return f"{hours}h{minutes:02}m" if hours else f"{minutes}m{seconds % 60:02}s"
