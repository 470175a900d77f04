"""What `fairlead apply` asks of kubectl, asked of the real one and of a real API server."""

from __future__ import annotations

import multiprocessing
import os
import signal
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fairlead.apply.carrying import carry_out
from fairlead.apply.inventory import LABEL, read
from fairlead.apply.plan import Plan
from fairlead.apply.planning import Request, make_plan
from fairlead.apply.waiting import Patience
from fairlead.apply.wanted import Wanted
from fairlead.cluster.kubectl import Kubectl
from fairlead.output.desired import ResourceRef
from fairlead.output.yaml import dump
from fairlead.preview.model import Change
from fairlead.source.diagnostics import Diagnostic, Refused
from tests.conformance.api import Refused as Missing, identity
from tests.conformance.control_plane import ControlPlane

pytestmark = pytest.mark.xdist_group("api-server")

API = {"ConfigMap": "v1", "ServiceAccount": "v1", "NetworkPolicy": "networking.k8s.io/v1"}


class Environment:
    """A namespace of its own on the server, and kubectl for it."""

    def __init__(self, server: ControlPlane) -> None:
        self.server, self.namespace = server, f"apply-{uuid.uuid4().hex[:8]}"
        self.kubectl = Kubectl(context="test", kubeconfig=str(server.kubeconfig))
        self.put({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": self.namespace}})

    def put(self, manifest: dict[str, Any]) -> None:
        """As somebody who uses the same field manager would."""
        self.server.api.apply(identity(manifest), manifest).ok()

    def manifest(self, kind: str, name: str, **more: Any) -> dict[str, Any]:
        metadata = {"name": name, "namespace": self.namespace}
        return {"apiVersion": API.get(kind, "serving.kserve.io/v1beta1"), "kind": kind, "metadata": metadata, **more}

    def request(self, *manifests: dict[str, Any], **more: Any) -> Request:
        wanted = tuple(
            Wanted(
                ResourceRef(each["apiVersion"], each["kind"], self.namespace, each["metadata"]["name"]),
                f"rendered/production/churn/{each['kind']}-{each['metadata']['name']}.yaml",
                dump(each).encode(),
                "churn",
            )
            for each in manifests
        )
        return Request("acme", "production", self.namespace, wanted, **more)

    def apply(self, *manifests: dict[str, Any], **more: Any) -> Plan:
        request = self.request(*manifests, **more)
        planned = make_plan(self.kubectl, request)
        carry_out(self.kubectl, request, planned, Patience(30), lambda _: None)
        return planned.plan

    def refused(self, *manifests: dict[str, Any], **more: Any) -> list[Diagnostic]:
        with pytest.raises(Refused) as refused:
            self.apply(*manifests, **more)
        return refused.value.diagnostics

    def get(self, kind: str, name: str) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] = self.server.api.get((API[kind], kind, self.namespace, name))
        except Missing:
            return None
        return found

    def versions(self) -> dict[str, str]:
        return {
            f"{kind} {each['metadata']['name']}": each["metadata"]["resourceVersion"]
            for kind, version in API.items()
            for each in self.server.api.all(version, kind, self.namespace)
        }

    def listed(self) -> set[str]:
        inventories = read(self.kubectl.config_maps(self.namespace, LABEL))
        return {ref.name for inventory in inventories for ref in inventory.entries}


@pytest.fixture
def environment(api_server: ControlPlane, monkeypatch: pytest.MonkeyPatch) -> Iterator[Environment]:
    monkeypatch.setenv("PATH", str(api_server.kubectl.parent))
    monkeypatch.setenv("HOME", str(api_server.folder))
    made = Environment(api_server)
    yield made
    api_server.api.delete(("v1", "Namespace", None, made.namespace))


def test_it_is_applied_changed_and_pruned_and_a_second_time_nothing_is_written(environment: Environment) -> None:
    guard = environment.manifest("NetworkPolicy", "guard", spec={"podSelector": {}, "policyTypes": ["Ingress"]})
    account, settings = environment.manifest("ServiceAccount", "churn"), environment.manifest("ConfigMap", "settings")
    first = environment.apply(guard, account, settings | {"data": {"level": "1"}})
    assert [step.change for step in first.steps] == [Change.ADDED] * 3
    assert environment.listed() == {"guard", "churn", "settings"}
    before = environment.versions()
    assert environment.apply(guard, account, settings | {"data": {"level": "1"}}).is_empty
    assert environment.versions() == before
    (changed,) = environment.apply(guard, account, settings | {"data": {"level": "2"}}).of(Change.CHANGED)
    assert changed.differences == ("data.level: 1 -> 2",)
    last = environment.apply(account)
    assert {step.ref.name for step in last.of(Change.REMOVED)} == {"guard", "settings"}
    assert environment.get("NetworkPolicy", "guard") is None
    assert environment.get("ConfigMap", "settings") is None
    assert environment.get("ServiceAccount", "churn") is not None
    assert environment.listed() == {"churn"}
    environment.apply()
    assert environment.get("ServiceAccount", "churn") is None
    assert environment.listed() == set()


def test_what_was_changed_or_made_anew_after_planning_is_not_deleted(environment: Environment) -> None:
    settings = environment.manifest("ConfigMap", "settings", data={"level": "1"})
    environment.apply(settings)
    empty = environment.request()
    planned = make_plan(environment.kubectl, empty)
    environment.put(settings | {"data": {"level": "9"}})
    with pytest.raises(Refused) as refused:
        carry_out(environment.kubectl, empty, planned, Patience(30), lambda _: None)
    assert [found.code.id for found in refused.value.diagnostics] == ["FL8211"]
    assert environment.get("ConfigMap", "settings") is not None


def test_the_server_itself_deletes_no_namesake(environment: Environment) -> None:
    environment.put(environment.manifest("ConfigMap", "settings"))
    ref = ResourceRef("v1", "ConfigMap", environment.namespace, "settings")
    with pytest.raises(Exception, match=r"\(Conflict\)"):
        environment.kubectl.delete(ref, str(uuid.uuid4()))
    found = environment.get("ConfigMap", "settings")
    assert found is not None
    with pytest.raises(Exception, match=r"\(Conflict\)"):
        environment.kubectl.delete(ref, found["metadata"]["uid"], "1")
    environment.kubectl.delete(ref, found["metadata"]["uid"], found["metadata"]["resourceVersion"])
    assert environment.get("ConfigMap", "settings") is None


def test_a_conflict_names_the_field_and_its_owner_and_can_be_forced(environment: Environment) -> None:
    settings = environment.manifest("ConfigMap", "settings", data={"level": "1"})
    environment.apply(settings)
    path = environment.server.api.path("v1", "ConfigMap", environment.namespace, "settings")
    patch = {"data": {"level": "5"}}
    environment.server.api.call("PATCH", f"{path}?fieldManager=somebody", patch, "application/merge-patch+json").ok()
    (found,) = environment.refused(settings)
    assert found.code.id == "FL8204"
    assert '"somebody"' in found.message
    assert ".data.level" in found.message
    assert found.place.file.endswith("ConfigMap-settings.yaml")
    environment.apply(settings, force=True)
    stored = environment.get("ConfigMap", "settings")
    assert stored is not None
    assert stored["data"] == {"level": "1"}


def test_what_the_server_refuses_is_found_before_anything_is_applied(environment: Environment) -> None:
    account = environment.manifest("ServiceAccount", "churn")
    wrong = environment.manifest("ConfigMap", "settings", dada={})
    found = environment.refused(account, wrong)
    assert [each.code.id for each in found] == ["FL8206"]
    assert "dada" in found[0].message
    fixed = environment.manifest("ConfigMap", "fixed", immutable=True, data={"level": "1"})
    environment.apply(fixed)
    (found_fixed,) = environment.refused(fixed | {"data": {"level": "2"}}, account)
    assert found_fixed.code.id == "FL8218"
    assert "immutable" in found_fixed.message
    assert environment.get("ServiceAccount", "churn") is None
    assert environment.listed() == {"fixed"}


def test_what_cannot_be_changed_is_made_anew_where_that_was_permitted(environment: Environment) -> None:
    fixed = environment.manifest("ConfigMap", "fixed", immutable=True, data={"level": "1"})
    account = environment.manifest("ServiceAccount", "churn")
    environment.apply(fixed, account)
    (refused,) = environment.refused(fixed | {"data": {"level": "2"}}, account)
    assert refused.code.id == "FL8218"
    before, kept = environment.get("ConfigMap", "fixed"), environment.get("ServiceAccount", "churn")
    plan = environment.apply(fixed | {"data": {"level": "2"}}, account, replace=True)
    assert [step.ref.name for step in plan.steps if step.replaced] == ["fixed"]
    assert plan.destroys
    after = environment.get("ConfigMap", "fixed")
    assert before is not None
    assert after is not None
    assert after["data"] == {"level": "2"}
    assert after["metadata"]["uid"] != before["metadata"]["uid"]
    assert environment.get("ServiceAccount", "churn") == kept
    assert environment.apply(fixed | {"data": {"level": "2"}}, account).is_empty


KILLER = """#!/bin/sh
case "$*" in
  *--dry-run*|*" get "*) ;;
  *)
    left=$(cat {folder}/left)
    echo $((left - 1)) > {folder}/left
    if [ "$left" -le 0 ]; then kill -9 $PPID; exit 1; fi ;;
esac
exec {kubectl} "$@"
"""
"""kubectl, but for killing whoever calls it instead of changing anything for the n-th time."""


@pytest.mark.parametrize("changes", range(5))
def test_an_apply_that_is_killed_is_gone_on_with_by_the_next_one(
    environment: Environment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changes: int
) -> None:
    first = [environment.manifest("ConfigMap", name, data={"level": "1"}) for name in ("one", "two")]
    environment.apply(*first)
    second = [
        first[0] | {"data": {"level": "2"}},
        environment.manifest("ServiceAccount", "churn"),
        environment.manifest("NetworkPolicy", "guard", spec={"podSelector": {}, "policyTypes": ["Ingress"]}),
    ]
    program = tmp_path / "kubectl"
    program.write_text(KILLER.format(folder=tmp_path, kubectl=environment.server.kubectl), encoding="utf-8")
    program.chmod(0o755)
    (tmp_path / "left").write_text(str(changes), encoding="utf-8")
    process = multiprocessing.get_context("fork").Process(target=_apply_with, args=(environment, tmp_path, second))
    process.start()
    process.join(120)
    # Two inventories, all of one wave, a deletion, and the inventory again.
    assert process.exitcode == (-signal.SIGKILL if changes < 4 else 0)
    environment.apply(*second)
    assert environment.get("ConfigMap", "two") is None
    stored = environment.get("ConfigMap", "one")
    assert stored is not None
    assert stored["data"] == {"level": "2"}
    assert environment.listed() == {"one", "churn", "guard"}
    assert environment.apply(*second).is_empty


def _apply_with(environment: Environment, folder: Path, manifests: list[dict[str, Any]]) -> None:
    os.environ["PATH"] = f"{folder}{os.pathsep}{os.environ['PATH']}{os.pathsep}/bin{os.pathsep}/usr/bin"
    environment.apply(*manifests)


def test_a_kind_and_a_namespace_that_are_not_there_are_named(environment: Environment) -> None:
    (found,) = environment.refused(environment.manifest("NoSuchService", "churn"))
    assert found.code.id == "FL8205"
    request = Request("acme", "production", "nowhere", ())
    with pytest.raises(Refused, match="the cluster has no namespace nowhere"):
        make_plan(environment.kubectl, request)


def test_a_server_that_is_not_there_is_said(environment: Environment) -> None:
    with pytest.raises(Refused) as refused:
        make_plan(Kubectl(context="no-such", kubeconfig=str(environment.server.kubeconfig)), environment.request())
    assert [found.code.id for found in refused.value.diagnostics] == ["FL8202"]
