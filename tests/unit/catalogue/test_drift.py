from __future__ import annotations

from decimal import Decimal
from typing import get_args

import pytest

from fairlead.catalogue.drift import DRIFT, default_threshold, methods_for, takes
from fairlead.spec.monitoring import DriftMethod


def test_the_methods_are_those_of_the_language() -> None:
    assert tuple(DRIFT) == get_args(DriftMethod)


@pytest.mark.parametrize(
    ("method", "threshold"),
    [("psi", "0.25"), ("ks", "0.1"), ("wasserstein", "0.1"), ("jensen-shannon", "0.1"), ("chi2", "0.95")],
)
def test_thresholds_are_those_that_the_language_promises(method: str, threshold: str) -> None:
    assert default_threshold(method) == Decimal(threshold)


@pytest.mark.parametrize("method", DRIFT)
def test_a_default_threshold_can_be_reached(method: str) -> None:
    fact = DRIFT[method]
    assert fact.lower < fact.threshold
    assert fact.upper is None or fact.threshold < fact.upper
    assert fact.warn is None or fact.warn < fact.threshold


@pytest.mark.parametrize(
    ("column", "methods"),
    [
        ("float", ("psi", "ks", "wasserstein", "jensen-shannon")),
        ("integer", ("psi", "ks", "wasserstein", "jensen-shannon")),
        ("category", ("psi", "jensen-shannon", "chi2")),
        ("boolean", ("psi", "jensen-shannon", "chi2")),
        ("text", ()),
        ("image", ()),
        ("timestamp", ()),
    ],
)
def test_a_column_is_measured_by_what_suits_its_type(column: str, methods: tuple[str, ...]) -> None:
    assert methods_for(column) == methods
    assert [method for method in DRIFT if takes(method, column)] == list(methods)


def test_an_unknown_method_is_refused() -> None:
    with pytest.raises(KeyError):
        default_threshold("mmd")
