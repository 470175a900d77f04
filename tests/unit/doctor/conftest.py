"""A cluster that can be asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from fairlead.cluster.kubectl import Kubectl
from fairlead.doctor.questions import Questions
from tests.clusters import Cluster

Asked = Callable[..., Questions]


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Cluster:
    """An empty cluster."""
    return Cluster().use(monkeypatch)


@pytest.fixture
def asked(cluster: Cluster) -> Asked:
    """`asked(object, …)`: the cluster with these objects, to be asked."""

    def put(*objects: dict[str, Any]) -> Questions:
        for each in objects:
            cluster.put(each)
        return Questions(Kubectl())

    return put
