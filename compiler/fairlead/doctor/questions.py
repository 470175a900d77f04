"""What is asked of the cluster, each thing once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import quote

from fairlead.cluster import codes
from fairlead.cluster.failures import diagnostic
from fairlead.cluster.kubectl import Failed, Kubectl, Object
from fairlead.doctor.finding import PROJECT
from fairlead.source.diagnostics import Refused

T = TypeVar("T")


class Unanswered(Exception):
    """The cluster did not say; the message has the reason."""


class Questions:
    """Reads a cluster, and remembers the answers.

    Every method raises Unanswered where the cluster does not say, and Refused where it can't be reached at all.
    """

    def __init__(self, kubectl: Kubectl) -> None:
        self._kubectl = kubectl
        self._lists: dict[tuple[str, str, str], list[Object] | Unanswered] = {}
        self._objects: dict[tuple[str, str, str, str], Object | Unanswered | None] = {}
        self._secrets: dict[tuple[str, str], frozenset[str] | None] = {}

    def version(self) -> str:
        """The API server's version, as `v1.33.2`."""
        answer = self._ask(lambda: self._kubectl.raw("/version"))
        return str(answer.get("gitVersion", "unknown")) if isinstance(answer, Mapping) else "unknown"

    def serves(self, api_version: str, kind: str) -> bool:
        """Whether the cluster serves a kind in a version of its group."""
        return kind in self._ask(lambda: self._kubectl.kinds(api_version))

    def versions(self, group: str) -> tuple[str, ...]:
        """The versions of a group that the cluster serves, as `group/version`, the preferred one first."""
        return self._ask(lambda: self._kubectl.versions(group))

    def all(self, api_version: str, kind: str, namespace: str = "") -> list[Object]:
        """Every object of a kind, of one namespace or of all; none where the kind is not served."""
        key = (api_version, kind, namespace)
        if key not in self._lists:
            try:
                self._lists[key] = self._listed(api_version, kind, namespace)
            except Unanswered as error:
                self._lists[key] = error
        found = self._lists[key]
        if isinstance(found, Unanswered):
            raise found
        return found

    def get(self, api_version: str, kind: str, namespace: str, name: str) -> Object | None:
        """An object; None where there is none, or where its kind is not served."""
        key = (api_version, kind, namespace, name)
        if key not in self._objects:
            try:
                path = self._path(api_version, kind, namespace)
                found = self._ask(lambda: self._found(f"{path}/{quote(name, safe='')}")) if path else None
                self._objects[key] = found if isinstance(found, dict) else None
            except Unanswered as error:
                self._objects[key] = error
        answer = self._objects[key]
        if isinstance(answer, Unanswered):
            raise answer
        return answer

    def look_at_secrets(self, namespace: str, names: Iterable[str]) -> None:
        """Asks for the keys of many Secrets at once, so that `secret_keys` has them."""
        wanted = [name for name in names if (namespace, name) not in self._secrets]
        if len(wanted) < 2:
            return
        try:
            found = self._ask(lambda: self._kubectl.secret_keys(namespace, wanted))
        except Unanswered:
            return  # the account may be allowed to read some of them, which are then asked for one by one
        self._secrets |= {(namespace, name): found.get(name) for name in wanted}

    def secret_keys(self, namespace: str, name: str) -> frozenset[str] | None:
        """The names of a Secret's keys; None where there is none."""
        key = (namespace, name)
        if key not in self._secrets:
            self._secrets[key] = self._ask(lambda: self._kubectl.secret_keys(namespace, [name])).get(name)
        return self._secrets[key]

    def allowed(self, attributes: Sequence[Mapping[str, str]]) -> list[bool]:
        """Which of some actions the account may do (authorization.k8s.io/v1 ResourceAttributes)."""
        return self._ask(lambda: self._kubectl.allowed(attributes))

    def plural(self, api_version: str, kind: str) -> str | None:
        """The plural of a kind; None where it is not served."""
        found = self._ask(lambda: self._kubectl.kinds(api_version)).get(kind)
        return str(found[0]) if found else None

    def refusal(self, manifests: Iterable[Mapping[str, Any]]) -> str:
        """Why the cluster would not create some objects, line by line, in its words; nothing where it would."""
        try:
            self._kubectl.try_to_create(manifests)
        except Failed as error:
            found = diagnostic(error, PROJECT)
            if found.code in (codes.UNREACHABLE, codes.NO_KUBECTL):
                raise Refused([found]) from error
            return error.said
        return ""

    def _listed(self, api_version: str, kind: str, namespace: str) -> list[Object]:
        path = self._path(api_version, kind, namespace)
        answer = self._ask(lambda: self._found(path)) if path else None
        items = answer.get("items") or [] if isinstance(answer, Mapping) else []
        # A list leaves out what each of them is.
        return [{"apiVersion": api_version, "kind": kind, **each} for each in items]

    def _path(self, api_version: str, kind: str, namespace: str) -> str | None:
        found = self._ask(lambda: self._kubectl.kinds(api_version)).get(kind)
        if found is None:
            return None
        plural, namespaced = found
        where = f"/namespaces/{namespace}" if namespaced and namespace else ""
        return f"{'/apis' if '/' in api_version else '/api'}/{api_version}{where}/{plural}"

    def _found(self, path: str) -> Any:
        try:
            return self._kubectl.raw(path)
        except Failed as error:
            if "(NotFound)" in error.said:
                return None
            raise

    @staticmethod
    def _ask(question: Callable[[], T]) -> T:
        try:
            return question()
        except Failed as error:
            found = diagnostic(error, PROJECT)
            if found.code in (codes.UNREACHABLE, codes.NO_KUBECTL):
                raise Refused([found]) from error
            raise Unanswered(found.message.removeprefix("kubectl says: ")) from error
