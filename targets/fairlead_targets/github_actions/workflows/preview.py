"""`fairlead-preview.yml`: what a pull request does, in the run's summary, and whole as an artifact."""

from __future__ import annotations

from fairlead_targets.github_actions.context import Context
from fairlead_targets.github_actions.expressions import Expression, expression
from fairlead_targets.github_actions.scripts import script
from fairlead_targets.github_actions.syntax import PER_REF, READ, Job, Step, Workflow


def workflow(context: Context) -> Workflow:
    """One job that can only read, so that it runs for forks too: what it has to say goes to its own summary."""
    return Workflow(
        name="Fairlead preview",
        on={"pull_request": {}},
        group=PER_REF,
        cancel=True,
        jobs={
            "preview": Job(
                name="Preview",
                runs_on=context.options.runs_on,
                minutes=15,
                grants=(READ,),
                steps=(
                    context.checkout(depth=2),
                    *context.install(),
                    Step(name="Say what changes", run=script("preview")),
                    Step(
                        name="Keep all of it",
                        condition=expression("!cancelled()"),
                        uses="actions/upload-artifact",
                        inputs={
                            "name": "fairlead-preview",
                            "path": Expression("${{ runner.temp }}/preview.*"),
                            "if-no-files-found": "warn",
                            "retention-days": 14,
                            "overwrite": True,
                        },
                    ),
                ),
            )
        },
    )
