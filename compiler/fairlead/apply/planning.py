"""Asks the cluster what applying would do to it, and changes nothing: every resource is tried in a dry run."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from fairlead.apply.codes import IMMUTABLE, NOT_OURS
from fairlead.apply.inventory import LABEL, Inventory, Owner, read
from fairlead.apply.plan import Plan, Step
from fairlead.apply.wanted import Wanted, digest, documents
from fairlead.cluster import codes
from fairlead.cluster.failures import diagnostic, refused
from fairlead.cluster.kubectl import MANAGER, Failed, Kubectl, Object, identity
from fairlead.output.desired import ResourceRef
from fairlead.preview.effects.pair import one_line
from fairlead.preview.fields import MISSING, differences, dotted, shown
from fairlead.preview.model import Change
from fairlead.resources.order import rank
from fairlead.resources.resource import Identity
from fairlead.source.diagnostics import Diagnostic, Refused, in_order
from fairlead.source.places import Place

PROJECT: Final = Place.start_of("fairlead.yaml")
_OF_THE_SERVER: Final = frozenset(
    {"managedFields", "resourceVersion", "generation", "uid", "creationTimestamp", "selfLink"}
)
_VALUES_HIDDEN: Final = ("Secret",)


@dataclass(frozen=True)
class Request:
    """What is to be applied, and what its user permits."""

    project: str
    environment: str
    namespace: str
    wanted: tuple[Wanted, ...]
    commit: str = ""
    adopt: bool = False
    force: bool = False
    replace: bool = False


@dataclass(frozen=True)
class Planned:
    """A plan, and the inventories from which it was made."""

    plan: Plan
    inventories: tuple[Inventory, ...]
    live: Mapping[Identity, Object]


def make_plan(kubectl: Kubectl, request: Request) -> Planned:
    """What applying would do. Raises Refused with everything that is in the way."""
    try:
        cluster = _namespace(kubectl, request.namespace)
        inventories = read(kubectl.config_maps(request.namespace, LABEL))
        _require_kinds(kubectl, request.wanted)
        own = [each for each in inventories if each.owner[:2] == (request.project, request.environment)]
        gone = _gone(kubectl, request.wanted, own)
        there = kubectl.get([*(each.ref for each in request.wanted), *gone])
    except Failed as error:
        raise refused(error, PROJECT) from error
    live = {identity(each): each for each in there}
    adopted = _adopted(request, inventories, live)
    tried, immutable = _tried(kubectl, request)
    after = {identity(each): each for each in tried}
    steps = [
        _replacement(each, live, immutable[each.ref.identity], adopted)
        if each.ref.identity in immutable
        else _step(each, live, after, adopted)
        for each in request.wanted
    ]
    removed, left = _removals(gone, live)
    ordered = sorted([*steps, *removed], key=lambda step: rank(step.ref.identity))
    plan = Plan(
        request.project, request.environment, request.namespace, cluster, digest(request.wanted), tuple(ordered), left
    )
    return Planned(plan, tuple(own), live)


def state(found: Object) -> str:
    """What changes when somebody changes an object; not when its controller reports, where its kind can tell."""
    metadata = found["metadata"]
    if "generation" in metadata:
        return f"generation {metadata['generation']}"
    return f"resourceVersion {metadata.get('resourceVersion', '')}"


def is_applied(found: Object) -> bool:
    """Whether Fairlead has applied an object."""
    fields = found["metadata"].get("managedFields") or ()
    return any(each.get("manager") == MANAGER and each.get("operation") == "Apply" for each in fields)


def _namespace(kubectl: Kubectl, name: str) -> str:
    try:
        found = kubectl.get([ResourceRef("v1", "Namespace", "", name)])
    except Failed as error:
        if "(Forbidden)" in error.said:
            return ""  # who may not look at it may still be allowed to work in it
        raise
    if not found:
        message = f"the cluster has no namespace {name}"
        help_ = f"`kubectl create namespace {name}`, or choose another cluster with --context"
        raise Refused([Diagnostic(codes.NO_NAMESPACE, PROJECT, message, help_)])
    return str(found[0]["metadata"].get("uid", ""))


def _require_kinds(kubectl: Kubectl, wanted: Iterable[Wanted]) -> None:
    missing: dict[tuple[str, str], Wanted] = {}
    for each in wanted:
        if each.ref.kind not in kubectl.kinds(each.ref.api_version):
            missing.setdefault(each.ref[:2], each)
    if missing:
        raise Refused(
            [
                Diagnostic(
                    codes.UNKNOWN_KIND,
                    Place.start_of(each.path),
                    f"the cluster has no {kind} in {version}",
                    "install the platform's definitions, or correct `platform` in fairlead.yaml",
                )
                for (version, kind), each in missing.items()
            ]
        )


def _gone(kubectl: Kubectl, wanted: Iterable[Wanted], own: Iterable[Inventory]) -> dict[ResourceRef, tuple[str, str]]:
    """What own inventories list and nobody wants any more: the part that had it, and its uid."""
    kept = {each.ref.identity for each in wanted}
    return {
        ref: (inventory.owner.part, uid)
        for inventory in own
        for ref, uid in inventory.entries.items()
        # With its definition, everything of a kind has gone.
        if ref.identity not in kept and ref.kind in kubectl.kinds(ref.api_version)
    }


def _adopted(
    request: Request, inventories: Iterable[Inventory], live: Mapping[Identity, Object]
) -> frozenset[Identity]:
    """What is there and no inventory of ours lists. Raises Refused where it is somebody else's."""
    ours: dict[Identity, set[str]] = {}
    theirs: dict[Identity, Owner] = {}
    for inventory in inventories:
        own = inventory.owner[:2] == (request.project, request.environment)
        for ref, uid in inventory.entries.items():
            if own:
                ours.setdefault(ref.identity, set()).add(uid)
            else:
                theirs[ref.identity] = inventory.owner
    adopted, wrong = set(), []
    for each in request.wanted:
        about = each.ref.identity
        # One that is listed without a uid was about to be made; whether it was by us, its fields say. Of one that has
        # nothing but a name, nobody has set any.
        listed = about in live and (
            live[about]["metadata"].get("uid") in ours.get(about, ())
            or ("" in ours.get(about, ()) and not live[about]["metadata"].get("managedFields"))
        )
        if about in theirs:
            message = f"{about} belongs to {theirs[about]}"
            help_ = "rename one of the two pipelines, or give the environments namespaces of their own"
            wrong.append(Diagnostic(NOT_OURS, Place.start_of(each.path), message, help_))
        elif about in live and not listed:
            if not request.adopt and not is_applied(live[about]):
                message = f"{about} is in the cluster already, and Fairlead has not applied it{_by(live[about])}"
                help_ = "rename one of the two, or take it over with `--adopt`"
                wrong.append(Diagnostic(NOT_OURS, Place.start_of(each.path), message, help_))
            adopted.add(about)
    if wrong:
        raise Refused(in_order(wrong))
    return frozenset(adopted)


