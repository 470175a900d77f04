"""Registries of images, as the OCI distribution specification has them: a tag's digest, and the labels of its image.

Tokens are asked for as Docker Hub and GHCR want it: the registry refuses, and says where one is to be had and for what
(https://distribution.github.io/distribution/spec/auth/token/). Credentials are those of `docker login`.
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self
from urllib.parse import urlsplit

from fairlead.remote.docker_config import Credentials, credentials_for
from fairlead.remote.failures import Missing, RemoteFailure
from fairlead.spec.units import Digest, ImageRef

if TYPE_CHECKING:
    import httpx

INDEXES: Final = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
)
MANIFESTS: Final = (
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)
LARGEST: Final = 4 << 20
"""Bytes of a manifest; the specification lets a registry refuse larger ones."""
PLATFORM: Final = ("linux", "amd64")
"""Whose labels are read of an image for several platforms: they are the same in all that one build made."""

_ATTEMPTS: Final = 4
_PASSING: Final = frozenset({429, 500, 502, 503, 504})
_LONGEST_PAUSE: Final = 10.0
_LOOPBACK: Final = re.compile(r"127(\.[0-9]{1,3}){3}")
_PARAMETER: Final = re.compile(r'([A-Za-z_]+)="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a registry says of a tag now."""

    digest: Digest
    """Of the index where the image is for several platforms, else of the manifest: what a Pod can name."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """The labels of the image, as its build wrote them."""


class Registries:
    """All registries that are asked in one run, with connections and tokens that are used again."""

    def __init__(self, *, pause: float = 0.5) -> None:
        """`pause` is the time in seconds before the first repetition of what may pass; it doubles each time."""
        try:
            import httpx
        except ImportError as error:
            message = "registries can't be asked, because the package httpx is not installed"
            raise RemoteFailure(message, "install fairlead[lock]") from error
        self._pause = pause
        self._client = httpx.Client(timeout=30, follow_redirects=True, headers={"User-Agent": "fairlead"})
        self._authorization: dict[tuple[str, str], str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def resolve(self, reference: ImageRef) -> Resolved:
        """The digest that a tag has now, and the image's labels; `latest` where no tag is named, as for Docker.

        Raises Missing where there is no such image, and RemoteFailure where the registry doesn't say.
        """
        name = str(reference)
        content, digest = self._manifest(reference, str(reference.digest or reference.tag or "latest"))
        if reference.digest is not None and digest != reference.digest:
            raise _untrue(name, "it answers with other bytes than those that were asked for")
        return Resolved(digest, self._labels(reference, content))

    def _labels(self, reference: ImageRef, content: dict[str, Any]) -> dict[str, str]:
        """The labels in the image's configuration; none for what is no image for containers, such as a chart."""
        if "manifests" in content:
            one = _one_of(content["manifests"])
            if one is None:
                return {}
            content, _ = self._manifest(reference, one)
        digest = (content.get("config") or {}).get("digest")
        if not isinstance(digest, str) or not re.fullmatch(r"sha256:[0-9a-f]{64}", digest):
            return {}
        data = self._get(reference, f"blobs/{digest}", "*/*").content
        if f"sha256:{hashlib.sha256(data).hexdigest()}" != digest:
            raise _untrue(str(reference), f"the configuration {digest} has another digest")
        labels = (_object(data, str(reference)).get("config") or {}).get("Labels") or {}
        return {str(key): str(value) for key, value in labels.items()} if isinstance(labels, dict) else {}

    def _manifest(self, reference: ImageRef, tag: str) -> tuple[dict[str, Any], Digest]:
        """A manifest or an index, and the digest of its bytes, which is not taken from what the registry says."""
        response = self._get(reference, f"manifests/{tag}", ", ".join((*INDEXES, *MANIFESTS)))
        digest = f"sha256:{hashlib.sha256(response.content).hexdigest()}"
        said = response.headers.get("Docker-Content-Digest", digest)
        if said != digest or (tag.startswith("sha256:") and tag != digest):
            raise _untrue(str(reference), f"it says that the digest is {said}, and the bytes have {digest}")
        content = _object(response.content, str(reference))
        if "manifests" not in content and "config" not in content:
            message = f"{reference} is in a form of before 2017, which has no digest that stays"
            raise RemoteFailure(message, "build and push the image again")
        return content, Digest.parse(digest)

    def _get(self, reference: ImageRef, path: str, accept: str) -> httpx.Response:
        """What is at a path below the image's repository. Raises as `resolve` does."""
        host, repository = _place(reference)
        url = f"{_scheme(host)}://{host}/v2/{repository}/{path}"
        key = (host, repository)
        headers = {"Accept": accept}
        if key in self._authorization:
            headers["Authorization"] = self._authorization[key]
        response = self._asked("GET", url, str(reference), headers=headers)
        if response.status_code == 401:
            self._authorization[key] = self._authorized(reference, response)
            headers["Authorization"] = self._authorization[key]
            response = self._asked("GET", url, str(reference), headers=headers)
        if response.status_code == 404:
            raise Missing(f"{reference} is not in the registry {host}", "build and push it, or mend the reference")
        if response.status_code in (401, 403):
            message = f"the registry {host} lets nobody without a right read {reference} ({response.status_code})"
            raise RemoteFailure(message, f"log in with `docker login {reference.registry}`, with a right to pull")
        if response.status_code != 200:
            raise RemoteFailure(
                f"the registry {host} answers {response.status_code} for {reference}", "try again later"
            )
        if len(response.content) > LARGEST:
            raise _untrue(str(reference), f"it answers with more than {LARGEST >> 20} MiB")
        return response

    def _authorized(self, reference: ImageRef, refusal: httpx.Response) -> str:
        """The header with which a registry that refused will answer, as far as the credentials go."""
        host, repository = _place(reference)
        challenge = refusal.headers.get("WWW-Authenticate", "")
        scheme, _, rest = challenge.partition(" ")
        known = credentials_for(reference.registry)
        if scheme.lower() == "basic":
            if known is None:
                message = f"the registry {host} answers only those who log in"
                raise RemoteFailure(message, f"log in with `docker login {reference.registry}`")
            return _basic(known)
        asked = dict(_PARAMETER.findall(rest))
        realm = asked.get("realm", "")
        if scheme.lower() != "bearer" or not realm:
            raise _untrue(str(reference), f"it refuses with {challenge[:80]!r}, which says nothing about tokens")
        if _scheme(host) == "https" and urlsplit(realm).scheme != "https":
            raise _untrue(str(reference), f"its tokens are at {realm}, where anybody on the way could read a password")
        scope = asked.get("scope") or f"repository:{repository}:pull"
        return f"Bearer {self._token(reference, realm, asked.get('service', host), scope, known)}"

    def _token(self, reference: ImageRef, realm: str, service: str, scope: str, known: Credentials | None) -> str:
        if known is not None and known.identity:
            form = {"grant_type": "refresh_token", "service": service, "scope": scope, "client_id": "fairlead"}
            response = self._asked("POST", realm, str(reference), data={**form, "refresh_token": known.identity})
        else:
            headers = {"Authorization": _basic(known)} if known is not None else {}
            response = self._asked(
                "GET", realm, str(reference), params={"service": service, "scope": scope}, headers=headers
            )
        if response.status_code in (400, 401, 403):
            message = f"{urlsplit(realm).hostname} gives no token for {reference} ({response.status_code})"
            raise RemoteFailure(message, f"log in again with `docker login {reference.registry}`")
        if response.status_code != 200:
            message = f"{urlsplit(realm).hostname} answers {response.status_code} when it is asked for a token"
            raise RemoteFailure(message, "try again later")
        content = _object(response.content, str(reference))
        token = content.get("token") or content.get("access_token")
        if not isinstance(token, str) or not token:
            raise _untrue(str(reference), f"there is no token in what {realm} answers")
        return token

    def _asked(self, method: str, url: str, name: str, **request: Any) -> httpx.Response:
        """One question, repeated where what is wrong may pass. Raises RemoteFailure where nothing answers."""
        import httpx

        for attempt in range(_ATTEMPTS):
            try:
                response = self._client.request(method, url, **request)
            except httpx.HTTPError as error:
                if attempt + 1 < _ATTEMPTS and isinstance(error, httpx.TransportError):
                    time.sleep(self._pause * 2**attempt)
                    continue
                reason = str(error) or type(error).__name__
                message = f"{urlsplit(url).netloc}, which is asked about {name}, can't be reached: {reason}"
                raise RemoteFailure(message, "check the name, the network and its proxy") from error
            if response.status_code not in _PASSING or attempt + 1 == _ATTEMPTS:
                return response
            time.sleep(_wait(response, self._pause * 2**attempt))
        raise AssertionError("the last attempt returns or raises")


