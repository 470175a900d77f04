"""Random projects, compiled: what laws and judges look at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from fairlead.output.check import Drift, check
from fairlead.output.write import write
from fairlead.resources.resource import File, Resource
from fairlead.source.diagnostics import Diagnostic, Refused
from fairlead.workspace.compile import Compilation, compile_workspace
from fairlead.workspace.load import Workspace, load
from fairlead.workspace.work import Made
from tests.laws.generate import Estate


@dataclass
class Result:
    """What a project gives: everything for every owner, or what was found wrong with it."""

    root: Path
    workspace: Workspace
    compilation: Compilation
    made: list[Made]
    refusals: list[Diagnostic]

    @property
    def bytes(self) -> dict[str, bytes]:
        """Every file by its path."""
        return {file.path: file.content for made in self.made for file in made.assembled.files}

    def resources(self) -> Iterator[tuple[str, Resource]]:
        """Every Kubernetes resource, with the environment that it is in."""
        for made in self.made:
            for compiled in made.compiled.values():
                for resource in compiled.resources:
                    yield str(made.assembled.owner.environment), resource

    def manifests(self, *kinds: str) -> Iterator[Mapping[str, Any]]:
        """The manifests of some kinds, or of all."""
        for _, resource in self.resources():
            if not kinds or resource.identity.kind in kinds:
                yield resource.manifest

    def files(self) -> dict[str, File]:
        """Every file that is no resource, by its owner and its path."""
        return {
            f"{made.assembled.owner} {target} {file.path}": file
            for made in self.made
            for target, compiled in made.compiled.items()
            for file in compiled.files
        }


@contextmanager
def shown(estate: Estate) -> Iterator[None]:
    """Where something fails, says with which project."""
    try:
        yield
    except Exception as error:
        error.add_note("\n".join(f"--- {path}\n{text}" for path, text in estate.texts().items()))
        raise


def compiled(root: Path) -> Result:
    """Compiles the project in a folder, in memory."""
    workspace = load(root)
    compilation = compile_workspace(workspace, keep=True)
    try:
        made = [] if compilation.failed else list(compilation.made())
    except Refused as error:
        return Result(root, workspace, compilation, [], list(error.diagnostics))
    return Result(root, workspace, compilation, made, list(compilation.diagnostics) if compilation.failed else [])


def written(root: Path) -> None:
    """Compiles the project in a folder to disk; a specification that its targets have nothing for is one too."""
    compilation = compile_workspace(load(root))
    write(root, _output(root), compilation.assembled(), compilation.selection, allow_empty=True)


def drifts(root: Path) -> list[Drift]:
    """What `check` finds in a folder."""
    compilation = compile_workspace(load(root))
    return check(root, _output(root), compilation.assembled(), compilation.selection, allow_empty=True)


def _output(root: Path) -> PurePosixPath:
    project = load(root).project
    assert project is not None
    return PurePosixPath(project.output)
