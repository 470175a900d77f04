"""Released CustomResourceDefinitions, for tests: FAIRLEAD_CRDS names a folder with them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from fairlead.resources.crds import Definitions, Judge, strict
from fairlead.resources.resource import Resource

FOLDER = os.environ.get("FAIRLEAD_CRDS")
needs_crds = pytest.mark.skipif(FOLDER is None, reason="FAIRLEAD_CRDS names no folder with CustomResourceDefinitions")
_OF_EVERY_RESOURCE: Mapping[str, Any] = {"apiVersion": {}, "kind": {}, "metadata": {}}


class _Reader(yaml.CSafeLoader):
    """Reads an equals sign as the text that it is to Go's readers, and not as YAML 1.1's default value."""


_Reader.add_constructor("tag:yaml.org,2002:value", lambda _, node: node.value)


def refused(resources: Iterable[Resource]) -> list[str]:
    """What the definitions refuse in resources; nothing of a group that the folder lacks, as Kubernetes' own."""
    found: list[str] = []
    for resource in resources:
        found += [each.message for each in _judge(resource.identity.group).judge(resource)]
    return found


@cache
def _judge(group: str) -> Judge:
    """The definitions of one group: reading those of all takes many seconds."""
    assert FOLDER is not None
    schemas: dict[tuple[str, str], Mapping[str, Any]] = {}
    for path in sorted(Path(FOLDER).rglob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        if f"group: {group}\n" not in text:
            continue
        spec = yaml.load(text, _Reader)["spec"]  # noqa: S506  (a safe loader)
        for version in spec["versions"]:
            schema = strict(version["schema"]["openAPIV3Schema"])
            schema.setdefault("properties", {}).update(_OF_EVERY_RESOURCE)
            schemas[f"{spec['group']}/{version['name']}", spec["names"]["kind"]] = schema
    return Judge(Definitions(schemas))
