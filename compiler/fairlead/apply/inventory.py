"""What an environment has in its cluster: a ConfigMap for each pipeline, in the environment's namespace.

It is how Fairlead knows its own. What no inventory of an environment lists is never deleted, and of what one lists only
the very object that was applied: a uid tells it from a later one of the same name.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final, NamedTuple

from fairlead.apply import codes
from fairlead.cluster.kubectl import Object
from fairlead.output.desired import ResourceRef
from fairlead.resources.conventions import GENERATED_BY, fit
from fairlead.resources.resource import SHARED
from fairlead.source.diagnostics import Diagnostic, Refused
from fairlead.source.places import Place

LABEL: Final = "fairlead.dev/inventory"
"""The label of every inventory; its value is the version of the form."""
CHECKSUM: Final = "fairlead.dev/sha256"
"""The annotation with the SHA-256 of the list, so that a change by hand is noticed."""
COMMIT: Final = "fairlead.dev/commit"
"""The annotation with the commit that was applied, for people."""
LARGEST: Final = 1_000_000
"""Bytes of a list. A ConfigMap may hold a mebibyte, all in all."""
VERSION: Final = 1
_KEY: Final = "inventory.json"
_LONGEST_NAME: Final = 253


class Owner(NamedTuple):
    """Whose an inventory is. `part` is a pipeline's name, or SHARED."""

    project: str
    environment: str
    part: str

    def __str__(self) -> str:
        return f"{self.part} in {self.environment} of {self.project}"

    @property
    def name(self) -> str:
        """The ConfigMap's name; the names in it have no dots, so that no two meet."""
        parts = [GENERATED_BY, self.project, self.environment, *([] if self.part == SHARED else [self.part])]
        return fit(".".join(parts), _LONGEST_NAME)


@dataclass(frozen=True, slots=True)
class Inventory:
    """What one part has: each resource with its uid, which is empty until the resource is there."""

    owner: Owner
    entries: Mapping[ResourceRef, str]
    resource_version: str | None = None
    """The state in which the ConfigMap was read; None where there is none yet."""
    uid: str = ""
    """Of the ConfigMap; empty where there is none yet."""


class Newer(ValueError):
    """An inventory of a later Fairlead's: nothing is wrong with it."""


def read(config_maps: Iterable[Object]) -> list[Inventory]:
    """The inventories in some ConfigMaps. Raises Refused with everything that can't be relied on."""
    found: list[Inventory] = []
    wrong: list[Diagnostic] = []
    for each in config_maps:
        metadata = each["metadata"]
        name, namespace = str(metadata.get("name")), str(metadata.get("namespace"))
        try:
            found.append(_decode(each))
        except (KeyError, TypeError, ValueError) as error:
            reason = f"{error} is missing" if isinstance(error, KeyError) else str(error)
            message = f"the inventory ConfigMap {name} in {namespace}: {reason}"
            help_ = f"restore it, or give up what it lists: `kubectl --namespace {namespace} delete configmap {name}`"
            if isinstance(error, Newer):
                help_ = "apply with a Fairlead that is at least as new as the one that wrote it"
            wrong.append(Diagnostic(codes.BAD_INVENTORY, Place.start_of("fairlead.yaml"), message, help_))
    if wrong:
        raise Refused(wrong)
    return found


def manifest(inventory: Inventory, namespace: str, commit: str) -> dict[str, Any]:
    """The ConfigMap of an inventory; in the state in which it was read, where it was.

    Raises Refused for one that is too large.
    """
    resources = [
        {**dict(zip(("apiVersion", "kind", "namespace", "name"), ref, strict=True)), "uid": uid}
        for ref, uid in sorted(inventory.entries.items())
    ]
    owner = inventory.owner
    text = json.dumps({"version": VERSION, **owner._asdict(), "resources": resources}, indent=1)
    if len(text) > LARGEST:
        message = f"the inventory of {owner} would have {len(text)} bytes, and a ConfigMap has room for {LARGEST}"
        help_ = "divide the pipeline, or let Argo CD or Flux apply it; nothing was applied"
        raise Refused([Diagnostic(codes.TOO_LARGE, Place.start_of("fairlead.yaml"), message, help_)])
    metadata: dict[str, Any] = {
        "name": owner.name,
        "namespace": namespace,
        "labels": {"app.kubernetes.io/managed-by": GENERATED_BY, LABEL: f"v{VERSION}"},
        "annotations": {CHECKSUM: _checksum(text), COMMIT: commit},
    }
    if inventory.resource_version is not None:
        metadata["resourceVersion"] = inventory.resource_version
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {_KEY: text}}


def _checksum(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _decode(config_map: Object) -> Inventory:
    metadata, data = config_map["metadata"], config_map.get("data")
    text = _text((data if isinstance(data, dict) else {})[_KEY], _KEY)
    said = _mapping(metadata.get("annotations") or {}, "annotations").get(CHECKSUM)
    raw = _mapping(json.loads(text), "the list")
    version = raw.get("version")
    if version != VERSION:
        known = f"its version is {version!r}, and this Fairlead knows {VERSION}"
        raise Newer(known) if isinstance(version, int) and version > VERSION else ValueError(known)
    if said != _checksum(text):
        raise ValueError("its list does not have the checksum that Fairlead wrote beside it: it was changed by hand")
    owner = Owner(*(_text(raw[key], key) for key in Owner._fields))
    if metadata["name"] != owner.name:
        raise ValueError(f"it lists what belongs to {owner}, whose inventory has another name, {owner.name}")
    if not isinstance(raw["resources"], list):
        raise TypeError("resources is no list")
    entries: dict[ResourceRef, str] = {}
    for item in raw["resources"]:
        each = _mapping(item, "a resource")
        ref = ResourceRef(*(_text(each[key], key) for key in ("apiVersion", "kind", "namespace", "name")))
        if ref in entries:
            raise ValueError(f"it lists {ref.identity} twice")
        entries[ref] = _text(each["uid"], "uid")
    version, uid = (_text(metadata[key], key) for key in ("resourceVersion", "uid"))
    return Inventory(owner, entries, version, uid)


def _mapping(value: Any, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError(f"{name} is no mapping")
    return value


def _text(value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{name} is no text")
    return value