def _place(reference: ImageRef) -> tuple[str, str]:
    """The host that answers for an image, and the repository's name there."""
    registry = reference.registry
    first, slash, rest = reference.repository.partition("/")
    repository = rest if slash and first == registry else reference.repository
    if registry != "docker.io":
        return registry, repository
    return "registry-1.docker.io", repository if "/" in repository else f"library/{repository}"


def _scheme(host: str) -> str:
    """Plain HTTP for this machine alone, as Docker has it."""
    name = urlsplit(f"//{host}").hostname or ""
    return "http" if name == "localhost" or _LOOPBACK.fullmatch(name) else "https"


def _one_of(manifests: Any) -> str | None:
    """The digest of the manifest whose labels are read; attestations, which have no platform, are none."""
    found = [each for each in manifests if isinstance(each, dict)] if isinstance(manifests, list) else []
    images = [each for each in found if (each.get("platform") or {}).get("os") not in (None, "unknown")] or found
    wanted = [
        each
        for each in images
        if ((each.get("platform") or {}).get("os"), (each.get("platform") or {}).get("architecture")) == PLATFORM
    ]
    digest = (wanted or images or [{}])[0].get("digest")
    return digest if isinstance(digest, str) and re.fullmatch(r"sha256:[0-9a-f]{64}", digest) else None


def _basic(known: Credentials) -> str:
    import base64

    return "Basic " + base64.b64encode(f"{known.user}:{known.password}".encode()).decode()


def _object(data: bytes, name: str) -> dict[str, Any]:
    try:
        content = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise _untrue(name, "it answers with something else than JSON") from error
    if not isinstance(content, dict):
        raise _untrue(name, "it answers with something else than a JSON object")
    return content


def _wait(response: httpx.Response, otherwise: float) -> float:
    """How long a server wants to be left alone, within reason."""
    said = response.headers.get("Retry-After", "")
    return min(float(said), _LONGEST_PAUSE) if said.isdecimal() else otherwise


def _untrue(name: str, reason: str) -> RemoteFailure:
    return RemoteFailure(f"what the registry says of {name} can't be trusted: {reason}", "ask who runs the registry")
