"""What a person changed in a generated file, and how to say it as a patch in the spec."""

from __future__ import annotations

import difflib
import io
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from fairlead.output.desired import ResourceRef
from fairlead.output.survey import Difference
from fairlead.output.yaml import dump
from fairlead.resources.difference import difference, same
from fairlead.source.diagnostics import Code, Diagnostic, Related
from fairlead.source.places import Place

EDITED = Code(
    "FL6004",
    "a generated file was changed by hand",
    """
    A file that Fairlead generated isn't as Fairlead left it: its SHA-256 differs from the one in the inventory.

    Compiling would overwrite or delete it, and with it somebody's work. So nothing is written at all until the change
    has found its place.

    Wrong, in rendered/production/churn/kserve/inferenceservice-churn.yaml:

    ```yaml
    metadata:
      annotations:
        acme.example/ingress: internal     # added by hand
    ```

    Right, in specs/churn.yaml:

    ```yaml
    patches:
      - why: the ingress team wants this annotation until Q2
        target: {kind: InferenceService, name: churn}
        merge: {metadata: {annotations: {acme.example/ingress: internal}}}
    ```

    A change that the spec gives now, or that changed only comments and layout, is no longer in the way. To give an edit
    up, restore the file with `git checkout -- FILE`, or compile with `--overwrite-edits`.
    """,
)

_SHOWN: Final = 5
"""Changed places that a diagnostic shows; a diff shows all of them."""


def edited(found: Difference, current: bytes) -> Diagnostic:
    """The diagnostic for a generated file that is `current` on disk and was changed by a person."""
    path = found.path
    if found.desired is None:
        return Diagnostic(
            EDITED,
            Place.start_of(path),
            f"{path} would be deleted, and it was changed by hand since it was generated",
            f"delete it yourself if the change is no longer needed, or restore it with `git checkout -- {path}`",
        )
    desired = found.desired.read()
    hunks = _hunks(desired, current)
    first = hunks[0].line if hunks else 1
    count = sum(hunk.lines for hunk in hunks)
    lines = "1 line differs" if count == 1 else f"{count} lines differ"
    message = f"{path} was changed by hand: {lines} from what {found.source} gives, from line {first} on"
    if found.listed != sha256(desired).hexdigest():
        message += ", and not all of that need be the hand's, for the compiled content changed as well"
    instead = f"restore it with `git checkout -- {path}`, and write the change into {found.source}"
    snippet = suggested_patch(found.resource, desired, current) if found.resource else None
    if snippet and found.owner.pipeline is not None:
        instead += f" as this patch:\n\n{snippet}"
    related = tuple(Related(Place(path, hunk.line, 1, hunk.line, 1), hunk.text) for hunk in hunks[:_SHOWN])
    return Diagnostic(EDITED, Place(path, first, 1, first, 1), message, instead, related=related)


def says_the_same(desired: bytes, current: bytes) -> bool:
    """Whether both are YAML of one value, so that overwriting loses only comments and layout."""
    one, other = _loaded(desired), _loaded(current)
    return one is not None and same(one, other)


def suggested_patch(resource: ResourceRef, desired: bytes, current: bytes) -> str | None:
    """A `patches` section that makes `desired` into `current`; None where a merge patch can't say it."""
    one, other = _loaded(desired), _loaded(current)
    if not isinstance(one, dict) or not isinstance(other, dict):
        return None
    patch = difference(resource.kind, one, other)
    if not patch or {"kind", "apiVersion"} & patch.keys():
        return None
    target = {"kind": resource.kind, "name": resource.name}
    return dump({"patches": [{"why": "(say why)", "target": target, "merge": patch}]})


@dataclass(frozen=True, slots=True)
class _Hunk:
    """One changed place: its line in the file as it is, how many lines differ there, and both sides in words."""

    line: int
    lines: int
    text: str


def _hunks(desired: bytes, current: bytes) -> list[_Hunk]:
    before, after = _lines(desired), _lines(current)
    hunks = []
    for tag, was, was_end, now, now_end in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag != "equal":
            text = f"generated {_shown(before[was:was_end])}, and now {_shown(after[now:now_end])}"
            hunks.append(_Hunk(min(now + 1, max(len(after), 1)), max(was_end - was, now_end - now), text))
    return hunks


def _lines(content: bytes) -> list[str]:
    return content.decode(errors="replace").splitlines()


def _shown(lines: list[str]) -> str:
    if not lines:
        return "nothing"
    more = f" and {len(lines) - 1} more" if len(lines) > 1 else ""
    return f"`{lines[0].strip()}`{more}"


def _loaded(content: bytes) -> Any:
    """The value of a YAML document, or None for what can't be read."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        return YAML(typ="safe", pure=True).load(io.StringIO(content.decode()))
    except (YAMLError, ValueError, RecursionError):
        return None
