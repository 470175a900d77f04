"""`fairlead-apply.yml`: for those without Argo CD or Flux, applies what is committed, environment by environment."""

from __future__ import annotations

from fairlead_targets.github_actions.context import Context
from fairlead_targets.github_actions.expressions import expression
from fairlead_targets.github_actions.options import Cluster
from fairlead_targets.github_actions.scripts import script
from fairlead_targets.github_actions.syntax import PER_WORKFLOW, READ, Grant, Job, Step, Workflow


def workflow(context: Context, clusters: dict[str, Cluster]) -> Workflow:
    """A job for each environment, under that of the same name on GitHub and after the one that it follows."""
    project, jobs = context.project, {}
    for name, environment in project.environments.items():
        after = (f"apply-{environment.after}",) if environment.after else ()
        jobs[f"apply-{name}"] = _apply(context, str(name), after, clusters[str(name)])
    return Workflow(
        name="Fairlead apply",
        on={"push": {"branches": [context.branch], "paths": [f"{project.output}/**"]}, "workflow_dispatch": {}},
        group=PER_WORKFLOW,
        jobs=jobs,
    )


def _apply(context: Context, environment: str, after: tuple[str, ...], cluster: Cluster) -> Job:
    folder = f"{context.project.output}/{environment}"
    return Job(
        name=f"Apply {environment}",
        runs_on=context.options.runs_on,
        minutes=15,
        needs=after,
        environment=environment,
        grants=(READ, Grant("id-token", "write", "to identify itself to the cluster")),
        steps=(
            context.checkout(depth=0),
            Step(
                name="Apply",
                env={
                    "FOLDER": folder,
                    "SERVER": str(cluster.server),
                    "AUDIENCE": cluster.audience,
                    "AUTHORITY": cluster.certificate_authority or "",
                },
                run=script("apply"),
            ),
            Step(
                name="Say what is left behind",
                env={"FOLDER": folder, "BEFORE": expression("github.event.before")},
                run=script("removed"),
            ),
        ),
    )
