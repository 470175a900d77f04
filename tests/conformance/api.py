"""A small client of the API server, which keeps what a user would be shown: errors and warnings."""

from __future__ import annotations

import functools
import http.client
import json
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlencode

MANAGER = "fairlead"
"""Who owns the fields that are applied."""
Identity = tuple[str, str, str | None, str]
"""apiVersion, kind, namespace and name of an object."""


class Unreachable(Exception):
    """Nobody answers."""


class Refused(Exception):
    """What the server says that is wrong."""


@dataclass(frozen=True)
class Answer:
    """What the server says."""

    status: int
    body: Any
    warnings: tuple[str, ...] = ()

    def ok(self) -> Answer:
        """Itself. Raises Refused where the server did not do what it was asked for."""
        if self.status >= 300:
            message = self.body.get("message") if isinstance(self.body, dict) else self.body
            raise Refused(f"{self.status}: {message}")
        return self


class Api:
    """One connection, kept open, of an administrator or of the account that it acts as. Raises Unreachable."""

    def __init__(self, port: int, authority: Path, token: str, account: tuple[str, str] | None = None) -> None:
        self._port, self._authority, self._token, self._account = port, authority, token, account
        self._connection: http.client.HTTPSConnection | None = None
        self.kind = functools.cache(self._kind)

    def close(self) -> None:
        """Gives the connection back; the next call opens another one."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    @contextmanager
    def acting_as(self, namespace: str, name: str) -> Iterator[Api]:
        """The same server, as a service account meets it."""
        api = Api(self._port, self._authority, self._token, (namespace, name))
        try:
            yield api
        finally:
            api.close()

    def call(
        self, method: str, path: str, body: bytes | Mapping[str, Any] | None = None, content: str = "application/json"
    ) -> Answer:
        """One request; a mapping is sent as JSON."""
        data = json.dumps(body).encode() if isinstance(body, Mapping) else body
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": content, "Accept": "application/json"}
        if self._account is not None:
            # The server adds the groups of a service account itself.
            headers["Impersonate-User"] = "system:serviceaccount:{}:{}".format(*self._account)
        if self._connection is not None:
            try:
                return self._ask(self._connection, method, path, data, headers)
            except (ConnectionError, ssl.SSLEOFError, http.client.HTTPException):
                # A server closes what was idle for a while, as it is between two modules of tests. A large body notices
                # it in TLS, and a small one in TCP.
                self.close()
        try:
            context = ssl.create_default_context(cafile=str(self._authority))
            self._connection = http.client.HTTPSConnection("127.0.0.1", self._port, timeout=60, context=context)
            return self._ask(self._connection, method, path, data, headers)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise Unreachable(str(error)) from error

    @staticmethod
    def _ask(
        connection: http.client.HTTPSConnection, method: str, path: str, data: bytes | None, headers: dict[str, str]
    ) -> Answer:
        connection.request(method, path, data, headers)
        response = connection.getresponse()
        text = response.read()
        is_json = response.headers.get_content_type() == "application/json"
        warnings = tuple(response.headers.get_all("Warning") or ())
        return Answer(response.status, json.loads(text) if is_json else text.decode(), warnings)

    def _kind(self, version: str, kind: str) -> tuple[str, bool]:
        """The plural of a kind, and whether its objects are in namespaces."""
        base = "/api/" if "/" not in version else "/apis/"
        for resource in self.call("GET", base + version).ok().body["resources"]:
            if resource["kind"] == kind and "/" not in resource["name"]:
                return resource["name"], resource["namespaced"]
        raise Refused(f"the server has no {kind} in {version}")

    def path(self, version: str, kind: str, namespace: str | None, name: str | None = None) -> str:
        """Where an object, or all of a kind, are."""
        plural, namespaced = self.kind(version, kind)
        base = ("/api/" if "/" not in version else "/apis/") + version
        if namespaced and namespace is not None:
            base += f"/namespaces/{namespace}"
        return f"{base}/{plural}" + (f"/{name}" if name is not None else "")

    def apply(
        self,
        identity: Identity,
        manifest: bytes | Mapping[str, Any],
        *,
        dry_run: bool = False,
        validation: Literal["Strict", "Ignore"] = "Strict",
    ) -> Answer:
        """Applies a manifest on the server; strictly, a field that it does not know, or has twice, is an error."""
        query = {"fieldManager": MANAGER, "fieldValidation": validation} | ({"dryRun": "All"} if dry_run else {})
        body = manifest if isinstance(manifest, bytes) else json.dumps(manifest).encode()
        # JSON is YAML, too.
        return self.call("PATCH", f"{self.path(*identity)}?{urlencode(query)}", body, "application/apply-patch+yaml")

    def create(self, version: str, kind: str, namespace: str | None, body: Mapping[str, Any], **query: str) -> Answer:
        """Creates an object."""
        parameters = urlencode({"fieldValidation": "Strict", **query})
        return self.call("POST", f"{self.path(version, kind, namespace)}?{parameters}", body)

    def get(self, identity: Identity) -> Any:
        """An object as it is stored. Raises Refused where there is none."""
        return self.call("GET", self.path(*identity)).ok().body

    def delete(self, identity: Identity) -> None:
        """Deletes an object. Raises Refused where it can't be."""
        self.call("DELETE", self.path(*identity)).ok()

    def delete_all(self, version: str, kind: str, namespace: str) -> None:
        """Deletes every object of a kind in a namespace."""
        self.call("DELETE", self.path(version, kind, namespace)).ok()

    def all(self, version: str, kind: str, namespace: str | None) -> list[Any]:
        """Every object of a kind."""
        items = self.call("GET", self.path(version, kind, namespace)).ok().body["items"]
        # A list of Kubernetes' own kinds leaves out what each of them is.
        return [{"apiVersion": version, "kind": kind, **item} for item in items]


def identity(manifest: Mapping[str, Any]) -> Identity:
    """What a manifest is about."""
    metadata = manifest["metadata"]
    return manifest["apiVersion"], manifest["kind"], metadata.get("namespace"), metadata["name"]
