"""Drift of what can't drift, or can't be measured."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.catalogue.drift import methods_for, takes
from fairlead.plan.declarations import column_place
from fairlead.plan.nodes import Drift, DriftScore, Serve
from fairlead.plan.plan import Dataset, Plan
from fairlead.plan.pointing import key_place
from fairlead.source.diagnostics import Code, Diagnostic, Related
from fairlead.source.nodes import Path
from fairlead.source.words import nearest_word
from fairlead.spec.data import Column
from fairlead.spec.monitoring import Drift as DriftSection

NOT_A_FEATURE = Code(
    "FL3123",
    "drift of a column that the model is not asked with",
    """
    Drift compares what the model is asked with what it was trained on. The label is not in a request: what it should be
    is known later, if ever, and `monitoring.quality` is for that. Ids and times differ in every request by their
    nature, and a column that is ignored does not matter.

    ```yaml
    drift: {features: {diagnosis: {threshold: 0.1}}}        # FL3123: the label
    ```

    Mended, with the distribution of what the model answers:

    ```yaml
    drift: {prediction: true}
    ```
    """,
)
UNTAKEN_TYPE = Code(
    "FL3124",
    "a drift measure that can't be taken of this column",
    """
    `ks` and `wasserstein` compare numbers, `chi2` compares categories, `psi` and `jensen-shannon` take both. Text,
    images, vectors and times have no such measure.

    ```yaml
    columns: {age_band: {type: category}}
    drift: {features: {age_band: {method: ks}}}         # FL3124: a category has no order
    ```

    Mended:

    ```yaml
    drift: {features: {age_band: {method: chi2}}}
    ```
    """,
)
WATCHES_NOTHING = Code(
    "FL3125",
    "drift that watches nothing",
    """
    No declared feature has a type that the method takes, none is named, and the prediction is not watched, so the
    scheduled job would compare nothing for ever. Only declared columns can be watched.

    ```yaml
    data: {sources: {scans: {columns: {scan: {type: image}}}}}
    monitoring: {drift: {every: 1h}}                    # FL3125: images have no measure
    ```

    Mended:

    ```yaml
    monitoring: {drift: {every: 1h, prediction: true}}
    ```
    """,
)
NO_REFERENCE = Code(
    "FL3126",
    "drift without anything to compare with",
    """
    The reference is the training data of the version that is served. A pipeline that serves a model from elsewhere
    (`model.source`), or a graph of other pipelines' models, has trained nothing.

    ```yaml
    model: {source: "hf://acme/summarizer:8f4b1c2d9e0a7b6c5d4e3f2a1b0c9d8e7f6a5b4c"}
    monitoring: {drift: {prediction: true}}             # FL3126
    ```

    Mended: remove `drift`, and watch the pipelines that a graph stands in front of.
    """,
)
UNDECLARED = Code(
    "FL3127",
    "drift of a column that nothing declares",
    """
    Only declared columns can be named: the reference has statistics of those alone.

    ```yaml
    data: {sources: {visits: {uri: s3://acme/visits.csv}}}      # no columns
    monitoring: {drift: {features: {duration: {}}}}             # FL3127
    ```

    Mended:

    ```yaml
    data: {sources: {visits: {uri: s3://acme/visits.csv, columns: {duration: {type: float}}}}}
    ```
    """,
)

SECTION: Path = ("monitoring", "drift")
UNASKED = {
    "label": "the label, which no request has",
    "id": "an id, which differs in every request by its nature",
    "time": "the time, which always goes on",
    "weight": "a weight, which no request has",
    "ignore": "ignored by the model",
}
"""Roles of columns whose drift means nothing, and why."""
_ANSWERS = {
    "binary-classification": "category",
    "multiclass-classification": "category",
    "regression": "float",
    "forecasting": "float",
    "ranking": "float",
    "text-generation": "text",
    "embedding": "vector",
}
"""The column type of what a model answers."""


def check(plan: Plan) -> Iterator[Diagnostic]:
    """What is watched is asked of the model, can be measured, and has something to be compared with."""
    unit, pipeline = plan.unit, plan.unit.pipeline
    section = pipeline.monitoring.drift if pipeline.monitoring else None
    if section is None:
        return
    if pipeline.model is None or pipeline.model.train is None:
        message = "this pipeline trains nothing, so there is no training data to compare with"
        yield Diagnostic(NO_REFERENCE, key_place(unit, *SECTION), message, "remove `monitoring.drift`")
        return
    dataset = plan.learned_from
    for key, own in section.features.items():
        yield from _feature(plan, dataset, str(key), own.method or section.method)
    if section.prediction:
        yield from _prediction(plan, section, pipeline.model.task)
    drift = plan.only(Drift)
    if drift is not None and not drift.watched:
        message = f"no declared feature has a type that `{section.method}` takes, and `prediction` is not watched"
        help_ = "declare features, write `prediction: true`, or choose another method"
        yield Diagnostic(WATCHES_NOTHING, key_place(unit, *SECTION), message, help_)
    yield from _by_default(plan, dataset, {str(key) for key in section.features})


def _feature(plan: Plan, dataset: Dataset | None, name: str, method: str) -> Iterator[Diagnostic]:
    place = key_place(plan.unit, *SECTION, "features", name)
    column = dataset.columns.get(name) if dataset else None
    if column is None or dataset is None:
        known = list(dataset.columns) if dataset else []
        message = f"there is no declared column `{name}` to watch"
        help_ = "declare it under `columns` of its source"
        if not known:
            # Where there are columns, a name that is none of them is refused when the plan is built.
            yield Diagnostic(UNDECLARED, place, message, help_, nearest_word(name, known))
        return
    related = (Related(column_place(plan, dataset, name), f"`{name}` is declared here"),)
    unasked = next((role for role in column.all_roles if role in UNASKED), None)
    if unasked is not None:
        help_ = "remove it; `prediction: true` watches what is answered" if unasked == "label" else "remove it"
        yield Diagnostic(NOT_A_FEATURE, place, f"`{name}` is {UNASKED[unasked]}", help_, related=related)
    elif not takes(method, column.type):
        yield _untaken(plan, (*SECTION, "features", name), name, method, column.type, related)


def _by_default(plan: Plan, dataset: Dataset | None, named: set[str]) -> Iterator[Diagnostic]:
    """A column that has the role of a feature beside one that is not asked, and would be watched for it."""
    for score in plan.of(DriftScore):
        column: Column | None = dataset.columns.get(score.feature) if dataset else None
        unasked = next((role for role in column.all_roles if role in UNASKED), None) if column else None
        if dataset is not None and unasked is not None and score.feature not in named:
            declared = column_place(plan, dataset, score.feature)
            message = f"`{score.feature}` is watched as a feature, and is {UNASKED[unasked]}"
            related = (Related(declared, "its roles"),)
            place = key_place(plan.unit, *SECTION)
            yield Diagnostic(NOT_A_FEATURE, place, message, "take the role `feature` from it", related=related)


def _prediction(plan: Plan, section: DriftSection, task: str) -> Iterator[Diagnostic]:
    serve = plan.only(Serve)
    type_ = _ANSWERS.get(task)
    if serve is not None and type_ == "category":
        if serve.runtime.decided_by_model:
            return  # Labels or probabilities: the exported model decides.
        type_ = "float" if serve.output == "probability" else "category"
    if type_ is None or takes(section.method, type_):
        return
    what = {"category": "labels", "float": "numbers", "text": "text", "vector": "vectors"}[type_]
    fitting = methods_for(type_)
    message = f"the model answers {what}, and `{section.method}` can't be taken of them"
    help_ = f"use {', '.join(fitting)}" if fitting else "remove `prediction`"
    path = (*SECTION, "method")
    place = plan.unit.place(*path) if plan.unit.has(path) else plan.unit.place(*SECTION, "prediction")
    yield Diagnostic(UNTAKEN_TYPE, place, message, help_, fitting[0] if fitting else None)


def _untaken(plan: Plan, path: Path, name: str, method: str, type_: str, related: tuple[Related, ...]) -> Diagnostic:
    fitting = methods_for(type_)
    own = (*path, "method")
    place = plan.unit.place(*own) if plan.unit.has(own) else key_place(plan.unit, *path)
    message = f"`{name}` is of type {type_}, and `{method}` can't be taken of it"
    help_ = f"use {', '.join(fitting)}" if fitting else "remove it: no measure can be taken of such a column"
    return Diagnostic(UNTAKEN_TYPE, place, message, help_, fitting[0] if fitting else None, related)
