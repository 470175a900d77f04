"""Which version it is about, and the way back."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.plan.nodes import Serve
from fairlead.plan.plan import Plan
from fairlead.project.lock import LockedModel, StepUsage, Tensor
from fairlead.project.usage import memory_text
from fairlead_targets.model_card.lines import Line, listed, named


def version(plan: Plan) -> Iterator[Line]:
    """The version that the lock has, with all that it stands on."""
    lock, pipeline = plan.unit.lock, plan.unit.pipeline
    served = lock.model if lock is not None else None
    source = pipeline.model.source if pipeline.model is not None else None
    if served is not None:
        yield from _model(served)
    elif source is not None:
        yield Line("model", f"{source}, as its makers published it: nothing is trained or judged here")
    elif pipeline.model is not None:
        yield Line("version", "none yet: no version has been locked for this environment")
    if lock is None:
        return
    if lock.rollout is not None:
        canary = lock.rollout.canary
        yield Line("canary", f"version {canary.version}, with {lock.rollout.weight} of the traffic", (*_model(canary),))
    for reference, image in sorted(lock.images.items()):
        tree = f", built from the Git tree {image.tree}" if image.tree else ""
        yield Line("image", f"{reference} at {image.digest}{tree}")


def _model(model: LockedModel) -> Iterator[Line]:
    yield Line("version", str(model.version))
    yield Line("MLflow run", model.run or "the lock names none")
    yield Line("files", f"{model.uri}, with the digest {model.digest}")
    if model.packages:
        yield Line("trained with", named(sorted(model.packages.items())))
    if model.signature.inputs:
        yield Line("takes", _tensors(model.signature.inputs))
    if model.signature.outputs:
        yield Line("gives", _tensors(model.signature.outputs))
    if model.reference is not None:
        statistics = f"{model.reference.uri}, with the digest {model.reference.digest}"
        yield Line("statistics of its training data", statistics)
    if "train" in model.usage:
        yield Line("training used", _used(model.usage["train"]))


def _used(usage: StepUsage) -> str:
    least = "at least " if usage.measured == "process" else ""
    parts = [f"{least}{memory_text(usage.memory.bytes)} of memory"]
    parts += [f"{usage.cpu} of processor time"] if usage.cpu is not None else []
    return ", ".join(parts) + (f", in {usage.time}" if usage.time is not None else "")


def _tensors(tensors: tuple[Tensor, ...]) -> str:
    return listed(
        f"{tensor.name} ({tensor.type}{f' {list(tensor.shape)}' if tensor.shape else ''})" for tensor in tensors
    )


def rollback(plan: Plan) -> Iterator[Line]:
    """What a rollback does now, and how it is done."""
    if plan.only(Serve) is None and (plan.unit.lock is None or plan.unit.lock.model is None):
        return
    lock = plan.unit.lock
    if lock is not None and lock.rollout is not None:
        what = f"the canary, version {lock.rollout.canary.version}, is taken back"
    elif lock is not None and lock.previous is not None:
        what = f"version {lock.previous.version} is served again, which the lock holds whole"
    else:
        yield Line("", "there is no earlier version in the lock to go back to")
        return
    yield Line("now", what)
    command = f"`fairlead rollback {plan.name} --in {plan.unit.environment}`"
    yield Line("how", f"{command}, `fairlead compile`, and one commit")
