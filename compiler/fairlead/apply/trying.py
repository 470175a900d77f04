"""Trying everything that is wanted in a dry run on the server: what would become of it, and what can't."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from fairlead.apply.codes import IMMUTABLE
from fairlead.apply.plan import Step
from fairlead.apply.wanted import Wanted, documents
from fairlead.cluster import codes
from fairlead.cluster.failures import diagnostic
from fairlead.cluster.kubectl import Failed, Kubectl, Object
from fairlead.preview.model import Change
from fairlead.resources.comparing import MISSING, differences, dotted, shown
from fairlead.resources.resource import Identity
from fairlead.source.diagnostics import Diagnostic, Refused, in_order
from fairlead.source.places import Place
from fairlead.spec.secrets import one_line

PROJECT: Final = Place.start_of("fairlead.yaml")
_OF_THE_SERVER: Final = frozenset(
    {"managedFields", "resourceVersion", "generation", "uid", "creationTimestamp", "selfLink"}
)
_VALUES_HIDDEN: Final = ("Secret",)
_IMMUTABLE: Final = re.compile(
    r"field is immutable|may not change once set|is immutable|cannot (be )?changed?|updates to .* are forbidden"
)
"""How the API server and rules in definitions say that a field of an object can't be changed."""


def state(found: Object) -> str:
    """What changes when somebody changes an object; not when its controller reports, where its kind can tell."""
    metadata = found["metadata"]
    if "generation" in metadata:
        return f"generation {metadata['generation']}"
    return f"resourceVersion {metadata.get('resourceVersion', '')}"


def tried(
    kubectl: Kubectl, wanted: Sequence[Wanted], *, force: bool, replace: bool
) -> tuple[list[Object], dict[Identity, str]]:
    """Everything as it would be; and what can't become so, where it may be replaced, with the server's words.

    kubectl does not say which of many is refused, so then they are tried one by one.
    """
    if not wanted:
        return [], {}
    try:
        return kubectl.apply(documents(wanted), dry_run=True, force=force), {}
    except Failed as error:
        whole = diagnostic(error, PROJECT)
    if whole.code in (codes.NO_KUBECTL, codes.UNREACHABLE):
        raise Refused([whole])
    found, wrong, immutable = [], [], {}
    for each in wanted:
        try:
            found += kubectl.apply(documents([each]), dry_run=True, force=force)
        except Failed as error:
            said = diagnostic(error, Place.start_of(each.path), str(each.ref.identity))
            if said.code is codes.DENIED and _IMMUTABLE.search(error.said):
                if replace:
                    immutable[each.ref.identity] = said.message
                    continue
                help_ = "say `--replace` where it may be deleted and made anew"
                said = Diagnostic(IMMUTABLE, said.place, said.message, help_)
            wrong.append(said)
    if wrong:
        raise Refused(in_order(wrong))
    return found, immutable


def replacement(wanted: Wanted, live: Mapping[Identity, Object], said: str, adopted: frozenset[Identity]) -> Step:
    """What is deleted and made anew; the differences are what the server says can't be changed."""
    about = wanted.ref.identity
    before = live[about]
    uid = str(before["metadata"].get("uid", ""))
    return Step(
        Change.CHANGED,
        wanted.ref,
        wanted.part,
        (one_line(said.removeprefix(f"{about}: ")),),
        replaced=True,
        adopted=about in adopted,
        uid=uid,
        state=state(before),
    )


def step(
    wanted: Wanted, live: Mapping[Identity, Object], after: Mapping[Identity, Object], adopted: frozenset[Identity]
) -> Step:
    """What is made or changed, or stays as it is."""
    about = wanted.ref.identity
    before = live.get(about)
    if about not in after:
        message = f"kubectl did not say what would become of {about}"
        raise Refused([Diagnostic(codes.KUBECTL_FAILED, Place.start_of(wanted.path), message, "update kubectl")])
    if before is None:
        return Step(Change.ADDED, wanted.ref, wanted.part)
    found = tuple(_differences(before, after[about]))
    change = Change.CHANGED if found else Change.SAME
    uid = str(before["metadata"].get("uid", ""))
    return Step(change, wanted.ref, wanted.part, found, about in adopted, uid, state(before))


def _differences(before: Object, after: Object) -> Iterable[str]:
    kind = str(after.get("kind"))
    for found in differences(kind, _own(before), _own(after)):
        path = dotted(found.path)
        if kind in _VALUES_HIDDEN:
            yield path
        elif found.before is MISSING or found.after is MISSING:
            yield one_line(f"{path} {'added' if found.before is MISSING else 'removed'}")
        else:
            yield one_line(f"{path}: {shown(found.before)} -> {shown(found.after)}")


def _own(found: Object) -> dict[str, Any]:
    """An object without what the server keeps and its controller reports."""
    metadata = {key: value for key, value in found["metadata"].items() if key not in _OF_THE_SERVER}
    return {key: value for key, value in found.items() if key not in ("metadata", "status")} | {"metadata": metadata}
