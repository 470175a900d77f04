"""A cluster for tests of what speaks to kubectl: it takes kubectl's arguments and answers in its words.

It knows no defaults, webhooks or controllers; what it stores is what was applied. Conformance tests have a real one.
"""

from __future__ import annotations

import copy
import itertools
import json
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from io import StringIO
from typing import Any

import pytest
from ruamel.yaml import YAML

from fairlead.cluster import kubectl as module

Key = tuple[str, str, str]
"""Kind, namespace and name."""
UNCOUNTED = ("ConfigMap", "Namespace", "Role", "RoleBinding", "Secret", "ServiceAccount")
"""Kinds whose objects have no generation."""
PLURALS = {
    "NetworkPolicy": "networkpolicies",
    "PriorityClass": "priorityclasses",
    "StorageClass": "storageclasses",
    "AuthorizationPolicy": "authorizationpolicies",
}
IN_CLUSTER = ("ClusterServingRuntime", "GatewayClass", "Namespace", "Node", "PriorityClass", "StorageClass")
"""Kinds whose objects are in no namespace."""
READY = {"conditions": [{"type": "Ready", "status": "True"}]}


class Said(Exception):
    """What kubectl writes to standard error."""


class Text(str):
    """An answer that is no JSON, or more than one."""

    __slots__ = ()


