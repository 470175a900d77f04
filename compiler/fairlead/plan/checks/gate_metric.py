"""Gates and metrics that nothing computes."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.catalogue.tasks import find_metric, usual_metrics
from fairlead.plan.judging import known_metrics
from fairlead.plan.plan import Plan
from fairlead.plan.pointing import span_place
from fairlead.source.diagnostics import Code, Diagnostic, Related
from fairlead.source.words import nearest_word
from fairlead.spec.model import Evaluate

UNKNOWN_METRIC = Code(
    "FL3109",
    "a metric that nothing computes",
    """
    The built-in evaluator computes the usual metrics of the task, under scikit-learn's names. A metric of another task,
    or a misspelt one, would be missing from every report, and a gate on it could never be decided.

    ```yaml
    model:
      task: regression
      evaluate: {gates: [accuracy >= 0.9]}      # FL3109: of a classification
    ```

    Mended:

    ```yaml
    model:
      task: regression
      evaluate: {gates: [rmse <= 3]}
    ```

    For a metric of your own, write the evaluation as a `command`: it then owns the metrics' names.
    """,
)
UNLISTED_METRIC = Code(
    "FL3110",
    "a gate on a metric that is not computed",
    """
    `metrics` lists everything that the evaluation computes, whether the built-in evaluator does it or a command of your
    own. A gate on another metric would find no value to compare.

    ```yaml
    evaluate:
      metrics: [roc_auc]
      gates: [recall >= 0.85]       # FL3110
    ```

    Mended:

    ```yaml
    evaluate:
      metrics: [roc_auc, recall]
      gates: [recall >= 0.85]
    ```
    """,
)


def check(plan: Plan) -> Iterator[Diagnostic]:
    """Every metric that is listed or gated is one that the evaluation computes."""
    model = plan.unit.pipeline.model
    if model is None or model.evaluate is None:
        return
    if model.evaluate.command is None:
        yield from _built_in(plan, model.task, model.evaluate)
    yield from _listed(plan, model.task, model.evaluate)


def _built_in(plan: Plan, task: str, evaluate: Evaluate) -> Iterator[Diagnostic]:
    known = known_metrics(task)
    named = [
        (str(name), plan.unit.place("model", "evaluate", "metrics", position))
        for position, name in enumerate(evaluate.metrics or ())
    ]
    listed = {name for name, _ in named}
    named += [
        (gate.metric, span_place(plan.unit, ("model", "evaluate", "gates", position), gate.metric_span))
        for position, gate in enumerate(evaluate.gates)
        if gate.metric not in listed
    ]
    for name, place in named:
        if find_metric(task, name) is not None:
            continue
        if known:
            message = f"nothing computes `{name}` for {task}"
            help_ = f"the built-in evaluator computes {', '.join(known)}; another metric takes an `evaluate.command`"
        else:
            message = f"nothing computes `{name}`: the built-in evaluator has no metrics for the task `{task}`"
            help_ = "name the task, or write the evaluation as `evaluate.command`"
        yield Diagnostic(UNKNOWN_METRIC, place, message, help_, nearest_word(name, known))


def _listed(plan: Plan, task: str, evaluate: Evaluate) -> Iterator[Diagnostic]:
    """Without a list, what the gates name is computed besides the usual metrics."""
    if evaluate.metrics is None:
        return
    listed = [str(name) for name in evaluate.metrics]
    for position, gate in enumerate(evaluate.gates):
        if gate.metric in listed or (evaluate.command is None and find_metric(task, gate.metric) is None):
            continue
        place = span_place(plan.unit, ("model", "evaluate", "gates", position), gate.metric_span)
        message = f"the gate needs `{gate.metric}`, and `metrics` lists only {', '.join(listed)}"
        related = (Related(plan.unit.place("model", "evaluate", "metrics"), "what is computed"),)
        usual = " (without `metrics`, the usual ones are computed)" if usual_metrics(task) else ""
        help_ = f"add `{gate.metric}` to `metrics`{usual}"
        yield Diagnostic(UNLISTED_METRIC, place, message, help_, nearest_word(gate.metric, listed), related)
