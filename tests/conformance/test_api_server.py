"""The API server of Kubernetes takes what is written, keeps it as it stands in Git, and lets go of what has vanished.

Every cell of the matrix is applied over the one before it, with the definitions of the platforms installed.
"""

from __future__ import annotations

import copy
import functools
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.api import Answer, identity
from tests.conformance.control_plane import ControlPlane, etcd
from tests.conformance.matrix import CELLS
from tests.conformance.ports import accepts, until
from tests.conformance.stored import additions, changes

pytestmark = pytest.mark.xdist_group("api-server")

Manifests = Callable[[str], tuple[tuple[str, dict[str, Any]], ...]]


@dataclass(frozen=True)
class Applied:
    """A file, applied twice."""

    path: str
    manifest: dict[str, Any]
    first: Answer
    second: Answer


@pytest.fixture(scope="module")
def applied(
    platforms: ControlPlane, cell: Callable[[str], Path], manifests: Manifests
) -> Callable[[str], list[Applied]]:
    """`applied("as committed")` is every resource of a cell, applied on the server: everything once, then again."""

    answers: dict[bytes, tuple[Answer, Answer]] = {}

    @functools.cache
    def twice(name: str) -> list[Applied]:
        found = []
        for path, manifest in manifests(name):
            content = (cell(name) / path).read_bytes()
            # What stands in several cells is applied once.
            if content not in answers:
                first = platforms.api.apply(identity(manifest), content)
                if first.body.get("status"):
                    # Flux's definitions have a default in the status, which the first write after the creation stores.
                    first = platforms.api.apply(identity(manifest), content)
                answers[content] = (first, platforms.api.apply(identity(manifest), content))
            found.append(Applied(path, manifest, *answers[content]))
        return found

    return twice


@pytest.mark.parametrize("name", CELLS)
def test_the_server_takes_every_resource_strictly_and_has_no_warning(
    name: str, applied: Callable[[str], list[Applied]]
) -> None:
    findings = [
        f"{each.path}: {answer.body.get('message') if answer.status >= 300 else answer.warnings}"
        for each in applied(name)
        for answer in (each.first, each.second)
        if answer.status >= 300 or answer.warnings
    ]
    assert findings == []


@pytest.mark.parametrize("name", CELLS)
def test_applying_again_changes_nothing(name: str, applied: Callable[[str], list[Applied]]) -> None:
    # The version of an object counts every write to it, whatever the write has changed.
    changed = [
        each.path
        for each in applied(name)
        if each.first.body["metadata"]["resourceVersion"] != each.second.body["metadata"]["resourceVersion"]
    ]
    assert changed == []


@pytest.mark.parametrize("name", CELLS)
def test_what_is_stored_is_what_git_says(name: str, applied: Callable[[str], list[Applied]]) -> None:
    findings = [f"{each.path}{found}" for each in applied(name) for found in changes(each.manifest, each.second.body)]
    assert findings == []


@pytest.mark.parametrize("name", CELLS)
def test_the_server_adds_only_what_nobody_can_write(name: str, applied: Callable[[str], list[Applied]]) -> None:
    added = {
        f"{each.manifest['kind']}{place} = {value!r}"
        for each in applied(name)
        for place, value in additions(each.manifest, each.second.body)
    }
    assert added == set()


def one(manifests: Manifests, kind: str) -> dict[str, Any]:
    """A resource that is committed, to be changed."""
    return next(copy.deepcopy(manifest) for _, manifest in manifests("as committed") if manifest["kind"] == kind)


@pytest.mark.parametrize(
    ("kind", "wrong", "said"),
    [
        # A field that nobody knows, in a custom resource and in one of Kubernetes' own.
        ("InferenceService", lambda spec: spec["predictor"]["model"].update(storageUrl="s3://a/"), "storageUrl"),
        ("NetworkPolicy", lambda spec: spec.update(ingres=[]), "ingres"),
        # A word that is none of those that are known.
        ("AuthorizationPolicy", lambda spec: spec.update(action="PERMIT"), "supported values"),
        ("NetworkPolicy", lambda spec: spec.update(policyTypes=["Outgress"]), "supported values"),
        # Rules in CEL.
        ("HTTPRoute", lambda spec: spec["rules"][0]["matches"][0]["path"].update(value="a"), "start with '/'"),
        ("WorkflowTemplate", lambda spec: spec["templates"][0].update(steps=[[]]), "template must have at most one"),
        # What only the code of the server knows.
        ("PodDisruptionBudget", lambda spec: spec.update(minAvailable=1, maxUnavailable=1), "cannot be both set"),
    ],
)
def test_a_mistake_is_heard(
    kind: str,
    wrong: Callable[[dict[str, Any]], object],
    said: str,
    platforms: ControlPlane,
    manifests: Manifests,
) -> None:
    manifest = one(manifests, kind)
    platforms.api.apply(identity(manifest), manifest, dry_run=True).ok()
    wrong(manifest["spec"])
    answer = platforms.api.apply(identity(manifest), manifest, dry_run=True)
    assert answer.status >= 400
    assert said in answer.body["message"]


def test_what_can_never_change_is_refused_when_it_does(platforms: ControlPlane, manifests: Manifests) -> None:
    binding = one(manifests, "RoleBinding")
    platforms.api.apply(identity(binding), binding).ok()
    binding["roleRef"]["name"] = "another"
    answer = platforms.api.apply(identity(binding), binding)
    assert answer.status == 422
    assert "field is immutable" in answer.body["message"]


def test_what_the_server_rewrites_loses_or_adds_is_seen(platforms: ControlPlane) -> None:
    limits = {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": "a", "namespace": "ml", "labels": {}},
        "spec": {"hard": {"cpu": "1000m"}},
    }
    stored = platforms.api.apply(identity(limits), limits, dry_run=True).ok().body
    assert set(changes(limits, stored)) == {".spec.hard.cpu: '1000m' became '1'", ".metadata.labels: {} is lost"}
    policy = {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "a", "namespace": "ml"},
        "spec": {"podSelector": {}, "ingress": [{"ports": [{"port": 80}]}]},
    }
    stored = platforms.api.apply(identity(policy), policy, dry_run=True).ok().body
    assert list(changes(policy, stored)) == []
    assert dict(additions(policy, stored)) == {
        ".spec.ingress[].ports[].protocol": "TCP",
        ".spec.policyTypes": ["Ingress"],
    }


def test_no_server_outlives_whoever_started_it(platforms: ControlPlane, tmp_path: Path) -> None:
    # A session that is killed can end nothing itself; what it held open is closed all the same.
    command, port = etcd(platforms.folder / "etcd", tmp_path / "data")
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        until(lambda: accepts(port), "etcd does not listen")
        _, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert b"standard input has ended" in said