@dataclass
class Cluster:
    """The objects of a cluster; `missing` are kinds that it does not have."""

    objects: dict[Key, dict[str, Any]] = field(default_factory=dict)
    calls: list[list[str]] = field(default_factory=list)
    missing: set[str] = field(default_factory=set)
    refused: dict[str, str] = field(default_factory=dict)
    """What is said where a resource of a kind is applied."""
    status: dict[str, Any] = field(default_factory=lambda: {"InferenceService": READY})
    """What controllers report of every object of a kind."""
    statuses: dict[Key, Any] = field(default_factory=dict)
    """What controllers report of single objects, which comes before that."""
    warns: list[str] = field(default_factory=list)
    """What the API server warns of, whatever it is asked."""
    immutable: set[str] = field(default_factory=set)
    """The kinds of which nothing can be changed."""
    forbidden: set[str] = field(default_factory=set)
    """The plurals of what the account may not read."""
    not_allowed: set[tuple[str, str]] = field(default_factory=set)
    """Verbs and plurals of what the account may not do."""
    before: Callable[[list[str]], None] = lambda call: None
    """Called before every call, as somebody else's hand."""
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def use(self, monkeypatch: pytest.MonkeyPatch, *namespaces: str) -> Cluster:
        """Puts itself behind the program `kubectl`."""
        for name in namespaces:
            self.put({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})

        class Subprocess:
            run = staticmethod(self.run)

        monkeypatch.setattr(module, "subprocess", Subprocess)
        return self

    def put(self, manifest: dict[str, Any], manager: str = "somebody") -> dict[str, Any]:
        """Stores an object, as anybody might."""
        key = key_of(manifest)
        old = self.objects.get(key)
        new = {name: value for name, value in copy.deepcopy(manifest).items() if name != "status"}
        metadata = new["metadata"]
        kept = {name: value for name, value in metadata.items() if name in ("name", "namespace", "labels")}
        kept |= {"annotations": metadata["annotations"]} if "annotations" in metadata else {}
        number = next(self._numbers)
        new["metadata"] = kept | {
            "uid": old["metadata"]["uid"] if old else f"uid-{number}",
            "resourceVersion": str(number),
            "managedFields": [{"manager": manager, "operation": "Apply"}],
        }
        if key[0] not in UNCOUNTED:
            new["metadata"]["generation"] = old["metadata"]["generation"] + 1 if old else 1
        if old is not None and essence(old) == essence(new):
            return old
        self.objects[key] = new
        if "status" in manifest:
            self.statuses[key] = manifest["status"]
        return new

    def names(self, kind: str) -> list[str]:
        """The names of all objects of a kind."""
        return sorted(name for found, _, name in self.objects if found == kind)

    def versions(self) -> dict[Key, str]:
        """What counts every write to an object."""
        return {key: each["metadata"]["resourceVersion"] for key, each in self.objects.items()}

    def verbs(self) -> list[str]:
        """What was asked for that changes something."""
        changing = ("apply", "create", "replace", "delete")
        return [call[0] for call in self.calls if call[0] in changing and "--dry-run=server" not in call]

    def run(self, command: Sequence[str], *, input: bytes, **_: Any) -> subprocess.CompletedProcess[bytes]:  # noqa: A002
        """Does what `kubectl` would do."""
        assert command[0] == "kubectl"
        call = [word for word in command[1:] if not word.startswith(("--context", "--kubeconfig"))]
        self.before(call)
        self.calls.append(call)
        try:
            answer = self._answer(call, input.decode())
        except Said as said:
            return subprocess.CompletedProcess(command, 1, b"", f"{said}\n".encode())
        out = b"" if answer is None else answer.encode() if isinstance(answer, Text) else json.dumps(answer).encode()
        warned = "".join(f"Warning: {each}\n" for each in self.warns)
        return subprocess.CompletedProcess(command, 0, out, warned.encode())

    def _answer(self, call: list[str], given: str) -> Any:
        if call[:2] == ["get", "--raw"]:
            return self._raw(call[2])
        if call[:2] == ["config", "current-context"]:
            return Text("test\n")
        if call[:2] == ["get", "secrets"]:
            return self._keys(call)
        if call[:2] == ["get", "configmaps"]:
            label = call[call.index("--selector") + 1]
            found = [each for (kind, _, _), each in self.objects.items() if kind == "ConfigMap"]
            return listed([each for each in found if label in each["metadata"].get("labels", {})])
        if call[:2] == ["delete", "--raw"]:
            return self._delete(call[2], json.loads(given))
        if call[0] == "get":
            there = [self.objects.get(key_of(each)) for each in json.loads(given)["items"]]
            shown = [self._shown(each) for each in there if each is not None]
            return None if not shown else shown[0] if len(shown) == 1 else listed(shown)
        if call[0] == "apply":
            return self._apply(given, dry_run="--dry-run=server" in call)
        manifest = json.loads(given)
        if manifest["kind"] == "List":
            return self._asked(manifest["items"])
        if "generateName" in manifest["metadata"]:
            manifest["metadata"]["name"] = manifest["metadata"].pop("generateName") + "x7k2p"
        old = self.objects.get(key_of(manifest))
        if call[0] == "create" and old is not None:
            raise Said("Error from server (AlreadyExists): it already exists")
        if call[0] == "replace" and (
            old is None or old["metadata"]["resourceVersion"] != manifest["metadata"]["resourceVersion"]
        ):
            raise Said("Error from server (Conflict): the object has been modified")
        return self.put(manifest, "fairlead")

    def _apply(self, given: str, *, dry_run: bool) -> Any:
        manifests = [dict(each) for each in YAML(typ="safe", pure=True).load_all(StringIO(given)) if each]
        for each in manifests:
            if each["kind"] in self.refused:
                raise Said(self.refused[each["kind"]])
        for each in manifests:
            old = self.objects.get(key_of(each))
            if each["kind"] in self.immutable and old is not None and old.get("spec") != each.get("spec"):
                name = each["metadata"]["name"]
                raise Said(f'The {each["kind"]} "{name}" is invalid: spec: Invalid value: field is immutable')
        if dry_run:
            held = copy.deepcopy(self.objects)
            made = [self.put(each, "fairlead") for each in manifests]
            self.objects = held
        else:
            made = [self.put(each, "fairlead") for each in manifests]
        return made[0] if len(made) == 1 else listed(made)

    def _raw(self, path: str) -> Any:
        for resource in self.forbidden:
            if f"/{resource}" in path:
                raise Said(f'Error from server (Forbidden): {resource} is forbidden: User "x" cannot list it')
        path, _, query = path.partition("?labelSelector=")
        if path == "/version":
            return {"gitVersion": "v1.33.2"}
        words = path.strip("/").split("/")
        if words[0] == "apis" and len(words) == 2:
            served = [version for version in sorted(self._served()) if version.startswith(f"{words[1]}/")]
            if not served:
                raise Said("Error from server (NotFound): the server could not find the requested resource")
            return {"kind": "APIGroup", "versions": [{"groupVersion": version} for version in served]}
        length = 2 if words[0] == "api" else 3
        version, rest = "/".join(words[1:length]), words[length:]
        if not rest:
            return self._kinds("/" + "/".join(words))
        namespace, plural, *name = rest[1:] if rest[0] == "namespaces" and len(rest) > 2 else ["", *rest]
        found = [
            each
            for (kind, where, _), each in sorted(self.objects.items())
            if (PLURALS.get(kind, f"{kind.lower()}s"), each["apiVersion"]) == (plural, version)
            and namespace in ("", where)
        ]
        if not name:
            label, _, value = query.replace("%2F", "/").partition("%3D")
            shown = [self._shown(each) for each in found if not label or _labels(each).get(label) == value]
            return {"items": [{key: each[key] for key in each if key not in ("kind", "apiVersion")} for each in shown]}
        one = [each for each in found if each["metadata"]["name"] == name[0]]
        if not one:
            raise Said(f'Error from server (NotFound): {plural} "{name[0]}" not found')
        return self._shown(one[0])

    def _served(self) -> set[str]:
        return {path.partition("/")[2].partition("/")[2] for path, kinds in KINDS.items() if kinds - self.missing} | {
            each["apiVersion"] for each in self.objects.values()
        }

    def _keys(self, call: list[str]) -> Text:
        """As the template that Fairlead gives kubectl makes it: names, and no values."""
        assert any(word.startswith("--output=go-template=") for word in call)
        if "secrets" in self.forbidden:
            raise Said('Error from server (Forbidden): secrets is forbidden: User "x" cannot get it')
        namespace = call[call.index("--namespace") + 1]
        there = [self.objects.get(("Secret", namespace, name)) for name in call[2 : call.index("--namespace")]]
        lines = ["\t".join([each["metadata"]["name"], *each.get("data", {})]) for each in there if each]
        return Text("".join(f"{line}\n" for line in lines))

    def _asked(self, items: list[dict[str, Any]]) -> Any:
        """Reviews of rights, and Pods that are tried."""
        if items[0]["kind"] == "Pod":
            said = [
                f'Error from server (Forbidden): error when creating "STDIN": pods "{each["metadata"]["name"]}"'
                f" is forbidden: {self.refused['Pod']}"
                for each in items
                if "Pod" in self.refused
            ]
            if said:
                raise Said("\n".join(said))
            return None
        answers = []
        for each in items:
            asked = each["spec"]["resourceAttributes"]
            allowed = (asked["verb"], asked["resource"]) not in self.not_allowed
            answers.append(json.dumps({**each, "status": {"allowed": allowed}}, indent=1))
        return Text("\n".join(answers))

    def _kinds(self, path: str) -> Any:
        own = {key[0] for key, each in self.objects.items() if path.endswith(f"/{each['apiVersion']}")}
        names = own | KINDS.get(path, set())
        resources = [
            {"name": PLURALS.get(name, f"{name.lower()}s"), "kind": name, "namespaced": name not in IN_CLUSTER}
            for name in sorted(names - self.missing)
        ]
        return {"kind": "APIResourceList", "resources": resources}

    def _delete(self, path: str, options: dict[str, Any]) -> Any:
        words = path.split("/")
        namespace, plural, name = words[-3], words[-2], words[-1]
        key = next(
            (
                key
                for key in self.objects
                if key[1:] == (namespace, name) and PLURALS.get(key[0], f"{key[0].lower()}s") == plural
            ),
            None,
        )
        if key is None:
            raise Said("Error from server (NotFound): not found")
        metadata = self.objects[key]["metadata"]
        for field_, wanted in options["preconditions"].items():
            if metadata[field_] != wanted:
                raise Said("Error from server (Conflict): Precondition failed")
        del self.objects[key]
        return {"kind": "Status", "status": "Success"}

    def _shown(self, found: dict[str, Any]) -> dict[str, Any]:
        status = self.statuses.get(key_of(found)) or self.status.get(found["kind"])
        return found if status is None else {**found, "status": status}


