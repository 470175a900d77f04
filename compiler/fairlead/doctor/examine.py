"""An examination: everything that is asked about one environment, and what was found."""

from __future__ import annotations

from dataclasses import dataclass

from fairlead.cluster.codes import NO_NAMESPACE
from fairlead.cluster.kubectl import Failed, Kubectl
from fairlead.doctor.checks import CHECKS
from fairlead.doctor.codes import UNANSWERED
from fairlead.doctor.finding import Finding, unknown
from fairlead.doctor.questions import Questions, Unanswered
from fairlead.doctor.scope import Scope, at
from fairlead.source.diagnostics import Severity


@dataclass(frozen=True)
class Cluster:
    """Which cluster was asked: kubectl's context, and the API server's version."""

    context: str
    version: str


@dataclass(frozen=True)
class Examination:
    """What was found of one environment. `answered` are the names of the checks that were answered in full."""

    environment: str
    namespace: str
    findings: tuple[Finding, ...]
    answered: tuple[str, ...]

    def count(self, level: Severity) -> int:
        """How many findings have a severity; what is not known is counted by itself."""
        return sum(each.level is level and each.code is not UNANSWERED for each in self.findings)

    @property
    def unknown(self) -> int:
        """How many things are not known."""
        return sum(each.code is UNANSWERED for each in self.findings)


def cluster(kubectl: Kubectl, questions: Questions) -> Cluster:
    """Which cluster is asked. Raises Refused where it does not answer."""
    try:
        version = questions.version()
    except Unanswered as error:
        version = f"unknown: {error}"
    try:
        context = kubectl.current_context()
    except Failed:
        context = "that of the Pod it runs in"  # inside a cluster there is no kubeconfig
    return Cluster(context, version)


def examine(scope: Scope, questions: Questions) -> Examination:
    """Asks everything about an environment. Raises Refused where the cluster can't be reached."""
    findings: list[Finding] = []
    answered: list[str] = []
    present = _namespace(scope, questions, findings)
    for check in CHECKS:
        if not present and check.name in _INSIDE:
            findings.append(
                unknown(check.asks, f"there is no namespace {scope.namespace}", help_="ask when it is there")
            )
            continue
        before = len(findings)
        try:
            findings += check.run(scope, questions)
        except Unanswered as error:
            findings.append(unknown(check.asks, str(error)))
        if not any(each.code is UNANSWERED for each in findings[before:]):
            answered.append(check.name)
    return Examination(scope.environment, scope.namespace, tuple(findings), tuple(answered))


_INSIDE = ("named", "quotas", "admission")
"""The checks that look into the namespace."""


def _namespace(scope: Scope, questions: Questions, findings: list[Finding]) -> bool:
    place = scope.place("environments", scope.environment, "namespace")
    try:
        found = questions.get("v1", "Namespace", "", scope.namespace)
    except Unanswered as error:
        findings.append(unknown(f"whether there is a namespace {scope.namespace}", str(error)))
        return True
    if found is None:
        help_ = f"`kubectl create namespace {scope.namespace}`, or ask another cluster with --context"
        findings.append(Finding(NO_NAMESPACE, f"the cluster has no namespace {scope.namespace}", help_, place=place))
        return False
    if at(found, "status", "phase") == "Terminating":
        message = f"the namespace {scope.namespace} is being deleted"
        findings.append(Finding(NO_NAMESPACE, message, "wait until it is gone, and make it anew", place=place))
    return True
