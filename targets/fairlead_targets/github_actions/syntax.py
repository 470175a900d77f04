"""A workflow as typed values, and as GitHub reads it.

Source: "Workflow syntax for GitHub Actions" in GitHub's documentation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from fairlead.resources.text import Commented, Plain
from fairlead_targets.github_actions.actions import pinned
from fairlead_targets.github_actions.expressions import Expression, expression

Value = str | int | bool

RUN_DEFAULTS: Final = {"run": {"shell": "bash"}}
"""Named, bash runs with `-o pipefail`; unnamed, it does not."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A right of a job's own token, and what it is for."""

    scope: str
    level: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step: an action or a script. A script gets values from `env` alone, never by an expression in its text."""

    name: str
    uses: str | None = None
    run: str | None = None
    id: str | None = None
    condition: Expression | None = None
    inputs: Mapping[str, Value] = field(default_factory=dict)
    env: Mapping[str, Value] = field(default_factory=dict)

    def content(self) -> dict[str, Any]:
        """The step as GitHub reads it."""
        content: dict[str, Any] = {"name": self.name}
        if self.id:
            content["id"] = self.id
        if self.condition:
            content["if"] = self.condition
        if self.uses:
            content["uses"] = pinned(self.uses)
        if self.inputs:
            content["with"] = dict(self.inputs)
        if self.env:
            content["env"] = dict(self.env)
        if self.run:
            content["run"] = self.run
        return content


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One job. `minutes` bounds it; `environment` is the one on GitHub whose secrets and rules are its own."""

    name: str
    runs_on: str
    minutes: int
    grants: tuple[Grant, ...]
    steps: tuple[Step, ...]
    needs: tuple[str, ...] = ()
    condition: Expression | None = None
    environment: str | None = None
    outputs: Mapping[str, Expression] = field(default_factory=dict)
    matrix: Expression | None = None
    env: Mapping[str, Value] = field(default_factory=dict)

    def content(self) -> dict[str, Any]:
        """The job as GitHub reads it."""
        content: dict[str, Any] = {"name": self.name, "runs-on": self.runs_on}
        if self.needs:
            content["needs"] = list(self.needs)
        if self.condition:
            content["if"] = self.condition
        content["timeout-minutes"] = self.minutes
        content["permissions"] = {grant.scope: Commented(grant.level, grant.why) for grant in self.grants}
        if self.environment:
            content["environment"] = self.environment
        if self.outputs:
            content["outputs"] = dict(self.outputs)
        if self.matrix:
            content["strategy"] = {"fail-fast": False, "matrix": self.matrix}
        if self.env:
            content["env"] = dict(self.env)
        content["steps"] = [step.content() for step in self.steps]
        return content


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    """One workflow. Only runs for one pull request may be cancelled by the next; everything else finishes."""

    name: str
    on: Mapping[str, Any]
    jobs: Mapping[str, Job]
    group: Expression
    """Runs of one group don't overlap."""
    cancel: Expression | bool = False

    def content(self) -> dict[str, Any]:
        """The workflow as GitHub reads it."""
        return {
            "name": self.name,
            Plain("on"): dict(self.on),
            "permissions": Commented({}, above=["Each job has the rights that it needs, and no others."]),
            "concurrency": {"group": self.group, "cancel-in-progress": self.cancel},
            "defaults": RUN_DEFAULTS,
            "jobs": {key: job.content() for key, job in self.jobs.items()},
        }


PER_REF: Final = Expression("${{ github.workflow }}-${{ github.ref }}")
PER_WORKFLOW: Final = expression("github.workflow")
WHILE_PROPOSED: Final = expression("github.event_name == 'pull_request'")
"""A newer commit of a pull request makes the run for the older one pointless."""
OWN_BRANCH: Final = "github.event.pull_request.head.repo.full_name == github.repository"
"""Whether a pull request comes from this repository: from a fork it has a token that can only read."""
READ: Final = Grant("contents", "read", "to check the repository out")