KINDS = {
    "/api/v1": {"ConfigMap", "Namespace", "Node", "PersistentVolumeClaim", "ResourceQuota", "Secret", "ServiceAccount"},
    "/apis/serving.kserve.io/v1beta1": {"InferenceService"},
    "/apis/serving.kserve.io/v1alpha1": {"ServingRuntime", "InferenceGraph"},
    "/apis/networking.k8s.io/v1": {"NetworkPolicy"},
    "/apis/policy/v1": {"PodDisruptionBudget"},
    "/apis/monitoring.coreos.com/v1": {"PrometheusRule", "PodMonitor"},
    "/apis/apps/v1": {"Deployment", "StatefulSet"},
    "/apis/argoproj.io/v1alpha1": {"CronWorkflow", "Workflow", "WorkflowTemplate"},
    "/apis/rbac.authorization.k8s.io/v1": {"Role", "RoleBinding"},
    "/apis/scheduling.k8s.io/v1": {"PriorityClass"},
}


def key_of(manifest: dict[str, Any]) -> Key:
    """What a manifest is about."""
    metadata = manifest["metadata"]
    return manifest["kind"], metadata.get("namespace", ""), metadata["name"]


def _labels(found: dict[str, Any]) -> dict[str, str]:
    labels: dict[str, str] = found["metadata"].get("labels", {})
    return labels


def listed(items: list[Any]) -> dict[str, Any]:
    """A list as kubectl prints it."""
    return {"apiVersion": "v1", "kind": "List", "items": items}


def essence(found: dict[str, Any]) -> Any:
    """What somebody wrote of an object."""
    metadata = found["metadata"]
    own = {name: metadata.get(name) for name in ("labels", "annotations", "managedFields")}
    return {name: value for name, value in found.items() if name not in ("metadata", "status")}, own
