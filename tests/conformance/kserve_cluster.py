"""A cluster in memory with KServe's real webhooks, controllers and released settings: the program `kserve-VERSION`."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.conformance import programs, tools
from tests.conformance.matrix import manifests

Json = dict[str, Any]


def kserve(platform: Json, *states: Path) -> Json:
    """What KServe answers about trees that a cluster holds in turn: findings, and what it makes of the last one."""
    program = tools.find(f"kserve-{platform['kserve']}")
    gateway, ingress = platform["gateway"], {}
    if gateway["kind"] == "gateway-api":
        # Not KServe's default; the target's README asks for it, because a canary in Standard mode is weights of routes.
        ingress = {"enableGatewayApi": True, "kserveIngressGateway": gateway["ref"]}
    config = program.parent / Path(programs.KSERVE_CONFIG).name
    command: list[str | Path] = [program, "-config", config, "-ingress", json.dumps(ingress), *states]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    answer: Json = json.loads(done.stdout)
    return answer


def served(folder: Path) -> Iterator[tuple[str, Json]]:
    """Every resource that the target `kserve` writes into a tree, with its path below `folder`."""
    for path, manifest in manifests(sorted(folder.glob("rendered/*/*/kserve/*.yaml"))):
        yield path.relative_to(folder).as_posix(), manifest
