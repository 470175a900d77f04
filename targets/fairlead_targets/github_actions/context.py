"""What every workflow is made from: the project's own words, checked, and the steps that several workflows share."""

from __future__ import annotations

from dataclasses import dataclass

from fairlead.project.model import Project
from fairlead_targets.github_actions.expressions import expression
from fairlead_targets.github_actions.options import GitHubActionsOptions
from fairlead_targets.github_actions.pipelines import GITHUB_REGISTRY, Row
from fairlead_targets.github_actions.scripts import script
from fairlead_targets.github_actions.syntax import Step

TABLE = "pipelines.json"


@dataclass(frozen=True)
class Context:
    """A project, the target's options and the pipelines that train."""

    project: Project
    options: GitHubActionsOptions
    rows: tuple[Row, ...]

    @property
    def branch(self) -> str:
        """The branch that is reconciled."""
        return self.project.git.branch if self.project.git else "main"

    @property
    def table(self) -> str:
        """The path of the table of pipelines, from the root of the repository."""
        return f"{self.project.output}/_project/github-actions/{TABLE}"

    @property
    def registry(self) -> str:
        """The registry that images are pushed to."""
        return str(self.options.registry.host) if self.options.registry else GITHUB_REGISTRY

    def checkout(self, depth: int = 1) -> Step:
        """The repository, without a token left in its configuration; all of its history for a depth of 0."""
        inputs: dict[str, str | int | bool] = {"persist-credentials": False}
        if depth != 1:
            inputs["fetch-depth"] = depth
        return Step(name="Check out", uses="actions/checkout", inputs=inputs)

    def install(self) -> tuple[Step, ...]:
        """Python, and Fairlead by its hashes. No cache: what another run left behind is nothing to build on."""
        steps = [
            Step(name="Set up Python", uses="actions/setup-python", inputs={"python-version": self.options.python}),
            Step(
                name="Install Fairlead's requirements" if self.options.project else "Install Fairlead",
                env={"REQUIREMENTS": "\n".join(self.options.requirements)},
                run=script("install"),
            ),
        ]
        if self.options.project:
            steps.append(Step(name="Install Fairlead from this repository", run=script("install_project")))
        return tuple(steps)

    def token(self) -> Step:
        """A token of the App's for what opening a pull request takes; without an `owner`, for this repository alone."""
        return Step(
            name="Get a token of the App",
            id="app",
            uses="actions/create-github-app-token",
            inputs={
                "client-id": expression(f"vars.{self.options.app.client_id}"),
                "private-key": expression(f"secrets.{self.options.app.private_key}"),
                "permission-contents": "write",
                "permission-pull-requests": "write",
            },
        )
