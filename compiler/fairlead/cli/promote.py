"""`fairlead promote`: moves a version on, into the lock of an environment."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from fairlead.cli.common import open_project, project_option
from fairlead.cli.completion import environments, specifications
from fairlead.cli.due import tell_due
from fairlead.cli.locks import follow, mlflow_of, one, reach_store, refusing, tell, tracking_option
from fairlead.cli.moving import NOTHING_MORE, How, ground, how_options
from fairlead.source.diagnostics import Diagnostic

if TYPE_CHECKING:
    from fairlead.project.candidate import Candidate
    from fairlead.project.unit import Unit


@click.command(name="promote")
@click.argument(
    "spec", metavar="[SPEC]", required=False, shell_complete=specifications, type=click.Path(path_type=Path)
)
@project_option
@click.option("--to", "environment", shell_complete=environments, help="The environment whose lock is written.")
@click.option("--now", "at_once", is_flag=True, help="Without waiting for `soak` and `hold`: for emergencies.")
@click.option("--due", "asks", is_flag=True, help="Write nothing, and say what could move on now.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), help="How --due answers; text otherwise.")
@how_options
@tracking_option
def command(
    spec: Path | None,
    project: Path | None,
    environment: str | None,
    at_once: bool,
    asks: bool,
    form: str | None,
    how: How,
    tracking_uri: str | None,
) -> None:
    """Move the version that comes next into the lock of SPEC in an environment.

    Where a rollout is under way, that is its next share of the traffic, and in the end all of it. Otherwise it is the
    newest candidate, in the environment that trains, and the version of the environment before in every other one. It
    must have served there for `soak`, and a canary is held at each share for `hold`: both count from the commit.

    With --compile the output is written together with the lock. With --commit, or --push, both become one commit on a
    branch of its own, made from what is committed: nothing here is touched. With none of them, run `fairlead compile`
    afterwards, and commit both.

    With --due nothing moves: every next step is told, of SPEC or of all, with the ones that wait and until when.
    """
    from datetime import UTC, datetime

    from fairlead.locking.moving import promote

    if asks:
        if at_once or how != NOTHING_MORE:
            raise click.UsageError("--due writes nothing, and takes SPEC, --to and --format alone")
        tell_due(open_project(project), spec, environment, form or "text")
        return
    if spec is None or environment is None:
        raise click.UsageError("name SPEC and the environment (--to), or ask with --due what could move on")
    if form is not None:
        raise click.UsageError("--format belongs to --due")
    root = open_project(project)
    with ground(root, how) as here:
        workspace = here.workspace
        unit = one(workspace, here.spec(spec), environment)
        reach_store(workspace.project)
        warnings: list[Diagnostic] = []
        with refusing(root, workspace):
            now = None if at_once else datetime.now(UTC)
            locked = promote(workspace, unit, lambda: _candidate(unit, warnings), now, here.past)
            tell(workspace, warnings)
            here.take(unit, locked)
        if at_once and locked.changed:
            click.echo("note: neither `soak` nor `hold` was asked for, because of --now", err=True)
        _tell_approval(unit)
        if here.serves:
            follow(workspace, mlflow_of(workspace.project, tracking_uri), unit, locked, environment)


def _candidate(unit: Unit, warnings: list[Diagnostic]) -> tuple[str, Candidate] | None:
    """The newest candidate of a pipeline, whose model must be in the store."""
    from fairlead.locking.answers import Answers
    from fairlead.locking.records import newest_record
    from fairlead.source.diagnostics import Refused

    if unit.project.artifacts is None:
        raise click.UsageError("fairlead.yaml has no `artifacts`, below which candidate records lie")
    found, refused = newest_record(unit.project.artifacts.uri, unit.name)
    warnings += refused
    if found is not None:
        answers = Answers(None, unit.project.artifacts.uri)
        answers.check(found[1].model, unit.project_place("artifacts", "uri"))
        if answers.findings:
            raise Refused(answers.findings)
    return found


def _tell_approval(unit: Unit) -> None:
    """Who has to agree. That is held by the pull request, because nobody here can prove who they are."""
    train = unit.pipeline.model.train if unit.pipeline.model is not None else None
    if train is not None and train.approval:
        teams = ", ".join(str(team) for team in train.approval)
        click.echo(f"note: {teams} must approve: the pull request asks for it, this command does not", err=True)
