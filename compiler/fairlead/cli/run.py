"""`fairlead run`: the training of a pipeline, on this machine."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fairlead.cli.common import chosen, exit_if_errors, open_project, project_option, say
from fairlead.cli.completion import specifications
from fairlead.source.diagnostics import Refused

if TYPE_CHECKING:
    from fairlead.local.options import Options
    from fairlead.local.step import Step
    from fairlead.plan.plan import Plan
    from fairlead.workspace.load import Workspace


@click.command(name="run")
@click.argument("spec", shell_complete=specifications, type=click.Path(path_type=Path))
@project_option
@click.option("--from", "start", metavar="STEP", help="Run STEP and all that depends on it, even if nothing changed.")
@click.option("--only", metavar="STEP", help="Run STEP alone, with what the steps before it gave when they last ran.")
@click.option("--to", "end", metavar="STEP", help="Run STEP and what it needs, and nothing after it.")
@click.option("--no-cache", is_flag=True, help="Run every step, even if nothing changed; what they give is kept.")
@click.option(
    "--jobs",
    "-j",
    type=click.IntRange(min=1),
    help="How many steps run at once; as many as their hardware and this machine's cores allow otherwise.",
)
@click.option(
    "--tracking-uri", metavar="URI", help="MLflow; MLFLOW_TRACKING_URI or a database in .fairlead/ otherwise."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(("text", "json")),
    default="text",
    show_default=True,
    help="text is for people, json is one event a line.",
)
def command(
    spec: Path,
    project: Path | None,
    start: str | None,
    only: str | None,
    end: str | None,
    no_cache: bool,
    jobs: int | None,
    tracking_uri: str | None,
    form: str,
) -> None:
    """Run the training of SPEC (a file, or a pipeline's name) on this machine, from its data to the candidate.

    The steps are those that a cluster runs, as processes. What is unchanged is not run again. Exit codes: 0 done, 1 a
    step failed or the input is at fault, 10 the gate refused the model, 11 data is not as its contract says, 130 and
    143 stopped by Ctrl-C or SIGTERM.
    """
    if sum(each is not None for each in (start, only, end)) > 1:
        raise click.UsageError("give one of --from, --only and --to")
    from fairlead.local.run import run
    from fairlead.local.show import listener_for

    root = open_project(project)
    workspace, plan = _plan(root, spec)
    show = listener_for(form, workspace.text_of, sys.stdout, sys.stderr)
    try:
        with show:
            ended = run(
                plan,
                root,
                show,
                tracking_uri=tracking_uri,
                options=_options(start, only, end, jobs, use_known=not no_cache),
            )
    except Refused as error:
        say(error.diagnostics, workspace, form, err=form == "text")
        raise click.exceptions.Exit(1) from error
    raise click.exceptions.Exit(ended.exit_code)


def _plan(root: Path, spec: Path) -> tuple[Workspace, Plan]:
    """The plan of the one pipeline that is named, in the environment that trains; exit 1 where it has errors."""
    from fairlead.workspace.load import load
    from fairlead.workspace.plans import plans

    workspace = load(root)
    files = chosen(workspace, (spec,)) or set()
    if len(files) > 1:
        raise click.UsageError(f"'{spec}' holds {len(files)} specifications; name one of {', '.join(sorted(files))}")
    names = {name for file, name in workspace.specs.items() if file in files}
    result = plans(workspace, names)
    errors = [found for found in workspace.concerning(files, result.diagnostics) if found.level == "error"]
    say(errors, workspace, "text", err=True)
    exit_if_errors(errors)
    trains = workspace.project.training if workspace.project is not None else None
    plan = next(iter(result.of(trains)), None) if trains is not None else None
    if plan is None:
        raise click.ClickException(f"'{spec}' has no plan in an environment that trains")
    return workspace, plan


def _options(
    start: str | None, only: str | None, end: str | None, jobs: int | None, *, use_known: bool
) -> Callable[[Mapping[str, Step]], Options]:
    """What is asked of a run, once its steps are known. Raises UsageError for a step that it does not have."""

    def options(steps: Mapping[str, Step]) -> Options:
        from fairlead.local.choosing import after, before, named
        from fairlead.local.options import Options

        asked = start or only or end
        if asked is None:
            return Options(use_known=use_known, jobs=jobs)
        found = named(steps, asked)
        if not found:
            from fairlead.source.words import nearest_word

            names = list(dict.fromkeys(step.node.id for step in steps.values()))
            word = nearest_word(asked, names)
            meant = f" Did you mean '{word}'?" if word else f" There are {', '.join(names)}."
            raise click.UsageError(f"This pipeline has no step '{asked}'.{meant}")
        if only is not None:
            return Options(use_known=use_known, jobs=jobs, again=found, only=True, wanted=found | before(steps, found))
        if end is not None:
            return Options(use_known=use_known, jobs=jobs, wanted=found | before(steps, found))
        return Options(use_known=use_known, jobs=jobs, again=found | after(steps, found))

    return options
