"""Models that their runtime can't load."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.plan.nodes import Serve
from fairlead.plan.plan import Plan
from fairlead.project.lock import LockedModel
from fairlead.source.diagnostics import Code, Diagnostic, Related, Severity
from fairlead.source.nodes import Path, place_of
from fairlead.source.places import Place

UNLOADABLE = Code(
    "FL3146",
    "a model whose packages its runtime can't load",
    """
    A pickled model is read by the libraries inside the server, and those of another version refuse it, or read it and
    answer differently. The lock knows the versions that the model was trained with, and the catalogue those that the
    runtime of this KServe takes.

    ```yaml
    # specs/tumor-classifier.production.lock.yaml
    model:
      packages: {scikit-learn: 1.7.0}           # FL3146: the sklearn runtime of KServe 0.20 takes ~=1.5.1
    ```

    Mended: train with a version that the runtime takes and promote that, or serve with `runtime: mlflow` or
    `runtime: custom`, whose image you choose.
    """,
)
OTHER_PYTHON = Code(
    "FL3147",
    "a model that was pickled by another Python",
    """
    A pickle may hold code objects and classes of its Python, which another minor version does not always read. Most
    models of scikit-learn survive the change; functions of your own, pickled by value, do not.

    ```yaml
    # specs/tumor-classifier.production.lock.yaml
    model:
      packages: {python: 3.13.1}                # FL3147: the runtime has Python 3.11
    ```

    Mended: train in an image with the runtime's Python.
    """,
    Severity.WARNING,
)


def check(plan: Plan) -> Iterator[Diagnostic]:
    """What is served, and what is tried as a canary, can be loaded by the runtime."""
    serve, lock = plan.only(Serve), plan.unit.lock
    serving = plan.unit.pipeline.serving
    if serve is None or lock is None or serving is None or serving.image is not None:
        return  # What an image of the user's own holds is not known.
    if lock.model is not None:
        yield from _model(plan, serve, lock.model, ("model",))
    if lock.rollout is not None:
        yield from _model(plan, serve, lock.rollout.canary, ("rollout", "canary"))


def _model(plan: Plan, serve: Serve, model: LockedModel, path: Path) -> Iterator[Diagnostic]:
    runtime = serve.runtime
    chosen = (Related(plan.unit.place("serving", "runtime"), f"the runtime is {runtime.name}"),)
    server = f"the {runtime.name} runtime of KServe {runtime.kserve}"
    for name, version in model.packages.items():
        place = _place(plan, (*path, "packages", name))
        try:
            refused = runtime.rejects({name: version}) if name != "python" else ()
        except ValueError:
            message = f"`{version}` of {name} is no version, so whether {server} can load the model is not known"
            yield Diagnostic(UNLOADABLE, place, message, "run `fairlead lock` again", related=chosen)
            continue
        for package, has, takes in refused:
            message = f"version {model.version} was trained with {package} {has}, and {server} takes {takes}"
            help_ = "train with a version that it takes, or choose another runtime"
            yield Diagnostic(UNLOADABLE, place, message, help_, related=chosen)
    python = model.packages.get("python")
    if python is not None and runtime.python is not None and python.split(".")[:2] != runtime.python.split("."):
        message = f"version {model.version} was trained with Python {python}, and {server} has {runtime.python}"
        place = _place(plan, (*path, "packages", "python"))
        yield Diagnostic(OTHER_PYTHON, place, message, f"train with Python {runtime.python}", related=chosen)


def _place(plan: Plan, path: Path) -> Place:
    return place_of(plan.unit.lock_root, path) if plan.unit.lock_root is not None else plan.unit.place("serving")
