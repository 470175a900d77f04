"""`monitoring` and `retraining`: what the platform measures, what is logged, and when the loop closes."""

from __future__ import annotations

from fairlead.catalogue.drift import methods_for, takes
from fairlead.catalogue.measurements import Measurement
from fairlead.catalogue.tasks import find_metric, metrics_of
from tests.laws.generate import texts
from tests.laws.generate.datasets import Data
from tests.laws.generate.dice import Dice, Tree, filled
from tests.laws.generate.learning import Task
from tests.laws.generate.platforms import World
from tests.laws.generate.servers import Server

ANSWERS = {
    "binary-classification": "category", "multiclass-classification": "category", "regression": "float",
    "forecasting": "float",
    "ranking": "float", "text-generation": "text", "embedding": "vector",
}  # fmt: skip


def slos(dice: Dice, world: World, server: Server) -> Tree | None:
    """Objectives on what something measures, at bounds that are buckets."""
    section: Tree = {"window": dice.pick([None, "30d", "28d", "7d"])}
    if server.measured(world, "availability") and dice.chance(60):
        section["availability"] = dice.pick(["99.9%", "99%", "95%", "99.99%"])
    for signal in ("latency", "time_to_first_token", "inter_token_latency"):
        tokens = signal != "latency"
        if tokens and server.task not in ("text-generation", "custom"):
            continue
        at = dice.pick(["server", "edge"])
        found = server.measured(world, signal, "server" if tokens else at)
        if found and found.buckets and dice.chance(50):
            section[signal] = {"objective": dice.pick(["99%", "95%", "99.5%"]), "below": _bound(dice, found)}
            section[signal] |= {} if tokens else {"at": at}
    return filled(section) if len(section) > 1 else None


def _bound(dice: Dice, found: Measurement) -> str:
    whole = [int(bucket.seconds * 1000) for bucket in found.buckets if bucket.seconds * 1000 % 1 == 0]
    return f"{dice.pick(whole)}ms"


def monitoring(dice: Dice, world: World, chosen: Task, data: Data, server: Server | None, batch: bool) -> Tree:
    """The section of a model that is trained, and served or used in batches."""
    section: Tree = {}
    if server is not None and "prometheus" in world.targets:
        section["slos"] = slos(dice, world, server)
    if server is not None and server.logged and dice.chance(70):
        section["drift"] = _drift(dice, chosen, data, server)
    joins = [
        *(["request_id"] if server is not None and server.logged else []),
        *([data.table.id] if data.table.id else []),
    ]
    answers = server is None or server.section.get("output") == "probability" or server.runtime.decided_by_model
    if (
        (batch or (server is not None and server.logged))
        and joins
        and data.table.label
        and not chosen.own
        and dice.chance(60)
    ):
        section["quality"] = _quality(dice, chosen, joins, answers)
    return filled(section | notice(dice))


def notice(dice: Dice) -> Tree:
    """Who is told, and where it says what to do."""
    alerts = filled({"page": dice.pick([None, "oncall", "no", "x" * 63]), "ticket": dice.pick([None, "queue", "1e3"])})
    return filled(
        {"alerts": alerts, "runbook": dice.maybe(40, texts.pages()), "dashboard": dice.maybe(30, texts.pages())}
    )


def _drift(dice: Dice, chosen: Task, data: Data, server: Server) -> Tree | None:
    method = dice.pick(["psi", "ks", "wasserstein", "jensen-shannon", "chi2"])
    kinds = {name: data.table.columns[name]["type"] for name in data.table.features}
    fitting = [name for name, kind in kinds.items() if takes(method, kind)]
    answer = ANSWERS.get(chosen.task)
    if answer == "category" and server.section.get("output") == "probability":
        answer = "float"
    sure = not server.runtime.decided_by_model and server.runtime.answers == ("label", "probability")
    predicted = (
        answer is not None
        and (answer not in ("category", "float") or sure or answer == "float")
        and takes(method, answer)
    )
    if answer == "category" and not sure:
        predicted = False
    if not fitting and not predicted:
        return None
    features = {
        name: filled({"threshold": dice.pick([None, 0.1, 0.3]), "method": dice.pick([None, *methods_for(kinds[name])])})
        for name in fitting[:2]
        if dice.chance(80)
    }
    every, window = dice.pick([("1h", "24h"), ("6h", "6h"), ("1d", "7d"), ("30m", "2h")])
    return filled(
        {
            "every": every,
            "window": window,
            "method": method,
            "threshold": dice.pick([None, 0.2, 0.5]),
            "features": features,
            "prediction": True if predicted and (not fitting or dice.chance(50)) else None,
        }
    )


def _quality(dice: Dice, chosen: Task, joins: list[str], answers: bool) -> Tree | None:
    known = [
        name
        for name, fact in metrics_of(chosen.task).items()
        if answers or fact.needs not in ("scores", "probabilities")
    ]
    if not known:
        return None
    metric = dice.pick(known)
    fact = find_metric(chosen.task, metric)
    better = fact is None or fact.greater_is_better
    return {
        "labels": filled(
            {
                "uri": dice.draw(texts.uris("s3", "gs", folder=True)),
                "format": dice.pick(["jsonl", "csv", "parquet"]),
                "join": dice.pick(joins),
                "column": dice.pick([None, "truth", "no"]),
                "delay": dice.pick([None, "3d", "90m"]),
            }
        ),
        "window": dice.pick(["14d", "7d"]),
        "every": dice.pick(["24h", "12h"]),
        "expect": [f"{metric} {'>=' if better else '<='} 0.25"],
    }


def retraining(dice: Dice, world: World, watched: Tree) -> Tree:
    """When to train again: on a schedule that leaves time enough, and on what is watched."""
    on = ["new-data", *[key for key in ("drift", "quality") if key in watched and world.alerts]]
    schedule = dice.pick(["0 4 1 * *", None, "@monthly", "0 4 * * 1"])
    return filled(
        {
            "schedule": schedule,
            "timezone": dice.pick([None, "Europe/Zurich", "UTC"]) if schedule else None,
            "on": dice.some(on, least=0 if schedule else 1),
            "cooldown": dice.pick([None, "24h", "90m"]),
            "promote": dice.pick([None, "pull-request", "automatic"]),
        }
    )
