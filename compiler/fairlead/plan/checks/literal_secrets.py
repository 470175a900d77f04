"""Literals that look like secrets, anywhere in a specification."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from fairlead.plan.plan import Plan
from fairlead.source.diagnostics import Diagnostic
from fairlead.source.nodes import Mapping, Node, Scalar
from fairlead.spec.secrets import LITERAL_SECRET, looks_like_secret

SHORTEST = 8
"""No form of a secret that is known is shorter."""


def check(plan: Plan) -> Iterator[Diagnostic]:
    """Secrets are only ever references."""
    yield from literals(plan.unit.root)


def literals(root: Node) -> Iterator[Diagnostic]:
    """The texts of a tree that look like secrets; for fairlead.yaml too, which has no plan of its own."""
    for scalar in _texts(root):
        reason = _reason(scalar.text)
        if reason is not None:
            # The finding never repeats the value: logs are read by more people than a secret may be.
            message = f"this text holds {reason}, and a secret is only ever a reference"
            help_ = "revoke it, store its successor in a Kubernetes Secret, and name that under `secrets` as name/key"
            yield Diagnostic(LITERAL_SECRET, scalar.place, message, help_)


_reason = lru_cache(maxsize=16_384)(looks_like_secret)
"""The same text occurs in every environment, and many in every specification."""


def _texts(root: Node) -> Iterator[Scalar]:
    """Every text that is long enough, in the order of the file."""
    open_ = [root]
    while open_:
        node = open_.pop()
        if isinstance(node, Scalar):
            if len(node.text) >= SHORTEST and isinstance(node.value, str):
                yield node
        elif isinstance(node, Mapping):
            open_.extend([entry.value for entry in node.entries.values()][::-1])
        else:
            open_.extend(reversed(node.items))
