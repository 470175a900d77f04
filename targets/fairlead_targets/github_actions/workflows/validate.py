"""`fairlead-validate.yml`: findings as annotations on a pull request, and in code scanning."""

from __future__ import annotations

from fairlead_targets.github_actions.context import Context
from fairlead_targets.github_actions.expressions import Expression, expression
from fairlead_targets.github_actions.scripts import script
from fairlead_targets.github_actions.syntax import (
    OWN_BRANCH,
    PER_REF,
    READ,
    WHILE_PROPOSED,
    Grant,
    Job,
    Step,
    Workflow,
)

ARTIFACT = "fairlead-findings"
FILE = Expression("${{ runner.temp }}/findings.sarif")

TRUSTED = expression(
    f"!cancelled() && (github.event_name == 'push' || (github.event_name == 'pull_request' && {OWN_BRANCH}))"
)
"""Where the token may write."""


def workflow(context: Context) -> Workflow:
    """Two jobs, so that the one that may write to code scanning runs none of the repository's code."""
    options = context.options
    jobs = {"validate": _validate(context)}
    if options.code_scanning:
        jobs["code-scanning"] = Job(
            name="Code scanning",
            runs_on=options.runs_on,
            minutes=10,
            needs=("validate",),
            condition=TRUSTED,
            grants=(
                READ,
                Grant("security-events", "write", "to upload the findings"),
                Grant("actions", "read", "to tell code scanning about this run, in a private repository"),
            ),
            steps=(
                context.checkout(),
                Step(
                    name="Fetch the findings",
                    uses="actions/download-artifact",
                    inputs={"name": ARTIFACT, "path": expression("runner.temp")},
                ),
                Step(
                    name="Upload the findings",
                    uses="github/codeql-action/upload-sarif",
                    inputs={"sarif_file": FILE, "category": "fairlead"},
                ),
            ),
        )
    return Workflow(
        name="Fairlead validate",
        on={"pull_request": {}, "push": {"branches": [context.branch]}, "merge_group": {}},
        group=PER_REF,
        cancel=WHILE_PROPOSED,
        jobs=jobs,
    )


def _validate(context: Context) -> Job:
    scanning: tuple[Step, ...] = ()
    if context.options.code_scanning:
        scanning = (
            Step(name="Write the findings", run=script("findings")),
            Step(
                name="Keep the findings",
                uses="actions/upload-artifact",
                inputs={
                    "name": ARTIFACT,
                    "path": FILE,
                    "if-no-files-found": "error",
                    "retention-days": 7,
                    "overwrite": True,
                },
            ),
        )
    return Job(
        name="Validate",
        runs_on=context.options.runs_on,
        minutes=15,
        grants=(READ,),
        steps=(
            context.checkout(),
            *context.install(),
            *scanning,
            Step(name="Show the findings", run="fairlead validate --format github"),
        ),
    )
