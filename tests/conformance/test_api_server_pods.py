"""The Pods, Jobs and Workflows that the controllers make of what is written pass the API server, in namespaces that
enforce the Restricted level of the Pod Security Standards.
"""

from __future__ import annotations

import copy
import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from tests.conformance.api import Answer, identity
from tests.conformance.control_plane import ControlPlane
from tests.conformance.matrix import CELLS
from tests.conformance.shadow_pods import Shadow, shadows

pytestmark = pytest.mark.xdist_group("api-server")

Manifests = Callable[[str], tuple[tuple[str, dict[str, Any]], ...]]


@pytest.fixture
def cluster(platforms: ControlPlane) -> ControlPlane:
    """With what an administrator provides: the priority that the hardware profiles name, and an account for the bus."""
    for manifest in (
        {"apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "metadata": {"name": "batch"}, "value": 10},
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default", "namespace": "ml-staging"}},
    ):
        platforms.api.apply(identity(manifest), manifest).ok()
    return platforms


def made_of(cell: Iterable[tuple[str, dict[str, Any]]]) -> Iterable[Shadow]:
    """What the manifests of a cell will lead to, one namespace after the other."""
    namespaces: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for _, manifest in cell:
        namespaces[manifest["metadata"]["namespace"]].append(manifest)
    for together in namespaces.values():
        yield from shadows(together)


@pytest.fixture(scope="module")
def tried(platforms: ControlPlane) -> Callable[[dict[str, Any]], Answer]:
    """`tried(manifest)` is what the server says to an object that is not kept; the same one is asked about once."""
    answers: dict[str, Answer] = {}

    def ask(manifest: dict[str, Any]) -> Answer:
        key = json.dumps(manifest)
        if key not in answers:
            version, kind, namespace, _ = identity(manifest)
            answers[key] = platforms.api.create(version, kind, namespace, manifest, dryRun="All")
        return answers[key]

    return ask


@pytest.mark.parametrize("name", CELLS)
def test_everything_that_is_made_of_a_cell_is_admitted_without_a_warning(
    name: str, cluster: ControlPlane, manifests: Manifests, tried: Callable[[dict[str, Any]], Answer]
) -> None:
    for _, manifest in manifests(name):
        if manifest["kind"] == "ServiceAccount":
            cluster.api.apply(identity(manifest), manifest).ok()
    made = list(made_of(manifests(name)))
    assert {"Pod", "Workflow", "Job", "TrainJob"} <= {each.manifest["kind"] for each in made}
    findings = [
        f"{each.origin}: {answer.body['message'] if answer.status >= 300 else answer.warnings}"
        for each in made
        if (answer := tried(each.manifest)).status >= 300 or answer.warnings
    ]
    assert findings == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda pod: pod["spec"]["containers"][0].pop("securityContext"), "allowPrivilegeEscalation != false"),
        (lambda pod: pod["spec"].update(hostNetwork=True), "host namespaces"),
        (lambda pod: pod["spec"].update(serviceAccountName="nobody"), 'serviceaccount "nobody" not found'),
        (lambda pod: pod["spec"].update(priorityClassName="vip"), "no PriorityClass with name vip"),
        (lambda pod: pod["spec"].update(volume=[]), "unknown field"),
        (lambda pod: pod["spec"]["volumes"].clear(), "volumeMounts[0].name: Not found"),
    ],
)
def test_a_pod_that_is_wrong_is_refused(
    wrong: Callable[[dict[str, Any]], object],
    said: str,
    cluster: ControlPlane,
    manifests: Manifests,
    tried: Callable[[dict[str, Any]], Answer],
) -> None:
    for _, manifest in manifests("as committed"):
        if manifest["kind"] == "ServiceAccount":
            cluster.api.apply(identity(manifest), manifest).ok()
    right = next(each for each in made_of(manifests("as committed")) if each.manifest["kind"] == "Pod")
    manifest = copy.deepcopy(right.manifest)
    wrong(manifest)
    answer = tried(manifest)
    assert answer.status >= 400
    assert said in answer.body["message"]
