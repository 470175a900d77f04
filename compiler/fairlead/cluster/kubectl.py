"""The program `kubectl`, the only thing here that speaks to a cluster: arguments and JSON in, JSON out, no shell."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from fairlead.output.desired import ResourceRef
from fairlead.resources.resource import Identity

MANAGER: Final = "fairlead"
"""The field manager: who owns the fields that are applied."""
Object = dict[str, Any]
"""An object as the API server shows it."""
WARNING: Final = "Warning: "
"""How kubectl starts a line in which it passes a warning of the API server on."""


_KEYS: Final = (
    '{{define "s"}}{{.metadata.name}}{{range $key, $value := .data}}{{"\\t"}}{{$key}}{{end}}{{"\\n"}}{{end}}'
    '{{if eq .kind "List"}}{{range .items}}{{template "s" .}}{{end}}{{else}}{{template "s" .}}{{end}}'
)
"""A line for each Secret: its name and those of its keys, with tabs between them."""


class Failed(Exception):
    """kubectl ended with an error; the message is what it said. `is_missing`: it could not be started."""

    def __init__(self, said: str, *, is_missing: bool = False) -> None:
        self.said = said
        self.is_missing = is_missing
        super().__init__(said)


def _unheard(said: str) -> None:
    """For those who want no warnings."""
    del said


@dataclass(frozen=True)
class Kubectl:
    """kubectl for one cluster. Every method raises Failed where kubectl does not do what it is asked."""

    context: str | None = None
    kubeconfig: str | None = None
    warn: Callable[[str], None] = field(default=_unheard, compare=False)
    """Is told what the API server warns of, each thing once."""
    _warned: set[str] = field(default_factory=set, compare=False)
    _kinds: dict[str, dict[str, tuple[str, bool]]] = field(default_factory=dict, compare=False)
    _versions: dict[str, tuple[str, ...]] = field(default_factory=dict, compare=False)

    def kinds(self, api_version: str) -> Mapping[str, tuple[str, bool]]:
        """What the cluster serves in a version of an API: of each kind its plural, and whether it is in namespaces."""
        if api_version not in self._kinds:
            try:
                listed = self._json("get", "--raw", _base(api_version))
            except Failed as error:
                if "(NotFound)" not in error.said:
                    raise
                listed = {"resources": []}
            self._kinds[api_version] = {
                str(each["kind"]): (str(each["name"]), bool(each["namespaced"]))
                for each in listed.get("resources", ())
                if "/" not in each["name"]
            }
        return self._kinds[api_version]

    def versions(self, group: str) -> tuple[str, ...]:
        """The versions of a group that the cluster serves, as `group/version`, the preferred one first."""
        if group not in self._versions:
            try:
                answer = self.raw(f"/apis/{group}")
            except Failed as error:
                if "(NotFound)" not in error.said:
                    raise
                answer = None
            listed = answer.get("versions") or () if isinstance(answer, Mapping) else ()
            self._versions[group] = tuple(str(each["groupVersion"]) for each in listed)
        return self._versions[group]

    def get(self, refs: Iterable[ResourceRef]) -> list[Object]:
        """Those of some resources that are there. Of each, the cluster has to know the kind."""
        stubs = [_stub(ref) for ref in refs]
        if not stubs:
            return []
        given = json.dumps({"apiVersion": "v1", "kind": "List", "items": stubs}).encode()
        return _objects(self._json("get", "--ignore-not-found", "--show-managed-fields", "-f", "-", given=given))

    def config_maps(self, namespace: str, label: str) -> list[Object]:
        """The ConfigMaps of a namespace that have a label."""
        return _objects(self._json("get", "configmaps", "--namespace", namespace, "--selector", label))

    def apply(self, documents: bytes, *, dry_run: bool = False, force: bool = False) -> list[Object]:
        """Applies YAML documents on the server, or (`dry_run`) says what would come of it."""
        options = ["--server-side", f"--field-manager={MANAGER}", "--validate=strict"]
        options += ["--dry-run=server"] if dry_run else []
        options += ["--force-conflicts"] if force else []
        return _objects(self._json("apply", *options, "-f", "-", given=documents))

    def create(self, manifest: Mapping[str, Any]) -> list[Object]:
        """Creates an object that must not be there yet."""
        return self._written("create", manifest)

    def replace(self, manifest: Mapping[str, Any]) -> list[Object]:
        """Replaces an object; where the manifest names a `resourceVersion`, only in that state."""
        return self._written("replace", manifest)

    def delete(self, ref: ResourceRef, uid: str, resource_version: str | None = None) -> None:
        """Deletes the object with this uid, in this state where one is named, and what it owns after it.

        `kubectl delete` by name knows no preconditions: it would delete a namesake, too.
        """
        conditions = {"uid": uid} | ({"resourceVersion": resource_version} if resource_version else {})
        options = {
            "apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": "Background", "preconditions": conditions,
        }  # fmt: skip
        plural, namespaced = self.kinds(ref.api_version)[ref.kind]
        where = f"/namespaces/{ref.namespace}" if namespaced else ""
        path = f"{_base(ref.api_version)}{where}/{plural}/{ref.name}"
        self._run("delete", "--raw", path, "-f", "-", given=json.dumps(options).encode())

    def raw(self, path: str) -> Any:
        """What the API server answers at a path."""
        return self._json("get", "--raw", path)

    def current_context(self) -> str:
        """The context that is used."""
        return self.context or self._run("config", "current-context").decode().strip()

    def secret_keys(self, namespace: str, names: Iterable[str]) -> dict[str, frozenset[str]]:
        """The names of the keys of those Secrets that are there. Their values stay with kubectl."""
        options = ("--namespace", namespace, "--ignore-not-found", f"--output=go-template={_KEYS}")
        lines = self._run("get", "secrets", *names, *options).decode().splitlines()
        rows = [line.split("\t") for line in lines]
        return {name: frozenset(keys) for name, *keys in rows}

    def allowed(self, attributes: Iterable[Mapping[str, str]]) -> list[bool]:
        """Which of some actions the account may do; of each its ResourceAttributes (authorization.k8s.io/v1)."""
        reviews = [
            {
                "apiVersion": "authorization.k8s.io/v1",
                "kind": "SelfSubjectAccessReview",
                "spec": {"resourceAttributes": dict(each)},
            }
            for each in attributes
        ]
        if not reviews:
            return []
        given = json.dumps({"apiVersion": "v1", "kind": "List", "items": reviews}).encode()
        answer = self._run("create", "--output=json", "-f", "-", given=given).decode()
        found = [bool(each.get("status", {}).get("allowed")) for each in _several(answer)]
        if len(found) != len(reviews):
            raise Failed(f"kubectl answered {len(found)} of {len(reviews)} questions about rights")
        return found

    def try_to_create(self, manifests: Iterable[Mapping[str, Any]]) -> None:
        """Asks the server whether it would create some objects, and creates none."""
        given = json.dumps({"apiVersion": "v1", "kind": "List", "items": list(manifests)}).encode()
        self._run("create", "--dry-run=server", "--output=name", "-f", "-", given=given)

    def _written(self, verb: str, manifest: Mapping[str, Any]) -> list[Object]:
        given = json.dumps(manifest).encode()
        return _objects(self._json(verb, f"--field-manager={MANAGER}", "-f", "-", given=given))

    def _json(self, *arguments: str, given: bytes | None = None) -> Any:
        form = () if "--raw" in arguments else ("--output=json",)
        said = self._run(*arguments, *form, given=given)
        if not said.strip():
            return None
        try:
            return json.loads(said)
        except ValueError as error:
            raise Failed(f"kubectl {arguments[0]} answered with something that is not JSON: {error}") from error

    def _run(self, *arguments: str, given: bytes | None = None) -> bytes:
        command = ["kubectl"]
        command += [f"--context={self.context}"] if self.context is not None else []
        command += [f"--kubeconfig={self.kubeconfig}"] if self.kubeconfig is not None else []
        try:
            done = subprocess.run(
                [*command, *arguments], input=given if given is not None else b"", capture_output=True, check=False
            )
        except OSError as error:
            raise Failed(error.strerror or str(error), is_missing=True) from error
        lines = done.stderr.decode(errors="replace").splitlines()
        for line in lines:
            if line.startswith(WARNING) and line not in self._warned:
                self._warned.add(line)
                self.warn(line.removeprefix(WARNING))
        if done.returncode != 0:
            said = "\n".join(line for line in lines if not line.startswith(WARNING)).strip()
            raise Failed(said or f"kubectl {arguments[0]} ended with {done.returncode}")
        return done.stdout


def identity(found: Object) -> Identity:
    """What an object is about."""
    metadata = found["metadata"]
    group = str(found.get("apiVersion", "")).rpartition("/")[0]
    return Identity(group, str(found.get("kind")), str(metadata.get("namespace", "")), str(metadata["name"]))


def _base(api_version: str) -> str:
    return f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"


def _several(text: str) -> list[Any]:
    """The JSON documents that stand one after another in a text."""
    decoder, position, found = json.JSONDecoder(), 0, []
    try:
        while text[position:].strip():
            position += len(text[position:]) - len(text[position:].lstrip())
            document, position = decoder.raw_decode(text, position)
            found.append(document)
    except ValueError as error:
        raise Failed(f"kubectl answered with something that is not JSON: {error}") from error
    return found


def _stub(ref: ResourceRef) -> Object:
    metadata = {"name": ref.name} | ({"namespace": ref.namespace} if ref.namespace else {})
    return {"apiVersion": ref.api_version, "kind": ref.kind, "metadata": metadata}


def _objects(answer: Any) -> list[Object]:
    """The objects in an answer, which is a list, one object, or nothing."""
    if answer is None:
        return []
    if not isinstance(answer, dict):
        raise Failed("kubectl answered with JSON that is no object")
    items: Sequence[Any] = answer.get("items") or [] if str(answer.get("kind", "")).endswith("List") else [answer]
    if not all(isinstance(each, dict) and isinstance(each.get("metadata"), dict) for each in items):
        raise Failed("kubectl answered with something that has no metadata")
    return list(items)
