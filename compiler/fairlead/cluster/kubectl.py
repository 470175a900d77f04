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
