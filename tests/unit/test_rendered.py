"""What every generated resource owes: least privilege, bounds, digests and no secrets, over the committed output."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from fairlead.spec.secrets import looks_like_secret
from tests.rendered import containers, manifests

ROOT = Path(__file__).resolve().parents[2]
ALL = list(manifests(ROOT))
CONTAINERS = [(path, where, found) for path, manifest in ALL for where, found in containers(manifest)]
LABEL = re.compile(r"[a-z0-9]([-a-z0-9.]*[a-z0-9])?")


def test_there_is_something_to_look_at() -> None:
    assert len(ALL) > 100
    assert len(CONTAINERS) > 50


def test_every_container_is_restricted() -> None:
    for path, where, container in CONTAINERS:
        context = container.get("securityContext", {})
        assert context.get("allowPrivilegeEscalation") is False, (path, where)
        assert context.get("capabilities", {}).get("drop") == ["ALL"], (path, where)
        assert context.get("runAsNonRoot") is True, (path, where)
        assert context.get("seccompProfile", {}).get("type") == "RuntimeDefault", (path, where)


def test_every_container_is_bounded() -> None:
    for path, where, container in CONTAINERS:
        for bound in ("requests", "limits"):
            assert {"cpu", "memory"} <= container.get("resources", {}).get(bound, {}).keys(), (path, where)


def test_production_takes_images_by_digest() -> None:
    for path, where, container in CONTAINERS:
        if path.startswith("rendered/production/"):
            assert re.search(r"@sha256:[0-9a-f]{64}$", container["image"]), (path, where)


def test_no_image_is_latest() -> None:
    assert [path for path, _, container in CONTAINERS if container["image"].endswith(":latest")] == []


def test_no_role_can_do_everything() -> None:
    for path, manifest in ALL:
        for rule in manifest.get("rules", []) if manifest["kind"] == "Role" else []:
            assert "*" not in [*rule["verbs"], *rule["resources"], *rule["apiGroups"]], path


def test_no_secret_has_a_value() -> None:
    for path, manifest in ALL:
        if manifest["kind"] == "Secret":
            assert manifest["type"] == "kubernetes.io/service-account-token", path
            assert not {"data", "stringData"} & manifest.keys(), path


def test_nothing_looks_like_a_secret() -> None:
    for path, manifest in ALL:
        for text in _texts(manifest):
            assert looks_like_secret(text) is None, (path, text)


def test_every_resource_says_whose_it_is_and_has_a_valid_name() -> None:
    for path, manifest in ALL:
        metadata = manifest["metadata"]
        assert LABEL.fullmatch(metadata["name"]), path
        assert len(metadata["name"]) <= 253, path
        assert metadata.get("labels", {}).get("app.kubernetes.io/managed-by") == "fairlead", path


def test_no_resource_is_written_twice() -> None:
    seen: dict[tuple[str, ...], str] = {}
    for path, manifest in ALL:
        metadata = manifest["metadata"]
        group = str(manifest["apiVersion"]).rpartition("/")[0]
        key = (path.split("/")[1], group, manifest["kind"], metadata.get("namespace", ""), metadata["name"])
        assert key not in seen, (path, seen.get(key))
        seen[key] = path


@pytest.mark.parametrize("path", ["rendered/staging", "rendered/production"])
def test_an_environment_has_its_kustomization(path: str) -> None:
    assert (ROOT / path / "kustomization.yaml").is_file()


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for inner in value.values() for text in _texts(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in _texts(inner)]
    return [value] if isinstance(value, str) else []
