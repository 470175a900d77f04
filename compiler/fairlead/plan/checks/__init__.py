"""Cross-checks: what no field-by-field schema can see. One module each, with `check(plan)` and the codes it reports.

A check reads a plan and yields findings. It has no side effects, and it never assumes that another check has passed.
Checks about training look at the specification and run in every environment, so that what an environment's patch breaks
is found in the patch; the same finding from several environments is shown once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module

from fairlead.plan.plan import Plan
from fairlead.source.diagnostics import Diagnostic

CHECKS: tuple[str, ...] = (
    "slo_unmeasured",
    "latency_bucket",
    "slo_kind",
    "canary_hold",
    "canary_split",
    "gate_metric",
    "gate_direction",
    "gate_slice",
    "split_leak",
    "drift_subject",
    "drift_timing",
    "payload_use",
    "payload_retention",
    "quality_join",
    "nothing_new",
    "retraining_length",
    "package_versions",
    "gpu_profile",
    "memory_used",
    "platform_features",
    "unread_output",
    "scaling",
    "tune_search",
    "serving_protocol",
    "serving_shape",
    "graph_members",
    "timezone_alone",
    "column_contracts",
    "label_column",
    "expectation_columns",
    "literal_secrets",
    "patch_form",
    "approval_bypass",
    "pinned_digest",
    "name_collisions",
    "renamed_from",
    "generated_names",
    "claimed_twice",
    "reserved_labels",
    "own_identities",
    "own_places",
    "locked_model",
    "idle_section",
)
"""The modules, in the order in which they run."""


@cache
def _checks() -> tuple[Callable[[Plan], Iterator[Diagnostic]], ...]:
    """The checks themselves, imported when a plan is checked for the first time."""
    return tuple(import_module(f"{__name__}.{name}").check for name in CHECKS)


def findings(plan: Plan) -> Iterator[Diagnostic]:
    """Everything that the cross-checks find in a plan."""
    for check in _checks():
        yield from check(plan)
