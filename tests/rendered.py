"""The committed output, read for tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fairlead.source.nodes import plain
from fairlead.source.reader import read


def is_listing(manifest: dict[str, Any]) -> bool:
    """Whether a manifest is kustomize's own, which is built and not applied; Flux has a kind of the same name."""
    return str(manifest["apiVersion"]).startswith("kustomize.config.k8s.io/")


def manifests(repository: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every Kubernetes resource below rendered/, with its path."""
    for path in sorted((repository / "rendered").rglob("*.yaml")):
        value = plain(read(path.name, path.read_bytes()).root)  # type: ignore[arg-type]
        if isinstance(value, dict) and {"apiVersion", "kind"} <= value.keys() and not is_listing(value):
            yield path.relative_to(repository).as_posix(), value


def containers(value: Any, above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """Every container in a manifest, wherever it stands: anything with an image and a command, arguments or a name."""
    if isinstance(value, dict):
        if isinstance(value.get("image"), str) and {"command", "args", "name"} & value.keys():
            yield above, value
        for key, inner in value.items():
            yield from containers(inner, (*above, str(key)))
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from containers(inner, (*above, str(position)))
