"""What is recalled is what compiling gives: whatever was edited before, to the last byte and the last diagnostic."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from copy import deepcopy
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from hypothesis import HealthCheck, given, settings, strategies as st

from fairlead.source.diagnostics import Diagnostic, Refused
from fairlead.workspace.cache.memory import Memory
from fairlead.workspace.cache.store import Store
from fairlead.workspace.compile import compile_workspace
from fairlead.workspace.load import Workspace, load
from fairlead.workspace.plans import Plans, plans
from tests.laws.compiling import shown
from tests.laws.generate import Estate, estates
from tests.laws.generate.dice import Tree

KEY = bytes(range(32))
Edit = Callable[[dict[str, Tree], st.DataObject], None]


class Everything(NamedTuple):
    """Every plan, every file of every owner with all that is known of it, what waits, and everything that was found."""

    plans: Any
    made: list[Any]
    diagnostics: list[Diagnostic]


def everything(workspace: Workspace, memory: Memory | None = None, like: Plans | None = None) -> Everything:
    compilation = compile_workspace(workspace, memory=memory, like=like)
    plans = compilation.plans.by_environment if compilation.plans else None
    found: list[Any] = []
    try:
        for made in compilation.made():
            assembled = made.assembled
            files = [
                (file.path, file.content, file.sha256, file.target, file.origin, file.resource, file.only_with)
                for file in assembled.files
            ]
            assert all(digest == sha256(content).hexdigest() for _, content, digest, *_ in files)
            found.append((assembled.owner, assembled.source, files, assembled.explained, made.deferred))
    except Refused as error:
        return Everything(plans, [], error.diagnostics)
    return Everything(plans, found, compilation.diagnostics)


def _specs(files: dict[str, Tree]) -> list[str]:
    return sorted(path for path in files if path.startswith("specs/") and ".lock." not in path)


def _number(files: dict[str, Tree], data: st.DataObject) -> None:
    """Another number or text somewhere in a file, valid or not."""
    path = data.draw(st.sampled_from(sorted(files)))
    places = list(_leaves(files[path]))
    section, key = data.draw(st.sampled_from(places))
    section[key] = data.draw(st.sampled_from([section[key], 2, 3, "7s", "2Gi", "other", True, None]))


def _leaves(tree: Any) -> Any:
    for key, value in tree.items() if isinstance(tree, dict) else enumerate(tree):
        if isinstance(value, dict | list):
            yield from _leaves(value)
        else:
            yield tree, key


def _remove(files: dict[str, Tree], data: st.DataObject) -> None:
    """A specification or a lock less."""
    path = data.draw(st.sampled_from(sorted(files)))
    if path != "fairlead.yaml":
        del files[path]


def _copy(files: dict[str, Tree], data: st.DataObject) -> None:
    """One specification more, which claims what another one claims, or only looks like it."""
    if not (specs := _specs(files)):
        return
    tree = deepcopy(files[data.draw(st.sampled_from(specs))])
    tree.setdefault("metadata", {})["name"] = data.draw(st.sampled_from(["twin", "aa", "zz"]))
    files["specs/twin.yaml"] = tree


def _graph(files: dict[str, Tree], data: st.DataObject) -> None:
    """A graph of what is there, which then belongs to its members' surroundings."""
    names = [name for path in _specs(files) if isinstance(name := files[path].get("metadata", {}).get("name"), str)]
    if names:
        member = data.draw(st.sampled_from(names))
        files["specs/graph.yaml"] = {
            "apiVersion": "fairlead.dev/v1",
            "kind": "Pipeline",
            "metadata": {"name": "graph", "owner": "growth-ml"},
            "hardware": {"serving": {"cpu": 1, "memory": "1Gi"}},
            "serving": {
                "graph": {"type": "sequence", "of": [{"pipeline": member}]},
                "access": {"callers": ["support/desk"]},
            },
        }


EDITS: tuple[Edit, ...] = (_number, _number, _remove, _copy, _graph)


@settings(max_examples=4, suppress_health_check=[HealthCheck.too_slow])
@given(estate=estates(), data=st.data())
def test_after_any_edits_what_is_recalled_is_what_compiling_gives(estate: Estate, data: st.DataObject) -> None:
    first = {"fairlead.yaml": estate.project, **estate.specs, **estate.locks}
    files = deepcopy(first)
    with tempfile.TemporaryDirectory() as folder, shown(estate):
        root = Path(folder)
        before: Workspace | None = None
        for _ in range(data.draw(st.integers(2, 4))):
            for path in list(root.rglob("*.yaml")):
                path.unlink()
            others = {path: tree for path, tree in files.items() if path != "fairlead.yaml"}
            Estate(files["fairlead.yaml"], others).write(root)
            now = load(root)
            cold = everything(now)
            for _ in range(2):
                assert everything(load(root), Memory(Store(root, KEY), "this compiler")) == cold
            if before is not None:
                alike = load(root, like=before)
                assert alike.diagnostics == now.diagnostics
                assert everything(alike, like=plans(before)) == cold
            before = now
            if data.draw(st.integers(0, 3)) == 0:
                files = deepcopy(first)
            else:
                data.draw(st.sampled_from(EDITS))(files, data)
