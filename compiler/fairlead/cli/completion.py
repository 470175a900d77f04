"""What a shell offers for a word: the environments, targets and pipelines of the project that one is in.

Nothing is said about a project that can't be read: a shell that completes has no place for it. Imported with every
command, so it imports nothing itself before a shell asks.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import click
    from click.shell_completion import CompletionItem

    from fairlead.source.nodes import Node


def environments(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    """The environments of fairlead.yaml, in order of promotion."""
    from fairlead.source.nodes import Mapping, find

    root = _root(ctx)
    project = _project(root) if root is not None else None
    section = find(project, ("environments",)) if project is not None else None
    names = list(section.entries) if isinstance(section, Mapping) else []
    return [name for name in names if name.startswith(incomplete)]


def targets(_: click.Context, __: click.Parameter, incomplete: str) -> list[str]:
    """The targets that are installed."""
    from fairlead.target import available

    return [name for name in available() if name.startswith(incomplete)]


def specifications(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The project's pipelines by name, with their files; the shell adds the files that it finds itself."""
    from click.shell_completion import CompletionItem

    root = _root(ctx)
    pipelines = _pipelines(root) if root is not None else {}
    return [
        *(CompletionItem(name, help=pipelines[name]) for name in sorted(pipelines) if name.startswith(incomplete)),
        CompletionItem(incomplete, type="file"),
    ]


def _pipelines(root: Path) -> dict[str, str]:
    """The file of each pipeline, by name."""
    from fairlead.source.nodes import Scalar, Sequence, find
    from fairlead.source.reader import read_file
    from fairlead.workspace.discover import spec_files

    project = _project(root)
    written = find(project, ("specs",)) if project is not None else None
    listed = written.items if isinstance(written, Sequence) else [written]
    patterns = [item.value for item in listed if isinstance(item, Scalar) and isinstance(item.value, str)]
    try:
        files = spec_files(root, patterns or ["specs/*.yaml"])
    except OSError:
        return {}
    found = {}
    for file in files:
        specification = read_file(root, file).root
        name = find(specification, ("metadata", "name")) if specification is not None else None
        if isinstance(name, Scalar):
            found[str(name.value)] = file
    return found


def _root(ctx: click.Context) -> Path | None:
    from fairlead.workspace.discover import project_root

    return project_root(ctx.params.get("project") or Path.cwd())


def _project(root: Path) -> Node | None:
    from fairlead.source.reader import read_file
    from fairlead.workspace.discover import PROJECT_FILE

    return read_file(root, PROJECT_FILE).root
