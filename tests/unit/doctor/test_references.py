"""What a manifest refers to by name, wherever and however it says so."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fairlead.doctor.references import references
from tests.unit.doctor.scopes import resource


def referred(**spec: Any) -> dict[str, set[str]]:
    """What one resource refers to, with the keys that it needs."""
    found = references(iter([resource("Thing", "a", spec=spec)]), "ml")
    return {str(each.to): set(each.keys) for each in found}


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"env": [{"valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}]}, {"Secret s in ml": {"k"}}),
        ({"env": [{"valueFrom": {"configMapKeyRef": {"name": "c", "key": "k"}}}]}, {"ConfigMap c in ml": {"k"}}),
        ({"envFrom": [{"secretRef": {"name": "s"}}, {"configMapRef": {"name": "c"}}]},
         {"Secret s in ml": set(), "ConfigMap c in ml": set()}),
        ({"volumes": [{"secret": {"secretName": "s", "items": [{"key": "k", "path": "p"}]}}]},
         {"Secret s in ml": {"k"}}),
        ({"volumes": [{"projected": {"sources": [{"secret": {"name": "s", "items": [{"key": "k"}]}}]}}]},
         {"Secret s in ml": {"k"}}),
        ({"volumes": [{"persistentVolumeClaim": {"claimName": "v"}}]}, {"PersistentVolumeClaim v in ml": set()}),
        ({"imagePullSecrets": [{"name": "s"}]}, {"Secret s in ml": set()}),
        ({"s3": {"accessKeySecret": {"name": "s", "key": "a"}, "secretKeySecret": {"name": "s", "key": "b"}}},
         {"Secret s in ml": {"a", "b"}}),
        ({"authorization": {"credentials": {"name": "s", "key": "token"}}}, {"Secret s in ml": {"token"}}),
        ({"artifactRepositoryRef": {"configMap": "c", "key": "k"}}, {"ConfigMap c in ml": {"k"}}),
        ({"predictor": {"model": {"runtime": "r", "storageUri": "pvc://models/a"}}},
         {"ServingRuntime r in ml": set(), "PersistentVolumeClaim models in ml": set()}),
        ({"priorityClassName": "high", "runtimeClassName": "gvisor", "serviceAccountName": "x"},
         {"PriorityClass high": set(), "RuntimeClass gvisor": set(), "ServiceAccount x in ml": set()}),
        ({"podMetadata": {"labels": {"kueue.x-k8s.io/queue-name": "team"}}}, {"LocalQueue team in ml": set()}),
        ({"resource": {"manifest": json.dumps({"runtimeRef": {"kind": "ClusterTrainingRuntime", "name": "torch"}})}},
         {"ClusterTrainingRuntime torch": set()}),
        ({"data": {"artifact-repository": json.dumps({"s3": {"accessKeySecret": {"name": "s", "key": "a"}}})}},
         {"Secret s in ml": {"a"}}),
    ],
)  # fmt: skip
def test_it_is_found(spec: dict[str, Any], expected: dict[str, set[str]]) -> None:
    assert referred(**spec) == expected


@pytest.mark.parametrize(
    "spec",
    [
        {"env": [{"valueFrom": {"secretKeyRef": {"name": "s", "key": "k", "optional": True}}}]},
        {"volumes": [{"secret": {"secretName": "s", "optional": True}}]},
        {"memoize": {"cache": {"configMap": {"name": "made-by-argo"}}}},
        {"env": [{"valueFrom": {"secretKeyRef": {"name": "{{inputs.parameters.secret}}", "key": "k"}}}]},
        {"serviceAccountName": "default"},
        {"resource": {"manifest": "{{=not json}}"}},
    ],
)
def test_what_need_not_be_there_is_not(spec: dict[str, Any]) -> None:
    assert referred(**spec) == {}


def test_what_the_output_brings_itself_is_not() -> None:
    account, user = resource("ServiceAccount", "x"), resource("Thing", "a", spec={"serviceAccountName": "x"})
    assert references(iter([account, user]), "ml") == []
