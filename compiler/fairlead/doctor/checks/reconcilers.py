"""Whether what applies the output is there: Argo CD or Flux, with what their resources in `_project/` refer to.

They may run in another cluster, so that all of this is a warning.
"""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.doctor.checks.kinds import needed, not_served
from fairlead.doctor.checks.named import not_there
from fairlead.doctor.codes import MISSING, NO_CONTROLLER
from fairlead.doctor.controllers import RECONCILERS, controllers
from fairlead.doctor.finding import Finding, by
from fairlead.doctor.questions import Questions
from fairlead.doctor.references import references
from fairlead.doctor.scope import Scope
from fairlead.source.diagnostics import Severity


def check(scope: Scope, questions: Questions) -> Iterator[Finding]:
    """What is not there."""
    if not scope.reconciled:
        return
    resources = scope.project_wide
    yield from not_served(needed(resources), questions, Severity.WARNING)
    where = "it may be in another cluster: then ask there, with --context"
    namespaces = dict.fromkeys(each.identity.namespace for each in resources if each.identity.namespace)
    for namespace in namespaces:
        whom = tuple(by(each) for each in resources if each.identity.namespace == namespace)
        if questions.get("v1", "Namespace", "", namespace) is None:
            yield Finding(MISSING, f"there is no namespace {namespace}", where, whom, severity=Severity.WARNING)
        else:
            inside = (each for each in resources if each.identity.namespace == namespace)
            yield from not_there(references(inside, namespace), questions, Severity.WARNING)
    name = "argo-cd" if "argo-cd" in map(str, scope.project.targets) else "flux"
    found = controllers(questions, RECONCILERS[name])
    if not any(each.available for each in found):
        what = "is not found" if not found else "has no Pod that is available"
        whom = tuple(by(each) for each in resources)
        yield Finding(NO_CONTROLLER, f"the controller of {name} {what}", where, whom[:1], severity=Severity.WARNING)
