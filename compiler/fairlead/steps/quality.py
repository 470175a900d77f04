"""Judges live predictions once their truth is known, by the metrics that candidates are judged by.

A label finds its answer by `request_id`, the header `X-Request-Id` that proxies give every request, or by an id column
that stands in the request; in batch scoring's output, by that column. Rows of one request share its id: where there are
several, they are joined in their order, and only where there are as many labels. Answers of the window are judged that
are older than the labels' delay, as far as labels are there. Of two labels with one id, the later one in the files
counts: outcomes are corrected.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from fairlead.plan import contract
from fairlead.remote.failures import Missing
from fairlead.remote.storage import uri_of
from fairlead.spec.base import Items, Section
from fairlead.steps import metrics, payloads
from fairlead.steps.context import Context
from fairlead.steps.drift import PREDICTION, Window, logged, served_reference, written_since
from fairlead.steps.engine import engine
from fairlead.steps.failures import BadData, StepFailure
from fairlead.steps.metrics import Scored
from fairlead.steps.reference import Answers, Reference
from fairlead.steps.tables import open_table
from fairlead.steps.values import number_of, text_of

LEAST: Final = 30
"""Judged rows without which no metric is told: the support that a gate asks for where nothing is said."""
REQUEST_ID: Final = "request_id"


class Labels(Section):
    """Where ground truth is, and how it finds its prediction."""

    uri: str
    """Where labels are."""
    format: Literal["csv", "parquet", "jsonl"]
    """Their format."""
    join: str
    """`request_id`, or an id column."""
    column: str | None = None
    """The column with the truth."""
    positive: str | None = None
    """The truth that counts as positive."""


class Parameters(Window):
    """What the step is told."""

    task: str
    """The task, which says what metrics mean."""
    delay_seconds: Annotated[int, Field(ge=0)] = 0
    """How long after the request the truth arrives."""
    labels: Labels
    """Where ground truth is."""
    metrics: Items[str]
    """What is measured."""


@dataclass(frozen=True, slots=True)
class Pair:
    """An answer and its truth."""

    answer: Any
    truth: str


def run(context: Context) -> None:
    """Gives the results `rows` and `metric-<name>`, which is not written where it means nothing.

    Raises StepFailure where something is not set or can't be computed, BadData where the labels can't be read.
    """
    parameters = context.read_parameters(Parameters)
    known = _reference(context, parameters)
    until = datetime.now(UTC)
    since = until - timedelta(seconds=parameters.window_seconds)
    until -= timedelta(seconds=parameters.delay_seconds)
    answered = list(_answers(context, parameters, known, since, until))
    truths = _truths(parameters.labels)
    pairs = list(_joined(answered, truths))
    context.result("rows", str(len(pairs)))
    sys.stdout.write(f"{len(pairs)} of {sum(len(said) for _, said in answered)} answers have their truth\n")
    if len(pairs) < LEAST:
        sys.stdout.write(f"no metric, because {LEAST} are needed to mean anything\n")
        return
    scored = judged(parameters, known.answers, pairs)
    for name, value in metrics.measure(scored, parameters.metrics).items():
        if math.isfinite(value):
            context.result(f"metric-{name}", repr(value))
        sys.stdout.write(f"{name}: {value:.4g}\n")


def _reference(context: Context, parameters: Parameters) -> Reference:
    """How the served version's requests and answers are read. One without statistics may answer in labels."""
    if context.environ.get(contract.CHAMPION_REFERENCE):
        return served_reference(context)
    labels = parameters.labels
    known = (labels.positive,) if labels.positive else ()
    return Reference(rows=0, answers=Answers(classes=known))


def _answers(
    context: Context, parameters: Parameters, known: Reference, since: datetime, until: datetime
) -> Iterator[tuple[str, list[Any]]]:
    """The ids of what was answered, each with its answers: one, or those of all rows of a request."""
    if parameters.format != "payloads":
        yield from _scored(parameters, since)
        return
    version = context.environ.get(contract.CHAMPION_VERSION) or None
    by_request = parameters.labels.join == REQUEST_ID
    ids: dict[str, list[str]] = {}
    said: dict[str, list[Any]] = {}
    for record in payloads.records(logged(context, parameters), since, until):
        if record.kind == "response":
            if version is None or record.version is None or record.version == version:
                answers = payloads.answers(record.body)
                if by_request and record.request_id:
                    yield record.request_id, answers
                elif not by_request:
                    said[record.id] = answers
        elif not by_request:
            _, columns = payloads.features(record.body, known.inputs)
            ids[record.id] = [text_of(value) for value in columns.get(parameters.labels.join, ())]
    for key, answers in said.items():
        if len(ids.get(key, ())) == len(answers):
            yield from ((row, [answer]) for row, answer in zip(ids[key], answers, strict=True))


