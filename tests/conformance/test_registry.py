"""A real registry says which digest a tag has, to whoever may know."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from fairlead.remote.failures import Missing, RemoteFailure
from fairlead.remote.oci import Registries
from fairlead.spec.units import ImageRef
from tests.conformance import tools
from tests.conformance.registry import IDENTITY, PASSWORD, USER, Registry, registry as running

TREE = {"dev.fairlead.tree": "a" * 40}


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    with running(tools.find("registry"), tmp_path_factory.mktemp("registry")) as found:
        yield found


@pytest.fixture
def docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder for Docker's configuration."""
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    return tmp_path


def log_in(docker: Path, registry: Registry, password: str = PASSWORD) -> None:
    auth = base64.b64encode(f"{USER}:{password}".encode()).decode()
    (docker / "config.json").write_text(json.dumps({"auths": {registry.host: {"auth": auth}}}))


def image(registry: Registry, name: str) -> ImageRef:
    return ImageRef.parse(f"{registry.host}/{name}")


@pytest.mark.parametrize("platforms", [1, 3])
def test_a_tag_is_resolved_with_the_labels_of_its_image(registry: Registry, docker: Path, platforms: int) -> None:
    digest = registry.push("public/churn", f"v{platforms}", TREE, platforms)
    with Registries() as registries:
        found = registries.resolve(image(registry, f"public/churn:v{platforms}"))
        again = registries.resolve(image(registry, f"public/churn@{digest}"))
    assert (found.digest, found.labels) == (digest, TREE)
    assert again == found
    assert registry.authority.asked[-1] == "anonymous"


def test_without_a_tag_it_is_the_latest(registry: Registry, docker: Path) -> None:
    digest = registry.push("public/plain", "latest", {})
    with Registries() as registries:
        assert registries.resolve(image(registry, "public/plain")).digest == digest


def test_a_moved_tag_has_another_digest(registry: Registry, docker: Path) -> None:
    before = registry.push("public/moved", "main", {"build": "1"})
    after = registry.push("public/moved", "main", {"build": "2"})
    with Registries() as registries:
        assert registries.resolve(image(registry, "public/moved:main")).digest == after != before


def test_a_private_image_wants_a_login(registry: Registry, docker: Path) -> None:
    digest = registry.push("acme/churn", "main", TREE)
    asked = image(registry, "acme/churn:main")
    with Registries() as registries, pytest.raises(RemoteFailure) as failure:
        registries.resolve(asked)
    assert "docker login" in failure.value.help
    log_in(docker, registry)
    with Registries() as registries:
        assert registries.resolve(asked).digest == digest
    assert registry.authority.asked[-1] == "basic"


def test_a_wrong_password_is_said_and_not_shown(registry: Registry, docker: Path) -> None:
    registry.push("acme/churn", "main", TREE)
    log_in(docker, registry, "wrong-password")
    with Registries() as registries, pytest.raises(RemoteFailure) as failure:
        registries.resolve(image(registry, "acme/churn:main"))
    assert "gives no token" in failure.value.message
    assert "wrong-password" not in failure.value.message + failure.value.help


@pytest.mark.parametrize("by_helper", [True, False])
def test_an_identity_token_is_exchanged(
    registry: Registry, docker: Path, monkeypatch: pytest.MonkeyPatch, by_helper: bool
) -> None:
    digest = registry.push("acme/churn", "main", TREE)
    config: dict[str, object] = {"auths": {registry.host: {"identitytoken": IDENTITY}}}
    if by_helper:
        helper = docker / "docker-credential-test"
        said = json.dumps({"ServerURL": registry.host, "Username": "<token>", "Secret": IDENTITY})
        helper.write_text(f"#!/bin/sh\n[ \"$(cat)\" = '{registry.host}' ] && echo '{said}'\n")
        helper.chmod(0o755)
        monkeypatch.setenv("PATH", str(docker), prepend=":")
        config = {"credHelpers": {registry.host: "test"}}
    (docker / "config.json").write_text(json.dumps(config))
    with Registries() as registries:
        assert registries.resolve(image(registry, "acme/churn:main")).digest == digest
    assert registry.authority.asked[-1] == "refresh"


@pytest.mark.parametrize("name", ["public/churn:nowhere", "public/nowhere:main"])
def test_what_is_not_there_is_missing(registry: Registry, docker: Path, name: str) -> None:
    registry.push("public/churn", "main", {})
    with Registries() as registries, pytest.raises(Missing, match="is not in the registry"):
        registries.resolve(image(registry, name))


def test_a_registry_that_is_down_is_one_sentence(docker: Path) -> None:
    with Registries(pause=0) as registries, pytest.raises(RemoteFailure, match="can't be reached"):
        registries.resolve(ImageRef.parse("localhost:1/acme/churn:main"))
