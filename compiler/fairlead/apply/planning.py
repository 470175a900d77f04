"""Asks the cluster what applying would do to it, and changes nothing: every resource is tried in a dry run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from fairlead.apply.codes import NOT_OURS
from fairlead.apply.inventory import LABEL, Inventory, Owner, read
from fairlead.apply.plan import Plan, Step
from fairlead.apply.trying import PROJECT, replacement, state, step, tried
from fairlead.apply.wanted import Wanted, digest
from fairlead.cluster import codes
from fairlead.cluster.failures import refused
from fairlead.cluster.kubectl import MANAGER, Failed, Kubectl, Object, identity
from fairlead.output.desired import ResourceRef
from fairlead.preview.model import Change
from fairlead.resources.order import rank
from fairlead.resources.resource import Identity
from fairlead.source.diagnostics import Diagnostic, Refused, in_order
from fairlead.source.places import Place


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
    after_all, immutable = tried(kubectl, request.wanted, force=request.force, replace=request.replace)
    after = {identity(each): each for each in after_all}
    steps = [
        replacement(each, live, immutable[each.ref.identity], adopted)
        if each.ref.identity in immutable
        else step(each, live, after, adopted)
        for each in request.wanted
    ]
    removed, left = _removals(gone, live)
    ordered = sorted([*steps, *removed], key=lambda step: rank(step.ref.identity))
    plan = Plan(
        request.project, request.environment, request.namespace, cluster, digest(request.wanted), tuple(ordered), left
    )
    return Planned(plan, tuple(own), live)


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
        served: (inventory.owner.part, uid)
        for inventory in own
        for ref, uid in inventory.entries.items()
        if ref.identity not in kept and (served := _served(kubectl, ref)) is not None
    }


def _served(kubectl: Kubectl, ref: ResourceRef) -> ResourceRef | None:
    """What an inventory lists, in a version that the cluster still has; None for a kind that it has in none."""
    if ref.kind in kubectl.kinds(ref.api_version):
        return ref
    # With its definition, everything of a kind has gone; with one version of it, nothing has.
    versions = kubectl.versions(ref.identity.group) if ref.identity.group else ()
    return next((ref._replace(api_version=each) for each in versions if ref.kind in kubectl.kinds(each)), None)


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
