"""What the model learns from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fairlead.plan.nodes import Snapshot
from fairlead.plan.plan import Plan
from fairlead.spec.data import RESTRICTED, Column, Source
from fairlead_targets.model_card.lines import Line, listed


def data(plan: Plan) -> Iterator[Line]:
    """Every source with its sensitivity, what is expected of it and which bytes they were; then how it is divided."""
    section = plan.unit.pipeline.data
    if section is None:
        return
    for name, source in sorted(section.sources.items()):
        yield Line(str(name), str(source.uri), (*_source(plan, str(name), source),))
    if section.prepare:
        yield Line("prepared by", f"the owner's own steps: {listed(sorted(section.prepare))}")
    learned = plan.learned_from
    if learned is not None:
        # A source's own columns stand beside it already.
        own = () if learned.name in section.sources else _columns(learned.columns)
        yield Line("learned from", learned.name, (*own,))
    if (split := section.split) is not None:
        by = f" by {split.by}" if split.by else ""
        method = f"{split.method or 'as its columns allow'}{by}"
        yield Line("split", f"{method}: {split.test:g} for the test, {split.validation:g} for validation")


def _source(plan: Plan, name: str, source: Source) -> Iterator[Line]:
    restricted = ", restricted: named callers only, and a retention for what is kept"
    yield Line("sensitivity", f"{source.sensitivity}{restricted if source.sensitivity in RESTRICTED else ''}")
    lock = plan.unit.lock
    locked = next((each for key, each in lock.data.items() if str(key) == name), None) if lock is not None else None
    snapshot = next((node for node in plan.of(Snapshot) if node.source == name), None)
    if locked is not None:
        manifest = f", with the manifest {locked.manifest}" if locked.manifest else ""
        yield Line("bytes", f"{locked.digest}{manifest}")
    elif source.snapshot == "pinned" or (snapshot is not None and snapshot.pinned):
        yield Line("bytes", "pinned, and the lock has no digest yet")
    else:
        yield Line("bytes", "resolved when a training starts; the run in MLflow has their manifest")
    if source.expect:
        yield Line("must hold", listed(source.expect))
    yield from _columns({str(column): contract for column, contract in source.columns.items()})


def _columns(columns: Mapping[str, Column]) -> Iterator[Line]:
    roles: dict[str, list[str]] = {}
    for name, column in sorted(columns.items()):
        for role in column.all_roles:
            roles.setdefault(str(role), []).append(name)
    for what, names in sorted(roles.items()):
        yield Line(what, listed(names))
