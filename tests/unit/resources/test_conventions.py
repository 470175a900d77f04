"""Generated names are a public interface: they are pinned here."""

from __future__ import annotations

from hypothesis import given, strategies as st

from fairlead.resources import conventions

LONG = "a-pipeline-whose-name-is-as-long-as-kubernetes-lets-a-name-be-x"


def test_names_of_a_pipeline() -> None:
    assert conventions.training("churn") == "churn-train"
    assert conventions.schedule("churn", "drift") == "churn-drift"
    assert conventions.watching("churn") == "churn-watch"
    assert conventions.champion("churn") == "churn-champion"
    assert conventions.service("churn") == "churn"
    assert conventions.serving_account("churn") == "churn-serve"
    assert conventions.runtime("churn") == "churn-runtime"
    assert conventions.rules("churn", "slo") == "churn-slo"


def test_a_long_name_is_cut_and_ends_with_a_hash_that_never_changes() -> None:
    assert conventions.training(LONG) == "a-pipeline-whose-name-is-as-long-as-kubernetes-lets-a-6e446a22"
    assert conventions.schedule(LONG, "retrain") == "a-pipeline-whose-name-is-as-long-as-kuberne-0e258355"


@given(st.from_regex(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?", fullmatch=True), st.integers(20, 63))
def test_every_name_fits_and_is_a_label(name: str, limit: int) -> None:
    fitted = conventions.fit(name, limit)
    assert len(fitted) <= limit
    assert fitted == conventions.fit(fitted, limit)
    assert fitted[0] != "-"
    assert fitted[-1] != "-"


@given(st.sets(st.from_regex(r"[a-z]{40}[a-z]{0,20}", fullmatch=True), min_size=2, max_size=20))
def test_different_names_stay_different(names: set[str]) -> None:
    assert len({conventions.fit(name, 40) for name in names}) == len(names)
