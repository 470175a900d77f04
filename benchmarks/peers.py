"""The same work by other libraries, each in a process of its own: `peers.py WORK FOLDER`.

Prints the seconds of processor that the work itself took, without the start of the interpreter and without reading
what it works on.
"""

from __future__ import annotations

import io
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def manifests(folder: Path) -> list[Any]:
    """Every manifest that was rendered, as plain data."""
    import yaml

    return [
        yaml.load(path.read_bytes(), yaml.CSafeLoader)
        for path in sorted((folder / "rendered").rglob("*.yaml"))
        if path.name != "kustomization.yaml"
    ]


def templates(folder: Path) -> list[Any]:
    """The WorkflowTemplates among them."""
    import yaml

    paths = sorted((folder / "rendered").rglob("workflowtemplate-*.yaml"))
    return [yaml.load(path.read_bytes(), yaml.CSafeLoader) for path in paths]


def specs(folder: Path) -> list[tuple[str, bytes]]:
    return [(path.name, path.read_bytes()) for path in sorted((folder / "specs").glob("*.yaml"))]


def write_fairlead(folder: Path) -> Callable[[], object]:
    from fairlead.output.yaml import dump

    documents = manifests(folder)
    return lambda: [dump(document) for document in documents]


def write_pyyaml(folder: Path) -> Callable[[], object]:
    import yaml

    documents = manifests(folder)
    return lambda: [yaml.dump(document, Dumper=yaml.CSafeDumper, sort_keys=False) for document in documents]


def write_ruamel(folder: Path) -> Callable[[], object]:
    from ruamel.yaml import YAML

    documents = manifests(folder)
    writer = YAML(typ="safe", pure=False)
    writer.default_flow_style = False
    return lambda: [writer.dump(document, io.BytesIO()) for document in documents]


def read_fairlead(folder: Path) -> Callable[[], object]:
    from fairlead.source.reader import read

    files = specs(folder)
    read(*files[0])
    return lambda: [read(name, data) for name, data in files]


def read_pyyaml(folder: Path) -> Callable[[], object]:
    import yaml

    files = specs(folder)
    return lambda: [yaml.load(data, yaml.CSafeLoader) for _, data in files]


def read_ruamel(folder: Path) -> Callable[[], object]:
    from ruamel.yaml import YAML

    files = specs(folder)
    reader = YAML(typ="rt")
    return lambda: [reader.load(data) for _, data in files]


def workflows_hera(folder: Path) -> Callable[[], object]:
    from hera.workflows import WorkflowTemplate

    documents = templates(folder)
    return lambda: [WorkflowTemplate.from_dict(document).to_yaml() for document in documents]


def workflows_fairlead(folder: Path) -> Callable[[], object]:
    """From the plans to the text of all that the target for Argo Workflows writes: more than templates."""
    from fairlead.output.yaml import dump
    from fairlead.plan.builder import build
    from fairlead.target import Options, available, load as target_of
    from fairlead.workspace.load import load

    workspace = load(folder)
    plans = [build(unit, units)[0] for units in workspace.units.values() for unit in units.values()]
    target = target_of(available()["argo-workflows"])
    options: Options = target.options()

    def work() -> object:
        made = [target.compile(plan, options) for plan in plans if plan is not None]
        return [dump(resource.manifest) for compiled in made for resource in compiled.resources]

    target.compile(next(plan for plan in plans if plan is not None and plan.trains), options)  # imports what it needs
    return work


WORKS: dict[str, Callable[[Path], Callable[[], object]]] = {
    name.replace("_", "-"): work
    for name, work in list(globals().items())
    if name.startswith(("write_", "read_", "workflows_"))
}


def main() -> None:
    work = WORKS[sys.argv[1]](Path(sys.argv[2]))
    began = time.process_time()
    work()
    json.dump({"cpu": time.process_time() - began}, sys.stdout)


if __name__ == "__main__":
    main()
