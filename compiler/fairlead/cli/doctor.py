"""`fairlead doctor`: what the cluster lacks for this project."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fairlead.cli.clusters import cluster_options, kubectl_for
from fairlead.cli.common import environment_option, open_project, project_option, say
from fairlead.cli.compiling import Compiled, compiled, refused
from fairlead.cli.exits import DONE, INPUT
from fairlead.source.diagnostics import Diagnostic, Refused, Severity

if TYPE_CHECKING:
    from fairlead.doctor.examine import Cluster, Examination
    from fairlead.doctor.scope import Scope


@click.command(name="doctor")
@environment_option
@project_option
@cluster_options
@click.option(
    "--format",
    "form",
    type=click.Choice(("text", "json")),
    default="text",
    show_default=True,
    help="How findings are printed.",
)
@click.option("--strict", is_flag=True, help="Leave with 1 also where something is doubtful, or is not known.")
def command(
    environments: tuple[str, ...],
    project: Path | None,
    context: str | None,
    kubeconfig: Path | None,
    form: str,
    strict: bool,
) -> None:
    """Say what a cluster lacks for what is compiled: definitions, versions, secrets, nodes, quotas, rights.

    Everything is asked through kubectl, and nothing is changed. Of Secrets only the names of keys are read. What the
    account may not ask is said as unknown. Without --environment, every environment is held against the same cluster.
    """
    from fairlead.doctor.document import render_json
    from fairlead.doctor.examine import cluster, examine
    from fairlead.doctor.questions import Questions

    root = open_project(project)
    # What belongs to the project as a whole is only compiled with all environments.
    result = compiled((), root, (), (), "text", keep=True)
    names = environments or tuple(result.workspace.units)
    _check_names(result, names)
    try:
        scopes = _scopes(result, names)
        kubectl = kubectl_for(context, kubeconfig)
        questions = Questions(kubectl)
        asked = cluster(kubectl, questions)
        found = [examine(scope, questions) for scope in scopes]
    except Refused as error:
        refused(error, result)
        return
    if form == "json":
        click.echo(render_json(asked, found), nl=False)
    else:
        _print(result, asked, found)
    lacking = any(each.count(Severity.ERROR) for each in found)
    doubtful = any(each.unknown or each.count(Severity.WARNING) for each in found)
    raise click.exceptions.Exit(INPUT if lacking or (strict and doubtful) else DONE)


def _check_names(result: Compiled, names: Sequence[str]) -> None:
    """Exit 1 for an environment that fairlead.yaml does not have."""
    from fairlead.cli.compiling import require_known

    require_known(result.workspace, "environments", names, list(result.workspace.units))


def _scopes(result: Compiled, names: Sequence[str]) -> list[Scope]:
    """What is compiled, environment by environment. Raises Refused where it does not compile."""
    from fairlead.doctor.scope import Scope
    from fairlead.resources.resource import Resource

    found: dict[str | None, list[Resource]] = {}
    for made in result.compilation.made():
        resources = [each for target in made.compiled.values() for each in target.resources]
        found.setdefault(made.assembled.owner.environment, []).extend(resources)
    workspace = result.workspace
    assert workspace.project is not None
    shared = tuple(found.get(None, ()))
    return [
        Scope(workspace.project, workspace.project_root, name, tuple(found.get(name, ())), shared) for name in names
    ]


def _print(result: Compiled, asked: Cluster, found: Sequence[Examination]) -> None:
    for each in found:
        say(_diagnostics(each), result.workspace, "text")
    click.echo(f"context {asked.context}, Kubernetes {asked.version}")
    for each in found:
        click.echo(f"{each.environment} (namespace {each.namespace}): {_verdict(each)}")


def _diagnostics(found: Examination) -> list[Diagnostic]:
    return [each.diagnostic() for each in found.findings]


def _verdict(found: Examination) -> str:
    from fairlead.plan.draw.details import counted

    errors, warnings = found.count(Severity.ERROR), found.count(Severity.WARNING)
    said = [counted(errors, "thing") + (" is lacking" if errors == 1 else " are lacking")] if errors else []
    said += [f"{warnings} doubtful"] if warnings else []
    said += [f"{found.unknown} not known"] if found.unknown else []
    return ", ".join(said) or "nothing is lacking"
