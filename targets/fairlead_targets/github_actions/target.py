"""The target itself: which workflows a project gets, and what keeps it from getting them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import ClassVar

from fairlead.plan.plan import Plan
from fairlead.resources.resource import File, Origin, Root
from fairlead.source.diagnostics import Diagnostic, has_errors
from fairlead.source.nodes import Node, Path, Scalar, Sequence, place_of
from fairlead.target import Compiled, Options, Shared, Target
from fairlead_targets.github_actions import codes
from fairlead_targets.github_actions.context import TABLE, Context
from fairlead_targets.github_actions.expressions import OPENING, strays
from fairlead_targets.github_actions.options import GitHubActionsOptions
from fairlead_targets.github_actions.paths import path_findings
from fairlead_targets.github_actions.pipelines import GITHUB_REGISTRY, table, written
from fairlead_targets.github_actions.syntax import Workflow
from fairlead_targets.github_actions.workflows import (
    apply,
    build,
    candidates,
    check,
    deliver,
    preview,
    promote,
    validate,
)

NAME = "github-actions"
FOLDER = PurePosixPath(".github/workflows")
WHY = {
    "validate": "shows findings on a pull request",
    "preview": "shows what a pull request changes in the output",
    "check": "holds the output to what compiling gives",
    "build": "builds images and proposes their digests",
    "candidates": "proposes the versions that training runs register",
    "promote": "proposes the versions that may move on",
    "apply": "applies what is committed",
    "deliver": "copies what is committed to where it is reconciled",
}


class GitHubActions(Target):
    """Workflows for the repository; a pipeline has none of its own."""

    name: ClassVar[str] = NAME
    summary: ClassVar[str] = (
        "workflows that validate, preview, check, build, propose candidates and promotions, and apply"
    )
    options: ClassVar[type[Options]] = GitHubActionsOptions

    def compile(self, plan: Plan, options: Options) -> Compiled:
        """Nothing: what a pipeline changes is in the table that the workflows read."""
        return Compiled()

    def compile_shared(self, shared: Shared, options: Options) -> Compiled:
        """The workflows and their table, for the repository as a whole."""
        assert isinstance(options, GitHubActionsOptions)
        if shared.environment is not None:
            return Compiled()
        builds = "build" in options.workflows
        host = str(options.registry.host) if options.registry else GITHUB_REGISTRY
        needed = builds or "candidates" in options.workflows
        rows, found = table(shared.plans, host if builds else None) if needed else ([], [])
        context = Context(shared.project, options, tuple(rows))
        found += path_findings(str(shared.project.output), place_of(shared.root, ("output",)), "the output")
        workflows = _workflows(shared, context, found)
        if not has_errors(found):
            found += _evaluated(shared, workflows.values())
        if has_errors(found):
            return Compiled(diagnostics=found)
        files = [_file(shared, name, workflow) for name, workflow in workflows.items()]
        if "build" in workflows or "candidates" in workflows:
            origin = Origin(NAME, shared.place(NAME), "tells the workflows which pipelines train")
            files.append(File(PurePosixPath(TABLE), written(rows), origin))
        return Compiled(files=files, diagnostics=found)


def _workflows(shared: Shared, context: Context, found: list[Diagnostic]) -> dict[str, Workflow]:
    made: dict[str, Workflow] = {}
    for name in dict.fromkeys(context.options.workflows):
        workflow: Workflow | None = None
        if name == "build":
            if _has_work(shared, name, any(row.image for row in context.rows), found):
                workflow = build.workflow(context)
        elif name == "candidates":
            workflow = _candidates(shared, context, found)
        elif name == "promote":
            if _has_work(shared, name, any(_moves(plan) for plan in shared.plans), found):
                workflow = promote.workflow(context, context.options.promotions)
        elif name == "apply":
            workflow = _apply(shared, context, found)
        elif name == "deliver":
            workflow = _deliver(shared, context, found)
        else:
            workflow = {"validate": validate, "preview": preview, "check": check}[name].workflow(context)
        if workflow:
            made[name] = workflow
    return made


def _has_work(shared: Shared, name: str, has_work: bool, found: list[Diagnostic]) -> bool:
    """Whether a workflow has something to do; a warning where it has not."""
    if not has_work:
        message = f"no pipeline of {shared.project.metadata.name} gives `{name}` anything to do"
        place = shared.place(NAME, "workflows")
        found.append(Diagnostic(codes.NOTHING_TO_DO, place, message, f"remove `{name}` from `workflows`"))
    return has_work


def _moves(plan: Plan) -> bool:
    """Whether versions come into a plan's environment from another one, or get the traffic there share by share."""
    serving = plan.unit.pipeline.serving
    return plan.unit.pipeline.model is not None and (
        plan.unit.settings.after is not None or (serving is not None and bool(serving.rollout.canary))
    )


