"""What targets make is held to the same, whoever wrote the target; what one needs, a waiver accepts."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from fairlead.policy.base import Output
from fairlead.policy.policy import BUILT_IN, Rule, Rules
from fairlead.project.unit import Unit
from fairlead.resources.pods import container_security
from fairlead.resources.resource import Origin, Resource
from fairlead.source.diagnostics import Diagnostic
from fairlead.source.places import Place
from fairlead.workspace.load import load
from tests.projects import CHURN, write_project

RULES = Rules(tuple(Rule(policy) for policy in BUILT_IN))
DIGEST = f"ghcr.io/acme/agent@sha256:{'a' * 64}"
HOME = Origin("deploy", Place.start_of("specs/churn.yaml"), "an agent")
THERE = Origin("deploy", Place("specs/churn.yaml", 3, 1, 3, 5), "its containers")
FENCE = {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "agent"}, "spec": {}}
DEPLOYMENT: dict[str, Any] = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "agent", "namespace": "ml"},
    "spec": {
        "template": {
            "spec": {
                "containers": [
                    {
                        "name": "agent",
                        "image": DIGEST,
                        "securityContext": dict(container_security()),
                        "resources": {"limits": {"memory": "1Gi"}},
                    }
                ]
            }
        }
    },
}


def findings(*manifests: dict[str, Any], protected: bool = True, unit: Unit | None = None) -> list[Diagnostic]:
    resources = [Resource(each, HOME, {("spec", "template"): THERE}) for each in manifests]
    return list(RULES.of_output(unit, Output("acme", "production", protected, resources)))


def changed(how: Any) -> dict[str, Any]:
    """The deployment, with its Pod and its container changed."""
    manifest = deepcopy(DEPLOYMENT)
    pod = manifest["spec"]["template"]["spec"]
    how(pod, pod["containers"][0])
    return manifest


def test_what_is_as_it_should_be_is_not_found() -> None:
    assert findings(DEPLOYMENT, FENCE) == []


WEAK = {
    "the node's network": (lambda pod, _: pod.update(hostNetwork=True), "FL7108", "shares the node's network"),
    "the node's files": (lambda pod, _: pod.update(volumes=[{"hostPath": {"path": "/"}}]), "FL7108", "node's files"),
    "a privileged container": (lambda _, box: box["securityContext"].update(privileged=True), "FL7108", "privileged"),
    "nothing against root": (lambda _, box: box["securityContext"].pop("runAsNonRoot"), "FL7108", "may run as root"),
    "root": (lambda _, box: box["securityContext"].update(runAsUser=0), "FL7108", "may run as root"),
    "no context": (lambda _, box: box.pop("securityContext"), "FL7108", "may gain privileges"),
    "a tag": (lambda _, box: box.update(image="ghcr.io/acme/agent:1"), "FL7109", "not pinned by its digest"),
    "no bound": (lambda _, box: box.pop("resources"), "FL7110", "no bound of memory"),
    "a bound of CPU alone": (lambda _, box: box.update(resources={"limits": {"cpu": 1}}), "FL7110", "of memory"),
}


@pytest.mark.parametrize("case", WEAK)
def test_a_weakness_is_found_at_the_part_that_made_it(case: str) -> None:
    how, code, message = WEAK[case]
    found = [each for each in findings(changed(how), FENCE) if message in each.message]
    assert [(each.code.id, each.place) for each in found] == [(code, THERE.place)]
    assert "`acme`" in found[0].help


def test_a_pod_may_forbid_root_for_all_its_containers() -> None:
    def how(pod: dict[str, Any], box: dict[str, Any]) -> None:
        del box["securityContext"]["runAsNonRoot"]
        pod["securityContext"] = {"runAsNonRoot": True}

    assert findings(changed(how), FENCE) == []


@pytest.mark.parametrize(
    ("image", "codes"),
    [
        ("ghcr.io/acme/agent:1", []),
        ("ghcr.io:443/acme/agent", ["FL7109"]),
        ("agent:latest", ["FL7109"]),
        ("{{inputs.parameters.image}}", []),
    ],
)
def test_elsewhere_a_tag_is_enough_but_not_the_latest(image: str, codes: list[str]) -> None:
    manifest = changed(lambda _, box: box.update(image=image))
    assert [each.code.id for each in findings(manifest, FENCE, protected=False)] == codes


@pytest.mark.parametrize(
    ("kind", "spec"),
    [
        ("Service", {"type": "LoadBalancer"}),
        ("Service", {"type": "NodePort"}),
        ("Service", {"externalIPs": ["192.0.2.1"]}),
        ("Ingress", {}),
    ],
)
def test_a_door_of_its_own_is_found(kind: str, spec: dict[str, Any]) -> None:
    manifest = {"apiVersion": "v1", "kind": kind, "metadata": {"name": "agent"}, "spec": spec}
    assert [each.code.id for each in findings(manifest)] == ["FL7111"]
    inside = {**manifest, "kind": "Service", "spec": {"type": "ClusterIP"}}
    assert findings(inside) == []


def test_pods_in_the_open_are_found() -> None:
    assert [each.code.id for each in findings(DEPLOYMENT)] == ["FL7112"]
    assert findings({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "agent"}, "data": {}}) == []


def test_a_waiver_accepts_one_policy_and_no_other(tmp_path: Path) -> None:
    waiver = "waivers:\n  - {check: output.unfenced, reason: the mesh does it, until: 2027-03-31}\n"
    unit = load(write_project(tmp_path, {"specs/churn.yaml": CHURN + waiver})).units["production"]["churn"]
    manifest = changed(lambda _, box: box.pop("resources"))
    assert [each.code.id for each in findings(manifest, unit=unit)] == ["FL7110"]


def test_targets_of_fairlead_make_nothing_that_is_found(repository: Path) -> None:
    from fairlead.workspace.compile import compile_workspace

    compilation = compile_workspace(load(repository))
    assert list(compilation.assembled())
    assert [each for each in compilation.diagnostics if each.code.id.startswith("FL7")] == []


def test_of_what_pipelines_share_the_project_decides() -> None:
    resources = [Resource(DEPLOYMENT, HOME)]
    (own,) = RULES.of_output(None, Output("acme", "staging", protected=False, resources=resources))
    (shared,) = RULES.of_output(None, Output("acme", "staging", protected=False, resources=resources, shared=True))
    assert "a waiver of `output.unfenced`" in own.help
    assert "set `policies.output.unfenced` in fairlead.yaml" in shared.help
