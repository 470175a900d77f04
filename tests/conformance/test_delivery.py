"""What Argo CD and Flux are pointed at is there, and kustomize builds it with the changes that they make on the way."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from fairlead.output.yaml import dump
from fairlead.source.nodes import plain
from fairlead.source.reader import read
from fairlead_targets.argo_cd.waves import GUARDED, OPTIONS, WAVE, WAVES
from fairlead_targets.flux import kustomizations as flux

Manifests = Callable[[str], tuple[tuple[str, dict[str, Any]], ...]]
FLUX = {"Flux, and branches of another repository": "clusters/ml", "Flux from an artifact": ""}
"""The folder that holds, in the source, what is below rendered/."""


def load(text: bytes) -> Any:
    return plain(read("a.yaml", text).root)  # type: ignore[arg-type]


def of_kind(manifests: Manifests, name: str, kind: str) -> list[dict[str, Any]]:
    return [manifest for _, manifest in manifests(name) if manifest["kind"] == kind]


def built(
    kustomize: Path, folder: Path, patches: Sequence[dict[str, Any]], below: Path
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Every resource of a folder as it is, and as kustomize gives it with patches added to the folder's own file."""
    shutil.copytree(folder, below)
    listing = load((below / "kustomization.yaml").read_bytes())
    (below / "kustomization.yaml").write_text(dump({**listing, "patches": list(patches)}), encoding="utf-8")
    made = {}
    for name, target in ("plain", folder), ("patched", below):
        done = subprocess.run([kustomize, "build", target], capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()
        documents = [load(document) for document in done.stdout.split(b"\n---\n")]
        made[name] = {(each["kind"], each["metadata"]["name"]): each for each in documents}
    assert made["plain"].keys() == made["patched"].keys()
    for about, manifest in made["plain"].items():
        yield manifest, made["patched"][about]


def added(before: dict[str, Any], after: dict[str, Any]) -> dict[str, str]:
    """The annotations that a patch has added; anything else that it changed fails the test."""
    old, new = before["metadata"].get("annotations", {}), after["metadata"].get("annotations", {})
    assert old.items() <= new.items()
    rest = {**after, "metadata": {**after["metadata"], "annotations": old}}
    assert rest == {**before, "metadata": {**before["metadata"], "annotations": old}}
    return {key: value for key, value in new.items() if key not in old}


def test_every_folder_of_an_environment_has_an_application_and_its_waves(
    cell: Callable[[str], Path], manifests: Manifests, tool: Callable[[str], Path], tmp_path: Path
) -> None:
    kustomize, root = tool("kustomize"), cell("as committed")
    wave_of = {kind: str(wave) for wave, kinds in WAVES.items() for kind in kinds}
    seen: set[tuple[str, str]] = set()
    for manifest in of_kind(manifests, "as committed", "ApplicationSet"):
        environment = manifest["metadata"]["name"].removeprefix("acme-ml-")
        (pattern,) = manifest["spec"]["generators"][0]["git"]["files"]
        files = sorted(root.glob(pattern["path"]))
        assert {path.parent.name for path in files} == {
            path.parent.name for path in (root / "rendered" / environment).glob("*/kustomization.yaml")
        }
        assert len(files) > 6
        patches = manifest["spec"]["template"]["spec"]["source"]["kustomize"]["patches"]
        for file in files:
            for before, after in built(kustomize, file.parent, patches, tmp_path / environment / file.parent.name):
                annotations = added(before, after)
                assert annotations.get(WAVE) == wave_of.get(before["kind"])
                confirmed = environment == "production" and before["kind"] in GUARDED
                assert ("Prune=confirm" in annotations.get(OPTIONS, "")) is confirmed
                seen.add((environment, before["kind"]))
    assert {("production", "InferenceService"), ("staging", "Sensor"), ("staging", "EventBus")} <= seen


@pytest.mark.parametrize("name", FLUX)
def test_every_kustomization_has_a_folder_and_every_folder_a_kustomization(
    name: str, cell: Callable[[str], Path], manifests: Manifests
) -> None:
    rendered, prefix = cell(name) / "rendered", f"./{FLUX[name]}/".replace("//", "/")
    paths = {each["spec"]["path"] for each in of_kind(manifests, name, "Kustomization")}
    assert all(path.startswith(prefix) for path in paths)
    # Those of the environments as wholes are left to others.
    below = {path.parent.relative_to(rendered).as_posix() for path in rendered.glob("*/*/kustomization.yaml")}
    assert {path.removeprefix(prefix) for path in paths} == {*below, "_project"}


@pytest.mark.parametrize("name", FLUX)
def test_what_serves_in_production_is_not_pruned(
    name: str, cell: Callable[[str], Path], manifests: Manifests, tool: Callable[[str], Path], tmp_path: Path
) -> None:
    kustomize, rendered = tool("kustomize"), cell(name) / "rendered"
    for pipeline in ("tumor-classifier", "biopsy-triage", "digit-reader"):
        (own,) = (
            each
            for each in of_kind(manifests, name, "Kustomization")
            if each["metadata"]["name"] == f"acme-ml-production-{pipeline}"
        )
        folder, copy = rendered / "production" / pipeline, tmp_path / pipeline
        for before, after in built(kustomize, folder, own["spec"]["patches"], copy):
            wanted = {flux.KEEP: "disabled"} if before["kind"] in flux.GUARDED else {}
            assert added(before, after) == wanted


@pytest.mark.parametrize("name", FLUX)
def test_what_waits_for_something_waits_for_what_is_there(name: str, manifests: Manifests) -> None:
    found = of_kind(manifests, name, "Kustomization")
    names = {each["metadata"]["name"] for each in found}
    waited_for = {after["name"] for each in found for after in each["spec"].get("dependsOn", ())}
    assert waited_for
    assert waited_for <= names
    sources = {each["metadata"]["name"] for _, each in manifests(name) if each["kind"].endswith("Repository")}
    assert {each["spec"]["sourceRef"]["name"] for each in found} <= sources
