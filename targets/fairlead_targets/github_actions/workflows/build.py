"""`fairlead-build.yml`: builds, attests and proposes the images of the pipelines whose code changed."""

from __future__ import annotations

from fairlead_targets.github_actions.context import Context
from fairlead_targets.github_actions.expressions import Expression, expression
from fairlead_targets.github_actions.pipelines import GITHUB_REGISTRY
from fairlead_targets.github_actions.scripts import script
from fairlead_targets.github_actions.syntax import PER_REF, READ, Grant, Job, Step, Value, Workflow
from fairlead_targets.github_actions.workflows.proposing import proposing

RECORDS = Expression("${{ runner.temp }}/digests")


def workflow(context: Context) -> Workflow:
    """Three jobs: which images, building them, and a pull request for each that locks its digest."""
    paths = sorted({f"{row.image.code}/**" for row in context.rows if row.image})
    some = expression("needs.select.outputs.count != '0'")
    return Workflow(
        name="Fairlead build",
        on={
            "push": {"branches": [context.branch], "paths": paths},
            "workflow_dispatch": {
                "inputs": {
                    "pipeline": {
                        "description": "The pipeline whose image is built; all where nothing is said.",
                        "type": "string",
                        "required": False,
                    }
                }
            },
        },
        group=PER_REF,
        jobs={
            "select": _select(context),
            "build": _build(context, some),
            "propose": proposing(
                context,
                name="Propose the digests",
                needs=("select", "build"),
                # One image that can't be built doesn't keep the others waiting.
                condition=expression("!cancelled() && needs.select.outputs.count != '0'"),
                artifacts={"pattern": "digest-*", "merge-multiple": True, "path": RECORDS},
                env={"RECORDS": RECORDS},
                scripts=("pull_request", "branch", "propose_images"),
            ),
        },
    )


def _select(context: Context) -> Job:
    return Job(
        name="Select",
        runs_on=context.options.runs_on,
        minutes=10,
        grants=(READ,),
        outputs={
            "count": expression("steps.select.outputs.count"),
            "matrix": expression("steps.select.outputs.matrix"),
        },
        steps=(
            context.checkout(),
            Step(
                name="Select what is built",
                id="select",
                env={
                    "TABLE": context.table,
                    "ONLY": expression("inputs.pipeline"),
                },
                run=script("select_images"),
            ),
        ),
    )


def _build(context: Context, condition: Expression) -> Job:
    options = context.options
    grants = [READ]
    steps = [
        context.checkout(),
        # By itself it keeps Buildx in the repository's cache, which jobs without a right to publish can write to.
        Step(name="Set up Buildx", uses="docker/setup-buildx-action", inputs={"cache-binary": False}),
        _login(context),
        Step(
            name="Build and push",
            id="build",
            uses="docker/build-push-action",
            inputs={
                "context": expression("matrix.code"),
                "push": True,
                "pull": True,
                # The branch is where people look. The tree keeps the image alive when the branch has moved on.
                "tags": Expression(
                    f"${{{{ matrix.repository }}}}:{tag(context.branch)}\n"
                    "${{ matrix.repository }}:tree-${{ matrix.tree }}\n"
                ),
                # By it `fairlead lock` knows which sources an image was built from.
                "labels": Expression("dev.fairlead.tree=${{ matrix.tree }}"),
                "provenance": "mode=max",
                "sbom": True,
            },
        ),
    ]
    if context.registry == GITHUB_REGISTRY and options.registry is None:
        grants.append(Grant("packages", "write", "to push the image"))
    if options.attest:
        grants.append(Grant("id-token", "write", "to have the provenance signed"))
        grants.append(Grant("attestations", "write", "to publish the provenance"))
        steps.append(_attest())
    steps += [_record(), _keep()]
    return Job(
        name="Build",
        runs_on=options.runs_on,
        minutes=60,
        needs=("select",),
        condition=condition,
        environment=options.environment if options.registry else None,
        grants=tuple(grants),
        matrix=expression("fromJSON(needs.select.outputs.matrix)"),
        steps=tuple(steps),
    )


def tag(branch: str) -> str:
    """The tag of a branch's newest image; plans name images that no lock has by it."""
    return branch.replace("/", "-")


def _login(context: Context) -> Step:
    registry = context.options.registry
    inputs: dict[str, Value] = {
        "registry": context.registry,
        "username": expression("github.actor" if registry is None else f"vars.{registry.username}"),
        "password": expression("github.token" if registry is None else f"secrets.{registry.password}"),
    }
    return Step(name="Log in to the registry", uses="docker/login-action", inputs=inputs)


def _attest() -> Step:
    return Step(
        name="Attest the provenance",
        uses="actions/attest",
        inputs={
            "subject-name": expression("matrix.repository"),
            "subject-digest": expression("steps.build.outputs.digest"),
            "push-to-registry": True,
            "create-storage-record": False,
        },
    )


def _record() -> Step:
    return Step(
        name="Record the digest",
        env={
            "RECORDS": RECORDS,
            "PIPELINE": expression("matrix.pipeline"),
            "SPEC": expression("matrix.spec"),
            "ENVIRONMENT": expression("matrix.environment"),
            "IMAGE": expression("matrix.name"),
            "TREE": expression("matrix.tree"),
            "DIGEST": expression("steps.build.outputs.digest"),
        },
        run=script("record_image"),
    )


def _keep() -> Step:
    return Step(
        name="Keep the digest",
        uses="actions/upload-artifact",
        inputs={
            "name": Expression("digest-${{ matrix.pipeline }}"),
            "path": RECORDS,
            "if-no-files-found": "error",
            "retention-days": 14,
            "overwrite": True,
        },
    )
