"""Labels that the task can't be judged by."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.catalogue.tasks import find_metric, metrics_of
from fairlead.plan.declarations import column_place
from fairlead.plan.judging import evaluation
from fairlead.plan.plan import Dataset, Plan
from fairlead.plan.pointing import key_place
from fairlead.plan.stages.training import metrics
from fairlead.source.diagnostics import Code, Diagnostic, Related
from fairlead.spec.data import Column
from fairlead.spec.model import Model

NO_LABEL = Code(
    "FL3185",
    "a task without a label",
    """
    The built-in evaluator compares what the model says with the label, so the dataset that is split declares a column
    with that role. A command of your own finds the truth by itself.

    ```yaml
    columns: {mean_radius: {type: float}, diagnosis: {type: category}}      # FL3185
    model: {task: binary-classification, …}
    ```

    Mended:

    ```yaml
    columns: {mean_radius: {type: float}, diagnosis: {type: category, role: label}}
    ```
    """,
)
MANY_LABELS = Code(
    "FL3186",
    "a task with several labels",
    """
    The built-in evaluator judges one answer by one label. For several, write the evaluation as a `command` of your own,
    or make a pipeline of each.

    ```yaml
    columns: {price: {type: float, role: label}, rent: {type: float, role: label}}      # FL3186
    ```

    Mended:

    ```yaml
    columns: {price: {type: float, role: label}, rent: {type: float, role: ignore}}
    ```
    """,
)
OTHER_LABEL = Code(
    "FL3187",
    "a label that does not fit the task",
    """
    A classification has classes: a category, a boolean, text or whole numbers; a binary one has two of them, and says
    which is the positive one, because recall and precision are about that. A regression and a forecast have numbers.

    ```yaml
    columns: {diagnosis: {type: category, values: [benign, malignant], role: label}}    # FL3187: which is positive?
    model: {task: binary-classification, …}
    ```

    Mended:

    ```yaml
    columns: {diagnosis: {type: category, values: [benign, malignant], positive: malignant, role: label}}
    ```
    """,
)

CLASSES = ("category", "boolean", "string", "text", "integer")
NUMBERS = ("integer", "float")
FITTING = {
    "binary-classification": CLASSES,
    "multiclass-classification": CLASSES,
    "regression": NUMBERS,
    "forecasting": NUMBERS,
    "ranking": (*NUMBERS, "boolean", "category"),
}
"""The types that a label can have; a ranking's label is a relevance."""


def check(plan: Plan) -> Iterator[Diagnostic]:
    """A task that the built-in evaluator judges has one label, of a type that fits."""
    model, dataset = plan.unit.pipeline.model, plan.learned_from
    if model is None or model.train is None or dataset is None:
        return
    if evaluation(model).command is not None or not metrics_of(model.task):
        return
    labels = dataset.with_role("label")
    if not labels:
        message = f"{model.task} is judged by a label, and `{dataset.name}` declares no column with that role"
        place = key_place(plan.unit, *dataset.path)
        related = (Related(plan.unit.place("model", "task"), "the task"),)
        yield Diagnostic(NO_LABEL, place, message, "give the column of the truth `role: label`", related=related)
    elif len(labels) > 1:
        message = f"`{dataset.name}` has {len(labels)} labels: {', '.join(labels)}"
        related = (Related(column_place(plan, dataset, labels[0]), "the first"),)
        place = column_place(plan, dataset, labels[1])
        yield Diagnostic(MANY_LABELS, place, message, "keep the role for one of them", related=related)
    else:
        yield from _fits(plan, model, dataset, labels[0], dataset.columns[labels[0]])


def _fits(plan: Plan, model: Model, dataset: Dataset, name: str, column: Column) -> Iterator[Diagnostic]:
    fitting = FITTING.get(model.task, ())
    place = column_place(plan, dataset, name)
    related = (Related(plan.unit.place("model", "task"), "the task"),)
    if fitting and column.type not in fitting:
        message = f"the label `{name}` is of type {column.type}, and {model.task} takes {', '.join(fitting)}"
        yield Diagnostic(OTHER_LABEL, place, message, "change the type, or the task", related=related)
        return
    if model.task != "binary-classification":
        return
    if column.values is not None and len(column.values) != 2:
        listed = ", ".join(column.values)
        message = f"a binary classification has 2 classes, and `{name}` has {len(column.values)} values: {listed}"
        help_ = "list two values, or write `task: multiclass-classification`"
        yield Diagnostic(OTHER_LABEL, place, message, help_, related=related)
    elif column.positive is None and column.type in ("category", "string", "text"):
        needing = [metric for metric in metrics(model, evaluation(model)) if _needs_positive(model.task, metric)]
        if needing:
            message = f"`{needing[0]}` is about the positive class, and `{name}` does not say which that is"
            choice = f" (of {' and '.join(column.values)})" if column.values else ""
            yield Diagnostic(OTHER_LABEL, place, message, f"add `positive: <value>`{choice}", related=related)


def _needs_positive(task: str, metric: str) -> bool:
    fact = find_metric(task, metric)
    return fact is not None and fact.needs_positive
