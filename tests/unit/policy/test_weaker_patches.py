"""A patch that undoes what is generated to hold is found, one that only adds to it is not, and a waiver accepts it."""

from __future__ import annotations

from pathlib import Path
from textwrap import indent

import pytest

from fairlead.policy.weaker_patches import WEAKER, weaker
from fairlead.source.diagnostics import Diagnostic, Refused
from fairlead.workspace.compile import compile_workspace
from fairlead.workspace.load import load
from tests.projects import FAIRLEAD, write_project

SPEC = """\
apiVersion: fairlead.dev/v1
kind: Pipeline
metadata: {name: churn, owner: growth-ml}
data:
  sources:
    customers:
      uri: s3://acme-ml/customers.parquet
      columns: {id: {type: string, role: id}, y: {type: category, values: [a, b], positive: a, role: label}}
model:
  task: binary-classification
  framework: sklearn
  train: {command: [python, -m, churn.train]}
  evaluate: {gates: [roc_auc >= 0.9]}
serving: {access: {callers: [triage/ui]}}
"""
PROJECT = FAIRLEAD.replace("  runner:", '  argo-events: "1.9"\n  runner:')
LOCK = f"""\
apiVersion: fairlead.dev/v1
kind: Lock
metadata: {{pipeline: churn, environment: staging}}
model:
  version: 1
  uri: s3://acme-ml-artifacts/models/churn/sha256-{"a" * 64}/
  digest: sha256:{"a" * 64}
"""
WAIVER = "waivers:\n  - {check: patches.weaker, reason: the platform has agreed, until: 2027-03-31}\n"


def found(folder: Path, kind: str, how: str, more: str = "") -> list[Diagnostic]:
    """What compiling finds of the policy's code in a pipeline with one patch of a kind."""
    patch = f"patches:\n  - why: because of reasons\n    target: {{kind: {kind}}}\n{indent(how, '    ')}\n"
    files = {"specs/churn.yaml": SPEC + patch + more, "specs/churn.staging.lock.yaml": LOCK}
    compilation = compile_workspace(load(write_project(folder, files, PROJECT)))
    try:
        assert list(compilation.assembled())
    except Refused as refused:
        others = [each for each in refused.diagnostics if each.level == "error" and each.code is not WEAKER]
        assert not others, others
        return [each for each in refused.diagnostics if each.code is WEAKER]
    return [each for each in compilation.diagnostics if each.code is WEAKER]


WEAK = {
    "the node's network": ("WorkflowTemplate", "merge: {spec: {hostNetwork: true}}", "shares the node's network"),
    "the node's files": (
        "WorkflowTemplate",
        "merge: {spec: {volumes: [{name: node, hostPath: {path: /}}]}}",
        "reads the node's files",
    ),
    "root": ("WorkflowTemplate", "merge: {spec: {securityContext: {runAsUser: 0}}}", "may run as root"),
    "non-root no more": (
        "WorkflowTemplate",
        "merge: {spec: {securityContext: {runAsNonRoot: false}}}",
        "may run as root",
    ),
    "a privileged container": (
        "ServingRuntime",
        "merge: {spec: {containers: [{name: kserve-container, securityContext: {privileged: true}}]}}",
        "is privileged",
    ),
    "a security context that is gone": (
        "WorkflowTemplate",
        "merge: {spec: {templates: [{name: train, container: {securityContext: null}}]}}",
        "may gain privileges",
    ),
    "a capability": (
        "ServingRuntime",
        "merge: {spec: {containers: [{name: kserve-container, securityContext: {capabilities: {add: [NET_ADMIN]}}}]}}",
        "gets capabilities",
    ),
    "every system call": (
        "WorkflowTemplate",
        "merge: {spec: {securityContext: {seccompProfile: {type: Unconfined}}}}",
        "may make any system call",
    ),
    "a token": ("InferenceService", "merge: {spec: {predictor: {automountServiceAccountToken: true}}}", "gets a token"),
    "a patch of Argo's own": (
        "WorkflowTemplate",
        "merge: {spec: {podSpecPatch: '{\"hostNetwork\": true}'}}",
        "has another `podSpecPatch`",
    ),
    "another account": (
        "InferenceService",
        "merge: {spec: {predictor: {serviceAccountName: admin}}}",
        "has another `serviceAccountName`",
    ),
    "more rights": (
        "Role",
        "merge: {rules: [{apiGroups: ['*'], resources: ['*'], verbs: ['*']}]}",
        "has other rights or bounds",
    ),
    "rights for others": (
        "RoleBinding",
        "merge: {subjects: [{kind: ServiceAccount, name: admin, namespace: ml}]}",
        "has other rights or bounds",
    ),
    "callers": ("NetworkPolicy", "merge: {spec: {ingress: [{}]}}", "has other rights or bounds"),
    "a model from elsewhere": (
        "InferenceService",
        "merge: {spec: {predictor: {model: {storageUri: 's3://scratch/model/'}}}}",
        "has another `storageUri`",
    ),
    "a way around the gate": (
        "WorkflowTemplate",
        "merge: {spec: {templates: [{name: pipeline, dag: {tasks: [{name: register, depends: train}]}}]}}",
        "has another `depends`",
    ),
    "a gate that says yes": (
        "WorkflowTemplate",
        "merge: {spec: {templates: [{name: gate, container: {command: ['true']}}]}}",
        "has another `command`",
    ),
}


