"""The job that locks, compiles and opens pull requests, for whatever was found before it."""

from __future__ import annotations

from collections.abc import Mapping

from fairlead_targets.github_actions.context import Context
from fairlead_targets.github_actions.expressions import Expression, expression
from fairlead_targets.github_actions.scripts import script
from fairlead_targets.github_actions.syntax import READ, Job, Step, Value

_BOT = "${{ steps.app.outputs.app-slug }}[bot]"


def proposing(
    context: Context,
    *,
    name: str,
    env: Mapping[str, Value],
    scripts: tuple[str, ...],
    needs: tuple[str, ...] = (),
    condition: Expression | None = None,
    artifacts: Mapping[str, Value] | None = None,
    depth: int = 1,
) -> Job:
    """The job's own token only reads; what it writes, it writes as the App, whose pushes start the checks.

    `artifacts` are what jobs before it have found, and `depth` is that of the history that it sees.
    """
    author = Expression(_BOT)
    address = Expression(f"{_BOT}@users.noreply.github.com")
    return Job(
        name=name,
        runs_on=context.options.runs_on,
        minutes=30,
        needs=needs,
        condition=condition,
        environment=context.options.environment,
        grants=(READ,),
        steps=(
            context.checkout(depth),
            *context.install(),
            *(
                [Step(name="Fetch what was found", uses="actions/download-artifact", inputs=artifacts)]
                if artifacts is not None
                else []
            ),
            context.token(),
            Step(
                name="Lock, compile and propose",
                env={
                    "GH_TOKEN": expression("steps.app.outputs.token"),
                    "GIT_AUTHOR_NAME": author,
                    "GIT_AUTHOR_EMAIL": address,
                    "GIT_COMMITTER_NAME": author,
                    "GIT_COMMITTER_EMAIL": address,
                    "BRANCH": context.branch,
                    "OUTPUT": str(context.project.output),
                    **env,
                },
                run=script(*scripts),
            ),
        ),
    )
