"""`fairlead-promote.yml`: proposes what may move on, once `soak` or `hold` has passed."""

from __future__ import annotations

from fairlead_targets.github_actions.context import Context
from fairlead_targets.github_actions.options import Promotions
from fairlead_targets.github_actions.syntax import PER_WORKFLOW, Workflow
from fairlead_targets.github_actions.workflows.proposing import proposing


def workflow(context: Context, options: Promotions) -> Workflow:
    """One job. It asks no store and no cluster: what may move on stands in locks and in their history."""
    return Workflow(
        name="Fairlead promote",
        on={"schedule": [{"cron": str(options.schedule)}], "workflow_dispatch": {}},
        group=PER_WORKFLOW,
        jobs={
            "propose": proposing(
                context,
                name="Propose what may move on",
                env={"SHARES": options.shares, "MERGE": context.options.merge},
                scripts=("pull_request", "propose_promotions"),
                depth=0,
            )
        },
    )
