from __future__ import annotations

from pathlib import Path

import pytest

from fairlead.plan.checks.reserved_labels import RESERVED_LABEL
from tests.unit.plan.specs import SCREEN, edit, examine


def labelled(key: str) -> str:
    return edit(SCREEN, ("owner: diagnostics-ml}", f'owner: diagnostics-ml, labels: {{"{key}": mine}}}}'))


@pytest.mark.parametrize(
    "key",
    [
        "app",
        "component",
        "fairlead.dev/component",
        "app.kubernetes.io/instance",
        "sidecar.istio.io/inject",
        "serving.kserve.io/inferenceservice",
        "networking.knative.dev/visibility",
        "kueue.x-k8s.io/queue-name",
        "azure.workload.identity/use",
    ],
)
def test_a_label_that_a_platform_acts_on_is_refused(tmp_path: Path, key: str) -> None:
    found = examine(tmp_path, labelled(key))
    assert found.places(RESERVED_LABEL) == [found.where(f'"{key}"')]


@pytest.mark.parametrize("key", ["domain", "cost-center", "acme.example/app", "notkubernetes.io/app", "release"])
def test_a_label_for_people_is_fine(tmp_path: Path, key: str) -> None:
    assert examine(tmp_path, labelled(key)).of(RESERVED_LABEL) == []
