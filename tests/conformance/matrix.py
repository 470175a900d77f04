"""This repository's specifications on every platform that the language knows: whole trees for the judges to read.

A cell is one project: the committed fairlead.yaml and specifications with another platform under them, or in another
state of their locks. Where a platform lacks what a specification asks for, compiling says so; the cell then leaves that
one wish out, so that all the rest of the specification is judged there as well.

`python -m tests.conformance.matrix FOLDER` writes every cell below a folder, for judges that are no tests.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import sys
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from fairlead.output.write import write
from fairlead.source.nodes import plain
from fairlead.source.reader import read
from fairlead.workspace.compile import compile_workspace
from fairlead.workspace.load import load
from tests.rendered import is_listing

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Cell:
    """What differs from what is committed."""

    edits: tuple[tuple[str, str, str], ...] = ()
    """A file, a text in it and what stands there instead."""
    without: tuple[str, ...] = ()
    """Files of specs/ whose names end so are left out."""

    def write(self, folder: Path) -> None:
        """Writes fairlead.yaml and specs/, changed."""
        (folder / "specs").mkdir(parents=True)
        shutil.copy(ROOT / "fairlead.yaml", folder)
        for path in sorted((ROOT / "specs").iterdir()):
            if not path.name.endswith(self.without or ("\0",)):
                shutil.copy(path, folder / "specs")
        for name, before, after in self.edits:
            path = folder / name
            text = path.read_text(encoding="utf-8")
            assert before in text, f"{name} has no {before!r}: the cell changes nothing"
            path.write_text(text.replace(before, after), encoding="utf-8")


def platform(argo: str = "4.1", kserve: str = "0.20", knative: str = "1.19") -> tuple[tuple[str, str, str], ...]:
    """The versions of a platform, as changes to fairlead.yaml, and what its KServe can't do."""
    edits = [
        ("fairlead.yaml", 'argo-workflows: "4.1"', f'argo-workflows: "{argo}"'),
        ("fairlead.yaml", ' kserve: "0.20"', f' kserve: "{kserve}"'),
        ("fairlead.yaml", 'knative: "1.19"', f'knative: "{knative}"'),
    ]
    return (*edits, *(OLD_KSERVE if kserve == "0.15" else ()))


NO_CANARY = (("specs/tumor-classifier.yaml", "canary: [10%, 50%], hold: 2h", "canary: []"),)
"""Before KServe 0.20, and without the Gateway API, nothing splits a canary in Standard mode."""
OLD_KSERVE = (
    *NO_CANARY,
    # Its payload logger writes to no object store, and its router knows no timeout.
    (
        "specs/tumor-classifier.yaml",
        "{log: all, to: s3://acme-ml-payloads/tumor-classifier/",
        "{log: all, to: https://payloads.acme.example/tumor-classifier/",
    ),
    (
        "specs/digit-reader.yaml",
        "{log: all, to: s3://acme-ml-payloads/digit-reader/",
        "{log: all, to: https://payloads.acme.example/digit-reader/",
    ),
    ("specs/biopsy-triage.yaml", "  timeout: 15s\n", ""),
    *(
        (f"specs/{name}.{environment}.lock.yaml", new, old)
        for name, new, old in (
            ("screen", "sklearnserver:v0.20.0", "sklearnserver:v0.15.2"),
            ("tumor-classifier", "sklearnserver:v0.20.0", "sklearnserver:v0.15.2"),
            ("support-assistant", "vllm-openai:v0.24.0", "vllm-openai:v0.8.5"),
        )
        for environment in ("staging", "production")
    ),
)
GATEWAY = "gateway: {kind: gateway-api, controller: istio, ref: gateways/ml-private, private: true}"
TUMOR_LOCK = "specs/tumor-classifier.production.lock.yaml"
# A lock in the middle of a rollout: a version 15 is tried beside the stable one.
CANARY = """
rollout:
  weight: 10%
  canary:
    version: 15
    uri: s3://acme-ml-artifacts/models/tumor-classifier/sha256-3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b8551/
    digest: sha256:3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b8551
    packages: {python: 3.11.9, scikit-learn: 1.5.2}
    signature: {inputs: [{name: mean_radius, type: double}], outputs: [{name: probability, type: double}]}
"""
ROLLOUT = ((TUMOR_LOCK, "\nmodel:\n", CANARY + "model:\n"),)
SCENE_LOCK = "specs/scene-encoder.production.lock.yaml"


def section(text: str, key: str) -> str:
    """The lines of one key at the top of a file."""
    (found,) = re.findall(rf"^{key}:\n(?: .*\n)+", text, re.MULTILINE)
    return str(found)


def promoted(name: str, rollout: str) -> tuple[tuple[str, str, str], ...]:
    """A lock after its rollout: the version that was tried is the one that is served."""
    lock = (ROOT / name).read_text(encoding="utf-8")
    (tried,) = re.findall(r"^  canary:\n((?:    .*\n)+)", rollout, re.MULTILINE)
    return ((name, section(lock, "model"), "model:\n" + textwrap.indent(textwrap.dedent(tried), "  ")),)