@pytest.mark.parametrize(("kind", "how", "what"), WEAK.values(), ids=list(WEAK))
def test_what_weakens_is_found_at_the_patch(tmp_path: Path, kind: str, how: str, what: str) -> None:
    findings = found(tmp_path, kind, how)
    assert any(what in each.message for each in findings), [each.message for each in findings]
    line = SPEC.count("\n") + 2
    assert {(each.place.file, each.place.line) for each in findings} == {("specs/churn.yaml", line)}


STRONG = {
    "an annotation": ("InferenceService", "merge: {metadata: {annotations: {acme.example/ingress: internal}}}"),
    "resources": ("WorkflowTemplate", "merge: {spec: {podGC: {strategy: OnPodSuccess}}}"),
    "a stricter user": ("WorkflowTemplate", "merge: {spec: {securityContext: {runAsUser: 1000, runAsGroup: 1000}}}"),
    "a cloud identity, which the cloud has to trust as well": (
        "ServiceAccount",
        "merge: {metadata: {annotations: {eks.amazonaws.com/role-arn: 'arn:aws:iam::123456789012:role/churn'}}}",
    ),
}


@pytest.mark.parametrize(("kind", "how"), STRONG.values(), ids=list(STRONG))
def test_what_weakens_nothing_is_not_found(tmp_path: Path, kind: str, how: str) -> None:
    assert found(tmp_path, kind, how) == []


@pytest.mark.parametrize(("kind", "how", "what"), WEAK.values(), ids=list(WEAK))
def test_a_waiver_accepts_it(tmp_path: Path, kind: str, how: str, what: str) -> None:
    assert found(tmp_path, kind, how, WAIVER) == []


def test_a_literal_secret_is_found() -> None:
    before = {"kind": "Secret", "type": "kubernetes.io/service-account-token"}
    (change,) = weaker(before, {**before, "stringData": {"token": "abc"}}, pinned=False)
    assert change.path == ("stringData",)


def test_an_image_by_its_tag_is_found_where_images_have_to_be_pinned() -> None:
    def runtime(image: str) -> dict[str, object]:
        context = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
        return {"kind": "ServingRuntime", "spec": {"containers": [{"image": image, "securityContext": context}]}}

    before, after = runtime("ghcr.io/acme/a@sha256:" + "a" * 64), runtime("ghcr.io/acme/a:latest")
    assert [each.what for each in weaker(before, after, pinned=True)] == [
        "runs an image that is not pinned by its digest"
    ]
    assert weaker(before, after, pinned=False) == []
