"""`fairlead-check.yml`: what is committed is what compiling gives."""

from __future__ import annotations

from fairlead_targets.github_actions.context import Context
from fairlead_targets.github_actions.syntax import PER_REF, READ, WHILE_PROPOSED, Job, Step, Workflow


def workflow(context: Context) -> Workflow:
    """One job; it fails where the input has errors, and where the output differs."""
    return Workflow(
        name="Fairlead check",
        on={"pull_request": {}, "push": {"branches": [context.branch]}, "merge_group": {}},
        group=PER_REF,
        cancel=WHILE_PROPOSED,
        jobs={
            "check": Job(
                name="Check",
                runs_on=context.options.runs_on,
                minutes=15,
                grants=(READ,),
                steps=(
                    context.checkout(),
                    *context.install(),
                    # Compiling knows no date; this is where waivers end.
                    Step(
                        name="Compare what is committed with what compiling gives",
                        run='fairlead check --as-of "$(date -u +%F)"',
                    ),
                ),
            )
        },
    )
