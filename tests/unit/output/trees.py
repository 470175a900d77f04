"""Small projects to write to disk, and what is on it afterwards."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from fairlead.output.assemble import assemble, assemble_shared
from fairlead.output.changes import Changes
from fairlead.output.desired import Assembled, Owner, Selection
from fairlead.output.write import write
from fairlead.resources.resource import Deferred, File, Origin, Resource, Root
from fairlead.source.places import Place
from fairlead.target import Compiled

OUTPUT = PurePosixPath("rendered")
ENVIRONMENTS = frozenset({"staging", "production"})
ALL = Selection(ENVIRONMENTS)


def memory() -> Path | None:
    """A folder in memory, where there is one, for tests that make and delete hundreds of trees."""
    folder = Path("/dev/shm")
    return folder if folder.is_dir() and os.access(folder, os.W_OK) else None


def origin(pipeline: str = "churn", line: int = 3, node: str = "serve") -> Origin:
    return Origin(node, Place(f"specs/{pipeline}.yaml", line, 1, line, 8), "the model is served")


def config_map(name: str, data: Mapping[str, Any] | None = None, *, namespace: str = "ml", line: int = 3) -> Resource:
    manifest = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name, "namespace": namespace},
        "data": dict(data or {"a": "1"}),
    }
    return Resource(manifest, origin(name.split("-", maxsplit=1)[0], line))


def pipeline(
    name: str = "churn",
    environment: str = "staging",
    resources: Iterable[Resource] | None = None,
    files: Iterable[File] = (),
    *,
    target: str = "kserve",
    deferred: Iterable[Deferred] = (),
    explained: tuple[str, ...] = (),
) -> Assembled:
    """One pipeline in one environment, with one ConfigMap unless told otherwise."""
    compiled = Compiled([config_map(name)] if resources is None else list(resources), list(files), list(deferred))
    return assemble(Owner(environment, name), f"specs/{name}.yaml", {target: compiled}, OUTPUT, explained)


def targets(name: str, environment: str, **compiled: Iterable[Resource]) -> Assembled:
    """One pipeline in one environment, with resources by target."""
    results = {target: Compiled(list(resources)) for target, resources in compiled.items()}
    return assemble(Owner(environment, name), f"specs/{name}.yaml", results, OUTPUT)


def shared(environment: str | None = "staging", *resources: Resource, files: Iterable[File] = ()) -> Assembled:
    return assemble_shared(environment, {"github-actions": Compiled(resources, list(files))}, OUTPUT)


def workflow(name: str = "fairlead-check.yaml", content: Mapping[str, Any] | str = "on: push\n") -> File:
    return File(PurePosixPath(f".github/workflows/{name}"), content, origin("churn"), Root.REPOSITORY)


def text_file(path: str, content: str = "text\n", root: Root = Root.TARGET) -> File:
    return File(PurePosixPath(path), content, origin(), root)


def compile_to(root: Path, *wanted: Assembled, selection: Selection = ALL, **options: Any) -> Changes:
    return write(root, OUTPUT, wanted, selection, compiler="1.0", **options)


def tree(root: Path) -> dict[str, bytes]:
    """Every file below `root` with its content; what is in progress does not count."""
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and ".fairlead" not in path.parts
    }


def times(root: Path) -> dict[str, tuple[int, int]]:
    """The inode and modification time of everything below `root`, folders too, except what is in progress."""
    return {
        str(path.relative_to(root)): (found.st_ino, found.st_mtime_ns)
        for path in sorted(root.rglob("*"))
        if ".fairlead" not in path.parts
        for found in [os.lstat(path)]
    }
