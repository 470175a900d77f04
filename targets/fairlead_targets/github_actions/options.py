"""What a project can say about its workflows, under `github-actions` in the `targets` of fairlead.yaml."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from fairlead.spec.base import Items, Section
from fairlead.spec.units import Cron, HostName, Name, WebUrl
from fairlead.target import Options
from fairlead_targets.github_actions.paths import is_safe

Workflow = Literal["validate", "preview", "check", "build", "candidates", "promote", "apply", "deliver"]


def _inside(path: str) -> str:
    if not is_safe(path):
        raise ValueError(f"`{path}` is no path from the root of the repository, of letters, digits, `.`, `_` and `-`")
    return path


RepositoryPath = Annotated[str, Field(max_length=200), AfterValidator(_inside)]
"""A file in the repository, by a path that no shell, filter or program reads as anything else."""
Variable = Annotated[str, Field(pattern=r"^[A-Z_][A-Z0-9_]*$", max_length=100)]
"""The name of a variable or a secret on GitHub."""
Label = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=100)]
"""The label of a runner, or the name of an environment on GitHub."""


class App(Section):
    """The GitHub App that pushes branches and opens pull requests.

    It needs `contents: write` and `pull-requests: write` on this repository, and nothing else. The workflow's own token
    can't do its work, because what that pushes starts no checks.
    """

    client_id: Variable = "FAIRLEAD_APP_CLIENT_ID"
    """The variable with the App's client id."""
    private_key: Variable = "FAIRLEAD_APP_PRIVATE_KEY"
    """The secret with its private key. It belongs to the environment, not to the repository."""


class Registry(Section):
    """A registry other than GitHub's own, and how to log in."""

    host: HostName
    """The registry's host, as the images' names begin; `docker.io` for Docker Hub."""
    username: Variable = "REGISTRY_USERNAME"
    """The variable with the user's name, in the environment."""
    password: Variable = "REGISTRY_PASSWORD"  # noqa: S105  (the name of a secret)
    """The secret with the password or token, in the environment."""


class Candidates(Section):
    """How candidate records are read from the object store."""

    role: Annotated[str, Field(pattern=r"^arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]{1,128}$")]
    """The role that the workflow takes on by OpenID Connect. It needs to list and read `candidates/` below
    `artifacts`, and nothing else; its trust names this repository and the environment."""
    schedule: Cron = Cron.parse("7,22,37,52 * * * *")
    """When to look for new records, in UTC."""


class Promotions(Section):
    """When promotions are proposed, and who merges them."""

    schedule: Cron = Cron.parse("11,41 * * * *")
    """When to look for what may move on, in UTC."""
    shares: Literal["pull-request", "automatic"] = "pull-request"
    """Who merges a pull request that gives a canary more of the traffic: a person, who has looked at the alerts of both
    versions; or, with `automatic`, GitHub as soon as the required checks pass, where `retraining.promote` is automatic
    as well. Choose that where one of those checks asks whether the canary is well."""


class Cluster(Section):
    """The cluster of an environment, for `apply`.

    Its API server takes the tokens that GitHub issues (Kubernetes' structured authentication, with GitHub as the
    issuer), so that no credential is stored anywhere.
    """

    server: Annotated[WebUrl, Field(pattern=r"^https://")]
    """The address of the API server."""
    audience: Annotated[str, Field(pattern=r"^[A-Za-z0-9._:/-]+$", max_length=200)] = "kubernetes"
    """The audience that the API server asks of a token."""
    certificate_authority: RepositoryPath | None = None
    """The file of the authority that signed the server's certificate, in the repository; a public one otherwise."""


class GitHubActionsOptions(Options):
    """Options of the target `github-actions`."""

    workflows: Annotated[Items[Workflow], Field(min_length=1)] = ("validate", "preview", "check")
    """Which workflows are written. `build`, `candidates` and `promote` need a GitHub App, `candidates` an object store
    with a role, `apply` a cluster for each environment, and `deliver` an App and `git.deploy`."""
    runs_on: Label = "ubuntu-24.04"
    """The label of the runners: Linux with bash, git, jq and, for some workflows, gh, docker, aws or kubectl, as
    GitHub's own have them."""
    python: Annotated[str, Field(pattern=r"^3\.(1[1-9]|[2-9][0-9])(\.[0-9]+)?$")] = "3.13"
    """The version of Python that Fairlead runs on."""
    requirements: Annotated[Items[RepositoryPath], Field(min_length=1)] = ("requirements/fairlead.txt",)
    """The files that Fairlead is installed from. Every requirement in them has its hashes, as
    `uv pip compile --generate-hashes` and `pip-compile --generate-hashes` write them."""
    project: bool = False
    """Whether Fairlead is this repository itself, and is installed from it without dependencies."""
    code_scanning: bool = True
    """Whether findings go to GitHub's code scanning too; a private repository needs a licence for it."""
    comment: bool = True
    """Whether the preview is a comment of the pull request too, in a job that may do nothing else; for a pull request
    from a fork it never is."""
    attest: bool = True
    """Whether images get a signed provenance; a private repository needs GitHub Enterprise Cloud for it."""
    environment: Label = "fairlead"
    """The environment on GitHub that holds the App's key and the registry's password, restricted to the branch."""
    app: App = App()
    """The GitHub App that opens pull requests."""
    merge: Literal["squash", "merge", "rebase"] = "squash"
    """How a pull request is merged where `retraining.promote` is automatic."""
    registry: Registry | None = None
    """The registry that images are pushed to; ghcr.io, with the workflow's own token, where nothing is said."""
    candidates: Candidates | None = None
    """How candidate records are read; `candidates` among the workflows needs it."""
    promotions: Promotions = Promotions()
    """When promotions are proposed, where `promote` is among the workflows."""
    clusters: dict[Name, Cluster] = Field(default_factory=dict)
    """The cluster of each environment; `apply` among the workflows needs it."""
