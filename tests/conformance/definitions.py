"""Installing CustomResourceDefinitions as their projects release them."""

from __future__ import annotations

import functools
import re
from pathlib import Path

from tests.conformance.api import Api, Identity
from tests.conformance.ports import until

_DEFINITION = re.compile(rb"^kind: CustomResourceDefinition\b", re.MULTILINE)
_KIND = re.compile(rb"^    kind: \"?(\w+)", re.MULTILINE)
_NAME = re.compile(rb"^metadata:\n(?:  .*\n)*?  name: \"?([\w.-]+)", re.MULTILINE)
_BETWEEN = re.compile(rb"^---\s*$", re.MULTILINE)


def install(api: Api, folder: Path, kinds: frozenset[str]) -> None:
    """Installs the definitions below a folder that define one of these kinds, and waits until they are served.

    On the server, because the largest ones don't fit into the annotation of a client's apply. The files are sent as
    they are; no webhook runs that would convert one version into another, so none is asked.
    """
    waiting: list[Identity] = []
    for path in sorted(folder.rglob("*.yaml")):
        for document in _BETWEEN.split(path.read_bytes()):
            kind, found = _KIND.search(document), _NAME.search(document)
            if _DEFINITION.search(document) and kind is not None and kind[1].decode() in kinds:
                assert found is not None, f"{path}: a definition without a name"
                waiting.append(("apiextensions.k8s.io/v1", "CustomResourceDefinition", None, found[1].decode()))
                stored = api.apply(waiting[-1], document, validation="Ignore").ok().body
                if stored["spec"].get("conversion", {}).get("strategy") == "Webhook":
                    patch = {"spec": {"conversion": {"strategy": "None", "webhook": None}}}
                    api.call("PATCH", api.path(*waiting[-1]), patch, "application/merge-patch+json").ok()
    for identity in waiting:
        until(functools.partial(_established, api, identity), f"{identity[-1]} is not served")


def _established(api: Api, identity: Identity) -> bool:
    conditions = api.get(identity).get("status", {}).get("conditions", ())
    return any(each["type"] == "Established" and each["status"] == "True" for each in conditions)
