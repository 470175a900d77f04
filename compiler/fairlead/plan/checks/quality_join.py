"""Quality whose labels can't be joined, or whose expectations can't be computed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from fairlead.catalogue.tasks import MetricFact, find_metric
from fairlead.plan.judging import MIRRORED, is_backwards, known_metrics, outcome, range_of
from fairlead.plan.nodes import Serve
from fairlead.plan.plan import Plan
from fairlead.plan.pointing import key_place, span_place
from fairlead.source.diagnostics import Code, Diagnostic, Related
from fairlead.source.nodes import Path
from fairlead.source.words import nearest_word
from fairlead.spec.expressions import QualityGate
from fairlead.spec.monitoring import Quality

UNJOINABLE = Code(
    "FL3135",
    "labels that can't be joined with predictions",
    """
    A label finds its prediction by a field that both have: `request_id`, which the server gives to every request and
    writes into its payloads, or an id column of the data, which stands in the request. Batch scoring answers no
    requests, so there it is an id column.

    ```yaml
    quality: {labels: {uri: s3://acme/outcomes/, join: ticket}, …}          # FL3135: no such id
    ```

    Mended:

    ```yaml
    quality: {labels: {uri: s3://acme/outcomes/, join: biopsy_id}, …}
    ```
    """,
)
NO_TRUTH = Code(
    "FL3136",
    "labels whose column is not known",
    """
    `labels.column` says which column holds the truth, and is the label's name where it is not written. Here no column
    has the role `label` either.

    ```yaml
    quality: {labels: {uri: s3://acme/outcomes/}, …}                        # FL3136
    ```

    Mended:

    ```yaml
    quality: {labels: {uri: s3://acme/outcomes/, column: diagnosis}, …}
    ```
    """,
)
LATE_LABELS = Code(
    "FL3137",
    "labels that arrive after the window has passed",
    """
    A prediction can be judged once its label is there. Where labels take as long as the window, or longer, no
    prediction inside the window has one, and the quality is that of nothing.

    ```yaml
    quality: {labels: {delay: 14d, …}, window: 7d, …}                       # FL3137: 7d - 14d leaves nothing
    ```

    Mended:

    ```yaml
    quality: {labels: {delay: 14d, …}, window: 28d, …}
    ```
    """,
)
UNKNOWN_QUALITY = Code(
    "FL3138",
    "an expected quality that nothing computes",
    """
    Quality is computed by Fairlead's own step, which knows the usual metrics of the task and no others; a command of
    your own judges candidates, and not production.

    ```yaml
    model: {task: binary-classification}
    monitoring: {quality: {expect: [rmse <= 3], …}}                         # FL3138
    ```

    Mended:

    ```yaml
    monitoring: {quality: {expect: [recall >= 0.85], …}}
    ```
    """,
)
BAD_QUALITY = Code(
    "FL3139",
    "an expected quality in the wrong direction, or out of range",
    """
    Of some metrics more is better, of others less, and most have a range. An expectation in the wrong direction, or one
    that always or never holds, alerts at the wrong time or not at all.

    ```yaml
    quality: {expect: [recall <= 0.85], …}                                  # FL3139
    ```

    Mended:

    ```yaml
    quality: {expect: [recall >= 0.85], …}
    ```
    """,
)
NO_SCORES = Code(
    "FL3140",
    "an expected quality that the server's answers don't allow",
    """
    Metrics such as `roc_auc` and `brier_score` are computed from probabilities. A server that answers labels has thrown
    those away.

    ```yaml
    serving: {output: label}
    monitoring: {quality: {expect: [roc_auc >= 0.9], …}}                    # FL3140
    ```

    Mended:

    ```yaml
    serving: {output: probability}
    ```
    """,
)

SECTION: Path = ("monitoring", "quality")
REQUEST_ID = "request_id"


def check(plan: Plan) -> Iterator[Diagnostic]:
    """Labels find their predictions in time, and what is expected of them can be computed."""
    pipeline = plan.unit.pipeline
    quality = pipeline.monitoring.quality if pipeline.monitoring else None
    if quality is None:
        return
    yield from _join(plan, quality)
    yield from _truth(plan, quality)
    yield from _delay(plan, quality)
    task = pipeline.model.task if pipeline.model else "custom"
    for position, clause in enumerate(quality.expect):
        yield from _expectation(plan, task, (*SECTION, "expect", position), clause)


def _join(plan: Plan, quality: Quality) -> Iterator[Diagnostic]:
    serving, name = plan.unit.pipeline.serving, str(quality.labels.join)
    batch = serving is not None and serving.batch is not None
    ids = plan.learned_from.with_role("id") if plan.learned_from else []
    if name in ids or (name == REQUEST_ID and not batch):
        return
    path = (*SECTION, "labels", "join")
    place = plan.unit.place(*path) if plan.unit.has(path) else key_place(plan.unit, *SECTION, "labels")
    fields = ids if batch else [REQUEST_ID, *ids]
    if name == REQUEST_ID:
        message = "labels are joined by `request_id`, and batch scoring answers no requests"
    else:
        message = f"labels are joined by `{name}`, which is no id column of the data"
        message += "" if batch else ", nor `request_id`"
    known = " or ".join(f"`{field}`" for field in fields)
    help_ = f"join by {known}" if fields else "give a column of the data the role `id`, and join by it"
    yield Diagnostic(UNJOINABLE, place, message, help_, nearest_word(name, fields))


def _truth(plan: Plan, quality: Quality) -> Iterator[Diagnostic]:
    dataset = plan.learned_from
    if quality.labels.column is None and not (dataset and dataset.with_role("label")):
        message = "which column of the labels holds the truth is not said, and no column of the data is the label"
        place = key_place(plan.unit, *SECTION, "labels")
        yield Diagnostic(NO_TRUTH, place, message, "add `column: <name>`")


def _delay(plan: Plan, quality: Quality) -> Iterator[Diagnostic]:
    delay = quality.labels.delay
    if delay is None or delay < quality.window:
        return
    message = f"labels arrive {delay} after the request, and the window is {quality.window}: none arrives within it"
    window = (*SECTION, "window")
    related = (Related(plan.unit.place(*window), "the window"),) if plan.unit.has(window) else ()
    place = plan.unit.place(*SECTION, "labels", "delay")
    yield Diagnostic(LATE_LABELS, place, message, f"make the window longer than {delay}", related=related)


def _expectation(plan: Plan, task: str, path: Path, clause: QualityGate) -> Iterator[Diagnostic]:
    fact = find_metric(task, clause.metric)
    if fact is None:
        known = known_metrics(task)
        message = f"nothing computes `{clause.metric}` in production for the task `{task}`"
        help_ = f"known are {', '.join(known)}" if known else "name a task that has metrics, or remove `quality`"
        place = span_place(plan.unit, path, clause.metric_span)
        yield Diagnostic(UNKNOWN_QUALITY, place, message, help_, nearest_word(clause.metric, known))
        return
    if is_backwards(fact, clause.op):
        better = "more" if fact.greater_is_better else "less"
        message = f"of {clause.metric}, {better} is better, and `{clause}` expects the opposite"
        nearest = str(replace(clause, op=MIRRORED[clause.op]))
        place = span_place(plan.unit, path, clause.op_span)
        yield Diagnostic(BAD_QUALITY, place, message, "turn the comparison round", nearest)
    elif found := outcome(fact, clause.op, clause.threshold):
        message = f"`{clause}` {found} holds: {clause.metric} {range_of(fact)}"
        place = span_place(plan.unit, path, clause.bound_span)
        yield Diagnostic(BAD_QUALITY, place, message, "write a bound that decides something")
    yield from _answers(plan, path, clause, fact)


def _answers(plan: Plan, path: Path, clause: QualityGate, fact: MetricFact) -> Iterator[Diagnostic]:
    serve = plan.only(Serve)
    if serve is None or fact.needs not in ("scores", "probabilities") or serve.output == "probability":
        return
    if serve.runtime.decided_by_model or "label" not in serve.runtime.answers:
        return
    message = f"`{clause.metric}` is computed from {fact.needs}, and the server answers labels"
    place = span_place(plan.unit, path, clause.metric_span)
    output = ("serving", "output")
    related = (Related(plan.unit.place(*output), "what it answers"),) if plan.unit.has(output) else ()
    yield Diagnostic(NO_SCORES, place, message, "write `serving: {output: probability}`", related=related)
