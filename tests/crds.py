"""Released CustomResourceDefinitions, for tests: FAIRLEAD_CRDS names a folder with them."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest

from fairlead.resources.crds import Definitions, Judge
from fairlead.resources.resource import Resource

FOLDER = os.environ.get("FAIRLEAD_CRDS")
needs_crds = pytest.mark.skipif(FOLDER is None, reason="FAIRLEAD_CRDS names no folder with CustomResourceDefinitions")


def refused(resources: Iterable[Resource]) -> list[str]:
    """What the definitions refuse in resources; nothing of a group that the folder lacks, as Kubernetes' own."""
    return [found.message for resource in resources for found in _judge().judge(resource)]


@cache
def _judge() -> Judge:
    assert FOLDER is not None
    return Judge(Definitions(Path(FOLDER)))
