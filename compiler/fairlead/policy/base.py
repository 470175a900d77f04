"""What a policy is: for Fairlead's own, and for a stranger's in a package that registers them.

A policy is a class with no state. One that does not come with Fairlead is registered under the entry-point group
`fairlead.policies` by its name, and applies where `policies` in fairlead.yaml names it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from fairlead.plan.plan import Plan
from fairlead.policy.weaknesses import Weakness, weaknesses
from fairlead.project.unit import Unit
from fairlead.resources.resource import Resource
from fairlead.source.diagnostics import Code, Diagnostic

GROUP = "fairlead.policies"


@dataclass(frozen=True)
class Output:
    """What one target makes of a pipeline in an environment, or of what pipelines share there; patches not applied."""

    target: str
    """The target's name."""
    environment: str | None
    """The environment; None for what belongs to the repository as a whole."""
    protected: bool
    """Whether the environment is protected."""
    resources: Sequence[Resource]
    """What it makes, in its own order."""
    shared: bool = False
    """Whether it is what pipelines share, and so no pipeline's waiver can accept what is found in it."""

    @cached_property
    def weaknesses(self) -> Sequence[tuple[Resource, Weakness]]:
        """Everything that is weak about the resources, for all policies that ask."""
        return [
            (resource, found)
            for resource in self.resources
            for found in weaknesses(resource.manifest, pinned=self.protected)
        ]

    def help(self, policy: str) -> str:
        """What to do about a finding of a policy: whose resource it is, and how it is accepted."""
        how = f"set `policies.{policy}` in fairlead.yaml" if self.shared else f"accept it with a waiver of `{policy}`"
        return f"the target `{self.target}` makes it; {how}"


class Policy:
    """A rule about what works and still should not be done without saying why.

    Each method looks at one stage of a compile, and finds nothing unless a subclass has something to say. They read
    what they are given and nothing else: no file, clock, network or environment variable.
    """

    name: ClassVar[str]
    """What `policies` in fairlead.yaml and a waiver's `check` call it: the section that it is about, a dot, and what is
    wrong."""
    code: ClassVar[Code]
    """The code of what it finds, and so how bad that is by itself; those of other packages may find several kinds."""

    def check(self, plan: Plan) -> Iterable[Diagnostic]:
        """What is found in the plan of a pipeline in an environment."""
        return ()

    def check_output(self, output: Output) -> Iterable[Diagnostic]:
        """What is found in what one target makes."""
        return ()

    def check_patches(self, unit: Unit, before: Sequence[Resource], after: Sequence[Resource]) -> Iterable[Diagnostic]:
        """What is found in what a pipeline's patches make of its resources: the same ones, in the same order."""
        return ()
