"""One state of the specifications over another: versions that come and go, rollouts, pruning, and what kubectl says."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.api import Identity, identity
from tests.conformance.control_plane import ControlPlane
from tests.conformance.matrix import Cell, compiled, resources

pytestmark = pytest.mark.xdist_group("api-server")

NAMESPACES = {"staging": "ml-staging", "production": "ml"}
RECONCILERS = ("argocd", "flux-system")
"""Where the resources are that apply the others."""
APPLY = ("apply", "--server-side", "--validate=strict", "--field-manager=fairlead")
DIFF = ("diff", "--server-side", "--field-manager=fairlead")
CHANGED = Cell(
    (("specs/tumor-classifier.yaml", "timeout: 10s", "timeout: 11s"),),
    without=("energy-forecast.yaml", "energy-forecast.staging.lock.yaml", "energy-forecast.production.lock.yaml"),
)
"""As committed, but one pipeline is gone, and another one's answers may take longer."""
Objects = dict[Identity, dict[str, Any]]


@pytest.fixture
def empty(platforms: ControlPlane, kinds: frozenset[tuple[str, str]]) -> ControlPlane:
    """Nothing is in the namespaces of this repository."""
    for version, kind in sorted(kinds):
        for namespace in (*NAMESPACES.values(), *RECONCILERS):
            platforms.api.delete_all(version, kind, namespace)
    return platforms


@pytest.fixture
def held(platforms: ControlPlane, kinds: frozenset[tuple[str, str]]) -> Callable[[], Objects]:
    """`held()` is everything in all of the namespaces."""
    return lambda: {
        identity(each): each
        for version, kind in kinds
        for namespace in (*NAMESPACES.values(), *RECONCILERS)
        for each in platforms.api.all(version, kind, namespace)
    }


@pytest.fixture(scope="module")
def wanted(manifests: Callable[[str], tuple[tuple[str, dict[str, Any]], ...]]) -> Callable[[str], Objects]:
    """`wanted("as committed")` is everything that a cell says."""
    return lambda name: {identity(manifest): manifest for _, manifest in manifests(name)}


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """CHANGED, compiled."""
    return compiled(CHANGED, tmp_path_factory.mktemp("changed") / "project")


def versions(objects: Objects) -> dict[Identity, str]:
    """What counts every write to an object."""
    return {about: each["metadata"]["resourceVersion"] for about, each in objects.items()}


@pytest.mark.parametrize(
    "states",
    [
        (
            "nothing locked yet",
            "production before its first version",
            "as committed",
            "a canary in Standard mode",
            "as committed",
        ),
        ("the oldest of all", "Argo 3.7 with the newest", "as committed"),
        ("KServe 0.15 with the newest", "Knative 1.18", "as committed"),
        ("Istio without the Gateway API", "as committed", "the gateway of another maker", "as committed"),
        ("as committed", "Flux, and branches of another repository", "Flux from an artifact", "as committed"),
    ],
    ids=["the life of a model", "both platforms, one by one", "KServe first", "gateways", "reconcilers"],
)
def test_every_state_goes_over_into_the_next_one(
    states: tuple[str, ...], empty: ControlPlane, held: Callable[[], Objects], wanted: Callable[[str], Objects]
) -> None:
    before: Objects = {}
    for state in states:
        after = wanted(state)
        for about, manifest in after.items():
            if manifest != before.get(about):
                empty.api.apply(about, manifest).ok()
        for about in before.keys() - after.keys():
            empty.api.delete(about)
        assert held().keys() == after.keys()
        before = after


def test_no_state_of_a_lock_changes_the_mode_of_a_server(wanted: Callable[[str], Objects]) -> None:
    # KServe's webhook, which isn't here, refuses another mode for what is already deployed.
    mode = "serving.kserve.io/deploymentMode"
    states = ("nothing locked yet", "production before its first version", "as committed", "a canary in Standard mode")
    for one, other in itertools.combinations(map(wanted, states), 2):
        both = [about for about in one.keys() & other.keys() if about[1] in ("InferenceService", "InferenceGraph")]
        assert both
        for about in both:
            assert one[about]["metadata"]["annotations"][mode] == other[about]["metadata"]["annotations"][mode]


@pytest.mark.parametrize("environment", NAMESPACES)
def test_kubectl_applies_a_folder_and_sees_no_difference_then(
    environment: str,
    empty: ControlPlane,
    cell: Callable[[str], Path],
    wanted: Callable[[str], Objects],
    changed: Path,
) -> None:
    folder = cell("as committed") / "rendered" / environment
    done = empty.run(*APPLY, "--kustomize", folder)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert all(line.endswith(" serverside-applied") for line in lines)
    assert len(lines) == sum(about[2] == NAMESPACES[environment] for about in wanted("as committed"))
    # A controller deletes the token of an account that isn't there yet.
    kinds = [line.partition("/")[0] for line in lines]
    assert "secret" not in kinds[: len(kinds) - kinds[::-1].index("serviceaccount")]
    done = empty.run(*DIFF, "--kustomize", folder)
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)
    done = empty.run(*DIFF, "--kustomize", changed / "rendered" / environment)
    assert done.returncode == 1
    assert "\n+    timeout: 11\n" in done.stdout


def test_kubectl_prunes_what_has_vanished_and_nothing_else(
    empty: ControlPlane,
    held: Callable[[], Objects],
    cell: Callable[[str], Path],
    wanted: Callable[[str], Objects],
    changed: Path,
) -> None:
    environment, namespace = "production", NAMESPACES["production"]
    # Of another tool, though it says the same of itself.
    label = {"app.kubernetes.io/managed-by": "fairlead", "fairlead.dev/pipeline": "energy-forecast"}
    stranger: dict[str, Any] = {"apiVersion": "v1", "kind": "ConfigMap"}
    stranger["metadata"] = {"name": "stranger", "namespace": namespace, "labels": label}
    empty.api.apply(identity(stranger), stranger).ok()
    # kubectl's own record of what it has applied.
    record = ("v1", "ConfigMap", namespace, "fairlead")

    def apply(tree: Path) -> str:
        prune = ("--prune", "--applyset=configmap/fairlead", f"--namespace={namespace}")
        done = empty.run(*APPLY, *prune, "--kustomize", tree / "rendered" / environment)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def expected(objects: Iterable[Identity]) -> set[Identity]:
        return {about for about in objects if about[2] == namespace} | {identity(stranger), record}

    committed, after = expected(wanted("as committed")), expected(identity(each) for _, each in resources(changed))
    apply(cell("as committed"))
    assert held().keys() == committed
    vanished = committed - after
    assert vanished
    assert all(name.startswith("energy-forecast-") for *_, name in vanished)
    assert apply(changed).count(" pruned\n") == len(vanished)
    stored = versions(held())
    assert stored.keys() == after
    apply(changed)
    assert {about for about, version in versions(held()).items() if stored[about] != version} <= {record}
