"""What targets make: nothing that is privileged, moves, or has no bound."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Final

from fairlead.policy.base import Output, Policy
from fairlead.policy.weaknesses import Kind
from fairlead.source.diagnostics import Code, Diagnostic

PRIVILEGED = Code(
    "FL7108",
    "a generated Pod with rights that it need not have",
    """
    A target has made a Pod, or a template of one, that does not fulfil the Restricted profile of the Pod Security
    Standards: it may run as root, gain privileges, keep capabilities, read the node's files or use its network. The
    targets that come with Fairlead make none, so this is about one of another package. What a patch makes of a Pod is
    FL7104.

    Ask the author of the target to use `fairlead.resources.pods.container_security`. Where the Pod needs the right, a
    waiver says why and for how long:

    ```yaml
    waivers:
      - {check: output.privileged, reason: the collector reads the node's logs, until: 2027-03-31}
    ```
    """,
)
UNPINNED = Code(
    "FL7109",
    "a generated Pod whose image may change",
    """
    A target runs an image by its tag in a protected environment, or by no tag or `latest` in any other. Whoever may
    push to the registry changes what runs, with no commit, and two nodes may run two programs.

    Images that Fairlead knows of are pinned by `fairlead lock`; the target finds the digest in the plan. Where the
    image is an option of the target, write it with its digest: `registry.example/agent@sha256:…`.
    """,
)
UNBOUNDED = Code(
    "FL7110",
    "a generated Pod without a bound of memory",
    """
    A container without a limit of memory takes what its node has, and the system then ends whatever is nearest. The
    targets that come with Fairlead bound every container by the hardware of its role, so this is about a target of
    another package: ask its author to use `fairlead.resources.pods.amounts`.
    """,
)


class WeakOutput(Policy):
    """Containers that targets make have no weakness of one kind."""

    kind: ClassVar[Kind]

    def check_output(self, output: Output) -> Iterator[Diagnostic]:
        """Each resource that has one, once for each of its weaknesses."""
        for resource, found in output.weaknesses:
            if found.kind is self.kind:
                where = ".".join(str(step) for step in found.path)
                message = f"{resource.identity} {found.what}, at `{where}`"
                help_ = output.help(self.name)
                yield Diagnostic(self.code, resource.origin_at(found.path).place, message, help_)


class Privileged(WeakOutput):
    """Generated Pods fulfil the Restricted profile."""

    name = "output.privileged"
    kind = Kind.PRIVILEGE
    code = PRIVILEGED


class Unpinned(WeakOutput):
    """Generated Pods run images that nobody can change without a commit."""

    name = "output.unpinned"
    kind = Kind.IMAGE
    code = UNPINNED


class Unbounded(WeakOutput):
    """Generated Pods have a bound of memory."""

    name = "output.unbounded"
    kind = Kind.BOUND
    code = UNBOUNDED


ALL: Final = (Privileged, Unpinned, Unbounded)
