"""Each measure of drift is held to scipy, and to what it must be where nothing or everything has changed."""

from __future__ import annotations

import math
import warnings
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from scipy import stats
from scipy.spatial.distance import jensenshannon

from fairlead.catalogue.drift import DRIFT
from fairlead.steps import distances, reference
from fairlead.steps.distances import Incomparable, distance

VALUES = st.lists(st.one_of(st.integers(-5, 5).map(float), st.floats(-1e6, 1e6)), min_size=1, max_size=60)
LABELS = st.lists(st.sampled_from("abcd"), min_size=1, max_size=60)


def score(method: str, one: list[float], other: list[float]) -> float:
    return distance(method, reference.numbers(one), reference.numbers(other))


def ks(one: list[float], other: list[float]) -> float:
    """SciPy's statistic. Of the p-value beside it, which is of no interest here, it warns where it can't be exact."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        return float(stats.ks_2samp(one, other).statistic)


@settings(max_examples=20, deadline=None)
@given(VALUES, VALUES)
def test_ks_is_the_statistic_of_scipy(one: list[float], other: list[float]) -> None:
    assert score("ks", one, other) == pytest.approx(ks(one, other), abs=1e-12)


@settings(max_examples=20, deadline=None)
@given(VALUES, VALUES)
def test_wasserstein_is_that_of_scipy_in_standard_deviations(one: list[float], other: list[float]) -> None:
    spread, apart = float(np.std(one)), float(stats.wasserstein_distance(one, other))
    if len(set(one)) == 1:
        assert score("wasserstein", one, other) == (math.inf if apart else 0)
    elif spread > 1e-100:
        assert score("wasserstein", one, other) == pytest.approx(apart / spread, rel=1e-6)


@settings(max_examples=20, deadline=None)
@given(LABELS, LABELS)
def test_chi2_is_one_minus_the_p_value_of_scipy(one: list[str], other: list[str]) -> None:
    found = distance("chi2", reference.categories(one), reference.categories(other))
    names = sorted({*one, *other})
    table = [[Counter(side)[name] for name in names] for side in (one, other)]
    wanted = 1 - stats.chi2_contingency(table, correction=False).pvalue if len(names) > 1 else 0
    assert found == pytest.approx(wanted, abs=1e-9)


@settings(max_examples=20, deadline=None)
@given(LABELS, LABELS)
def test_of_categories_psi_and_jensen_shannon_are_what_their_formulas_say(one: list[str], other: list[str]) -> None:
    names = sorted({*one, *other})
    p, q = (np.array([Counter(side)[name] / len(side) for name in names]) for side in (one, other))
    known, window = reference.categories(one), reference.categories(other)
    wanted = 0.0 if np.allclose(p, q) else float(jensenshannon(p, q, base=2))
    assert distance("jensen-shannon", known, window) == pytest.approx(wanted, abs=1e-7)
    floored = [np.maximum(side, distances.FLOOR) for side in (p, q)]
    # The symmetrised divergence of Kullback and Leibler, as scipy has its terms.
    divergence = np.sum((floored[0] - floored[1]) * (np.log(floored[0]) - np.log(floored[1])))
    assert distance("psi", known, window) == pytest.approx(float(divergence), abs=1e-9)


def test_psi_of_numbers_is_over_the_deciles_of_the_reference() -> None:
    one = [float(value) for value in range(1, 101)]
    other = [float(value) for value in range(51, 151)]
    shares = np.array([distances.FLOOR] * 5 + [0.1] * 4 + [0.6])
    wanted = float(np.sum((0.1 - shares) * np.log(0.1 / shares)))
    assert list(distances.deciles(reference.numbers(one))) == [10, 20, 30, 40, 50, 60, 70, 80, 90]
    assert score("psi", one, other) == pytest.approx(wanted)


@pytest.mark.parametrize("method", DRIFT)
@settings(max_examples=10, deadline=None)
@given(numbers=VALUES, labels=LABELS)
def test_what_has_not_changed_has_not_drifted(method: str, numbers: list[float], labels: list[str]) -> None:
    made = reference.categories(labels) if method == "chi2" else reference.numbers(numbers)
    assert distance(method, made, made) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("method", [name for name in DRIFT if name != "chi2"])
def test_what_lies_elsewhere_altogether_has_drifted(method: str) -> None:
    rng = np.random.default_rng(1)
    found = score(method, list(rng.normal(0, 1, 500)), list(rng.normal(30, 1, 500)))
    assert found > float(DRIFT[method].threshold)
    upper = DRIFT[method].upper
    assert upper is None or found <= float(upper)


@pytest.mark.parametrize("method", ["psi", "jensen-shannon", "chi2"])
def test_a_feature_that_is_no_longer_sent_has_drifted(method: str) -> None:
    known = reference.categories(["a", "b"] * 100)
    gone = reference.categories(["a", "b", None, None] * 50)
    assert distance(method, known, gone) > float(DRIFT[method].threshold)


def test_a_sample_that_was_thinned_is_off_by_little() -> None:
    rng = np.random.default_rng(2)
    one, other = list(rng.normal(0, 1, 20_000)), list(rng.normal(0.2, 1.1, 20_000))
    assert len(reference.numbers(one).values) <= reference.SAMPLE
    assert reference.numbers(one).total == 20_000
    exact = ks(one, other)
    assert score("ks", one, other) == pytest.approx(exact, abs=2 / reference.SAMPLE)
    apart = stats.wasserstein_distance(one, other) / np.std(one)
    assert score("wasserstein", one, other) == pytest.approx(apart, rel=0.01)


def test_categories_that_the_reference_counts_together_are_counted_together() -> None:
    names = [f"c{number}" for number in range(reference.MOST_CATEGORIES + 50)]
    known = reference.categories(names * 2)
    assert known.counts[reference.OTHERS] == 100
    assert distance("psi", known, reference.categories(reversed(names))) == pytest.approx(0, abs=1e-9)


def test_what_can_not_be_compared_is_said() -> None:
    numbers, labels = reference.numbers([1.0, 2.0]), reference.categories(["a", "b"])
    for method, one, other in (
        ("psi", numbers, labels),
        ("chi2", numbers, numbers),
        ("ks", labels, labels),
        ("ks", numbers, reference.numbers([None, math.nan])),
        ("psi", labels, reference.categories([])),
    ):
        with pytest.raises(Incomparable):
            distance(method, one, other)
