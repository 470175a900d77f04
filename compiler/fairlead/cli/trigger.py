"""`fairlead trigger`: run now, from the template that is compiled and applied."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fairlead.cli.clusters import cluster_options, kubectl_for, seconds, tell
from fairlead.cli.common import open_project, project_option, say
from fairlead.cli.compiling import Compiled, compiled, refused
from fairlead.cli.completion import environments, specifications
from fairlead.source.diagnostics import Diagnostic, Refused
from fairlead.source.places import Place

if TYPE_CHECKING:
    from fairlead.cluster.kubectl import Kubectl
    from fairlead.plan.plan import Plan
    from fairlead.trigger.following import Watch
    from fairlead.trigger.start import Start

STOPPED = 130
"""The exit code after Ctrl-C, as of a shell's own commands."""


@click.command(name="trigger")
@click.argument("spec", metavar="SPEC", type=click.Path(path_type=Path), shell_complete=specifications)
@click.option("--in", "environment", required=True, shell_complete=environments, help="The environment to run in.")
@click.option(
    "--what",
    type=click.Choice(("train", "batch", "drift", "quality")),
    default="train",
    show_default=True,
    help="The training, a batch scoring, or a check of drift or quality.",
)
@project_option
@cluster_options
@click.option("--parameter", "-p", "parameters", multiple=True, metavar="NAME=VALUE", help="An argument; repeatable.")
@click.option("--wait", is_flag=True, help="Follow the run, and leave as it ends.")
@click.option("--timeout", metavar="DURATION", help="How long to follow it; to its end otherwise.")
@click.option("--dry-run", is_flag=True, help="Print the Workflow, and start nothing.")
@click.option("--force", is_flag=True, help="Start it although the pipeline is paused, or the cluster has objections.")
def command(
    spec: Path,
    environment: str,
    what: str,
    project: Path | None,
    context: str | None,
    kubeconfig: Path | None,
    parameters: tuple[str, ...],
    wait: bool,
    timeout: str | None,
    dry_run: bool,
    force: bool,
) -> None:
    """Start a run of SPEC now, in a cluster, from the WorkflowTemplate that was compiled for an environment.

    The template in the cluster has to be the one that is compiled and committed, and no other run of it may be under
    way. The name of the run goes to standard output. With --wait, exit codes are as those of `fairlead run`: 0 done,
    1 a step failed, 10 the gate refused the model, 11 data is not as its contract says. Ctrl-C leaves the run going.
    """
    if timeout is not None and not wait:
        raise click.UsageError("--timeout is for --wait")
    if wait and dry_run:
        raise click.UsageError("--dry-run starts nothing to wait for")
    from fairlead.trigger.following import Watch

    watch = Watch(seconds(timeout) if timeout is not None else None) if wait else None
    root = open_project(project)
    result = compiled((spec,), root, (environment,), (), "text", keep=True)
    try:
        start = _start(result, environment, what, _parameters(parameters), force=force or dry_run)
        if dry_run:
            from fairlead.output.yaml import dump
            from fairlead.trigger.start import manifest

            click.echo(dump(manifest(start)), nl=False)
            return
        _run(result, kubectl_for(context, kubeconfig), start, watch, force=force)
    except Refused as error:
        refused(error, result)


