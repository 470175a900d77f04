"""A registry is believed as far as its bytes go, and no password goes where it could be read.

What a real one does is in tests/conformance/test_registry.py; here are those that lie.
"""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from fairlead.remote.docker_config import HUB, Credentials, credentials_for
from fairlead.remote.failures import RemoteFailure
from fairlead.remote.oci import Registries, _place, _scheme
from fairlead.spec.units import ImageRef

Answer = tuple[int, dict[str, str], bytes]
MANIFEST = json.dumps({"schemaVersion": 2, "config": {"digest": "none"}}).encode()
DIGEST = f"sha256:{hashlib.sha256(MANIFEST).hexdigest()}"


@pytest.fixture
def answering(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., ImageRef]]:
    """`answering(first, second)` is an image of a server that answers so, one after the other, the last one always."""
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    servers: list[ThreadingHTTPServer] = []

    def start(*answers: Answer) -> ImageRef:
        left = list(answers)

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, headers, data = left.pop(0) if len(left) > 1 else left[0]
                self.send_response(status)
                for name, value in {"Content-Length": str(len(data)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name in the base class
                return

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return ImageRef.parse(f"127.0.0.1:{server.server_port}/acme/churn:main")

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def resolve(reference: ImageRef) -> str:
    with Registries(pause=0) as registries:
        return str(registries.resolve(reference).digest)


def test_the_digest_is_that_of_the_bytes(answering: Callable[..., ImageRef]) -> None:
    assert resolve(answering((200, {}, MANIFEST))) == DIGEST


def test_what_may_pass_is_asked_again(answering: Callable[..., ImageRef]) -> None:
    busy = (503, {"Retry-After": "0"}, b"")
    assert resolve(answering(busy, busy, (200, {}, MANIFEST))) == DIGEST


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((200, {"Docker-Content-Digest": "sha256:" + "0" * 64}, MANIFEST), "can't be trusted"),
        ((200, {}, b"<html>"), "something else than JSON"),
        ((200, {}, b"[]"), "something else than a JSON object"),
        ((200, {}, b'{"schemaVersion": 1}'), "before 2017"),
        ((401, {"WWW-Authenticate": "Digest realm=x"}, b""), "says nothing about tokens"),
        ((401, {"WWW-Authenticate": "Basic realm=x"}, b""), "only those who log in"),
        ((403, {}, b""), "lets nobody without a right"),
        ((500, {}, b""), "answers 500"),
        ((418, {}, b""), "answers 418"),
    ],
)
def test_what_is_no_answer_is_one_sentence(answering: Callable[..., ImageRef], answer: Answer, words: str) -> None:
    with pytest.raises(RemoteFailure, match=words):
        resolve(answering(answer))


def test_a_pinned_image_is_held_to_its_digest(answering: Callable[..., ImageRef]) -> None:
    reference = answering((200, {}, MANIFEST + b"\n"))
    with pytest.raises(RemoteFailure, match="can't be trusted"):
        resolve(ImageRef.parse(f"{reference.repository}@{DIGEST}"))


@pytest.mark.parametrize(
    ("reference", "place"),
    [
        ("python:3.11", ("registry-1.docker.io", "library/python")),
        ("docker.io/kserve/sklearnserver:v1", ("registry-1.docker.io", "kserve/sklearnserver")),
        ("ghcr.io/acme/churn", ("ghcr.io", "acme/churn")),
        ("localhost:5000/churn", ("localhost:5000", "churn")),
    ],
)
def test_an_image_is_where_docker_would_look(reference: str, place: tuple[str, str]) -> None:
    assert _place(ImageRef.parse(reference)) == place


def test_only_this_machine_is_asked_in_plain_text() -> None:
    assert {_scheme("localhost:5000"), _scheme("127.0.0.1")} == {"http"}
    assert {_scheme("ghcr.io"), _scheme("localhost.acme.example"), _scheme("127.acme.example")} == {"https"}


def config(folder: Path, content: object) -> dict[str, str]:
    (folder / "config.json").write_text(json.dumps(content))
    return {"DOCKER_CONFIG": str(folder)}


def test_credentials_are_those_of_docker_login(tmp_path: Path) -> None:
    auth = base64.b64encode(b"ada:a:b").decode()
    environ = config(tmp_path, {"auths": {"ghcr.io": {"auth": auth}, HUB: {"identitytoken": "t"}}})
    assert credentials_for("ghcr.io", environ) == Credentials("ada", "a:b")
    assert credentials_for("docker.io", environ) == Credentials(identity="t")
    assert credentials_for("quay.io", environ) is None
    assert credentials_for("ghcr.io", {"HOME": str(tmp_path / "nobody")}) is None


@pytest.mark.parametrize(
    ("content", "words"),
    [([], "no JSON object"), ({"auths": {"ghcr.io": {"auth": "%"}}}, "not base64"), ({"credsStore": "no"}, "no such")],
)
def test_a_configuration_that_is_broken_is_said(tmp_path: Path, content: object, words: str) -> None:
    with pytest.raises(RemoteFailure, match=words):
        credentials_for("ghcr.io", config(tmp_path, content))


def test_a_password_is_never_shown() -> None:
    assert "secret" not in repr(Credentials("ada", "secret", "secret"))
