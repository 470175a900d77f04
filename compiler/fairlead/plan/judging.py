"""What a comparison of a metric with a bound comes to, by what is known about the metric."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from fairlead.catalogue.tasks import MetricFact, families_of, metrics_of
from fairlead.spec.base import Section
from fairlead.spec.expressions import Op
from fairlead.spec.model import Evaluate, Model
from fairlead.spec.units.base import decimal_text

MIRRORED = {Op.GE: Op.LE, Op.LE: Op.GE, Op.GT: Op.LT, Op.LT: Op.GT}
"""The comparison that asks for the opposite."""


def is_backwards(fact: MetricFact, op: Op) -> bool:
    """Whether the comparison asks for a worse model."""
    return op.wants_more != fact.greater_is_better


def outcome(fact: MetricFact, op: Op, threshold: Decimal) -> Literal["always", "never"] | None:
    """Whether every value that the metric can take satisfies the comparison, or none does; None where it depends."""
    lower = Decimal(str(fact.lower)) if fact.lower is not None else None
    upper = Decimal(str(fact.upper)) if fact.upper is not None else None
    worst, best = (lower, upper) if op.wants_more else (upper, lower)
    # A comparison is monotonous: it always holds where the worst end satisfies it, and never where the best does not.
    if worst is not None and op.holds(worst, threshold):
        return "always"
    if best is not None and not op.holds(best, threshold):
        return "never"
    return None


def range_of(fact: MetricFact) -> str:
    """The values that a metric can take, for a message."""
    lower, upper = (None if end is None else decimal_text(Decimal(str(end))) for end in (fact.lower, fact.upper))
    if lower is not None and upper is not None:
        return f"lies between {lower} and {upper}"
    return f"is never below {lower}" if lower is not None else f"is never above {upper}"


def known_metrics(task: str) -> list[str]:
    """The names that the built-in evaluator knows for a task, with families such as `recall_at_10` by an example."""
    return [*metrics_of(task), *(family.replace("K", "10") for family in families_of(task))]


def evaluation(model: Model) -> Evaluate:
    """The section `model.evaluate`, with its defaults where it is not written."""
    return model.evaluate or Evaluate()


def says(section: Section | None, key: str) -> bool:
    """Whether a section gives a key a value, be it the default's own."""
    return section is not None and key in section.model_fields_set
