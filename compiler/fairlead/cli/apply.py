"""`fairlead apply`: from committed output to a cluster without a reconciler."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fairlead.cli.clusters import cluster_options, kubectl_for, seconds, tell
from fairlead.cli.common import colour, open_project, project_option, say
from fairlead.cli.compiling import Compiled, compiled, refused
from fairlead.cli.completion import environments
from fairlead.cli.exits import DIFFERS, INPUT
from fairlead.source.diagnostics import Diagnostic, Refused
from fairlead.source.places import Place

if TYPE_CHECKING:
    from fairlead.apply.plan import Plan
    from fairlead.apply.planning import Request

NAMED = 8
"""Files that a message names."""


@click.command(name="apply")
@click.option("--environment", "-e", required=True, shell_complete=environments, help="The environment to apply.")
@project_option
@cluster_options
@click.option("--dry-run", is_flag=True, help="Only say what would happen; leaves with 2 where something would.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the plan to this file, as JSON.")
@click.option(
    "--plan",
    "agreed",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Do what this plan says, and nothing where something else would happen now.",
)
@click.option("--yes", is_flag=True, help="Delete what the output no longer has.")
@click.option("--adopt", is_flag=True, help="Take over what is there already and nobody's inventory lists.")
@click.option("--force-conflicts", is_flag=True, help="Take fields over that other managers own.")
@click.option("--replace", is_flag=True, help="Delete and make anew what can't be changed in place; with --yes.")
@click.option("--allow-dirty", is_flag=True, help="Apply output that is not committed.")
@click.option("--timeout", default="10m", show_default=True, metavar="DURATION", help="How long to wait for each wave.")
@click.option("--no-wait", is_flag=True, help="Do not wait until a wave is ready.")
def command(
    environment: str,
    project: Path | None,
    context: str | None,
    kubeconfig: Path | None,
    dry_run: bool,
    out: Path | None,
    agreed: Path | None,
    yes: bool,
    adopt: bool,
    force_conflicts: bool,
    replace: bool,
    allow_dirty: bool,
    timeout: str,
    no_wait: bool,
) -> None:
    """Apply an environment's output to a cluster through kubectl, and delete what the output no longer has.

    First a plan is made and printed, in which every resource was tried. Then everything is applied in waves, each when
    the one before is ready, and what is gone from the output is deleted at the end, with --yes. Only what an earlier
    apply of this environment has made is ever deleted.
    """
    if dry_run and agreed is not None:
        raise click.UsageError("--dry-run makes a plan, and --plan carries one out")
    patience = None if no_wait else seconds(timeout)
    root = open_project(project)
    result = compiled((), root, (environment,), (), "text")
    try:
        request = _request(
            result, environment, adopt=adopt, force=force_conflicts, replace=replace, allow_dirty=allow_dirty
        )
        _apply(request, context, kubeconfig, agreed, out, patience, dry_run=dry_run, yes=yes)
    except Refused as error:
        refused(error, result)


def _request(
    result: Compiled, environment: str, *, adopt: bool, force: bool, replace: bool, allow_dirty: bool
) -> Request:
    """What is to be applied. Raises Refused where it is not what compiling gives, or not committed."""
    from fairlead.apply.planning import Request
    from fairlead.apply.wanted import wanted_in
    from fairlead.cli.committed import committed

    assembled = list(result.compilation.assembled())
    commit = committed(result, assembled, result.output / environment, allow_dirty=allow_dirty)
    assert result.workspace.project is not None
    project = result.workspace.project
    namespace = project.environment(environment).namespace
    return Request(
        str(project.metadata.name),
        environment,
        namespace,
        wanted_in(assembled, environment),
        commit,
        adopt,
        force,
        replace,
    )


def _apply(
    request: Request,
    context: str | None,
    kubeconfig: Path | None,
    agreed: Path | None,
    out: Path | None,
    timeout: float | None,
    *,
    dry_run: bool,
    yes: bool,
) -> None:
    from fairlead.apply.carrying import carry_out
    from fairlead.apply.plan import encode
    from fairlead.apply.planning import make_plan
    from fairlead.apply.waiting import Patience

    before = _agreed(agreed, request) if agreed is not None else None
    kubectl = kubectl_for(context, kubeconfig)
    planned = make_plan(kubectl, request)
    plan = planned.plan
    if before is not None:
        _compare(before, plan)
    _print(plan)
    if out is not None:
        try:
            out.write_text(encode(plan), encoding="utf-8", newline="\n")
        except OSError as error:
            raise click.ClickException(f"{out} can't be written: {error.strerror or error}") from None
    if dry_run:
        raise click.exceptions.Exit(0 if plan.is_empty else DIFFERS)
    if plan.destroys and not yes:
        _ask_for_yes(plan)
    carry_out(kubectl, request, planned, Patience(timeout), tell)
    click.echo(f"applied {request.environment}", err=True)


def _agreed(file: Path, request: Request) -> Plan:
    from fairlead.apply import codes
    from fairlead.apply.plan import decode

    try:
        plan = decode(file.read_text(encoding="utf-8"))
        about = (plan.project, plan.environment)
        if about != (request.project, request.environment):
            raise ValueError(f"it is a plan for {plan.environment} of {plan.project}")
    except (OSError, ValueError) as error:
        reason = error.strerror or str(error) if isinstance(error, OSError) else str(error)
        message = f"the plan {file}: {reason}"
        help_ = "write one with `fairlead apply --dry-run --out FILE`"
        raise Refused([Diagnostic(codes.BAD_PLAN, Place.start_of(str(file)), message, help_)]) from None
    return plan


def _compare(before: Plan, now: Plan) -> None:
    from fairlead.apply.plan import deviations
    from fairlead.cluster import codes

    found = deviations(before, now)
    if found:
        more = f" and {len(found) - NAMED} more" if len(found) > NAMED else ""
        message = f"the plan no longer holds: {'; '.join(found[:NAMED])}{more}; nothing was applied"
        raise Refused([Diagnostic(codes.STALE, Place.start_of("fairlead.yaml"), message, "plan again and look at it")])


def _ask_for_yes(plan: Plan) -> None:
    from fairlead.apply import codes
    from fairlead.preview.model import Change

    gone = (step for step in plan.steps if step.change is Change.REMOVED or step.replaced)
    names = [str(step.ref.identity) for step in gone]
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    message = f"applying would delete {', '.join(names[:NAMED])}{more}; nothing was applied"
    help_ = "say `--yes` where that is meant"
    say([Diagnostic(codes.DESTROYS, Place.start_of("fairlead.yaml"), message, help_)], None, "text", err=True)
    raise click.exceptions.Exit(INPUT)


def _print(plan: Plan) -> None:
    from fairlead.apply.show import lines

    if not colour(sys.stdout):
        for line in lines(plan):
            click.echo(line.text)
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, soft_wrap=True)
    for line in lines(plan):
        console.print(Text(line.text, style=line.look))
