"""What the stages of a plan's construction share: the unit, what has been built, and what was wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from fairlead.plan.nodes import BUILT_IN, Image, Node, Run, Waiting
from fairlead.plan.plan import Dataset
from fairlead.plan.pointing import name_place
from fairlead.project.unit import Unit
from fairlead.source.diagnostics import Code, Diagnostic
from fairlead.source.nodes import Path
from fairlead.source.words import nearest_word
from fairlead.spec.hardware import Profile
from fairlead.spec.units import Duration, ImageRef, Name, SecretRef

UNKNOWN_NAME = Code(
    "FL3001",
    "a name that nothing declares",
    """
    The specification refers to a dataset, a column, a step, a hardware profile, a pipeline or an environment by a
    name that
    nothing declares. Only what is declared can be named.

    ```yaml
    data:
      sources:
        visits: {uri: s3://acme/visits/}
      prepare:
        features:
          command: [python, -m, features]
          inputs: [visit]          # FL3001: did you mean `visits`?
          outputs: {table: {like: visits}}
    ```
    """,
)
NO_RUNNER = Code(
    "FL3002",
    "the project names no runner image",
    """
    Checking data, splitting, evaluating, the gate and registering are Fairlead's own steps, and run in an image that
    the project keeps in its own registry. fairlead.yaml has to name it:

    ```yaml
    platform:
      runner: ghcr.io/acme/fairlead-runner
    ```
    """,
)

SMALL = Duration.parse("1h")
"""The timeout of Fairlead's own steps: they read data once, and write little."""
RETRIES = 2
"""How often Fairlead's own steps are tried again after a failure of the infrastructure."""


@dataclass
class Scope:
    """Under construction: one plan."""

    unit: Unit
    peers: Mapping[str, Unit]
    nodes: dict[str, Node] = field(default_factory=dict)
    datasets: dict[str, Dataset] = field(default_factory=dict)
    split_of: str | None = None
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def add(self, node: Node) -> None:
        """A node more; ids are unique by construction."""
        if node.id in self.nodes:
            raise ValueError(f"the node {node.id} was built twice")
        self.nodes[node.id] = node

    def report(self, code: Code, path: Path, message: str, help_: str = "", nearest: str | None = None) -> None:
        """A finding at a path of the specification."""
        self.diagnostics.append(Diagnostic(code, self.unit.place(*path), message, help_, nearest))

    def unknown(self, what: str, name: str, path: Path, known: Iterable[str]) -> None:
        """A name that nothing declares, at `path` or in the list or the mapping there."""
        choices = sorted(set(known))
        listed = ", ".join(f"`{choice}`" for choice in choices[:12]) or "none"
        help_ = f"declared are {listed}" + (f" and {len(choices) - 12} more" if len(choices) > 12 else "")
        place = name_place(self.unit, path, name)
        message = f"there is no {what} `{name}`"
        self.diagnostics.append(Diagnostic(UNKNOWN_NAME, place, message, help_, nearest_word(name, choices)))

    def hardware(self, *roles: str) -> Profile:
        """The profile of the first role that the specification gives one, else `default`, else the language's own."""
        for role in (*roles, "default"):
            choice = self.unit.pipeline.hardware.get(Name(role))
            if isinstance(choice, Profile):
                return choice
            if choice is not None:
                return self.unit.project.hardware.get(Name(choice), Profile())
        return Profile()

    def image(self, reference: ImageRef) -> Image:
        """An image with the digest that the lock has for it; by tag where it has none."""
        text = str(reference)
        locked = self.unit.lock.images.get(text) if self.unit.lock else None
        digest = str(locked.digest) if locked else reference.digest
        if digest:
            return Image(f"{reference.repository}@{digest}", text, digest, locked.tree if locked else None)
        return Image(text if reference.tag else f"{reference.repository}:{self.branch_tag}", text, None)

    @property
    def branch_tag(self) -> str:
        """The tag of images that this project builds: its branch, as the build workflow pushes it."""
        branch = self.unit.project.git.branch if self.unit.project.git else "main"
        return branch.replace("/", "-")

    def pending(self, *images: Image) -> Waiting | None:
        """What waits for a digest, in a protected environment."""
        if not self.unit.settings.protected:
            return None
        for image in images:
            if image.digest is None:
                detail = f"the lock has no digest for {image.repository}"
                return Waiting("pending-build", detail, self.unit.project_place("environments", self.unit.environment))
        return None

    def runner(self) -> Image:
        """The image of Fairlead's own steps."""
        runner = self.unit.project.platform.runner
        if runner is None:
            place = self.unit.project_place("platform")
            message = "this pipeline needs Fairlead's own steps, and `platform.runner` names no image for them"
            self.diagnostics.append(Diagnostic(NO_RUNNER, place, message, "add `runner: <image>` under `platform`"))
            return Image("runner", "runner", None)
        return self.image(runner)

    def built_in(
        self, step: str, parameters: Mapping[str, object], *roles: str, timeout: Duration = SMALL, cache: bool = True
    ) -> Run:
        """One of Fairlead's own steps, in the runner image."""
        return Run(
            image=self.runner(),
            command=(*BUILT_IN, step),
            built_in=step,
            parameters=parameters,
            hardware=self.hardware(*roles),
            timeout=timeout,
            retries=RETRIES,
            cache=cache,
        )


def secret_pairs(secrets: Mapping[str, SecretRef]) -> dict[str, tuple[str, str]]:
    """References to secrets as pairs of a Secret's name and a key in it."""
    return {str(name): (reference.name, reference.key) for name, reference in secrets.items()}
