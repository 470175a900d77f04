"""Small projects that Argo CD or Flux reconciles, for tests: what the target makes for the repository."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Any

from fairlead.output.write import write
from fairlead.source.diagnostics import Diagnostic
from fairlead.target import Compiled, Shared
from fairlead.workspace.compile import compile_workspace
from fairlead.workspace.load import Workspace
from fairlead.workspace.plans import plans
from fairlead.workspace.targets import chosen_targets, written_kinds
from tests.projects import CHURN, FAIRLEAD, read_project

SERVED = """\
apiVersion: fairlead.dev/v1
kind: Pipeline
metadata: {name: assistant, owner: support-ml}
model: {framework: huggingface, source: "hf://acme/model:0123456789012345678901234567890123456789"}
serving: {runtime: huggingface, replicas: {min: 1, max: 1}}
"""
GIT = "git: {repository: acme/ml-platform}\n"


def project(target: str, options: str = "", git: str = GIT) -> str:
    """A fairlead.yaml with this target beside the usual ones; options are given as YAML's flow."""
    listed = f"{{{target}: {options}}}" if options else target
    return FAIRLEAD.replace("prometheus]", f"prometheus, {listed}]").replace(GIT, git)


def read(folder: Path, fairlead: str, specs: dict[str, str] | None = None) -> Workspace:
    """A workspace with one pipeline that trains and one that is served, unless told otherwise."""
    workspace = read_project(folder, specs or {"specs/churn.yaml": CHURN, "specs/assistant.yaml": SERVED}, fairlead)
    assert [found for found in workspace.diagnostics if found.level == "error"] == []
    return workspace


def compiled(folder: Path, target: str, options: str = "", git: str = GIT, **more: Any) -> Compiled:
    """What the target makes for the repository as a whole; a finding of its own fails the test."""
    found = made_of(read(folder, project(target, options, git), **more), target)
    assert [each for each in found.diagnostics if each.level == "error"] == []
    return found


def refused(folder: Path, target: str, options: str = "", git: str = GIT, **more: Any) -> list[Diagnostic]:
    """What the target finds wrong."""
    found = list(made_of(read(folder, project(target, options, git), **more), target).diagnostics)
    assert found
    return found


def made_of(workspace: Workspace, target: str) -> Compiled:
    """What a target makes of a workspace for the repository as a whole."""
    assert workspace.project is not None
    chosen, found = chosen_targets(workspace.project, workspace.project_root)
    assert found == []
    kinds = written_kinds(workspace.project, workspace.project_root)
    shared = Shared(workspace.project, workspace.project_root, None, plans(workspace).all(), kinds)
    (own,) = (choice for choice in chosen if choice.target.name == target)
    return own.target.compile_shared(shared, own.options)


def by_name(compiled: Compiled) -> dict[str, Any]:
    """The manifests, by kind and name."""
    return {f"{each.identity.kind} {each.identity.name}": each.manifest for each in compiled.resources}


def once(compiled: Compiled) -> dict[str, Any]:
    """What a person applies, by the names of the files."""
    return {str(file.path): file.content for file in compiled.files}


def written(workspace: Workspace, folder: Path, **selection: Any) -> list[str]:
    """Compiles to disk; the paths below rendered/_project that there are then."""
    compilation = compile_workspace(workspace, **selection)
    write(folder, PurePosixPath("rendered"), compilation.assembled(), compilation.selection, allow_empty=True)
    below = folder / "rendered/_project"
    return sorted(path.relative_to(below).as_posix() for path in below.rglob("*.yaml"))