def _scored(parameters: Parameters, since: datetime) -> Iterator[tuple[str, list[Any]]]:
    """The rows of batch scoring's output that was written in the window."""
    join = parameters.labels.join
    with engine() as duck:
        for table in written_since(duck, parameters, since):
            for name in (join, PREDICTION):
                if any(group.columns is not None and name not in group.columns for group in table.groups):
                    raise StepFailure(
                        f"the output of batch scoring has no column `{name}`", "join by a column that the input has"
                    )
            rows = table.query(f"SELECT {table.plain(join)}, {table.plain(PREDICTION)} FROM {table.relation}")
            yield from ((text_of(key), [answer]) for key, answer in rows if key is not None and answer is not None)


def _truths(labels: Labels) -> dict[str, list[str]]:
    """The truth by id, in the order of the files; several where an id has several rows."""
    if labels.column is None:
        raise StepFailure("which column holds the truth is not known", "set `monitoring.quality.labels.column`")
    address = labels.uri if "://" in labels.uri else uri_of(Path(labels.uri))
    found: dict[str, list[str]] = {}
    with engine() as duck:
        try:
            table = open_table(duck, address, labels.format)
        except Missing:
            return found
        for name in (labels.join, labels.column):
            if any(group.columns is not None and name not in group.columns for group in table.groups):
                raise BadData(f"the labels at {labels.uri} have no column `{name}`", "correct `labels`, or the files")
        for key, truth in table.query(
            f"SELECT {table.plain(labels.join)}, {table.plain(labels.column)} FROM {table.relation}"
        ):
            if key is not None and truth is not None:
                found.setdefault(text_of(key), []).append(text_of(truth))
    return found


def _joined(answered: list[tuple[str, list[Any]]], truths: dict[str, list[str]]) -> Iterator[Pair]:
    """Every answer that has its truth. A single answer takes the latest truth."""
    for key, answers in answered:
        known = truths.get(key, [])
        if len(answers) == 1 and known:
            yield Pair(answers[0], known[-1])
        elif len(known) == len(answers):
            yield from (Pair(answer, truth) for answer, truth in zip(answers, known, strict=True))


def judged(parameters: Parameters, answers: Answers, pairs: list[Pair]) -> Scored:
    """Pairs as the metrics take them. Raises StepFailure where answers are of another kind than the task's."""
    import numpy as np

    task = parameters.task
    if task == "ranking":
        raise StepFailure("lists that were ranked can't be judged from payloads", "remove `monitoring.quality`")
    if not task.endswith("classification"):
        numbers = [(number_of(pair.truth), number_of(answers.prediction(pair.answer))) for pair in pairs]
        whole = [(truth, said) for truth, said in numbers if truth is not None and said is not None]
        if not whole:
            raise StepFailure(f"no answer and truth are numbers, as {task} needs", "correct `labels.column`")
        truth, said = np.array(whole, dtype=np.float64).T
        return Scored(task, truth, said)
    classes = answers.classes or tuple(sorted({pair.truth for pair in pairs}))
    positive = parameters.labels.positive
    if task == "binary-classification" and positive is None:
        positive = classes[-1]
    truth_labels = np.array([pair.truth for pair in pairs], dtype=object)
    rows = [_scores(pair.answer, classes, positive if task == "binary-classification" else None) for pair in pairs]
    if all(row is not None for row in rows):
        scores = np.array(rows, dtype=np.float64)
        if task == "binary-classification":
            other = next((name for name in classes if name != positive), "not " + str(positive))
            said_labels = np.array([positive if score >= 0.5 else other for score in scores], dtype=object)
        else:
            said_labels = np.array([classes[place] for place in scores.argmax(axis=1)], dtype=object)
        return Scored(task, truth_labels, said_labels, scores, probabilities=True, classes=classes, positive=positive)
    said_labels = np.array([_label(pair.answer, classes) for pair in pairs], dtype=object)
    return Scored(task, truth_labels, said_labels, classes=classes, positive=positive)


def _scores(answer: Any, classes: tuple[str, ...], positive: str | None) -> Any:
    """The positive class's probability, or those of all classes; None where the answer is a label."""
    if isinstance(answer, list) and len(answer) == len(classes) and len(classes) > 1:
        numbers = [number_of(each) for each in answer]
        if any(each is None or not 0 <= each <= 1 for each in numbers):
            return None
        return numbers[classes.index(positive)] if positive in classes else numbers
    if positive is None:
        return None
    value = number_of(answer[0] if isinstance(answer, list) and len(answer) == 1 else answer)
    # A number that is a class is a label: 0 and 1 are probabilities only where the classes are called otherwise.
    if value is None or not 0 <= value <= 1 or text_of(value) in classes:
        return None
    return value


def _label(answer: Any, classes: tuple[str, ...]) -> str:
    """The label that an answer is; a model of codes means the classes in their order."""
    text = text_of(answer[0] if isinstance(answer, list) and len(answer) == 1 else answer)
    if text not in classes and text.isdecimal() and int(text) < len(classes):
        return classes[int(text)]
    return text
