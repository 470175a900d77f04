"""What the cluster has against a run: another template, or a run that is under way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from urllib.parse import quote

from fairlead.cluster.failures import refused
from fairlead.cluster.kubectl import Failed, Kubectl, Object
from fairlead.resources.comparing import MISSING, differences, dotted, shown
from fairlead.source.diagnostics import Diagnostic, Refused
from fairlead.source.places import Place
from fairlead.spec.secrets import one_line
from fairlead.trigger import codes
from fairlead.trigger.start import API, Start

FINAL: Final = ("Succeeded", "Failed", "Error")
"""The phases in which a Workflow has ended."""
NAMED: Final = 5
"""Differences that a message names."""
PIPELINE: Final = "fairlead.dev/pipeline"


def objections(kubectl: Kubectl, start: Start, *, force: bool) -> None:
    """Raises Refused where the template is missing; and unless forced, where it differs or a run is under way."""
    place = start.template.origin.place
    try:
        found = _template(kubectl, start, place)
        if force:
            return
        against = [*_differs(start, found, place), *_under_way(kubectl, start, place)]
    except Failed as error:
        raise refused(error, place) from error
    if against:
        raise Refused(against)


def _template(kubectl: Kubectl, start: Start, place: Place) -> Object:
    missing = start.ref.kind not in kubectl.kinds(API)
    found = [] if missing else kubectl.get([start.ref])
    if not found:
        message = f"the cluster has no {start.ref.identity}" + (": Argo Workflows is not installed" if missing else "")
        help_ = f"apply it first: `fairlead apply --environment {start.environment}`, or merge and wait"
        raise Refused([Diagnostic(codes.NOT_APPLIED, place, message, help_)])
    return found[0]


def _differs(start: Start, found: Object, place: Place) -> Iterator[Diagnostic]:
    # As stored: the definitions have no defaults, so what is there more than was written was written by somebody.
    before = {"spec": found.get("spec") or {}}
    after = {"spec": start.template.manifest["spec"]}
    told = []
    for each in differences(start.ref.kind, before, after):
        path = dotted(each.path)
        if each.before is MISSING or each.after is MISSING:
            told.append(f"{path} is only {'compiled' if each.before is MISSING else 'in the cluster'}")
        else:
            told.append(f"{path} is {shown(each.before)} in the cluster, and {shown(each.after)} is compiled")
    if told:
        more = f" and {len(told) - NAMED} more" if len(told) > NAMED else ""
        message = f"{start.ref.identity} is not what is compiled: {'; '.join(map(one_line, told[:NAMED]))}{more}"
        help_ = f"apply it (`fairlead apply --environment {start.environment}`), or run what is there with `--force`"
        yield Diagnostic(codes.OTHER_TEMPLATE, place, message, help_)


def _under_way(kubectl: Kubectl, start: Start, place: Place) -> Iterator[Diagnostic]:
    selector = quote(f"{PIPELINE}={start.pipeline}", safe="")
    path = f"/apis/{API}/namespaces/{start.namespace}/workflows?labelSelector={selector}"
    for each in kubectl.raw(path).get("items") or ():
        about = (each.get("spec", {}).get("workflowTemplateRef") or {}).get("name")
        phase = (each.get("status") or {}).get("phase")
        if about == start.ref.name and phase not in FINAL:
            name = each["metadata"]["name"]
            message = f"the run {name} is under way ({phase or 'not started yet'})"
            help_ = f"follow it: `{follow(start.namespace, name)}`; `--force` starts another one, which waits"
            yield Diagnostic(codes.UNDER_WAY, place, message, help_)
            return


def follow(namespace: str, name: str) -> str:
    """The command that follows a run."""
    return f"kubectl --namespace {namespace} get workflow {name} --watch"