SCENE_ROLLOUT = section((ROOT / SCENE_LOCK).read_text(encoding="utf-8"), "rollout")

CELLS: dict[str, Cell] = {
    "as committed": Cell(),
    "the oldest of all": Cell(platform("3.7", "0.15", "1.15")),
    "Argo 3.7 with the newest": Cell(platform(argo="3.7")),
    "KServe 0.15 with the newest": Cell(platform(kserve="0.15")),
    "Knative 1.18": Cell(platform(knative="1.18")),
    "a canary in Standard mode": Cell(ROLLOUT),
    "a canary at half": Cell(((TUMOR_LOCK, "\nmodel:\n", CANARY.replace("10%", "50%") + "model:\n"),)),
    "rollouts that are over": Cell(
        (*promoted(TUMOR_LOCK, CANARY), *promoted(SCENE_LOCK, SCENE_ROLLOUT), (SCENE_LOCK, SCENE_ROLLOUT, "")),
    ),
    "nothing locked yet": Cell(without=(".lock.yaml",)),
    "production before its first version": Cell(without=(".production.lock.yaml",)),
    "Istio without the Gateway API": Cell(
        (
            *NO_CANARY,
            ("fairlead.yaml", GATEWAY, "gateway: {kind: istio, private: true}"),
            # Its route hangs on a Gateway that `ref` names.
            ("specs/digit-reader.yaml", "  host: digits.ml.acme.example\n", ""),
        ),
    ),
    "the gateway of another maker": Cell(
        (("fairlead.yaml", "controller: istio", "controller: envoy-gateway"),),
    ),
    "Flux, and branches of another repository": Cell(
        (
            ("fairlead.yaml", "  - argo-cd\n", "  - flux: {secret: deploy-key}\n"),
            (
                "fairlead.yaml",
                "branch: main}",
                "branch: main, deploy: {repository: acme/ml-deploy, branches: {production: live}, path: clusters/ml}}",
            ),
        ),
    ),
    "Flux from an artifact": Cell(
        (("fairlead.yaml", "  - argo-cd\n", '  - flux: {artifact: {url: "oci://ghcr.io/acme/ml-rendered"}}\n'),),
    ),
}
"""Every version of Argo Workflows and KServe that the language knows, both of Knative's metrics, every gateway that can
expose a server, every state of a lock, and both reconcilers."""


def compiled(cell: str | Cell, folder: Path) -> Path:
    """Compiles a cell below a folder that isn't there yet; `folder` is then what a repository's root would be."""
    (CELLS[cell] if isinstance(cell, str) else cell).write(folder)
    workspace = load(folder)
    done = compile_workspace(workspace)
    assert not done.failed, [f"{found.place}: {found.message}" for found in done.diagnostics]
    assert workspace.project is not None
    write(folder, PurePosixPath(workspace.project.output), done.assembled(), done.selection, allow_empty=True)
    return folder


def settings(folder: Path) -> dict[str, Any]:
    """The section `platform` of a cell's fairlead.yaml."""
    project: Any = plain(read("fairlead.yaml", (folder / "fairlead.yaml").read_bytes()).root)  # type: ignore[arg-type]
    found: dict[str, Any] = project["platform"]
    return found


def resources(folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every Kubernetes resource of a tree, with its path below `folder`."""
    for path, value in manifests(sorted((folder / "rendered").rglob("*.yaml"))):
        yield path.relative_to(folder).as_posix(), value


def manifests(paths: Iterable[Path]) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Those of the files that are Kubernetes resources."""
    for path in paths:
        value = plain(read(path.name, path.read_bytes()).root)  # type: ignore[arg-type]
        if isinstance(value, dict) and {"apiVersion", "kind"} <= value.keys() and not is_listing(value):
            yield path, value


def written(folder: Path) -> list[Path]:
    """Compiles every cell below `folder`, each into a folder with its number, unless that is there; their roots."""
    roots = [folder / str(number) for number in range(len(CELLS))]
    return [root if root.is_dir() else compiled(name, root) for name, root in zip(CELLS, roots, strict=True)]


def distinct(paths: Iterable[Path]) -> list[Path]:
    """The first of all files with the same bytes: most of a cell is what is in the others, and is judged once."""
    seen: dict[bytes, Path] = {}
    for path in paths:
        seen.setdefault(hashlib.sha256(path.read_bytes()).digest(), path)
    return list(seen.values())


def distinct_folders(paths: Iterable[Path]) -> list[Path]:
    """The first of all folders with the same files in them, by their paths and bytes."""
    seen: dict[bytes, Path] = {}
    for folder in paths:
        digest = hashlib.sha256()
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            digest.update(f"{path.relative_to(folder).as_posix()}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
        seen.setdefault(digest.digest(), folder)
    return list(seen.values())


def main() -> None:
    """Writes the cells, and says which is where."""
    for name, root in zip(CELLS, written(Path(sys.argv[1])), strict=True):
        sys.stdout.write(f"{root}: {name}\n")


if __name__ == "__main__":
    main()
