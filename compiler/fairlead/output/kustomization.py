"""The `kustomization.yaml` of each folder that a reconciler may point at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from fairlead.output.yaml import dump

KUSTOMIZATION: Final = "kustomization.yaml"


def kustomization(resources: Iterable[str], header: Sequence[str]) -> bytes:
    """A kustomization of `resources`, which are paths relative to its folder, in their order by name."""
    content = {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "resources": sorted(resources),
    }
    return dump(content, header).encode()
