"""Names that mean two things to a step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fairlead.plan.contract import parameter_variable
from fairlead.plan.plan import Plan
from fairlead.plan.pointing import key_place
from fairlead.source.diagnostics import Code, Diagnostic, Related
from fairlead.source.nodes import Path
from fairlead.spec.model import Evaluate
from fairlead.spec.serving import Serving
from fairlead.spec.steps import Step

TWICE_SET = Code(
    "FL3194",
    "an environment variable that is set twice",
    """
    A variable comes from `env` or from `secrets`. Kubernetes takes the last of two, so which one a step sees would
    depend on an order that nobody wrote. The same goes for MLflow's own variables, which Fairlead sets with the run
    already open, and for two parameters whose names differ in case alone.

    ```yaml
    train:
      env: {TOKEN: none}
      secrets: {TOKEN: feature-store/token}     # FL3194
    ```

    Mended: keep one of them.
    """,
)
TAKEN_ROLE = Code(
    "FL3195",
    "a step with the name of a hardware role",
    """
    `hardware` gives profiles to roles and to steps by name. A step called `train` would have to share the profile of
    training, and nobody could tell which of them is meant.

    ```yaml
    prepare: {train: {command: [python, -m, prepare], …}}       # FL3195
    ```

    Mended:

    ```yaml
    prepare: {features: {command: [python, -m, prepare], …}}
    ```
    """,
)

ROLES = ("default", "train", "tune", "evaluate", "serving", "batch", "monitoring")
MLFLOW = ("MLFLOW_TRACKING_URI", "MLFLOW_RUN_ID", "MLFLOW_EXPERIMENT_NAME", "MLFLOW_EXPERIMENT_ID")
"""What the step contract sets. Credentials for MLflow are the user's to set."""


def check(plan: Plan) -> Iterator[Diagnostic]:
    """Every name means one thing."""
    for path, section in _sections(plan):
        yield from _variables(plan, path, section)
    pipeline = plan.unit.pipeline
    for step in pipeline.data.prepare if pipeline.data else ():
        if str(step) in ROLES:
            place = key_place(plan.unit, "data", "prepare", str(step))
            message = f"the step `{step}` has the name of a role of `hardware`"
            yield Diagnostic(TAKEN_ROLE, place, message, f"the roles are {', '.join(ROLES)}: give it another name")


def _sections(plan: Plan) -> Iterator[tuple[Path, Step | Evaluate | Serving]]:
    pipeline = plan.unit.pipeline
    for name, step in pipeline.data.prepare.items() if pipeline.data else ():
        yield ("data", "prepare", str(name)), step
    if pipeline.model is not None and pipeline.model.train is not None:
        yield ("model", "train"), pipeline.model.train
    if pipeline.model is not None and pipeline.model.evaluate is not None:
        yield ("model", "evaluate"), pipeline.model.evaluate
    if pipeline.serving is not None:
        yield ("serving",), pipeline.serving


def _variables(plan: Plan, path: Path, section: Step | Evaluate | Serving) -> Iterator[Diagnostic]:
    unit = plan.unit
    for name in section.secrets:
        if name in section.env:
            related = (Related(key_place(unit, *path, "env", str(name)), "the other"),)
            message = f"`{name}` is set by `env` and by `secrets`"
            place = key_place(unit, *path, "secrets", str(name))
            yield Diagnostic(TWICE_SET, place, message, "keep one of them", related=related)
    if isinstance(section, Serving):
        return
    for key in ("env", "secrets"):
        for name in getattr(section, key):
            if str(name) in MLFLOW:
                message = f"`{name}` is set by Fairlead, with the run already open"
                place = key_place(unit, *path, key, str(name))
                yield Diagnostic(TWICE_SET, place, message, "remove it; `mlflow` in fairlead.yaml says where MLflow is")
    for first, second in _same_variable(str(name) for name in section.parameters):
        message = f"the parameters `{first}` and `{second}` would both be {parameter_variable(second)}"
        related = (Related(key_place(unit, *path, "parameters", first), "the other"),)
        place = key_place(unit, *path, "parameters", second)
        yield Diagnostic(TWICE_SET, place, message, "give one of them another name", related=related)


def _same_variable(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Pairs of parameters that are one variable, as names that differ in case alone are."""
    seen: dict[str, str] = {}
    for name in names:
        variable = parameter_variable(name)
        if variable in seen:
            yield seen[variable], name
        seen.setdefault(variable, name)
