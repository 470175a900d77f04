"""The reports that steps hand to each other: what an evaluation measured, and what the gate made of it.

An evaluator of the user's own writes the same file to FAIRLEAD_OUTPUT_REPORT. The least that it can be is
`{"metrics": {"recall_at_10": 0.74}}`; everything else makes it say more.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, Field, ValidationError, model_validator

from fairlead.spec.base import Items, Section
from fairlead.steps.failures import StepFailure

M = TypeVar("M", bound=BaseModel)


class Estimate(Section):
    """One metric as it was measured."""

    value: float
    """The value on all rows. NaN where the metric means nothing there; no gate lets a NaN pass."""
    low: float | None = None
    """The lower end of the 95 % confidence interval, where one was computed."""
    high: float | None = None
    """The upper end."""


def _number_to_estimate(value: object) -> object:
    return {"value": float(value)} if isinstance(value, int | float) and not isinstance(value, bool) else value


Metrics = dict[str, Annotated[Estimate, BeforeValidator(_number_to_estimate, json_schema_input_type=float | Estimate)]]
"""Metrics by name: a number, or a number with its confidence interval."""


class Part(Section):
    """The metrics of some rows, and how many rows these are."""

    rows: Annotated[int, Field(ge=0)] | None = None
    """How many rows were scored; queries for a ranking. None where the evaluator doesn't say."""
    positives: Annotated[int, Field(ge=0)] | None = None
    """How many of them are of the positive class, where there is one."""
    metrics: Metrics = Field(default_factory=dict)
    """The metrics on these rows."""


class EvaluationReport(Part):
    """What an evaluation measured: on all rows, and on those of each value of a slice."""

    version: Literal[1] = 1
    """The version of the format."""
    task: str | None = None
    """The task, where the built-in evaluator wrote the report."""
    on: str | None = None
    """The part of the split that was scored: `test` or `validation`."""
    dataset: str | None = None
    """The digest of the rows that were scored. A candidate and the champion are compared on the same rows only."""
    slices: dict[str, dict[str, Part]] = Field(default_factory=dict)
    """By the slice's column and its value."""

    def values(self) -> dict[str, float]:
        """The metrics on all rows that are numbers, by name, and those of slices as `recall[age_band=under-40]`."""
        found = {name: estimate.value for name, estimate in self.metrics.items()}
        for column, parts in self.slices.items():
            for value, part in parts.items():
                found |= {f"{name}[{column}={value}]": each.value for name, each in part.metrics.items()}
        return {name: value for name, value in found.items() if math.isfinite(value)}


class ClauseResult(Section):
    """One clause of the gate, for one value of its slice where it has one, and how it went."""

    clause: str
    """The clause as the specification has it, with the value of the slice: `recall[age_band=under-40] >= 0.85`."""
    holds: bool
    """Whether the metric reaches the bound. A clause that can't be judged doesn't hold."""
    value: float | None = None
    """What was measured; None where nothing was."""
    bound: float | None = None
    """What had to be reached; None for a comparison with a champion that isn't there yet."""
    rows: int | None = None
    """On how many rows."""
    positives: int | None = None
    """How many of them are positive."""
    reason: str
    """One sentence: by how much, on how many rows, or why it can't be judged."""


class GateReport(Section):
    """The verdict: all clauses hold, or nothing downstream happens."""

    version: Literal[1] = 1
    """The version of the format."""
    passed: bool
    """Whether every clause holds."""
    clauses: Items[ClauseResult] = ()
    """The clauses, in the order of the specification; slices in the order of their values."""

    @model_validator(mode="after")
    def _agrees(self) -> GateReport:
        if self.passed != all(clause.holds for clause in self.clauses):
            raise ValueError("the verdict and its clauses contradict each other")
        return self


def write_report(path: Path, report: BaseModel) -> None:
    """Writes a report as JSON, with NaN as null's stand-in "NaN", so that any reader of JSON can read it."""
    content = spelled(report.model_dump(mode="python", exclude_none=True))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=2, sort_keys=True, allow_nan=False) + "\n", encoding="utf-8")


def read_report(path: Path, kind: type[M], what: str) -> M:
    """The report in a file. Raises StepFailure, naming `what` it is, where there is none or it is none."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=_each_once)
        return kind.model_validate(_numbers(content))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(step) for step in first["loc"]) or "the whole"
        raise StepFailure(f"{what} is not in the form of a report: {where}: {first['msg']}", FORM) from error
    except (OSError, ValueError, RecursionError) as error:
        raise StepFailure(f"{what} can't be read: {error}", FORM) from error


FORM = 'the least that a report can be is {"metrics": {"accuracy": 0.9}}'
_SPELLED = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def spelled(value: Any) -> Any:
    """A value with NaN and the infinities as words, which JSON has no numbers for."""
    if isinstance(value, Mapping):
        return {key: spelled(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [spelled(inner) for inner in value]
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value


def _numbers(value: Any) -> Any:
    """Reads what `spelled` wrote, below `metrics` alone: elsewhere "NaN" may be the name of a slice's value."""
    if isinstance(value, dict):
        return {
            key: _metrics(inner) if key == "metrics" and isinstance(inner, dict) else _numbers(inner)
            for key, inner in value.items()
        }
    return [_numbers(inner) for inner in value] if isinstance(value, list) else value


def _metrics(value: dict[str, Any]) -> dict[str, Any]:
    def number(inner: Any) -> Any:
        return _SPELLED.get(inner, inner) if isinstance(inner, str) else inner

    return {
        name: {key: number(each) for key, each in inner.items()} if isinstance(inner, dict) else number(inner)
        for name, inner in value.items()
    }


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    whole = dict(pairs)
    if len(whole) != len(pairs):
        raise ValueError("a key stands in one object twice")
    return whole