def _candidates(shared: Shared, context: Context, found: list[Diagnostic]) -> Workflow | None:
    artifacts, options = shared.project.artifacts, context.options.candidates
    place = shared.place(NAME, "workflows")
    if artifacts is None or artifacts.uri.scheme != "s3":
        what = f"`artifacts` is in {artifacts.uri.scheme}" if artifacts else "the project has no `artifacts`"
        message = f"{what}, and candidate records are read from s3"
        found.append(Diagnostic(codes.NO_CANDIDATES, place, message, "remove `candidates` from `workflows`"))
        return None
    if options is None:
        message = "`candidates` has no role to read candidate records with"
        help_ = 'add `candidates: {role: "arn:aws:iam::…"}` to the target'
        found.append(Diagnostic(codes.NO_CANDIDATES, place, message, help_))
        return None
    if not _has_work(shared, "candidates", bool(context.rows), found):
        return None
    return candidates.workflow(context, artifacts, options)


def _apply(shared: Shared, context: Context, found: list[Diagnostic]) -> Workflow | None:
    clusters = {str(name): cluster for name, cluster in context.options.clusters.items()}
    environments = [str(name) for name in shared.project.environments]
    missing = [name for name in environments if name not in clusters]
    unknown = [name for name in clusters if name not in environments]
    for name in missing:
        message, help_ = f"`apply` has no cluster for {name}", f"add `{name}: {{server: …}}` under `clusters`"
        found.append(Diagnostic(codes.NO_CLUSTER, shared.place(NAME, "clusters"), message, help_))
    for name in unknown:
        message, help_ = f"there is no environment `{name}`", f"fairlead.yaml has {', '.join(environments)}"
        found.append(Diagnostic(codes.NO_CLUSTER, shared.place(NAME, "clusters", name), message, help_))
    return None if missing or unknown else apply.workflow(context, clusters)


def _deliver(shared: Shared, context: Context, found: list[Diagnostic]) -> Workflow | None:
    git = shared.project.git
    if git is None or git.deploy is None:
        message = "`deliver` has nowhere to go: what is committed is where it is reconciled"
        help_ = "say where under `git.deploy`, or remove `deliver` from `workflows`"
        found.append(Diagnostic(codes.NOWHERE, shared.place(NAME, "workflows"), message, help_))
        return None
    return deliver.workflow(context)


def _file(shared: Shared, name: str, workflow: Workflow) -> File:
    origin = Origin(NAME, shared.place(NAME, "workflows"), WHY[name])
    return File(FOLDER / f"fairlead-{name}.yml", workflow.content(), origin, Root.REPOSITORY)


def _evaluated(shared: Shared, workflows: Iterable[Workflow]) -> Iterator[Diagnostic]:
    """Texts that came through every check and would be code on GitHub nevertheless, where fairlead.yaml has them."""
    found = {text for workflow in workflows for _, text in strays(workflow.content())}
    for text in sorted(found):
        place = place_of(shared.root, _path_of(shared.root, text) or ("targets",))
        message = f"GitHub would evaluate `{text[:80]}`"
        yield Diagnostic(codes.EXPRESSION, place, message, f"write a text without `{OPENING}`")


def _path_of(node: Node, text: str, path: Path = ()) -> Path | None:
    """Where a tree has a text; None where it has not."""
    if isinstance(node, Scalar):
        return path if node.value == text else None
    below: Iterable[tuple[str | int, Node]] = (
        enumerate(node.items) if isinstance(node, Sequence) else ((entry.key, entry.value) for entry in node)
    )
    return next((found for step, item in below if (found := _path_of(item, text, (*path, step))) is not None), None)
