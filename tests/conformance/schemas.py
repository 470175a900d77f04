"""JSON Schemas for kubeconform, which has none of its own without a network: a judge in another language, with another
reader of YAML, than the other judges of schemas.

Those of Kubernetes come with kubernetes-validate, those of custom resources from their definitions.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import kubernetes_validate

from fairlead.resources.crds import Definitions

KUBERNETES = ("1.31", "1.37")
"""The oldest version of Kubernetes that any of the platforms' versions runs on, and the newest."""
LOCATION = "{{ .Group }}_{{ .ResourceAPIVersion }}_{{ .ResourceKind }}.json"
"""A schema's name, as kubeconform makes it of what a manifest says; the group of a core kind is its version there."""


def write(folder: Path, kinds: Iterable[tuple[str, str]], definitions: Definitions, version: str) -> str:
    """Writes the schema of each kind, given as its apiVersion and name, into `folder`; where kubeconform finds them.

    A kind that nothing defines is left out: kubeconform then refuses what is of that kind.
    """
    folder.mkdir()
    core = Path(kubernetes_validate.__file__).parent / "kubernetes-json-schema" / f"v{version}.0-local-strict"
    _copy(core / "_definitions.json", folder / "_definitions.json")
    for api, kind in kinds:
        group, _, number = api.rpartition("/")
        target = folder / f"{group or number}_{number}_{kind.lower()}.json"
        words = [
            kind.lower(),
            *([group.removesuffix(".authorization.k8s.io").partition(".")[0]] if group else []),
            number,
        ]
        own = core / f"{'-'.join(words)}.json"
        schema = definitions.schema(api, kind)
        if schema is not None:
            target.write_text(json.dumps(schema), encoding="utf-8")
        elif own.is_file():
            _copy(own, target)
    return f"{folder}/{LOCATION}"


def _copy(source: Path, target: Path) -> None:
    """A schema whose references lead to the folder that it is in, and to no network."""
    schema = json.loads(source.read_text(encoding="utf-8"))
    del schema["$id"]  # what references are relative to
    target.write_text(json.dumps(schema).replace('"/api/_definitions.json', '"_definitions.json'), encoding="utf-8")
