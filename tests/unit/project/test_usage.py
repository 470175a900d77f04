"""What steps used, as locks hold it and sentences say it."""

from __future__ import annotations

from hypothesis import given, strategies as st

from fairlead.project.lock import Lock
from fairlead.project.usage import MIB, last_used, memory_text, rounded_up, step_usage

DIGEST = "sha256:" + "ab" * 32


@given(st.integers(1, 10**9))
def test_a_rounded_number_has_three_digits_and_is_hardly_more(number: int) -> None:
    found = rounded_up(number)
    assert number <= found <= number * 1.01 or found == number
    assert len(str(found).rstrip("0")) <= 3
    assert rounded_up(found) == found


@given(st.integers(1, 1 << 50))
def test_a_measurement_is_never_rounded_down(amount: int) -> None:
    usage = step_usage(amount, "container", 0.0, None)
    assert amount <= usage.memory.bytes <= amount * 1.01 + MIB
    assert (str(usage.cpu), usage.time) == ("1s", None)


def test_memory_is_said_in_the_unit_that_people_use() -> None:
    assert [memory_text(mib * MIB) for mib in (1, 512, 1023, 1024, 2660, 4096, 10_300)] == [
        "1Mi",
        "512Mi",
        "1023Mi",
        "1Gi",
        "2.6Gi",
        "4Gi",
        "10.1Gi",
    ]


def version(number: int, memory: str | None, run: str | None = None) -> dict[str, object]:
    usage = {"usage": {"train": {"memory": memory}}} if memory else {}
    uri = f"s3://acme/models/churn/sha256-{'ab' * 32}/"
    return {"version": number, "uri": uri, "digest": DIGEST, **({"run": run} if run else {}), **usage}


def lock(**sections: object) -> Lock:
    metadata = {"pipeline": "churn", "environment": "staging"}
    return Lock.model_validate({"apiVersion": "fairlead.dev/v1", "kind": "Lock", "metadata": metadata, **sections})


def test_the_newest_version_is_that_of_the_last_run_wherever_a_lock_has_it() -> None:
    canary = {"canary": version(9, "3Gi", "1a2b3c4d5e6f"), "weight": "10%"}
    found = last_used(lock(model=version(8, "2Gi"), rollout=canary, previous=version(7, "1Gi")), "train")
    assert found is not None
    assert found.sentence == "3Gi that the last run used (run 1a2b3c4d)"
    back = last_used(lock(model=version(7, "1Gi"), previous=version(8, "2Gi")), "train")
    assert back is not None
    assert back.sentence == "2Gi that the last run used (version 8)"


def test_what_was_not_measured_in_the_last_run_is_not_known() -> None:
    assert last_used(None, "train") is None
    assert last_used(lock(), "train") is None
    assert last_used(lock(model=version(8, None), previous=version(7, "1Gi")), "train") is None
    assert last_used(lock(model=version(8, "2Gi")), "evaluate") is None


def test_of_one_process_among_several_it_is_said_that_it_is_the_least() -> None:
    said = {**version(8, None), "usage": {"train": {"memory": "2Gi", "measured": "process"}}}
    found = last_used(lock(model=said), "train")
    assert found is not None
    assert found.sentence == "2Gi or more that the last run used (version 8)"
