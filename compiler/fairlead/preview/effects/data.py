"""Data: where it is read from, what it must be like, and how it is divided."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fairlead.plan.artifacts import Use
from fairlead.plan.draw.details import percent
from fairlead.plan.nodes import Check, Divide, Prepare, Snapshot
from fairlead.preview.effects.pair import Both, arrow, mapping_changes
from fairlead.preview.effects.runs import run_effects
from fairlead.preview.model import Effect, Severity
from fairlead.spec.data import SENSITIVITIES, Column


def effects(pair: Both) -> Iterator[Effect]:
    """What differs from the sources to the split."""
    yield from _sources(pair)
    yield from _datasets(pair)
    yield from _contracts(pair)
    yield from _split(pair)


def _sources(pair: Both) -> Iterator[Effect]:
    for before, after in pair.nodes(Snapshot):
        if before.uri != after.uri:
            message = f"retrains: {after.source} is read from {arrow(before.uri, after.uri)}"
            yield pair.effect(Severity.BEHAVIOUR, "retrains", message, (*after.path, "uri"), after.id)
        if before.pinned != after.pinned:
            how = "its pinned bytes alone" if after.pinned else "whatever is there when it starts"
            message = f"retrains: training takes of {after.source} {how}"
            yield pair.effect(Severity.BEHAVIOUR, "retrains", message, (*after.path, "snapshot"), after.id)
        elif before.digest != after.digest:
            shown = arrow(_short(before.digest), _short(after.digest))
            message = f"retrains: {after.source} is pinned to other bytes: {shown}"
            yield pair.effect(Severity.BEHAVIOUR, "retrains", message, after.path, after.id)
        yield from run_effects(pair, before, after, after.id, learns=False)
    for before_step, after_step in pair.nodes(Prepare):
        # Each input is found by its name, whatever came first in the file.
        if set(before_step.uses) != set(after_step.uses):
            was, now = (sorted(map(_read, step.uses)) for step in (before_step, after_step))
            message = f"retrains: {after_step.step} reads {arrow(was, now)}"
            yield pair.effect(Severity.BEHAVIOUR, "retrains", message, (*after_step.path, "inputs"), after_step.id)
        yield from run_effects(pair, before_step, after_step, after_step.step, learns=True)


def _read(use: Use) -> str:
    """An input as a reviewer sees it; the name that the step knows it by stands where it is not the artifact's own."""
    name = "" if use.artifact.rpartition("/")[2] == use.name else f" as {use.name}"
    return f"{use.artifact}{' by reference' if use.mode == 'reference' else ''}{name}"


def _contracts(pair: Both) -> Iterator[Effect]:
    for before, after in pair.nodes(Check):
        columns = _columns(before.columns, after.columns)
        if columns:
            message = f"the contract of {after.dataset} changed: {', '.join(columns)}"
            yield pair.effect(Severity.BEHAVIOUR, "data-contract", message, after.path, after.id, tuple(columns))
        was, now = ([str(each) for each in node.expectations] for node in (before, after))
        gone = [each for each in was if each not in now]
        new = [each for each in now if each not in was]
        if gone:
            message = f"{after.dataset} need no longer hold: {', '.join(gone)}"
            message += f"; instead: {', '.join(new)}" if new else ""
            path = (*after.path, "expect", now.index(new[0]) if new else was.index(gone[0]))
            yield pair.effect(Severity.RISK, "data-contract", message, path, after.id, gone=not new)
        elif new:
            message = f"{after.dataset} must hold: {', '.join(new)}, or nothing is trained"
            path = (*after.path, "expect", now.index(new[0]))
            yield pair.effect(Severity.BEHAVIOUR, "data-contract", message, path, after.id)
        yield from run_effects(pair, before, after, after.id, learns=False)


def _columns(before: Mapping[str, Column], after: Mapping[str, Column]) -> list[str]:
    """What differs between the contracts of columns: `mean_radius min 0 -> 1`."""
    found = mapping_changes(dict.fromkeys(before), dict.fromkeys(after), lambda _: "as it is declared")
    found = [line.removesuffix(" (as it is declared)") for line in found]
    for name, column in after.items():
        if name in before:
            one, other = (each.model_dump(exclude_defaults=True) for each in (before[name], column))
            found += [f"{name} {line}" for line in mapping_changes(one, other)]
    return found


def _split(pair: Both) -> Iterator[Effect]:
    for before, after in pair.nodes(Divide):
        parts = [
            f"{name} {arrow(was, now)}"
            for name, was, now in (
                ("of", before.dataset, after.dataset),
                ("method", before.method, after.method),
                ("by", before.by, after.by),
                ("test", percent(before.test), percent(after.test)),
                ("validation", percent(before.validation), percent(after.validation)),
                ("seed", before.seed, after.seed),
            )
            if was != now
        ]
        if parts:
            message = f"retrains: the split changed: {', '.join(parts)}"
            why = ("metrics before and after are of different rows, and can't be compared",)
            yield pair.effect(Severity.BEHAVIOUR, "retrains", message, after.path, after.id, why)
        yield from run_effects(pair, before, after, "the split", learns=False)


def _short(digest: str | None) -> str | None:
    return digest.removeprefix("sha256:")[:12] if digest else None


def _datasets(pair: Both) -> Iterator[Effect]:
    """How a dataset is written, and how it must be handled: less sensitive data is kept with less care."""
    for name, now in pair.after.datasets.items():
        was = pair.before.datasets.get(name)
        if was is None:
            continue
        node = f"check/{name}"
        if was.format != now.format:
            message = f"retrains: {name} is read as {arrow(was.format, now.format)}"
            yield pair.effect(Severity.BEHAVIOUR, "retrains", message, (*now.path, "format"), node)
        # What steps make of a source is as sensitive as the source, and is not said again.
        if was.sensitivity != now.sensitivity and now.path[:2] == ("data", "sources"):
            less = SENSITIVITIES.index(now.sensitivity) < SENSITIVITIES.index(was.sensitivity)
            message = f"{name} is handled as {arrow(was.sensitivity, now.sensitivity)}"
            severity = Severity.RISK if less else Severity.BEHAVIOUR
            yield pair.effect(severity, "data-contract", message, (*now.path, "sensitivity"), node)