def _parameters(given: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for each in given:
        name, equals, value = each.partition("=")
        if not equals or not name:
            raise click.BadParameter(f"'{each}' is not NAME=VALUE", param_hint="--parameter")
        if name in found:
            raise click.BadParameter(f"'{name}' is given twice", param_hint="--parameter")
        found[name] = value
    return found


def _start(result: Compiled, environment: str, what: str, parameters: dict[str, str], *, force: bool) -> Start:
    """What is to be started. Raises Refused where there is no such thing, or it is not what was committed."""
    from fairlead.cli.committed import committed
    from fairlead.trigger.start import Start, What, parameters_of, startable

    made = list(result.compilation.made())
    plan = _plan(result, environment)
    resources = [each for one in made for target in one.compiled.values() for each in target.resources]
    there = startable(resources, plan.name)
    if What(what) not in there:
        raise Refused([_not_here(result, plan, environment, what, [each.value for each in there])])
    if plan.unit.pipeline.suspend and not force:
        from fairlead.trigger import codes

        place = plan.unit.place("suspend")
        help_ = "take `suspend` out, or say `--force` where this one run is meant"
        raise Refused([Diagnostic(codes.PAUSED, place, f"{plan.name} is paused in {environment}", help_)])
    known = parameters_of(there[What(what)])
    for name in parameters:
        if name not in known:
            takes = f"it takes {', '.join(known)}" if known else "it takes none"
            message = f"the template {there[What(what)].identity.name} has no parameter '{name}'; {takes}"
            raise click.BadParameter(message, param_hint="--parameter")
    folder = result.output / environment / plan.name
    commit = "" if force else committed(result, [one.assembled for one in made], folder, allow_dirty=False)
    return Start(What(what), plan.name, environment, there[What(what)], parameters, commit)


def _plan(result: Compiled, environment: str) -> Plan:
    """The plan of the one pipeline that was named. Raises UsageError where that is several."""
    names = result.compilation.selection.pipelines or frozenset()
    assert result.compilation.plans is not None
    found = [plan for plan in result.compilation.plans.of(environment) if plan.name in names]
    if len(found) != 1:
        raise click.UsageError(f"name one specification, and not {len(found)}: {', '.join(sorted(names))}")
    return found[0]


def _not_here(result: Compiled, plan: Plan, environment: str, what: str, there: list[str]) -> Diagnostic:
    from fairlead.trigger import codes

    project = result.workspace.project
    assert project is not None
    place = Place.start_of(plan.unit.file)
    has = f"there is {', '.join(there)}" if there else "nothing of it runs there"
    if plan.unit.pipeline.metadata.retired:
        message, help_ = f"{plan.name} is retired", "take `retired` out to train it again"
        place = plan.unit.place("metadata", "retired")
    elif what == "train" and not project.environment(environment).trains and project.training is not None:
        message = f"{environment} does not train: that happens in {project.training}"
        help_ = f"`fairlead trigger {plan.name} --in {project.training}`"
    else:
        message = f"{plan.name} has no {what} in {environment}; {has}"
        help_ = "see that the target `argo-workflows` is on, and that what it waits for is locked"
    return Diagnostic(codes.NOT_HERE, place, message, help_)


def _run(result: Compiled, kubectl: Kubectl, start: Start, watch: Watch | None, *, force: bool) -> None:
    from fairlead.cluster.failures import refused as refusal
    from fairlead.cluster.kubectl import Failed
    from fairlead.trigger.objections import follow, objections
    from fairlead.trigger.start import What, manifest

    place = start.template.origin.place
    objections(kubectl, start, force=force)
    if start.what is What.TRAIN:
        _say_cost(_plan(result, start.environment))
    try:
        (made,) = kubectl.create(manifest(start))
    except Failed as error:
        raise refusal(error, place, "the run was not started") from error
    name = str(made["metadata"]["name"])
    click.echo(name)
    command_ = follow(start.namespace, name)
    if watch is None:
        click.echo(f"started in {start.namespace}; `{command_}` follows it", err=True)
        return
    try:
        _follow(result, kubectl, start, name, watch)
    except KeyboardInterrupt:
        click.echo(f"not followed any more; the run goes on: `{command_}`", err=True)
        raise click.exceptions.Exit(STOPPED) from None


def _follow(result: Compiled, kubectl: Kubectl, start: Start, name: str, watch: Watch) -> None:
    from fairlead.trigger.following import failure, wait_for

    place = start.template.origin.place
    ended = wait_for(kubectl, start.namespace, name, watch, tell, place)
    if ended.exit_code:
        say([failure(ended, start.namespace, name, place)], result.workspace, "text", err=True)
        raise click.exceptions.Exit(ended.exit_code)
    click.echo(f"{name} succeeded", err=True)


def _say_cost(plan: Plan) -> None:
    """What the run may cost at the most, where the hardware has prices."""
    from fairlead.plan.cost import training_cost

    cost = training_cost(plan)
    if not cost.items or cost.unpriced:
        return
    limit = plan.unit.pipeline.max_cost_per_run
    of = f" of the {limit} that `max_cost_per_run` permits" if limit is not None else ""
    click.echo(f"this run costs {cost.total}{of} at the most", err=True)
