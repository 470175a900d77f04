"""The reference implementation of a registry of images, with a server that gives tokens as Docker Hub and GHCR do."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.conformance.ports import accepts, free_ports, until

SERVICE, ISSUER = "registry.test", "fairlead-tests"
USER, PASSWORD, IDENTITY = "ada", "s3cret:with:colons", "identity-token"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"


@dataclass
class Authority:
    """Gives tokens: to everybody for what is public, and to one user for all else."""

    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    asked: list[str] = field(default_factory=list)
    """How each token was asked for: `anonymous`, `basic` or `refresh`."""

    @cached_property
    def certificate(self) -> x509.Certificate:
        """What the registry trusts, made once: every signature is another one."""
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, ISSUER)])
        now = datetime.now(UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self.key.public_key())
            .serial_number(1)
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(self.key, hashes.SHA256())
        )

    def token(self, scope: str, *, known: bool) -> str:
        certificate = self.certificate.public_bytes(serialization.Encoding.DER)
        access = []
        if scope:
            kind, name, actions = scope.split(":")
            allowed = actions.split(",") if known else ["pull"] if name.startswith("public/") else []
            access = [{"type": kind, "name": name, "actions": allowed}]
        now = int(time.time())
        claims = {"iss": ISSUER, "aud": SERVICE, "sub": USER if known else "", "iat": now, "nbf": now - 5}
        content = {**claims, "exp": now + 300, "jti": str(now), "access": access}
        return jwt.encode(
            content, self.key, algorithm="ES256", headers={"x5c": [base64.b64encode(certificate).decode()]}
        )


@dataclass
class Registry:
    """A registry that runs, and how images come into it."""

    host: str
    authority: Authority
    client: httpx.Client

    def push(self, repository: str, tag: str, labels: dict[str, str], platforms: int = 1) -> str:
        """Pushes an image, with an index where it is for several platforms; gives the digest that a Pod would name."""
        made = [self._image(repository, labels, f"arch{number}") for number in range(1, platforms)]
        made.insert(0, self._image(repository, labels, "amd64"))
        if platforms == 1:
            return self._put(repository, tag, MANIFEST, made[0])
        entries = []
        for number, manifest in enumerate(reversed(made)):
            digest = self._put(repository, None, MANIFEST, manifest)
            architecture = "amd64" if number == len(made) - 1 else f"arch{number + 1}"
            entries.append(
                {
                    "mediaType": MANIFEST,
                    "digest": digest,
                    "size": len(_encoded(manifest)),
                    "platform": {"os": "linux", "architecture": architecture},
                }
            )
        attestation = self._image(repository, {"dev.fairlead.tree": "f" * 40}, "unknown")
        digest = self._put(repository, None, MANIFEST, attestation)
        unknown = {"os": "unknown", "architecture": "unknown"}
        entries.insert(
            0,
            {"mediaType": MANIFEST, "digest": digest, "size": len(_encoded(attestation)), "platform": unknown},
        )
        return self._put(repository, tag, INDEX, {"schemaVersion": 2, "mediaType": INDEX, "manifests": entries})

    def _image(self, repository: str, labels: dict[str, str], architecture: str) -> dict[str, Any]:
        rootfs = {"type": "layers", "diff_ids": []}
        config = {"architecture": architecture, "os": "linux", "config": {"Labels": labels}, "rootfs": rootfs}
        data = _encoded(config)
        self._upload(repository, data)
        return {
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": {"mediaType": CONFIG, "digest": _digest(data), "size": len(data)},
            "layers": [],
        }

    def _upload(self, repository: str, data: bytes) -> None:
        headers = self._headers(repository)
        began = self.client.post(f"http://{self.host}/v2/{repository}/blobs/uploads/", headers=headers)
        began.raise_for_status()
        place = httpx.URL(began.headers["Location"]).copy_merge_params({"digest": _digest(data)})
        done = self.client.put(place, content=data, headers=headers)
        done.raise_for_status()

    def _put(self, repository: str, tag: str | None, kind: str, manifest: dict[str, Any]) -> str:
        data = _encoded(manifest)
        url = f"http://{self.host}/v2/{repository}/manifests/{tag or _digest(data)}"
        self.client.put(
            url, content=data, headers={**self._headers(repository), "Content-Type": kind}
        ).raise_for_status()
        return _digest(data)

    def _headers(self, repository: str) -> dict[str, str]:
        token = self.authority.token(f"repository:{repository}:pull,push", known=True)
        return {"Authorization": f"Bearer {token}"}


def _encoded(content: dict[str, Any]) -> bytes:
    return json.dumps(content).encode()


def _digest(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


@contextmanager
def registry(program: Path, folder: Path) -> Iterator[Registry]:
    """A registry with nothing in it, and its server of tokens, until the end."""
    port, tokens = free_ports(2)
    authority = Authority()
    (folder / "certificate.pem").write_bytes(authority.certificate.public_bytes(serialization.Encoding.PEM))
    settings = {
        "version": "0.1",
        "log": {"level": "warn", "accesslog": {"disabled": True}},
        "storage": {"inmemory": {}},
        "http": {"addr": f"127.0.0.1:{port}"},
        "auth": {
            "token": {
                "realm": f"http://127.0.0.1:{tokens}/token",
                "service": SERVICE,
                "issuer": ISSUER,
                "rootcertbundle": str(folder / "certificate.pem"),
                "signingalgorithms": ["ES256"],
            }
        },
    }
    (folder / "registry.yml").write_text(json.dumps(settings))
    giver = ThreadingHTTPServer(("127.0.0.1", tokens), _handler(authority))
    threading.Thread(target=giver.serve_forever, daemon=True).start()
    log = (folder / "registry.log").open("wb")
    running = subprocess.Popen([program, "serve", folder / "registry.yml"], stdout=log, stderr=log)
    try:
        until(lambda: accepts(port) or running.poll() is not None, "the registry does not listen")
        assert running.poll() is None, (folder / "registry.log").read_text()
        with httpx.Client() as client:
            yield Registry(f"127.0.0.1:{port}", authority, client)
    finally:
        running.terminate()
        running.wait()
        giver.shutdown()
        giver.server_close()
        log.close()


def _handler(authority: Authority) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """https://distribution.github.io/distribution/spec/auth/token/ and its OAuth 2."""

        def do_GET(self) -> None:
            asked = parse_qs(urlsplit(self.path).query)
            given = self.headers.get("Authorization", "")
            expected = f"Basic {base64.b64encode(f'{USER}:{PASSWORD}'.encode()).decode()}"
            authority.asked.append("basic" if given else "anonymous")
            self._answer(asked, known=bool(given), allowed=given in ("", expected))

        def do_POST(self) -> None:
            asked = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            authority.asked.append("refresh")
            allowed = asked["grant_type"] == ["refresh_token"] and asked["refresh_token"] == [IDENTITY]
            self._answer(asked, known=True, allowed=allowed)

        def _answer(self, asked: dict[str, list[str]], *, known: bool, allowed: bool) -> None:
            right = allowed and asked["service"] == [SERVICE]
            token = authority.token(asked.get("scope", [""])[0], known=known) if right else ""
            data = json.dumps({"access_token": token} if right else {"errors": []}).encode()
            self.send_response(200 if right else 401)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name in the base class
            return

    return Handler
