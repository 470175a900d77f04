"""`model`: what is trained, searched and judged, or where a model comes from that exists already."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from fairlead.catalogue.tasks import MetricFact, find_metric, metrics_of, usual_metrics
from tests.laws.generate import texts
from tests.laws.generate.datasets import Data, reading, secrets, step
from tests.laws.generate.dice import Dice, Tree, filled
from tests.laws.generate.platforms import World

LABELS = {
    "binary-classification": "binary",
    "multiclass-classification": "classes",
    "regression": "number",
    "forecasting": "number",
    "ranking": "number",
}
"""What label a task needs where the built-in evaluator judges it."""
TASKS = (
    "custom",
    "binary-classification",
    "multiclass-classification",
    "regression",
    "forecasting",
    "ranking",
    "text-generation",
    "embedding",
)
FRAMEWORKS = ("sklearn", "xgboost", "lightgbm", "pytorch", "tensorflow", "onnx", "huggingface", "mlflow", "custom")


@dataclass
class Task:
    """What kind of model it is."""

    task: str
    framework: str
    label: str | None
    own: bool
    """Whether the user's own command judges it, and owns the metrics' names."""


def task(dice: Dice) -> Task:
    """A task and a framework for it."""
    name = dice.pick(TASKS)
    own = name not in LABELS or dice.chance(15)
    return Task(name, dice.pick(FRAMEWORKS), LABELS.get(name), own and dice.chance(70) if name not in LABELS else own)


def trained(dice: Dice, world: World, chosen: Task, data: Data, tuned: bool) -> Tree:
    """The section of a model that is trained."""
    metrics = _metrics(dice, chosen)
    builds = world.builds
    train = step(dice, builds)
    if data.unread or dice.chance(15):
        train["inputs"] = reading(dice, data.unread or dice.some(data.names, least=1))
    train |= filled(
        {"seed": dice.maybe(20, st.integers(-1, 10**6)), "approval": dice.some(["ml-leads", "no", "x" * 63], most=2)}
    )
    if world.trainer and dice.chance(20):
        train["distributed"] = filled({"nodes": dice.number(2, 4), "framework": dice.pick([None, "pytorch", "jax"])})
        train["distributed"] |= filled({"processes_per_node": dice.maybe(30, st.integers(1, 4))})
    if dice.chance(20):
        train["checkpoint"] = dice.pick(["10m", "1h"])
    return filled(
        {
            "task": chosen.task if chosen.task != "custom" or dice.chance(50) else None,
            "framework": chosen.framework,
            "code": _code(dice, world),
            "train": train,
            "tune": _tune(dice, chosen, metrics) if tuned else None,
            "evaluate": _evaluate(dice, chosen, data, metrics, builds),
            "registry": {"name": dice.pick(["churn", "A.b_c-d", "no", "r" * 200])} if dice.chance(30) else None,
        }
    )


def sourced(dice: Dice, framework: str, name: str) -> Tree:
    """The section of a model that exists already."""
    hub = f"hf://acme/model.x_y:{dice.pick(['8f4b1c2d9e0a7b6c5d4e3f2a1b0c9d8e7f6a5b4c', 'v1.0', 'no'])}"
    source = hub if dice.chance(60) else dice.draw(texts.uris("s3", "gs", "https", folder=True))
    return {"task": name, "framework": framework, "source": source}


def _code(dice: Dice, world: World) -> Tree:
    if world.builds:
        return filled(
            {
                "path": dice.maybe(40, st.sampled_from(["models/churn", "a_b/c.d"])),
                "image": dice.pick([None, "ghcr.io/acme/churn"]),
            }
        )
    return filled({"path": dice.maybe(40, texts.hostile(1)), "image": dice.maybe(50, texts.images())})


def _metrics(dice: Dice, chosen: Task) -> list[str]:
    """The metrics that gates, objectives and lists may name."""
    if chosen.own:
        return dice.draw(
            st.lists(texts.identifiers().filter(lambda name: name != "champion"), unique=True, min_size=1, max_size=3)
        )
    known = [*metrics_of(chosen.task), *(["recall_at_10", "ndcg_at_5"] if chosen.task == "ranking" else [])]
    return dice.some(known, least=1, most=4) if known else []


def _fact(chosen: Task, metric: str) -> MetricFact | None:
    return None if chosen.own else find_metric(chosen.task, metric)


def _evaluate(dice: Dice, chosen: Task, data: Data, metrics: list[str], builds: bool) -> Tree:
    section: Tree = {}
    if chosen.own:
        section = {"command": dice.draw(st.lists(texts.hostile(1), min_size=1, max_size=3))}
        section |= filled(
            {
                "image": None if builds else dice.maybe(20, texts.images()),
                "env": dice.mapping(texts.variables(), texts.hostile()),
                "service_account": dice.maybe(25, texts.names()),
                "inputs": reading(dice, dice.some(data.names, least=1, most=2)) if dice.chance(20) else None,
                "parameters": {"threshold": dice.draw(texts.parameters())} if dice.chance(30) else None,
            }
        ) | secrets(dice)
    if not metrics:
        return section
    if dice.chance(60):
        section["metrics"] = metrics
    usual = [*usual_metrics(chosen.task)] if not chosen.own else []
    gated = metrics if "metrics" in section or not usual else [*metrics, *usual]
    gates = [_gate(dice, chosen, data, dice.pick(gated)) for _ in range(dice.pick([0, 1, 1, 2, 3]))]
    if gates:
        section["gates"] = gates
    return section | filled({"min_support": dice.pick([None, None, 1, 50]), "timeout": dice.pick([None, "30m"])})


def _gate(dice: Dice, chosen: Task, data: Data, metric: str) -> str:
    fact = _fact(chosen, metric)
    better = fact.greater_is_better if fact else dice.chance(50)
    bound = dice.pick(["0.5", "0.25", "0.001"])
    if dice.chance(40):
        bound = f"champion {'-' if better else '+'} 0.005" if dice.chance(70) else "champion"
    measured = metric
    if data.table.slices and data.table.rows and dice.chance(40):
        measured = f"{metric}[{dice.pick(data.table.slices)}]"
    return f"{measured} {'>=' if better else '<='} {bound}"


def _tune(dice: Dice, chosen: Task, metrics: list[str]) -> Tree | None:
    if not metrics:
        return None
    metric = metrics[0]
    fact = _fact(chosen, metric)
    better = fact.greater_is_better if fact else dice.chance(50)
    search = dice.pick(["random", "grid"])
    over: Tree = {}
    for name in dice.draw(st.lists(texts.identifiers(), unique_by=str.lower, min_size=1, max_size=2)):
        over[name] = _space(dice, search)
    trials = dice.number(1, 6) if search == "random" or dice.chance(20) else None
    return filled(
        {
            "search": search,
            "over": over,
            "trials": trials,
            "parallel": dice.pick([None, 1, 2]),
            "seed": dice.maybe(30, st.integers(0, 99)),
            "objective": f"{'maximize' if better else 'minimize'} {metric}",
        }
    )


def _space(dice: Dice, search: str) -> Any:
    if dice.chance(50):
        scalar = st.one_of(st.integers(-9, 9), st.sampled_from([0.1, 1e-7]), texts.hostile(), st.booleans(), st.none())
        return dice.draw(st.lists(scalar, min_size=1, max_size=3))
    return filled(
        {
            "between": dice.pick([[0.01, 0.3], [1.0, 100.0], [1e-5, 1e-1]]),
            "scale": dice.pick([None, "log", "linear"]),
            "steps": dice.number(2, 3) if search == "grid" else None,
            "integer": dice.maybe(20, st.booleans()),
        }
    )
