"""`patches`: the user's own changes to generated resources, applied last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from fairlead.project.unit import Unit
from fairlead.resources.json_patch import operated
from fairlead.resources.merging import MergeError, merge, touched
from fairlead.resources.resource import Deferred, Origin, Resource
from fairlead.resources.shapes import PATCHED
from fairlead.source.diagnostics import Code, Diagnostic, Severity
from fairlead.source.nodes import Path
from fairlead.source.places import Place
from fairlead.source.words import nearest_word
from fairlead.spec.adjustments import Patch

MATCHES_NOTHING = Code(
    "FL5001",
    "a patch that matches nothing",
    """
    No generated resource has the kind and the name of the patch's `target`. Most often a resource was renamed, or a
    section that
    made it was removed; the patch would silently do nothing from then on, so it is an error.

    ```yaml
    patches:
      - why: the ingress team wants this annotation
        target: {kind: InferenceServices}        # FL5001: did you mean `InferenceService`?
        merge: {metadata: {annotations: {acme.example/ingress: internal}}}
    ```

    `fairlead compile` lists what it writes; the kind is spelled as in the manifest.
    """,
)
CANNOT_APPLY = Code(
    "FL5002",
    "a patch that cannot be applied",
    """
    The patch matches a resource, but one of its operations can't be carried out on it: a JSON Pointer that leads
    nowhere, a
    `test` that fails, a null with nothing to remove, or an item of a list of named things without its name.

    ```yaml
    patches:
      - why: a second template is not there
        target: {kind: WorkflowTemplate}
        json: [{op: remove, path: /spec/templates/99}]     # FL5002
    ```
    """,
)
CHANGES_IDENTITY = Code(
    "FL5003",
    "a patch that would make it another resource",
    """
    `apiVersion`, `kind`, `metadata.name` and `metadata.namespace` are what a resource is. Changing them would leave
    the old
    one behind in the cluster, and other resources would still refer to it. Names come from the pipeline's name.
    """,
)
WAITS = Code(
    "FL5005",
    "a patch that waits for its resource",
    """
    The resource that the patch is for is left out for now: its first model version, or an image's digest, is still
    to come.
    The patch waits with it, and takes effect when the resource appears.
    """,
    Severity.NOTE,
)


@dataclass(frozen=True, slots=True)
class Patched:
    """Resources after all patches, and what was wrong with those."""

    resources: tuple[Resource, ...]
    diagnostics: tuple[Diagnostic, ...] = ()
    unmatched: Mapping[Place, Diagnostic | None] = field(default_factory=dict)
    """For every patch, by its place: what to say because it matches nothing here, or None. A patch may be for what
    only one environment has, as training; so it is an error only where it matches nothing in any."""


def apply_patches(unit: Unit, resources: Sequence[Resource], deferred: Sequence[Deferred]) -> Patched:
    """`resources` with the specification's patches over them, in the order of the file. Nothing is changed in place.

    That a patch is either a merge or a list of operations has been checked with the plan.
    """
    result = list(resources)
    found: list[Diagnostic] = []
    unmatched: dict[Place, Diagnostic | None] = {}
    for number, patch in enumerate(unit.pipeline.patches):
        path: Path = ("patches", number)
        matched = [at for at, resource in enumerate(result) if _matches(patch, _kind(resource), resource.identity.name)]
        unmatched[unit.place(*path)] = None
        if not matched:
            waits = _waits(unit, patch, path, deferred)
            if waits is not None:
                found.append(waits)
            else:
                unmatched[unit.place(*path)] = _unmatched(unit, patch, path, result, deferred)
        for at in matched:
            try:
                result[at] = _applied(unit, patch, path, result[at])
            except MergeError as error:
                where = unit.place(*path, *error.path)
                message = f"the patch cannot be applied to {result[at].identity}: {error.message}"
                found.append(
                    Diagnostic(CANNOT_APPLY, where, message, "compare it with the resource as it is generated")
                )
    found += _identity_changes(unit, resources, result)
    return Patched(tuple(result), tuple(found), unmatched)


def _kind(resource: Resource) -> str:
    return str(resource.manifest["kind"])


def _matches(patch: Patch, kind: str, name: str) -> bool:
    return patch.target.kind == kind and patch.target.name in (None, name)


def _waits(unit: Unit, patch: Patch, path: Path, deferred: Sequence[Deferred]) -> Diagnostic | None:
    """A note, where what the patch is for is left out for now."""
    waiting = next((item for item in deferred if _matches(patch, item.kind, item.name)), None)
    if waiting is None:
        return None
    message = f"the patch waits: {waiting.kind} {waiting.name} is left out for now ({waiting.reason})"
    return Diagnostic(WAITS, unit.place(*path, "target"), message, waiting.detail)


def _unmatched(
    unit: Unit, patch: Patch, path: Path, resources: Sequence[Resource], deferred: Sequence[Deferred]
) -> Diagnostic:
    kinds = {_kind(resource) for resource in resources} | {item.kind for item in deferred}
    if patch.target.kind not in kinds:
        place = unit.place(*path, "target", "kind")
        message = f"no resource of the kind `{patch.target.kind}` is generated here"
        help_ = f"generated are {', '.join(sorted(kinds)) or 'none'}"
        return Diagnostic(MATCHES_NOTHING, place, message, help_, nearest_word(patch.target.kind, sorted(kinds)))
    names = [resource.identity.name for resource in resources if _kind(resource) == patch.target.kind]
    names += [item.name for item in deferred if item.kind == patch.target.kind]
    name = str(patch.target.name)
    place = unit.place(*path, "target", "name")
    message = f"no {patch.target.kind} is called `{name}`"
    return Diagnostic(MATCHES_NOTHING, place, message, f"there are {', '.join(names)}", nearest_word(name, names))


def _applied(unit: Unit, patch: Patch, path: Path, resource: Resource) -> Resource:
    kind = _kind(resource)
    if patch.merge is not None:
        try:
            manifest = merge(kind, resource.manifest, patch.merge)
        except MergeError as error:
            raise MergeError(("merge", *error.path), error.message) from None
    else:
        manifest = operated(resource.manifest, patch.json_ or ())
    fields = dict(resource.fields)
    for place in touched(kind, resource.manifest, manifest):
        fields[place] = Origin(resource.origin.node, unit.place(*path), f"{PATCHED}{patch.why}")
    return replace(resource, manifest=manifest, fields=fields)


def _identity_changes(unit: Unit, before: Sequence[Resource], after: Sequence[Resource]) -> list[Diagnostic]:
    found = []
    for old, new in zip(before, after, strict=True):
        changed = _identity(old) != _identity(new)
        if changed:
            number = next(
                (n for n, p in enumerate(unit.pipeline.patches) if _matches(p, _kind(old), old.identity.name)), 0
            )
            message = f"the patch would change what {old.identity} is"
            place = unit.place("patches", number)
            help_ = "leave apiVersion, kind, metadata.name and metadata.namespace as they are"
            found.append(Diagnostic(CHANGES_IDENTITY, place, message, help_))
    return found


def _identity(resource: Resource) -> tuple[Any, ...]:
    manifest = resource.manifest
    metadata = manifest.get("metadata")
    named = (metadata.get("namespace"), metadata.get("name")) if isinstance(metadata, Mapping) else ()
    return manifest.get("apiVersion"), manifest.get("kind"), named
