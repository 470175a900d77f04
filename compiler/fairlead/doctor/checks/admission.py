"""Whether the API server would let the Pods in: it is asked to create them, in a dry run."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from fairlead.doctor.codes import NOT_ADMITTED
from fairlead.doctor.finding import By, Finding, unknown
from fairlead.doctor.pods import pods
from fairlead.doctor.questions import Questions
from fairlead.doctor.scope import Scope
from fairlead.spec.secrets import masked

_NAME = "fairlead-doctor"
_POD = re.compile(rf'pods "({_NAME}-\d+)" is forbidden')
_UNANSWERED = ("error looking up service account", 'cannot create resource "pods"', "status unknown for quota")


def check(scope: Scope, questions: Questions) -> Iterator[Finding]:
    """Pods that would be refused; those that differ in nothing that admission sees are asked about once."""
    asked: dict[str, list[By]] = {}
    for pod in pods(scope.resources):
        if not pod.whole:
            continue
        manifest = pod.manifest(_NAME, scope.namespace)
        for container in manifest["spec"]["containers"]:
            # What runs in it makes no difference to admission, and steps differ in little else.
            container.pop("args", None)
            container.pop("command", None)
        asked.setdefault(json.dumps(manifest, sort_keys=True), []).append(pod.by)
    manifests = [json.loads(each) for each in asked]
    for number, manifest in enumerate(manifests):
        manifest["metadata"]["name"] = f"{_NAME}-{number}"
    said = questions.refusal(manifests) if manifests else ""
    if not said:
        return
    reasons: dict[str, list[By]] = {}
    lines = said.splitlines()
    named = {match[1] for line in lines if (match := _POD.search(line))}
    # A webhook does not say which of many it denies: then each is asked about by itself.
    alone = len(named) < len(lines)
    for manifest, whom in zip(manifests, asked.values(), strict=True):
        name = manifest["metadata"]["name"]
        about = questions.refusal([manifest]) if alone else next((each for each in lines if f'"{name}"' in each), "")
        if about:
            reasons.setdefault(_reason(about, name), []).extend(whom)
    for reason, whom in reasons.items():
        if any(each in reason for each in _UNANSWERED):
            yield unknown("whether the cluster would let the Pods in", reason, tuple(whom))
        else:
            help_ = "mend what the Pod asks for, or what the policy refuses"
            yield Finding(NOT_ADMITTED, f"a Pod would be refused: {reason}", help_, tuple(whom))


def _reason(said: str, name: str) -> str:
    text = " ".join(masked(said).split())
    text = re.sub(r'^Error from server \(\w+\): (error when creating "[^"]*": )?', "", text)
    return text.replace(f'pods "{name}" is forbidden: ', "").replace(name, _NAME)
