"""`fairlead graph`: the life of a model, as a picture."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fairlead.cli.common import chosen, colour, exit_if_errors, open_project, project_option, say
from fairlead.cli.completion import environments, specifications

if TYPE_CHECKING:
    from fairlead.plan.plan import Plan
    from fairlead.workspace.load import Workspace

FORMATS = ("text", "mermaid", "dot", "svg", "json")
UNBROKEN = 10_000
"""A width at which no line of text is broken, for what is not read on a terminal."""


@click.command(name="graph")
@click.argument("spec", shell_complete=specifications, type=click.Path(path_type=Path))
@project_option
@click.option(
    "--environment", "-e", shell_complete=environments, help="The environment; the one that trains otherwise."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="text is a tree, mermaid renders on GitHub, dot is for Graphviz, svg is a poster, json is for programs.",
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file.")
def command(spec: Path, project: Path | None, environment: str | None, form: str, out: Path | None) -> None:
    """Show the whole life of the model of SPEC (a file, or a pipeline's name): what happens, and what flows."""
    from fairlead.workspace.load import load
    from fairlead.workspace.plans import plans

    workspace = load(open_project(project))
    files = chosen(workspace, (spec,)) or set()
    if len(files) > 1:
        raise click.UsageError(f"'{spec}' holds {len(files)} specifications; name one of {', '.join(sorted(files))}")
    names = {name for file, name in workspace.specs.items() if file in files}
    result = plans(workspace, names)
    # What has no plan says why here, as `validate` does; a plan with other findings is drawn nevertheless.
    found = workspace.concerning(files, result.diagnostics)
    say(found, workspace, "text", err=True)
    where = environment or _training(workspace)
    if where not in result.by_environment:
        known = ", ".join(result.by_environment)
        raise click.UsageError(f"fairlead.yaml has no environment '{where}'; it has {known}")
    plan = next(iter(result.of(where)), None)
    if plan is None:
        exit_if_errors(found)
        raise click.ClickException(f"'{spec}' has no plan in {where}")
    _write(_rendered(plan, form, to_file=out is not None), out)


def _training(workspace: Workspace) -> str:
    """The environment that trains; the first one where fairlead.yaml names none, which is an error of its own."""
    training = workspace.project.training if workspace.project is not None else None
    return training or next(iter(workspace.units), "")


def _rendered(plan: Plan, form: str, *, to_file: bool) -> str:
    if form == "text":
        from fairlead.plan.draw.text import render_text

        terminal = not to_file and sys.stdout.isatty()
        width = shutil.get_terminal_size().columns if terminal else UNBROKEN
        return render_text(plan, width=width, color=terminal and colour(sys.stdout))
    if form == "mermaid":
        from fairlead.plan.draw.mermaid import render_mermaid

        return render_mermaid(plan)
    if form == "dot":
        from fairlead.plan.draw.dot import render_dot

        return render_dot(plan)
    if form == "svg":
        from fairlead.plan.draw.svg import render_svg

        return render_svg(plan)
    from fairlead.plan.draw.json import render_json

    return render_json(plan)


def _write(text: str, out: Path | None) -> None:
    if out is None:
        click.echo(text, nl=False)
        return
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise click.ClickException(f"{out} can't be written: {error.strerror or error}") from None
    click.echo(f"wrote {out}", err=True)
