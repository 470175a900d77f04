"""Locks: versions, digests and rollouts, as `fairlead lock` and `promote` write them."""

from __future__ import annotations

from hashlib import sha256

from hypothesis import strategies as st

from tests.laws.generate import texts
from tests.laws.generate.dice import Dice, Tree, filled
from tests.laws.generate.platforms import World
from tests.laws.generate.servers import Server


def digest(text: str) -> str:
    """A digest that a text has."""
    return f"sha256:{sha256(text.encode()).hexdigest()}"


USAGE: Tree = {
    "split": {"memory": "96Mi", "measured": "process", "cpu": "20s", "time": "9s"},
    "data/no": {"memory": "64Mi"},
}
"""What steps used: less than any hardware has, which would be a finding."""


def lock(dice: Dice, world: World, spec: Tree, environment: str, server: Server | None) -> Tree:
    """The lock of a pipeline in an environment."""
    name = spec["metadata"]["name"]
    model = spec.get("model", {})
    found: Tree = {
        "apiVersion": "fairlead.dev/v1",
        "kind": "Lock",
        "metadata": {"pipeline": name, "environment": environment},
        "images": _images(dice, world, spec, server),
        "data": {source: _pinned(source) for source in spec.get("data", {}).get("sources", {}) if dice.chance(50)},
    }
    if "train" in model and dice.chance(85):
        version = dice.pick([3, 1, 12, 99999])
        found["model"] = _model(dice, world, name, version)
        canaries = server.section.get("rollout", {}).get("canary") if server else None
        if canaries and dice.chance(80):
            found["rollout"] = {"canary": _model(dice, world, name, version + 1), "weight": dice.pick(canaries)}
        elif dice.chance(30):
            found["previous"] = _model(dice, world, name, version + 7)
    return filled(found)


def _pinned(source: str) -> Tree:
    own = digest(source)
    return {"digest": own, "manifest": f"s3://acme-ml-artifacts/manifests/{own.replace(':', '-')}.json"}


def _model(dice: Dice, world: World, name: str, version: int) -> Tree:
    own = digest(f"{name} {version}")
    store = str(world.project["artifacts"]["uri"])
    tensors = [{"name": text, "type": "double"} for text in dice.draw(_tensor_names())]
    run, packed = dice.pick([None, f"{version:032x}"]), dice.chance(50)
    return filled(
        {
            "version": version,
            "run": run,
            "uri": f"{store}/models/{name}/{own.replace(':', '-')}/",
            "digest": own,
            "packages": {"python": "3.11.9", "numpy": "1.26.4"} if packed else None,
            "signature": filled({"inputs": tensors, "outputs": tensors[:1]}),
            "reference": {"uri": f"{store}/reference.json", "digest": digest("reference")} if dice.chance(60) else None,
            "metrics": {"roc_auc": 0.91, "log_loss": 1.5e-05} if dice.chance(50) else None,
            "usage": USAGE if packed else None,
        }
    )


def _tensor_names() -> st.SearchStrategy[list[str]]:
    return st.lists(texts.hostile(1), max_size=2)


def _images(dice: Dice, world: World, spec: Tree, server: Server | None) -> Tree:
    """Digests of all images, of some, or of none."""
    model = spec.get("model", {})
    git = str(world.project["git"]["repository"]).partition("/")[0]
    found = {
        str(world.project["platform"]["runner"]),
        model.get("code", {}).get("image", f"ghcr.io/{git}/{spec['metadata']['name']}"),
        *(
            step["image"]
            for step in [*spec.get("data", {}).get("prepare", {}).values(), model.get("train", {})]
            if "image" in step
        ),
        *([model["evaluate"]["image"]] if "image" in model.get("evaluate", {}) else []),
    }
    if server is not None:
        found.add(server.section.get("image") or server.runtime.image or "")
    every = dice.chance(60)
    return {
        image: {"digest": digest(image), "tree": "e" * 40} for image in sorted(found - {""}) if every or dice.chance(50)
    }
