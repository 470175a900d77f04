"""From what kubectl says, which is meant for people, to diagnostics."""

from __future__ import annotations

import re
from typing import Final

from fairlead.cluster import codes
from fairlead.cluster.kubectl import Failed
from fairlead.source.diagnostics import Code, Diagnostic, Refused
from fairlead.source.places import Place
from fairlead.spec.secrets import masked

_UNREACHABLE: Final = (
    r"\(Unauthorized\)", "must be logged in", "connection refused", "no such host", "i/o timeout", "Unable to connect",
    "was refused - did you specify", "context .* does not exist", "context was not found", "x509:", "TLS handshake",
    "no configuration has been provided", "error loading config", "getting credentials", "deadline exceeded",
    r"stat .*: no such file",
)  # fmt: skip
_DENIED: Final = (
    "webhook", "ValidatingAdmissionPolicy", "violates PodSecurity", "is immutable", r"\(Invalid\)", r"\(BadRequest\)",
    "is invalid", "strict decoding error", "exceeded quota", "failed to create typed patch object",
)  # fmt: skip
_KINDS: Final[tuple[tuple[tuple[str, ...], Code, str], ...]] = (
    ((r"Apply failed with \d+ conflict",), codes.CONFLICT, "say the same in the specification, or `--force-conflicts`"),
    (
        ("no matches for kind", "doesn't have a resource type", "ensure CRDs are installed"),
        codes.UNKNOWN_KIND,
        "install the platform's definitions",
    ),
    ((r'namespaces "[^"]*" not found',), codes.NO_NAMESPACE, "create the namespace, or choose another `--context`"),
    # A webhook that denies may say Forbidden, and one that is down refuses connections.
    (_DENIED, codes.DENIED, "correct the specification, or mend the policy or the webhook"),
    (
        _UNREACHABLE,
        codes.UNREACHABLE,
        "see that `kubectl version` answers with the same --context and --kubeconfig",
    ),
    ((r"\(Forbidden\)", "forbidden:"), codes.FORBIDDEN, "give the account the right, in the environment's namespace"),
    ((r"\(Conflict\)", r"\(AlreadyExists\)", "the object has been modified"), codes.STALE, "plan again"),
)
"""What kubectl says, as patterns, and what it means; the first that is found counts."""
_ADVICE: Final = re.compile(r"\n?Please review the fields above.*", re.DOTALL)


def diagnostic(error: Failed, place: Place, what: str = "") -> Diagnostic:
    """What a failure means; `what` says what it is about, in front of kubectl's own words."""
    if error.is_missing:
        message = f"kubectl can't be started: {error.said}"
        return Diagnostic(codes.NO_KUBECTL, place, message, "install kubectl, or mend PATH")
    said = " ".join(masked(_ADVICE.sub("", error.said)).split()).removeprefix("error: ")
    said = said.removeprefix("Error from server ").rstrip(".")
    message = f"{what}: {said}" if what else f"kubectl says: {said}"
    for patterns, code, help_ in _KINDS:
        if any(re.search(pattern, error.said) for pattern in patterns):
            return Diagnostic(code, place, message, help_)
    return Diagnostic(codes.KUBECTL_FAILED, place, message, "try the same with kubectl")


def refused(error: Failed, place: Place, what: str = "") -> Refused:
    """The same, to be raised."""
    return Refused([diagnostic(error, place, what)])
