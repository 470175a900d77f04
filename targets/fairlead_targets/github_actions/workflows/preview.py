"""`fairlead-preview.yml`: what a pull request does, in the run's summary, whole as an artifact, and as one comment."""

from __future__ import annotations

from fairlead_targets.github_actions.context import Context
from fairlead_targets.github_actions.expressions import Expression, expression
from fairlead_targets.github_actions.scripts import script
from fairlead_targets.github_actions.syntax import OWN_BRANCH, PER_REF, READ, Grant, Job, Step, Workflow

ARTIFACT = "fairlead-preview"


def workflow(context: Context) -> Workflow:
    """A job that can only read, so that it runs for forks too, and one that may comment and compiles nothing."""
    jobs = {"preview": _preview(context)}
    if context.options.comment:
        jobs["comment"] = _comment(context)
    return Workflow(name="Fairlead preview", on={"pull_request": {}}, group=PER_REF, cancel=True, jobs=jobs)


def _preview(context: Context) -> Job:
    return Job(
        name="Preview",
        runs_on=context.options.runs_on,
        minutes=15,
        grants=(READ,),
        outputs={"kept": expression("steps.keep.outputs.artifact-id")} if context.options.comment else {},
        steps=(
            context.checkout(depth=2),
            *context.install(),
            Step(name="Say what changes", run=script("preview")),
            Step(
                name="Keep all of it",
                id="keep" if context.options.comment else None,
                condition=expression("!cancelled()"),
                uses="actions/upload-artifact",
                inputs={
                    "name": ARTIFACT,
                    "path": Expression("${{ runner.temp }}/preview.*"),
                    "if-no-files-found": "warn",
                    "retention-days": 14,
                    "overwrite": True,
                },
            ),
        ),
    )


def _comment(context: Context) -> Job:
    """Also where the project doesn't compile, because then the comment would speak of what was there before."""
    return Job(
        name="Comment",
        runs_on=context.options.runs_on,
        minutes=10,
        needs=("preview",),
        condition=expression(f"!cancelled() && needs.preview.outputs.kept != '' && {OWN_BRANCH}"),
        grants=(READ, Grant("pull-requests", "write", "to keep one comment with the preview")),
        steps=(
            context.checkout(),
            *context.install(),
            Step(
                name="Fetch the preview",
                uses="actions/download-artifact",
                inputs={"name": ARTIFACT, "path": expression("runner.temp")},
            ),
            Step(name="Comment", env={"GITHUB_TOKEN": expression("github.token")}, run=script("comment")),
        ),
    )
