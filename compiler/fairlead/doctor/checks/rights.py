"""Whether the account may do what `fairlead apply` does."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.doctor.codes import NO_RIGHT
from fairlead.doctor.finding import By, Finding, by
from fairlead.doctor.questions import Questions
from fairlead.doctor.scope import Scope

VERBS = ("get", "create", "patch", "delete")
INVENTORY = ("get", "list", "create", "update", "delete")
"""What the inventories need of ConfigMaps."""


def check(scope: Scope, questions: Questions) -> Iterator[Finding]:
    """The rights that are lacking, kind by kind. Nothing where a reconciler applies."""
    if scope.reconciled:
        return
    kinds: dict[tuple[str, str], list[By]] = {}
    for resource in scope.resources:
        version, kind = str(resource.manifest["apiVersion"]), str(resource.manifest["kind"])
        plural = questions.plural(version, kind)
        if plural is not None:
            kinds.setdefault((version.rpartition("/")[0], plural), []).append(by(resource))
    asked = [(group, plural, verb) for group, plural in kinds for verb in VERBS]
    asked += [each for verb in INVENTORY if (each := ("", "configmaps", verb)) not in asked]
    answers = questions.allowed(
        [
            {"namespace": scope.namespace, "group": group, "resource": plural, "verb": verb}
            for group, plural, verb in asked
        ]
    )
    lacking: dict[tuple[str, str], list[str]] = {}
    for (group, plural, verb), allowed in zip(asked, answers, strict=True):
        if not allowed:
            lacking.setdefault((group, plural), []).append(verb)
    for (group, plural), verbs in lacking.items():
        name = f"{plural}.{group}" if group else plural
        message = f"this account may not {', '.join(verbs)} {name} in {scope.namespace}"
        yield Finding(NO_RIGHT, message, "give it a Role with these verbs", tuple(kinds.get((group, plural), ())))
