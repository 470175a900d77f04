"""Patches that give more rights, or take away what holds a Pod, a caller or a candidate back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any, Final, NamedTuple

from fairlead.policy.base import Policy
from fairlead.policy.weaknesses import Kind, at, weaknesses
from fairlead.project.unit import Unit
from fairlead.resources.resource import Resource
from fairlead.source.diagnostics import Code, Diagnostic
from fairlead.source.nodes import Path
from fairlead.source.places import Place

NAME: Final = "patches.weaker"
WEAKER: Final = Code(
    "FL7104",
    "a patch that weakens what is generated",
    """
    What is generated runs without privileges, reaches the node in no way, has the rights that it needs, answers the
    callers that were named, and lets a candidate through only behind its gate. A patch can undo each of these in a line
    that looks like any other, so it is an error in every environment, until a waiver says that it is meant.

    ```yaml
    patches:
      - why: the driver reads the node's devices
        target: {kind: WorkflowTemplate}
        merge: {spec: {hostNetwork: true}}                              # FL7104
    ```

    Mended where the language has a word for it (`secrets`, `hardware`, `service_account`), and otherwise accepted, for
    a time:

    ```yaml
    waivers:
      - {check: patches.weaker, reason: the platform's team has approved the node's network, until: 2027-03-31}
    ```

    Among what is found: privileged containers and those that run as root, the node's network, processes and files,
    capabilities, other accounts, rules of roles and whom they are given to, network and authorization policies, where
    alerts are sent, what a workflow's steps run and in which order, where a model is loaded from, secrets, and in a
    protected environment an image by its tag.
    """,
)


class Change(NamedTuple):
    """What is weaker in a resource: the path to it, and in words."""

    path: Path
    what: str


_WHOLE: Final[Mapping[str, tuple[Path, ...]]] = {
    "Role": (("rules",),),
    "ClusterRole": (("rules",),),
    "RoleBinding": (("roleRef",), ("subjects",)),
    "ClusterRoleBinding": (("roleRef",), ("subjects",)),
    "NetworkPolicy": (("spec",),),
    "AuthorizationPolicy": (("spec",),),
    "AlertmanagerConfig": (("spec", "receivers"),),
    "EventSource": (("spec",),),
    "Secret": (("data",), ("stringData",), ("type",)),
}
"""What of a kind is as it was, or the patch is found."""
_ACCOUNTS: Final = frozenset({"serviceAccountName", "serviceAccount"})
_RUNS: Final = frozenset({
    "arguments", "args", "command", "continueOn", "dependencies", "depends", "entrypoint", "env", "envFrom", "hooks",
    "image", "onExit", "podSpecPatch", "source", "template", "templateRef", "when",
})  # fmt: skip
"""What decides what a workflow's steps run, on what, and in which order."""
_LOADS: Final = frozenset({"storageUri", "storage", "runtime"})


class WeakerPatches(Policy):
    """Patches leave what holds a Pod, a caller or a candidate back as it was generated."""

    name = NAME
    code = WEAKER

    def check_patches(self, unit: Unit, before: Sequence[Resource], after: Sequence[Resource]) -> Iterator[Diagnostic]:
        """What a unit's patches have made weaker of its resources."""
        for old, new in zip(before, after, strict=True):
            if old is new:
                continue
            for change in weaker(old.manifest, new.manifest, pinned=unit.settings.protected):
                message = f"{new.identity} {change.what}, at `{'.'.join(str(step) for step in change.path)}`"
                help_ = f"leave it as it is generated, or accept it with a waiver of `{NAME}`"
                yield Diagnostic(self.code, _place(unit, new, change.path), message, help_)


def weaker(before: Mapping[str, Any], after: Mapping[str, Any], *, pinned: bool) -> list[Change]:
    """What is weaker in a manifest than it was; with `pinned`, an image without a digest too."""
    kind = str(before["kind"])
    found = [
        Change(path, "has other rights or bounds than those that were generated")
        for path in _WHOLE.get(kind, ())
        if at(before, path) != at(after, path)
    ]
    known = {(each.named, each.what) for each in weaknesses(before, pinned=pinned)}
    found += [
        Change(each.path, each.what)
        for each in weaknesses(after, pinned=pinned)
        if (each.named, each.what) not in known and (pinned or each.kind is not Kind.IMAGE)
    ]
    keys = _ACCOUNTS
    if kind in ("WorkflowTemplate", "CronWorkflow", "ClusterWorkflowTemplate", "Sensor"):
        keys |= _RUNS
    if kind == "InferenceService":
        keys |= _LOADS
    found += _differing(before, after, keys, ())
    return list(dict.fromkeys(found))


def _differing(before: Any, after: Any, keys: frozenset[str], path: Path) -> Iterator[Change]:
    """Where a value under one of `keys` is not what it was."""
    if isinstance(after, Mapping):
        old = before if isinstance(before, Mapping) else {}
        for key in dict.fromkeys([*old, *after]):
            here = (*path, str(key))
            if key not in keys:
                yield from _differing(old.get(key), after.get(key), keys, here)
            elif old.get(key) != after.get(key):
                yield Change(here if key in after else path, f"has another `{key}` than was generated")
    elif isinstance(after, list):
        old_items = before if isinstance(before, list) else []
        for position, (old, new) in enumerate(zip_longest(old_items, after)):
            yield from _differing(old, new, keys, (*path, position))
    elif isinstance(before, Mapping | list):
        # What was there is gone: with it went whatever it said.
        yield from (Change(path, change.what) for change in _differing(_empty(before), before, keys, path))


def _empty(value: Any) -> Any:
    return {} if isinstance(value, Mapping) else []


def _place(unit: Unit, resource: Resource, path: Path) -> Place:
    """The patch that touched what is at `path`; the last one of this resource where none is known to."""
    touching = [
        origin.place
        for touched, origin in resource.fields.items()
        if touched[: len(path)] == path or path[: len(touched)] == touched
        if origin.place.file == unit.file
    ]
    patches = [unit.place("patches", number) for number in range(len(unit.pipeline.patches))]
    return next((place for place in reversed(touching) if place in patches), patches[-1])
