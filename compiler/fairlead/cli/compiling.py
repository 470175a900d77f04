"""What `compile`, `check` and `explain FILE:LINE` share: from a folder to a compilation without errors."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, TypeVar

import click

from fairlead.cli.common import cache_option, chosen, environment_option, project_option, rendered, say
from fairlead.cli.completion import specifications, targets
from fairlead.source.diagnostics import Diagnostic, Refused

if TYPE_CHECKING:
    from fairlead.workspace.cache.run import Run
    from fairlead.workspace.compile import Compilation
    from fairlead.workspace.load import Workspace

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Compiled:
    """A workspace and what it compiles to."""

    workspace: Workspace
    compilation: Compilation
    output: PurePosixPath
    form: str

    def counted(self) -> str:
        """What was compiled, in words."""
        names = {owner.pipeline for owner in self.compilation.owners if owner.pipeline}
        places = dict.fromkeys(owner.environment for owner in self.compilation.owners if owner.environment)
        return f"{len(names)} specification{'' if len(names) == 1 else 's'} for {', '.join(map(str, places))}"

    def findings(self) -> str:
        """Everything that compiling found, as it is printed. In text, files are the result and this is beside it."""
        return rendered(self.compilation.diagnostics, self.workspace, self.form, err=self.beside)

    @property
    def beside(self) -> bool:
        """Whether findings go to standard error."""
        return self.form == "text"


def selection_options(function: F) -> F:
    """SPECS, `--project`, `--environment`, `--target` and `--no-cache`."""
    for decorate in (
        cache_option,
        click.option(
            "--target", "-t", "targets", multiple=True, shell_complete=targets, help="Only this target; repeatable."
        ),
        environment_option,
        project_option,
        click.argument("specs", nargs=-1, shell_complete=specifications, type=click.Path(path_type=Path)),
    ):
        function = decorate(function)
    return function


def compiled(
    specs: Iterable[Path],
    root: Path,
    environments: tuple[str, ...],
    targets: tuple[str, ...],
    form: str,
    jobs: int = 1,
    *,
    keep: bool = False,
    run: Run | None = None,
    below: Path | None = None,
) -> Compiled:
    """Reads and plans, and is ready to compile. Where that finds an error, says what it found, and exits with 1.

    With a `run` that the cache knows, what it knows of single pipelines is not compiled again, as long as they have
    been compiled to the folder `below` before.
    """
    from fairlead.workspace.compile import compile_workspace
    from fairlead.workspace.load import load

    workspace = load(root)
    files = chosen(workspace, specs)
    require_known(workspace, "environments", environments, list(workspace.units))
    require_known(
        workspace, "targets", targets, [str(name) for name in workspace.project.targets] if workspace.project else []
    )
    memory = None
    if run is not None and workspace.project is not None:
        from fairlead.workspace.cache.memory import has_inventory

        memory = run.memory(has_inventory(below or root, str(workspace.project.output)))
    compilation = compile_workspace(workspace, files, environments, targets, jobs, keep=keep, memory=memory)
    if compilation.failed:
        say(compilation.diagnostics, workspace, form, err=form == "text")
        raise click.exceptions.Exit(1)
    assert workspace.project is not None, "a project that can't be read is an error"
    return Compiled(workspace, compilation, PurePosixPath(workspace.project.output), form)


def require_known(workspace: Workspace, what: str, given: Iterable[str], known: list[str]) -> None:
    """Exit 1 for an environment or a target on the command line that fairlead.yaml does not have."""
    from fairlead.source.nodes import place_of
    from fairlead.source.words import nearest_word
    from fairlead.workspace import codes

    if workspace.project is None:
        return
    code = codes.UNKNOWN_ENVIRONMENT if what == "environments" else codes.UNKNOWN_TARGET
    for name in given:
        if name not in known:
            place = place_of(workspace.project_root, (what,))
            message = f"fairlead.yaml has no `{name}` among its {what}"
            say(
                [Diagnostic(code, place, message, f"it has {', '.join(known)}", nearest_word(name, known))],
                workspace,
                "text",
                err=True,
            )
            raise click.exceptions.Exit(1)


def refused(error: Refused, result: Compiled) -> None:
    """Says why nothing was written, after what compiling found, and leaves with exit code 1."""
    click.echo(result.findings(), err=result.beside, nl=False)
    if not result.compilation.failed:
        say(error.diagnostics, _WithOutput(result.workspace), result.form, err=result.beside)
    raise click.exceptions.Exit(1)


class _WithOutput:
    """The texts of the workspace, and of generated files when a finding is about one of those."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def text_of(self, file: str) -> str | None:
        """The text of a file of the repository; None where it can't be read."""
        known = self._workspace.text_of(file)
        if known is not None:
            return known
        try:
            return (self._workspace.root / file).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return None
