"""`serving`: a server, a batch or a graph, of what the platform can route, split and scale."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st

from fairlead.catalogue.measurements import Measurement, measure
from fairlead.catalogue.runtimes import Runtime, runtime, runtime_for
from fairlead.catalogue.scaling import Scaling, scale
from tests.laws.generate import texts
from tests.laws.generate.datasets import secrets
from tests.laws.generate.dice import Dice, Tree, filled
from tests.laws.generate.platforms import PROFILES, World, hardware

READS = {
    "sklearn": ("sklearn",), "xgboost": ("xgboost",), "lightgbm": ("lightgbm",), "tensorflow": ("tensorflow",),
    "torchserve": ("pytorch",), "huggingface": ("huggingface", "pytorch"), "vllm": ("huggingface", "pytorch"),
}  # fmt: skip
ANY = ("triton", "onnx", "mlflow", "custom")
"""Runtimes for models of any framework."""
CLASSIFIERS = ("binary-classification", "multiclass-classification")


@dataclass
class Server:
    """The section, and what the rest of the specification may say because of it."""

    section: Tree
    runtime: Runtime
    mode: str
    exposed: bool
    hardware: str | Tree | None
    task: str
    logged: bool

    def measured(self, world: World, signal: str, at: str = "server") -> Measurement | None:
        """What measures a signal of this server."""
        found = measure(
            signal, at=at, runtime=self.runtime.name, mode=self.mode, kserve=world.kserve, knative=world.knative,
            gateway_kind=world.gateway, controller=world.controller, exposed=self.exposed, task=self.task,
        )  # fmt: skip
        return found if isinstance(found, Measurement) else None


def server(
    dice: Dice, world: World, framework: str, task: str, *, restricted: bool, logs: bool, mode: str | None = None
) -> Server:
    """A server for a model. `logs`: drift or quality will read its payloads."""
    facts, named = _runtime(dice, world, framework, task)
    mode = mode or ("knative" if world.knative and dice.chance(40) else "standard")
    can_expose = mode == "knative" or (world.gateway != "none")
    private = world.private or world.gateway == "none"
    exposed = can_expose and (private or not restricted) and dice.chance(60)
    profile = _hardware(dice, facts)
    gpus = _gpus(profile)
    llm = facts.name == "vllm" or (facts.name in ("huggingface", "custom") and dice.chance(30))
    protocol = dice.pick([None, *facts.protocols])
    made = Server({}, facts, mode, exposed, profile, task, logs or dice.chance(20))
    section = filled(
        {
            "runtime": facts.name if named else None,
            "protocol": protocol,
            "mode": mode if mode == "knative" or dice.chance(30) else None,
            "output": _output(dice, facts, task),
            "timeout": dice.pick([None, "10s", "1500ms", "5m"]),
            "access": _access(dice, exposed, restricted),
            "zones": dice.pick([[], ["a", "b"], ["no", "1e3"]]),
            "image": dice.draw(texts.images()) if facts.name == "custom" else None,
            "command": dice.draw(st.lists(texts.hostile(1), min_size=1, max_size=3))
            if facts.name == "custom"
            else None,
            "env": dice.mapping(texts.variables(), texts.hostile()),
            "service_account": dice.maybe(10, texts.names()),
            "payloads": _payloads(dice, world) if made.logged else None,
            "llm": _llm(dice, gpus) if llm and gpus else None,
        }
    ) | secrets(dice)
    if facts.name == "vllm" and gpus > 1 and "llm" not in section:
        section["llm"] = {"tensor_parallel": gpus}
    replicas, scale_on, keda = _scaling(dice, world, made, gpus)
    section |= filled({"replicas": replicas, "scale_on": scale_on})
    splits = mode == "knative" or (world.kserve == "0.20" and world.gateway == "gateway-api" and exposed and not keda)
    hosted = exposed and world.routed and world.gateway != "none" and mode == "standard"
    if splits and dice.chance(60):
        hold = dice.pick([None, "1h", "2h"])
        section["rollout"] = filled({"canary": dice.pick([["10%", "50%"], ["1%"], ["99%"]]), "hold": hold})
    elif hosted and dice.chance(30):
        section["host"] = dice.pick(["churn.acme.example", "a", "0.1.no"])
    made.section = section
    return made


def graph(dice: Dice, world: World, members: list[str], mode: str, restricted: bool) -> Tree:
    """A graph of pipelines that are served in one mode."""
    kind = dice.pick(["sequence", "switch", "ensemble", "switch", "splitter"])
    weights = {1: ["100%"], 2: ["30%", "70%"], 3: ["10%", "20%", "70%"]}[min(len(members), 3)]
    chosen = members[: len(weights)]
    of = []
    for position, name in enumerate(chosen):
        member: Tree = {"pipeline": name}
        if kind == "splitter":
            member["weight"] = weights[position]
        elif (kind == "sequence" and dice.chance(50)) or (kind == "switch" and position < len(chosen) - 1):
            member["when"] = dice.pick(CONDITIONS)
        of.append(member)
    private = world.private or world.gateway == "none"
    routable = world.routed and world.gateway != "none" and mode == "standard"
    exposed = routable and (private or not restricted) and dice.chance(50)
    section: Tree = {"graph": {"type": kind, "of": of}, "access": _access(dice, exposed, restricted)}
    if exposed:
        section["host"] = "graph.acme.example"
    return filled(section | filled({"timeout": dice.pick([None, "15s"])}))


CONDITIONS = (
    "score >= 0.5", 'label == "benign"', 'label == "x#y)"', "predictions[0] > 0.3 and (a.b < 1 or ok == true)",
    'a != "no"',
    'label == "$HOME $(id) |@pretty"', 'label == "é, <b>; \'"',
)  # fmt: skip


def batch(dice: Dice) -> Tree:
    """Scoring on a schedule."""
    form = dice.pick(["csv", "parquet", "jsonl"])
    ending = f".{form}" if dice.chance(50) else ""
    return filled(
        {
            "schedule": dice.pick(["30 2 * * *", "@daily", "*/15 6-20 * * 1-5", "0 4 1 1 *"]),
            "timezone": dice.pick([None, "Europe/Zurich"]),
            "input": dice.draw(texts.uris("s3", "gs", folder=True, ending=ending)),
            "output": dice.draw(texts.uris("s3", "gs", folder=True)),
            "format": None if ending and dice.chance(50) else form,
            "timeout": dice.pick([None, "45m"]),
        }
    )


def _runtime(dice: Dice, world: World, framework: str, task: str) -> tuple[Runtime, bool]:
    usual = runtime_for(framework, task)
    reading = [
        name for name, frameworks in READS.items() if framework in frameworks or framework in ("custom", "mlflow")
    ]
    name = usual if usual and dice.chance(60) else dice.pick([*reading, *ANY])
    return runtime(name, world.kserve or "0.20"), name != usual or dice.chance(50)


def _hardware(dice: Dice, facts: Runtime) -> str | Tree | None:
    if facts.gpu == "required":
        return dice.draw(hardware(gpu=True))
    if facts.gpu == "optional" and dice.chance(40):
        return dice.draw(hardware(gpu=True))
    return dice.draw(hardware(gpu=False)) if dice.chance(50) else None


def _gpus(profile: str | Tree | None) -> int:
    whole = PROFILES[profile] if isinstance(profile, str) else profile or {}
    return int(whole["gpu"].get("count", 1)) if "gpu" in whole else 0


def _llm(dice: Dice, gpus: int) -> Tree:
    quantization = dice.pick([None, "awq", "fp8", "bitsandbytes"])
    length, memory = dice.pick([None, 4096]), dice.pick([None, "85%"])
    return {"tensor_parallel": gpus} | filled(
        {"max_model_len": length, "quantization": quantization, "gpu_memory": memory}
    )


def _output(dice: Dice, facts: Runtime, task: str) -> str | None:
    if task not in (*CLASSIFIERS, "custom") or facts.decided_by_model:
        return None
    return dice.pick([None, *facts.answers])


def _access(dice: Dice, exposed: bool, restricted: bool) -> Tree:
    callers = dice.some(["triage/ui", "no/on", f"a/{'x' * 63}", "istio-system/a.b"], least=int(restricted), most=2)
    return filled({"expose": "gateway" if exposed else None, "callers": callers})


def _payloads(dice: Dice, world: World) -> Tree:
    schemes = ("s3", "gs", "https") if world.kserve == "0.20" else ("https",)
    return {"log": "all", "to": dice.draw(texts.uris(*schemes, folder=True)), "retain": dice.pick(["60d", "90d"])}


def _scaling(dice: Dice, world: World, made: Server, gpus: int) -> tuple[Tree | None, Tree | None, bool]:
    """How many replicas, what they follow, and whether KEDA does it."""
    least = dice.pick([1, 2, 3])
    if not dice.chance(60):
        replicas: Tree | None = {"min": least, "max": least} if dice.chance(40) else None
        return replicas, None, False
    counted = {metric: made.measured(world, signal, at="edge") for metric, signal in COUNTED.items()}
    found: dict[str, Scaling] = {}
    for metric in ("cpu", "memory", "concurrency", "rps", "query", *(["gpu"] if gpus else [])):
        how = scale(metric, mode=made.mode, keda=world.keda, prometheus=world.keda, counted=bool(counted.get(metric)))
        if isinstance(how, Scaling):
            found[metric] = how
    # What only KEDA can do is seldom possible, and then often chosen.
    metric = dice.pick([*sorted(found), *[name for name in ("gpu", "query") if name in found]])
    target: Tree = {"cpu": "70%", "memory": "80%", "gpu": "60%", "concurrency": 4, "rps": 20}
    scale_on: Tree = {metric: target[metric]} if metric != "query" else {"query": dice.pick(QUERIES), "target": 2.5}
    if found[metric].to_zero and dice.chance(40):
        least = 0
    return {"min": least, "max": least + dice.number(1, 5)}, scale_on, found[metric].mechanism == "keda"


COUNTED = {"concurrency": "latency", "rps": "requests"}
QUERIES = (
    "sum(vllm:num_requests_waiting)", 'sum(queue{job="no"}) or vector(0)', 'max(x{a=~"{{b}} $(id) ${{ c }}"})',
    'sum(rate(x{y="\\"`id`\\n"}[5m]))',
)  # fmt: skip
