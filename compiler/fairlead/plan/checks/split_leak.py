"""Splits that let the test see what was learned from."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.plan.declarations import column_place
from fairlead.plan.plan import Dataset, Plan
from fairlead.plan.pointing import key_place
from fairlead.plan.splitting import SplitRule, split_rule
from fairlead.source.diagnostics import Code, Diagnostic, Related, Severity
from fairlead.source.places import Place
from fairlead.spec.units.base import decimal_text

LEAKS_ID = Code(
    "FL3117",
    "a split that leaks an id",
    """
    Where an id occurs in several rows, a split of single rows puts some of them into training and some into the test.
    The model then recognises the patient, customer or machine instead of the disease, the habit or the fault, and its
    test results are too good to be true. An id that occurs once, which `unique: true` says, can't leak.

    ```yaml
    columns: {patient_id: {type: string, role: id}}     # many rows a patient
    split: {method: random}                             # FL3117
    ```

    Mended, with all rows of a patient on one side:

    ```yaml
    split: {method: hash, by: patient_id}
    ```
    """,
)
BAD_KEY = Code(
    "FL3118",
    "a split by a column that can't divide rows",
    """
    A split by hash needs a column with many different values, as an id has; a split by time needs a time. By the label,
    all rows of one class would be on one side. By a category, whole categories would.

    ```yaml
    split: {method: hash, by: diagnosis}        # FL3118: the label
    split: {method: time, by: mean_radius}      # FL3118: no time
    ```

    Mended:

    ```yaml
    split: {method: hash, by: biopsy_id}
    split: {method: time, by: taken_at}
    ```
    """,
)
NO_KEY = Code(
    "FL3119",
    "a split without a column to divide by",
    """
    The method needs a column, and the dataset declares none for it: an id for hash, a time for time.

    ```yaml
    columns: {mean_radius: {type: float}}
    split: {method: time}                       # FL3119: no column has the role `time`
    ```

    Mended:

    ```yaml
    columns: {taken_at: {type: timestamp, role: time}, mean_radius: {type: float}}
    split: {method: time}
    ```
    """,
)
NOTHING_LEFT = Code(
    "FL3120",
    "a split that leaves nothing to learn from",
    """
    Test and validation are shares of all rows, and what they leave is learned from. Together they must be less than 1.

    ```yaml
    split: {test: 0.5, validation: 0.5}         # FL3120: 0.5 + 0.5 = 1
    ```

    Mended:

    ```yaml
    split: {test: 0.2, validation: 0.1}
    ```
    """,
)
NO_VALIDATION = Code(
    "FL3121",
    "a search without rows to judge its trials",
    """
    Trials are compared on the validation split. Without one they would have to be compared on the test, and the best of
    many is then the luckiest: the test says nothing any more about rows that nobody has seen.

    ```yaml
    data: {split: {test: 0.2}}
    model: {tune: {objective: maximize roc_auc, …}}     # FL3121
    ```

    Mended:

    ```yaml
    data: {split: {test: 0.2, validation: 0.1}}
    ```
    """,
)
RESHUFFLES = Code(
    "FL3122",
    "a random split of data that grows",
    """
    A random split is drawn anew whenever the data has changed. With every retraining, rows move from training into the
    test, and the champion, which is scored again on the same test rows, has learned from many of them: no candidate can
    beat it fairly. A split by hash or by time keeps every row on its side as data grows.

    ```yaml
    data: {split: {method: random}}
    retraining: {schedule: "0 4 * * 1"}         # FL3122
    ```

    Mended:

    ```yaml
    data: {split: {method: hash, by: biopsy_id}}
    ```
    """,
    Severity.WARNING,
)
FEW = ("category", "boolean")
TIMES = ("timestamp", "date")


def check(plan: Plan) -> Iterator[Diagnostic]:
    """The test has rows of its own, of which nothing was learned."""
    dataset, model = plan.learned_from, plan.unit.pipeline.model
    if dataset is None or model is None or model.train is None or plan.unit.pipeline.metadata.retired:
        return
    rule = split_rule(plan.unit.pipeline.data, dataset)
    yield from _shares(plan, rule)
    key = list(_key(plan, dataset, rule))
    yield from key
    if not key:
        yield from _leaks(plan, dataset, rule)
        yield from _reshuffles(plan, dataset, rule)


def _shares(plan: Plan, rule: SplitRule) -> Iterator[Diagnostic]:
    unit, model = plan.unit, plan.unit.pipeline.model
    path = ("data", "split")
    together = rule.test + rule.validation
    if together >= 1:
        message = (
            f"test and validation take all rows: {decimal_text(rule.test)} + {decimal_text(rule.validation)} = "
            f"{decimal_text(together)}, and nothing is left to learn from"
        )
        place = unit.place(*path, "validation" if unit.has((*path, "validation")) else "test")
        yield Diagnostic(NOTHING_LEFT, place, message, "make the two add up to less than 1")
    if model is not None and model.tune is not None and not rule.validation:
        written = (*path, "validation")
        place = unit.place(*written) if unit.has(written) else key_place(unit, "model", "tune")
        related = (Related(key_place(unit, "model", "tune"), "the search"),) if unit.has(written) else ()
        message = (
            f"`{model.tune.objective}` is judged on the validation split, and the split has none (validation is 0)"
        )
        yield Diagnostic(NO_VALIDATION, place, message, "write `validation: 0.1` in `data.split`", related=related)


def _key(plan: Plan, dataset: Dataset, rule: SplitRule) -> Iterator[Diagnostic]:
    """Whether the column that decides can decide."""
    if rule.method == "random":
        return
    if rule.by is None:
        role = {"hash": "id", "time": "time"}[rule.method]
        message = f"a split by {rule.method} needs a column, and `{dataset.name}` has none with the role `{role}`"
        help_ = f"name a column as `by`, or give one the role `{role}`"
        yield Diagnostic(NO_KEY, _place(plan, "method"), message, help_)
        return
    column = dataset.columns.get(rule.by)
    if column is None:
        return
    if rule.method == "time" and column.type not in TIMES:
        problem = f"`{rule.by}` is of type {column.type}, and has no time to order rows by"
    elif rule.method == "hash" and "label" in column.all_roles:
        problem = f"`{rule.by}` is the label, so every class would be on one side whole"
    elif rule.method == "hash" and column.type in FEW:
        count = 2 if column.type == "boolean" else len(column.values or ())
        values = f"{count} values" if count else "few values"
        share = decimal_text(rule.test * 100)
        problem = f"`{rule.by}` has {values}, of which each goes to one side whole, so {share}% can't be met"
    else:
        return
    related = (Related(column_place(plan, dataset, rule.by), f"`{rule.by}` is declared here"),)
    fitting = dataset.with_role("id" if rule.method == "hash" else "time")
    help_ = f"split by `{fitting[0]}`" if fitting else "declare a column for it, and name that"
    nearest = fitting[0] if fitting else None
    yield Diagnostic(BAD_KEY, _place(plan, "by"), problem, help_, nearest, related)


def _leaks(plan: Plan, dataset: Dataset, rule: SplitRule) -> Iterator[Diagnostic]:
    """Whether rows of one id can be on both sides. A split by time is meant to have the past of an id on one."""
    if rule.method == "time":
        return
    deciding = dataset.columns.get(rule.by) if rule.by else None
    if deciding is not None and "id" in deciding.all_roles and not deciding.unique:
        return
    for name in dataset.with_role("id"):
        if dataset.columns[name].unique or name == rule.by:
            continue
        how = "row by row" if rule.method == "random" else f"by `{rule.by}`"
        message = (
            f"the split goes {how}, and `{name}` is an id that may occur in several rows, so it leaks into the test"
        )
        related = (Related(column_place(plan, dataset, name), f"`{name}` is not `unique`"),)
        help_ = f"write `method: hash, by: {name}`, or `unique: true` where it occurs once"
        place = _place(plan, "method" if rule.method == "random" else "by")
        yield Diagnostic(LEAKS_ID, place, message, help_, related=related)


def _reshuffles(plan: Plan, dataset: Dataset, rule: SplitRule) -> Iterator[Diagnostic]:
    pipeline = plan.unit.pipeline
    # Files have no columns, so nothing else could decide: their manifest is all that there is to split.
    if rule.method != "random" or pipeline.retraining is None or dataset.format == "files" or pipeline.data is None:
        return
    growing = [str(name) for name, source in pipeline.data.sources.items() if source.snapshot in (None, "each-run")]
    if not growing:
        return
    message = f"a random split is drawn anew for every retraining, because `{growing[0]}` is read anew for each run"
    related = (Related(key_place(plan.unit, "retraining"), "the retraining"),)
    help_ = "split by hash of an id, or by time, so that rows keep their side"
    yield Diagnostic(RESHUFFLES, _place(plan, "method"), message, help_, related=related)


def _place(plan: Plan, key: str) -> Place:
    """The key of the split where it is written, else the section, else `data`."""
    unit = plan.unit
    if unit.has(("data", "split", key)):
        return unit.place("data", "split", key)
    return key_place(unit, "data", "split") if unit.has(("data", "split")) else key_place(unit, "data")
