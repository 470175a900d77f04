"""Where the output is read by what applies it: a repository, a branch and a folder, for each environment."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from fairlead.project.model import Git, Project
from fairlead.source.diagnostics import Code, Diagnostic
from fairlead.source.places import Place
from fairlead.source.words import nearest_word

NO_REPOSITORY = Code(
    "FL2070",
    "a reconciler without a repository",
    """
    Argo CD and Flux fetch what they apply from a repository, and fairlead.yaml does not say which one it is.

    Wrong:

    ```yaml
    targets: [argo-workflows, kserve, argo-cd]
    ```

    Right:

    ```yaml
    targets: [argo-workflows, kserve, argo-cd]
    git: {repository: acme/ml-platform, branch: main}
    ```

    Where the output is read from another repository, or each environment from a branch of its own, `git.deploy` says
    so; docs/delivery.md has the layouts.
    """,
)
NO_SUCH_ENVIRONMENT = Code(
    "FL2071",
    "options for an environment that fairlead.yaml does not have",
    """
    A target has options for single environments, and these are for one that the project does not declare. They would
    have no effect, and the environment that was meant would be reconciled with the defaults.

    Wrong, with the environments staging and production:

    ```yaml
    targets:
      - argo-cd: {environments: {prod: {cluster: ml-production}}}
    ```

    Right:

    ```yaml
    targets:
      - argo-cd: {environments: {production: {cluster: ml-production}}}
    ```
    """,
)
NO_FOLDER = Code(
    "FL2072",
    "an output that a reconciler can't be pointed at",
    """
    Argo CD and Flux are given the folder of the output in templates and patterns, where braces, stars and spaces mean
    something else. It is named with letters, digits, `.`, `_` and `-` between its slashes, and lies below the root:
    what reconciles a root takes whatever is put there for a manifest.

    Wrong:

    ```yaml
    output: out [{{ team }}]
    targets: [kserve, argo-cd]
    ```

    Right:

    ```yaml
    output: rendered
    targets: [kserve, argo-cd]
    ```
    """,
)
_PLAIN = re.compile(r"[A-Za-z0-9._][A-Za-z0-9._-]*(/[A-Za-z0-9._][A-Za-z0-9._-]*)*")


@dataclass(frozen=True, slots=True)
class Source:
    """Where something of the output is fetched from."""

    repository: str
    """As `owner/name`."""
    url: str
    branch: str
    path: str
    """The folder that holds there what `output` holds here."""


def source(project: Project, environment: str | None = None) -> Source | None:
    """Where the output of an environment is fetched, or (None) what belongs to the repository as a whole.

    None where the project does not say in which repository it lives.
    """
    git = project.git
    if git is None:
        return None
    deploy = git.deploy
    if deploy is None:
        return Source(git.repository, git.url or _url(git.repository), git.branch, project.output)
    elsewhere = deploy.repository is not None and deploy.repository != git.repository
    branch = deploy.branch or ("main" if elsewhere else git.branch)
    if environment is not None:
        branch = next((own for name, own in deploy.branches.items() if str(name) == environment), branch)
    repository = deploy.repository or git.repository
    return Source(repository, deploy.url or _clone(git, repository), branch, deploy.path or project.output)


def source_findings(project: Project, place: Place) -> Iterator[Diagnostic]:
    """Why nothing can be reconciled: there is no repository, or no folder of it. `place` is that of the target."""
    found = source(project)
    if found is None:
        message = "fairlead.yaml has no `git`, so there is nothing to fetch from"
        yield Diagnostic(NO_REPOSITORY, place, message, "add `git: {repository: owner/name}`")
    elif not _PLAIN.fullmatch(found.path) or found.path in (".", ".."):
        message = f"`{found.path}` is no folder that a reconciler can be pointed at"
        yield Diagnostic(NO_FOLDER, place, message, "write `output` with letters, digits, `.`, `_`, `-` and `/`")


def unknown_environments(project: Project, named: Iterable[tuple[str, Place]]) -> Iterator[Diagnostic]:
    """What to say of options, each for an environment and at a place, whose environment is none of the project's."""
    known = [str(name) for name in project.environments]
    for name, place in named:
        if name not in known:
            message, help_ = f"there is no environment `{name}`", f"fairlead.yaml has {', '.join(known)}"
            yield Diagnostic(NO_SUCH_ENVIRONMENT, place, message, help_, nearest_word(name, known))


def _clone(git: Git, repository: str) -> str:
    return git.url if git.url is not None and repository == git.repository else _url(repository)


def _url(repository: str) -> str:
    return f"https://github.com/{repository}.git"
