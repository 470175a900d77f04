"""Hardware that does not fit what runs on it."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.plan.hardware import chosen_hardware
from fairlead.plan.nodes import Serve
from fairlead.plan.plan import Plan
from fairlead.source.diagnostics import Code, Diagnostic, Related, Severity
from fairlead.spec.hardware import Profile
from fairlead.spec.units import Name

NEEDS_GPU = Code(
    "FL3148",
    "a GPU runtime on a CPU profile",
    """
    The runtime starts only where it finds a GPU, and the hardware that `serving` runs on has none, so the Pods would
    crash one after the other.

    ```yaml
    hardware: {serving: cpu-serving}
    serving: {runtime: vllm}                    # FL3148
    ```

    Mended:

    ```yaml
    hardware: {serving: gpu-l4}
    ```
    """,
)
OTHER_COUNT = Code(
    "FL3149",
    "as many GPUs as the model is not split over",
    """
    `tensor_parallel` is the number of GPUs that share one copy of the model. With fewer in the profile the server
    does not start; with more, the rest is paid for and idle.

    ```yaml
    hardware: {serving: {cpu: 8, memory: 64Gi, gpu: {count: 4}}}
    serving: {runtime: vllm, llm: {tensor_parallel: 2}}         # FL3149: 2 of 4
    ```

    Mended:

    ```yaml
    serving: {runtime: vllm, llm: {tensor_parallel: 4}}
    ```
    """,
)
IDLE_GPU = Code(
    "FL3150",
    "a GPU for a server that can't use one",
    """
    The runtime computes on CPUs only. A GPU in its profile would be reserved for every replica, and idle.

    ```yaml
    hardware: {serving: gpu-l4}
    serving: {runtime: sklearn}                 # FL3150
    ```

    Mended:

    ```yaml
    hardware: {serving: cpu-serving}
    ```
    """,
    Severity.WARNING,
)
SPOT_SERVER = Code(
    "FL3151",
    "a server on nodes that may vanish",
    """
    Spot nodes are taken away within minutes, often many at once, because one market loses all of a kind together.
    Training is tried again; a request is not.

    ```yaml
    hardware: {serving: cpu-spot}               # FL3151
    serving: {}
    ```

    Mended:

    ```yaml
    hardware: {serving: cpu-serving}
    ```
    """,
    Severity.WARNING,
)
NO_GPU_TO_FOLLOW = Code(
    "FL3152",
    "replicas that follow GPUs that they don't have",
    """
    `scale_on: {gpu: 60%}` follows the utilisation of the server's GPUs. Where its profile has none the metric does not
    exist, and the number of replicas never changes.

    ```yaml
    hardware: {serving: cpu-serving}
    serving: {scale_on: {gpu: 60%}}             # FL3152
    ```

    Mended:

    ```yaml
    serving: {scale_on: {cpu: 70%}}
    ```
    """,
)
SHM_TOO_LARGE = Code(
    "FL3153",
    "shared memory that takes all memory",
    """
    /dev/shm counts as memory of the container. A profile with as much of it as it has memory leaves nothing for the
    process, which is killed when the shared memory fills.

    ```yaml
    hardware: {train: {cpu: 4, memory: 8Gi, shm: 8Gi}}          # FL3153: 8Gi - 8Gi = 0
    ```

    Mended:

    ```yaml
    hardware: {train: {cpu: 4, memory: 16Gi, shm: 8Gi}}
    ```
    """,
)


def check(plan: Plan) -> Iterator[Diagnostic]:
    """Servers have the GPUs that they need, and containers memory besides their shared memory."""
    yield from _shared_memory(plan)
    serve = plan.only(Serve)
    if serve is None:
        return
    gpus = serve.hardware.gpu.count if serve.hardware.gpu else 0
    place, related = chosen_hardware(plan, "serving")
    runtime = serve.runtime
    if runtime.gpu == "required" and not gpus:
        message = f"the runtime `{runtime.name}` needs a GPU, and the hardware of `serving` has 0"
        seen = (Related(plan.unit.place("serving", "runtime"), "the runtime"), *related)
        yield Diagnostic(NEEDS_GPU, place, message, "choose a profile with a `gpu`", related=seen)
    elif runtime.gpu == "never" and gpus and plan.unit.pipeline.serving and not plan.unit.pipeline.serving.image:
        message = f"the runtime `{runtime.name}` computes on CPUs only, and each replica would reserve {gpus} GPU"
        yield Diagnostic(IDLE_GPU, place, message, "choose a profile without a `gpu`", related=related)
    yield from _parallel(plan, serve, gpus, related)
    if serve.scale_on is not None and serve.scale_on.gpu is not None and not gpus:
        message = "replicas follow the utilisation of GPUs, and the hardware of `serving` has 0"
        where = plan.unit.place("serving", "scale_on", "gpu")
        yield Diagnostic(NO_GPU_TO_FOLLOW, where, message, "scale on cpu, or choose a profile with a `gpu`")
    if serve.hardware.spot:
        message = "the hardware of `serving` is spot, so replicas vanish with their nodes, and requests with them"
        yield Diagnostic(SPOT_SERVER, place, message, "choose a profile that stays", related=related)


def _parallel(plan: Plan, serve: Serve, gpus: int, related: tuple[Related, ...]) -> Iterator[Diagnostic]:
    if not gpus or (serve.llm is None and serve.runtime.name != "vllm"):
        return
    parallel = serve.llm.tensor_parallel if serve.llm else 1
    if parallel == gpus:
        return
    path = ("serving", "llm", "tensor_parallel")
    place = plan.unit.place(*path) if plan.unit.has(path) else chosen_hardware(plan, "serving")[0]
    cause = "so the server can't start" if parallel > gpus else f"so {gpus - parallel} would be idle"
    message = f"the model is split over {parallel} GPU{'s' * (parallel != 1)}, and a replica has {gpus}: {cause}"
    yield Diagnostic(OTHER_COUNT, place, message, f"write `tensor_parallel: {gpus}`", str(gpus), related)


def _shared_memory(plan: Plan) -> Iterator[Diagnostic]:
    unit = plan.unit
    for role, choice in unit.pipeline.hardware.items():
        profile = choice if isinstance(choice, Profile) else unit.project.hardware.get(Name(choice))
        if profile is None or profile.shm is None or profile.shm < profile.memory:
            continue
        message = f"`shm` is {profile.shm} and counts as memory, of which there is {profile.memory}: nothing is left"
        if isinstance(choice, Profile):
            place = unit.place("hardware", str(role), "shm")
        else:
            place = unit.project_place("hardware", str(choice), "shm")
        yield Diagnostic(SHM_TOO_LARGE, place, message, "give it more memory, or less shared memory")
