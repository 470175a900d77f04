"""`fairlead-deliver.yml`: copies what is committed to where reconcilers read it, environment by environment."""

from __future__ import annotations

from fairlead.project.delivery import Source, source
from fairlead.resources.resource import SHARED
from fairlead_targets.github_actions.context import Context
from fairlead_targets.github_actions.expressions import Expression, expression
from fairlead_targets.github_actions.scripts import script
from fairlead_targets.github_actions.syntax import PER_WORKFLOW, READ, Job, Step, Workflow

_BOT = "${{ steps.app.outputs.app-slug }}[bot]"


def workflow(context: Context) -> Workflow:
    """One job after the other, in order of promotion; what belongs to the repository as a whole comes first."""
    jobs: dict[str, Job] = {}
    for name in (None, *map(str, context.project.environments)):
        jobs[f"deliver-{name or 'project'}"] = _deliver(context, name, tuple(jobs)[-1:])
    return Workflow(
        name="Fairlead deliver",
        on={
            "push": {"branches": [context.branch], "paths": [f"{context.project.output}/**"]},
            "workflow_dispatch": {},
        },
        group=PER_WORKFLOW,
        jobs=jobs,
    )


def _deliver(context: Context, environment: str | None, after: tuple[str, ...]) -> Job:
    """Under the environment of the same name on GitHub, whose rules say who releases it."""
    target = source(context.project, environment)
    assert target is not None, "where there is nowhere to deliver to, there is no workflow"
    folder = environment or SHARED
    author = Expression(_BOT)
    address = Expression(f"{_BOT}@users.noreply.github.com")
    return Job(
        name=f"Deliver {environment or 'what belongs to the project'}",
        runs_on=context.options.runs_on,
        minutes=15,
        needs=after,
        environment=environment or context.options.environment,
        grants=(READ,),
        steps=(
            context.checkout(depth=0),
            _token(context, target),
            Step(
                name="Deliver",
                env={
                    "TOKEN": expression("steps.app.outputs.token"),
                    "GIT_AUTHOR_NAME": author,
                    "GIT_AUTHOR_EMAIL": address,
                    "GIT_COMMITTER_NAME": author,
                    "GIT_COMMITTER_EMAIL": address,
                    "SERVER": expression("github.server_url"),
                    "REPOSITORY": target.repository,
                    "BRANCH": target.branch,
                    "FOLDER": f"{context.project.output}/{folder}",
                    "TARGET": f"{target.path}/{folder}",
                },
                run=script("deliver"),
            ),
        ),
    )


def _token(context: Context, target: Source) -> Step:
    """A token of the App's that may write to the one repository, and do nothing else."""
    owner, _, name = target.repository.partition("/")
    return Step(
        name="Get a token of the App",
        id="app",
        uses="actions/create-github-app-token",
        inputs={
            "client-id": expression(f"vars.{context.options.app.client_id}"),
            "private-key": expression(f"secrets.{context.options.app.private_key}"),
            "owner": owner,
            "repositories": name,
            "permission-contents": "write",
        },
    )
