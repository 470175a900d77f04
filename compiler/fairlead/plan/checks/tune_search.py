"""Searches that can't be drawn, or that look for the wrong thing."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.catalogue.tasks import find_metric
from fairlead.plan.judging import evaluation, known_metrics
from fairlead.plan.plan import Plan
from fairlead.plan.pointing import key_place, span_place
from fairlead.plan.trials import MOST_TRIALS, is_sound, points
from fairlead.source.diagnostics import Code, Diagnostic, Related, Severity
from fairlead.source.nodes import Path
from fairlead.source.words import nearest_word
from fairlead.spec.expressions import Direction
from fairlead.spec.model import Model, Range, Tune
from fairlead.spec.units.base import number_text

BAD_SPACE = Code(
    "FL3164",
    "a parameter that can't be searched like this",
    """
    A parameter has a list of values, or a range from a lower to a higher bound. On a logarithmic scale the lower bound
    is above zero. A grid needs to know how many values it takes from a range: `steps`.

    ```yaml
    over:
      learning_rate: {between: [0, 0.3], scale: log}        # FL3164: the logarithm of 0
      max_depth: {between: [8, 4]}                          # FL3164: backwards
    ```

    Mended:

    ```yaml
    over:
      learning_rate: {between: [0.001, 0.3], scale: log}
      max_depth: {between: [4, 8], integer: true}
    ```
    """,
)
TRIAL_COUNT = Code(
    "FL3165",
    "a search without an end",
    """
    A random search draws as many trials as `trials` says, and has no number of its own. A grid has one trial for every
    combination, which multiplies with each parameter; above 1000, say how many of them are tried.

    ```yaml
    tune: {search: random, over: {max_depth: [4, 6, 8]}, objective: maximize roc_auc}       # FL3165
    ```

    Mended:

    ```yaml
    tune: {search: random, trials: 12, over: {max_depth: [4, 6, 8]}, objective: maximize roc_auc}
    ```
    """,
)
TOO_MANY = Code(
    "FL3166",
    "more trials than there is to try",
    """
    The lists and steps of the parameters have fewer combinations than there are trials. A grid stops when it has tried
    all of them; a random search tries some of them twice.

    ```yaml
    tune: {trials: 10, over: {max_depth: [4, 6, 8]}, …}         # FL3166: 3 combinations
    ```

    Mended:

    ```yaml
    tune: {search: grid, over: {max_depth: [4, 6, 8]}, …}
    ```
    """,
    Severity.WARNING,
)
IDLE_PARALLEL = Code(
    "FL3167",
    "more trials at once than there are",
    """
    `parallel` is how many trials run side by side. A number above that of the trials changes nothing, and the reader
    expects more from it.

    ```yaml
    tune: {trials: 4, parallel: 8, …}           # FL3167
    ```

    Mended:

    ```yaml
    tune: {trials: 4, parallel: 4, …}
    ```
    """,
    Severity.WARNING,
)
BAD_OBJECTIVE = Code(
    "FL3168",
    "an objective that finds the worst, or that nothing computes",
    """
    Each metric has its better side, and the evaluation computes the metrics of the task, or those that a command of
    your own lists. A search that runs the wrong way ends without an error, with the worst model that it found.

    ```yaml
    tune: {objective: maximize rmse, …}         # FL3168
    ```

    Mended:

    ```yaml
    tune: {objective: minimize rmse, …}
    ```
    """,
)

TUNE: Path = ("model", "tune")


def check(plan: Plan) -> Iterator[Diagnostic]:
    """A search has trials, each of them can be drawn, and the best is the best."""
    model = plan.unit.pipeline.model
    if model is None or model.tune is None:
        return
    spaces = [found for name, space in model.tune.over.items() for found in _space(plan, model.tune, str(name), space)]
    yield from spaces
    if not spaces:
        yield from _trials(plan, model.tune)
    yield from _objective(plan, model, model.tune)


def _space(plan: Plan, tune: Tune, name: str, space: Range) -> Iterator[Diagnostic]:
    path = (*TUNE, "over", name)
    key = key_place(plan.unit, *path)
    if (space.choices is None) == (space.between is None):
        what = "neither a list nor a range" if space.choices is None else "a list and a range"
        yield Diagnostic(BAD_SPACE, key, f"`{name}` has {what}", "write `[4, 6, 8]` or `{between: [low, high]}`")
        return
    if space.between is None:
        return
    low, high = space.between
    ends = f"{number_text(low)} to {number_text(high)}"
    between = plan.unit.place(*path, "between")
    if low >= high:
        message = f"the range of `{name}` goes from {ends}, so nothing lies between"
        yield Diagnostic(BAD_SPACE, between, message, "write the lower bound first")
    elif space.scale == "log" and low <= 0:
        message = f"the range of `{name}` goes from {ends}, and {number_text(low)} has no logarithm"
        yield Diagnostic(BAD_SPACE, between, message, "write a lower bound above 0, or `scale: linear`")
    elif tune.search == "grid" and space.steps is None:
        message = f"a grid takes a number of values from the range of `{name}`, and `steps` is not written"
        yield Diagnostic(BAD_SPACE, key, message, "add `steps`, or write a list")
    elif not is_sound(space):
        message = f"`{name}` has {space.steps} steps, and a search at most {MOST_TRIALS} trials"
        yield Diagnostic(BAD_SPACE, plan.unit.place(*path, "steps"), message, "write fewer steps")


def _trials(plan: Plan, tune: Tune) -> Iterator[Diagnostic]:
    unit, there = plan.unit, points(tune)
    counts = [len(space.choices) if space.choices is not None else space.steps for space in tune.over.values()]
    product = " x ".join(str(count) for count in counts) + (f" = {there}" if len(counts) > 1 else "")
    if tune.trials is None and tune.search == "random":
        message = "a random search draws `trials` of them, and how many is not written"
        yield Diagnostic(TRIAL_COUNT, key_place(unit, *TUNE), message, "add `trials: 12`, or `search: grid`")
        return
    if tune.trials is None and there is not None and there > MOST_TRIALS:
        message = f"the grid has {product} combinations, and a search at most {MOST_TRIALS} trials"
        place = key_place(unit, *TUNE, "over")
        yield Diagnostic(TRIAL_COUNT, place, message, "write fewer values, or how many are tried as `trials`")
        return
    related = (Related(key_place(unit, *TUNE, "over"), "what there is to try"),)
    if tune.trials is not None and there is not None and tune.trials > there:
        message = f"there are {tune.trials} trials, and {product} combinations to try"
        yield Diagnostic(TOO_MANY, unit.place(*TUNE, "trials"), message, f"write {there} or fewer", str(there), related)
    runs = min(count for count in (tune.trials, there if tune.search == "grid" else None) if count is not None)
    if tune.parallel > runs:
        message = f"{tune.parallel} trials are to run at once, and there are {runs}"
        place = unit.place(*TUNE, "parallel")
        yield Diagnostic(IDLE_PARALLEL, place, message, f"write {runs} or fewer", str(runs), related)


def _objective(plan: Plan, model: Model, tune: Tune) -> Iterator[Diagnostic]:
    section, metric = evaluation(model), tune.objective.metric
    path = (*TUNE, "objective")
    place = span_place(plan.unit, path, tune.objective.metric_span)
    if section.command is not None:
        listed = [str(name) for name in section.metrics or ()]
        if listed and metric not in listed:
            message = f"the search looks at `{metric}`, and the evaluation computes only {', '.join(listed)}"
            related = (Related(plan.unit.place("model", "evaluate", "metrics"), "what is computed"),)
            help_ = f"add `{metric}` to `metrics`"
            yield Diagnostic(BAD_OBJECTIVE, place, message, help_, nearest_word(metric, listed), related)
        return
    fact = find_metric(model.task, metric)
    if fact is None:
        known = known_metrics(model.task)
        message = f"nothing computes `{metric}` for the task `{model.task}`"
        help_ = f"known are {', '.join(known)}" if known else "write the evaluation as `evaluate.command`"
        yield Diagnostic(BAD_OBJECTIVE, place, message, help_, nearest_word(metric, known))
        return
    right = Direction.MAXIMIZE if fact.greater_is_better else Direction.MINIMIZE
    if tune.objective.direction is not right:
        better = "more" if fact.greater_is_better else "less"
        message = f"of {metric}, {better} is better, and `{tune.objective}` looks for the worst model"
        yield Diagnostic(BAD_OBJECTIVE, plan.unit.place(*path), message, f"write {right}", f"{right} {metric}")
