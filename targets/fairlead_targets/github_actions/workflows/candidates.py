"""`fairlead-candidates.yml`: turns the records that training runs leave into pull requests."""

from __future__ import annotations

from fairlead.project.candidate import FOLDER
from fairlead.project.model import Artifacts
from fairlead_targets.github_actions.context import Context
from fairlead_targets.github_actions.expressions import Expression, expression
from fairlead_targets.github_actions.options import Candidates
from fairlead_targets.github_actions.scripts import script
from fairlead_targets.github_actions.syntax import PER_WORKFLOW, READ, Grant, Job, Step, Value, Workflow
from fairlead_targets.github_actions.workflows.proposing import proposing

RECORDS = Expression("${{ runner.temp }}/candidates")


def workflow(context: Context, artifacts: Artifacts, options: Candidates) -> Workflow:
    """Two jobs: one that can read records and write nothing, and one that can propose and knows no store."""
    return Workflow(
        name="Fairlead candidates",
        on={"schedule": [{"cron": str(options.schedule)}], "workflow_dispatch": {}},
        group=PER_WORKFLOW,
        jobs={
            "find": _find(context, artifacts, options),
            "propose": proposing(
                context,
                name="Propose the candidates",
                needs=("find",),
                condition=expression("needs.find.outputs.count != '0'"),
                artifacts={"name": "candidates", "path": RECORDS},
                env={"RECORDS": RECORDS, "TABLE": context.table, "MERGE": context.options.merge},
                scripts=("pull_request", "branch", "propose_candidates"),
            ),
        },
    )


def _find(context: Context, artifacts: Artifacts, options: Candidates) -> Job:
    prefix = f"{artifacts.uri.key.rstrip('/')}/{FOLDER}/".lstrip("/")
    store: dict[str, Value] = {"AWS_REGION": artifacts.region} if artifacts.region else {}
    if artifacts.endpoint:
        store["AWS_ENDPOINT_URL"] = str(artifacts.endpoint)
    return Job(
        name="Find",
        runs_on=context.options.runs_on,
        minutes=15,
        environment=context.options.environment,
        grants=(
            READ,
            Grant("id-token", "write", "to take on the role that reads candidate records"),
            Grant("pull-requests", "read", "to see which candidates are proposed already"),
        ),
        outputs={"count": expression("steps.find.outputs.count")},
        steps=(
            context.checkout(),
            Step(
                name="Find new candidates",
                id="find",
                env={
                    "GH_TOKEN": expression("github.token"),
                    "AWS_ROLE_ARN": options.role,
                    "AWS_ROLE_SESSION_NAME": "fairlead-candidates",
                    "AWS_WEB_IDENTITY_TOKEN_FILE": Expression("${{ runner.temp }}/identity"),
                    **store,
                    "BUCKET": artifacts.uri.bucket,
                    "PREFIX": prefix,
                    "TABLE": context.table,
                    "RECORDS": RECORDS,
                },
                run=script("find_candidates"),
            ),
            Step(
                name="Keep the records",
                condition=expression("steps.find.outputs.count != '0'"),
                uses="actions/upload-artifact",
                inputs={
                    "name": "candidates",
                    "path": RECORDS,
                    "if-no-files-found": "error",
                    "retention-days": 14,
                    "overwrite": True,
                },
            ),
        ),
    )
