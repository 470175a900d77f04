"""The expressions of the language, each a type that a model's field can have, with the place of each of its parts."""

from __future__ import annotations

from fairlead.spec.expressions.condition import Condition
from fairlead.spec.expressions.expectation import Expectation, Function, Measure
from fairlead.spec.expressions.gate import Gate, QualityGate
from fairlead.spec.expressions.objective import Direction, Objective
from fairlead.spec.expressions.reader import Op
from fairlead.spec.expressions.terms import DEFAULT_GJSON, AllOf, AnyOf, Comparison
from fairlead.spec.expressions.tokens import Span

__all__ = [
    "DEFAULT_GJSON",
    "AllOf",
    "AnyOf",
    "Comparison",
    "Condition",
    "Direction",
    "Expectation",
    "Function",
    "Gate",
    "Measure",
    "Objective",
    "Op",
    "QualityGate",
    "Span",
]
