"""Whole projects: fairlead.yaml, specifications that know each other, and locks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from fairlead.output.yaml import dump
from fairlead.resources.conventions import service, training
from tests.laws.generate import learning, locks, servers, texts, watching
from tests.laws.generate.datasets import data
from tests.laws.generate.dice import Dice, Tree, filled
from tests.laws.generate.platforms import World, hardware, world

SHAPES = ("smallest", "trained", "served", "batch", "language", "sourced", "graph")
"""The shapes of pipelines: those of the language, cut by what is in them."""


@dataclass
class Estate:
    """A project as data; every file by its path."""

    project: Tree
    specs: dict[str, Tree] = field(default_factory=dict)
    locks: dict[str, Tree] = field(default_factory=dict)
    shapes: list[str] = field(default_factory=list)
    flow: bool = False
    """Whether files are written in YAML's flow style, as JSON with a comment's room."""

    def texts(self) -> dict[str, str]:
        """Every file as text, by its path."""
        trees = {"fairlead.yaml": self.project, **self.specs, **self.locks}
        return {path: written(tree, flow=self.flow) for path, tree in trees.items()}

    def write(self, folder: Path) -> Path:
        """Writes every file below a folder."""
        for path, text in self.texts().items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8", newline="\n")
        return folder


def written(tree: Tree, *, flow: bool = False) -> str:
    """A file as text: in block style, or in flow style with every unusual character escaped."""
    return _flow(tree) + "\n" if flow else dump(tree)


def _flow(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ",\n ".join(f"{_flow(key)}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if isinstance(value, str):
        return "".join(_escaped(character) for character in json.dumps(value, ensure_ascii=False))
    return dump(value).strip()


def _escaped(character: str) -> str:
    if " " <= character <= "~":
        return character
    return f"\\u{ord(character):04X}" if ord(character) < 0x10000 else f"\\U{ord(character):08X}"


@st.composite
def estates(draw: st.DrawFn, shapes: tuple[str, ...] = SHAPES, most: int = 3) -> Estate:
    """Projects with up to `most` specifications of some shapes, nearly all of them valid."""
    dice = Dice(draw)
    surroundings = world(dice)
    estate = Estate(surroundings.project, flow=dice.chance(30))
    names = list(dict.fromkeys(dice.draw(texts.names()) for _ in range(dice.number(1, most))))
    mode = "knative" if surroundings.knative and dice.chance(40) else "standard"
    served: list[str] = []
    restricted = False
    for position, name in enumerate(names):
        shape = dice.pick(_choices(shapes, served))
        if shape not in ("smallest", "trained", "batch") and name[0].isdigit():
            name = (
                f"n{name[1:]}" if f"n{name[1:]}" not in names else f"m{name[1:]}"
            )  # KServe's names start with a letter
        spec, server, secret = _pipeline(
            dice, surroundings, shape, name, mode if "graph" in shapes else None, served, restricted
        )
        _own_names(spec, position)
        estate.shapes.append(shape)
        file = f"specs/{dice.pick([name, f'{position}'])}.yaml"
        if file in estate.specs:
            file = f"specs/{position}-{position}.yaml"
        estate.specs[file] = spec
        if server is not None:
            served.append(name)
            restricted |= secret
        for environment in surroundings.environments:
            if shape != "graph" and dice.chance(60):
                own = locks.lock(dice, surroundings, spec, environment, server)
                estate.locks[f"{file.removesuffix('.yaml')}.{environment}.lock.yaml"] = own
    return estate


def _choices(shapes: tuple[str, ...], served: list[str]) -> list[str]:
    """The shapes that a specification can have: a graph only behind what it is in front of, and then often."""
    ready = [shape for shape in shapes if shape != "graph"] or ["served"]
    return [*ready[:1], *ready[1:] * 2, *(["graph"] * 3 if served and "graph" in shapes else [])]


def _own_names(spec: Tree, position: int) -> None:
    """Makes a host and a registered model those of one pipeline alone: two that claim one are refused."""
    serving, registry = spec.get("serving", {}), spec.get("model", {}).get("registry")
    if position and "host" in serving:
        serving["host"] = f"h{position}.{serving['host']}"
    if registry is not None:
        # No pipeline is called so, whose versions would be registered under its own name.
        registry["name"] = f"{position}_{registry['name']}"[:200]


def _pipeline(
    dice: Dice, world: World, shape: str, name: str, mode: str | None, served: list[str], restricted: bool
) -> tuple[Tree, servers.Server | None, bool]:
    """A specification of a shape, its server, and whether its data is restricted."""
    spec: Tree = {"apiVersion": "fairlead.dev/v1", "kind": "Pipeline", "metadata": _metadata(dice, name)}
    roles: Tree = {}
    server = None
    secret = False
    if shape == "smallest":
        uri = dice.draw(texts.uris("s3", ending=".parquet"))
        spec |= {
            "data": {"sources": {"customers": {"uri": uri}}},
            "model": {"train": {"command": ["python", "-m", "churn.train"]}},
        }
    elif shape == "graph":
        spec["serving"] = servers.graph(dice, world, served, mode or "standard", restricted)
        spec |= filled({"monitoring": watching.notice(dice)})
    elif shape in ("language", "sourced"):
        task, framework = (
            ("text-generation", "huggingface") if shape == "language" else ("custom", dice.pick(learning.FRAMEWORKS))
        )
        spec["model"] = learning.sourced(dice, framework, task)
        server = servers.server(dice, world, framework, task, restricted=False, logs=False, mode=mode)
        spec["serving"] = server.section
        spec |= filled({"monitoring": filled({"slos": watching.slos(dice, world, server)} | watching.notice(dice))})
    else:
        server, secret, roles = _trained(dice, world, shape, spec, mode)
    if server is not None and server.hardware is not None:
        roles["serving"] = server.hardware
    spec |= filled({"hardware": roles}) | _ways_out(dice, spec, world, server)
    return spec, server, secret


def _metadata(dice: Dice, name: str) -> Tree:
    return filled(
        {
            "name": name,
            "owner": dice.pick(["growth-ml", "no", "0", "x" * 63]),
            "description": dice.maybe(50, texts.hostile()),
            "labels": dice.draw(texts.labels()) if dice.chance(40) else None,
            "renamed_from": f"before-{name}"[:63].rstrip("-") if dice.chance(10) else None,
            "retired": True if dice.chance(5) else None,
        }
    )


def _trained(
    dice: Dice, world: World, shape: str, spec: Tree, mode: str | None
) -> tuple[servers.Server | None, bool, Tree]:
    chosen = learning.task(dice)
    tuned, retrains = dice.chance(30), dice.chance(50)
    section = data(
        dice,
        None if chosen.own and dice.chance(40) else chosen.label,
        builds=world.builds,
        tuned=tuned,
        retrains=retrains,
    )
    spec["data"] = section.section
    spec["model"] = learning.trained(dice, world, chosen, section, tuned)
    server = None
    if shape == "served":
        logs = dice.chance(50)
        server = servers.server(
            dice, world, chosen.framework, chosen.task, restricted=section.restricted, logs=logs, mode=mode
        )
        spec["serving"] = server.section
    elif shape == "batch":
        spec["serving"] = {"batch": servers.batch(dice)}
    watched = watching.monitoring(dice, world, chosen, section, server, shape == "batch") if shape != "trained" else {}
    spec |= filled({"monitoring": watched})
    if retrains:
        spec["retraining"] = watching.retraining(dice, world, watched)
    if dice.chance(20):
        spec["max_cost_per_run"] = dice.pick([100000, "99999.50"])
    roles: Tree = {}
    watches = "drift" in watched or "quality" in watched
    for role in [
        "default",
        "train",
        "evaluate",
        *section.steps[:1],
        *(["monitoring"] if watches else []),
        *(["tune"] if "tune" in spec["model"] else []),
    ]:
        if dice.chance(30):
            roles[role] = dice.draw(hardware(queued=world.kueue))
    return server, section.restricted, roles


def _ways_out(dice: Dice, spec: Tree, world: World, server: servers.Server | None) -> Tree:
    """What stands at the end of a file: patches, waivers, differences between environments."""
    found: Tree = {}
    if dice.chance(10):
        found["suspend"] = True
    if dice.chance(30):
        overlays = {}
        for environment in dice.some(world.environments, least=1):
            overlays[environment] = _overlay(dice, spec, server)
        found["environments"] = overlays
    name = spec["metadata"]["name"]
    kinds = {
        **({"WorkflowTemplate": training(name)} if "train" in spec.get("model", {}) and world.trains else {}),
        **({"InferenceService": service(name)} if server is not None and "kserve" in world.targets else {}),
    }
    if kinds and dice.chance(45):
        found["patches"] = [_patch(dice, *dice.pick([*kinds.items()])) for _ in range(dice.number(1, 2))]
    if dice.chance(15):
        check = dice.pick(["serving.single-zone", "serving.public-gateway", "retraining.ungated"])
        found["waivers"] = [{"check": check, "reason": dice.draw(texts.hostile(3)), "until": "2027-03-31"}]
    return found


def _overlay(dice: Dice, spec: Tree, server: servers.Server | None) -> Tree:
    choices: list[Tree] = [
        {"hardware": {"default": "cpu-small"}},
        {"metadata": {"description": dice.draw(texts.hostile())}},
        {"suspend": True},
    ]
    if "train" in spec.get("model", {}):
        choices.append({"model": {"train": {"env": {"A": dice.draw(texts.hostile())}, "retries": 1}}})
    if server is not None:
        choices.append({"serving": {"timeout": "7s"}})
    return dice.pick(choices)


def _patch(dice: Dice, kind: str, name: str) -> Tree:
    """A patch of a resource that there is, by its kind alone or by its name too."""
    target = filled({"kind": kind, "name": name if dice.chance(50) else None})
    path = "/metadata/labels/acme.example~1x"
    add: Tree = {"op": "add", "path": path, "value": dice.pick(texts.LABEL_VALUES)}
    copy: Tree = {"op": "copy", "from": path, "path": "/metadata/labels/y"}
    how: Tree = {"json": [add, copy] if dice.chance(50) else [add]}
    if dice.chance(50):
        how = {"merge": {"metadata": {"annotations": {"acme.example/note": dice.draw(texts.hostile())}}}}
    return {"why": dice.draw(texts.hostile(3)), "target": target} | how