def _by(found: Object) -> str:
    fields = found["metadata"].get("managedFields") or ()
    managers = sorted({str(each["manager"]) for each in fields if "manager" in each})
    return f", but {', '.join(managers)}" if managers else ""


_IMMUTABLE: Final = re.compile(
    r"field is immutable|may not change once set|is immutable|cannot (be )?changed?|updates to .* are forbidden"
)
"""How the API server and rules in definitions say that a field of an object can't be changed."""


def _tried(kubectl: Kubectl, request: Request) -> tuple[list[Object], dict[Identity, str]]:
    """Everything as it would be; and what can't become so, where it may be replaced, with the server's words.

    kubectl does not say which of many is refused, so then they are tried one by one.
    """
    if not request.wanted:
        return [], {}
    try:
        return kubectl.apply(documents(request.wanted), dry_run=True, force=request.force), {}
    except Failed as error:
        whole = diagnostic(error, PROJECT)
    if whole.code in (codes.NO_KUBECTL, codes.UNREACHABLE):
        raise Refused([whole])
    found, wrong, immutable = [], [], {}
    for each in request.wanted:
        try:
            found += kubectl.apply(documents([each]), dry_run=True, force=request.force)
        except Failed as error:
            said = diagnostic(error, Place.start_of(each.path), str(each.ref.identity))
            if said.code is codes.DENIED and _IMMUTABLE.search(error.said):
                if request.replace:
                    immutable[each.ref.identity] = said.message
                    continue
                help_ = "say `--replace` where it may be deleted and made anew"
                said = Diagnostic(IMMUTABLE, said.place, said.message, help_)
            wrong.append(said)
    if wrong:
        raise Refused(in_order(wrong))
    return found, immutable


def _replacement(wanted: Wanted, live: Mapping[Identity, Object], said: str, adopted: frozenset[Identity]) -> Step:
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


def _step(
    wanted: Wanted, live: Mapping[Identity, Object], after: Mapping[Identity, Object], adopted: frozenset[Identity]
) -> Step:
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


def _removals(
    gone: Mapping[ResourceRef, tuple[str, str]], live: Mapping[Identity, Object]
) -> tuple[Sequence[Step], tuple[str, ...]]:
    steps, left = [], []
    for ref, (part, uid) in gone.items():
        found = live.get(ref.identity)
        if found is None or "deletionTimestamp" in found["metadata"]:
            continue
        there = str(found["metadata"].get("uid", ""))
        if uid and uid != there:
            left.append(f"{ref.identity}: it was deleted and made anew by somebody else")
        elif not is_applied(found) and (not uid or found["metadata"].get("managedFields")):
            # The very object that was applied, of which nobody has set any field, is ours: it had nothing but a name.
            left.append(f"{ref.identity}: Fairlead owns no field of it any more")
        else:
            steps.append(Step(Change.REMOVED, ref, part, uid=there, state=state(found)))
    return steps, tuple(sorted(left))
