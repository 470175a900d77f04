"""What less memory, another price and a shared profile are called."""

from __future__ import annotations

from fairlead.preview.states import State
from tests.unit.preview.changed import (
    BEHAVIOUR,
    FAIRLEAD,
    NOTICE,
    RISK,
    SPEC,
    Project,
    between,
    said,
)


def test_less_memory_is_a_risk_and_a_price_is_a_notice(before: State, edited: Project) -> None:
    edited.edit(
        FAIRLEAD,
        ("cpu-serving: {cpu: 2, memory: 4Gi, price: 0.09/h}", "cpu-serving: {cpu: 2, memory: 2Gi, price: 0.07/h}"),
    )
    assert said(between(before, edited.state(), "production")) == [
        (RISK, "hardware", "the server: memory limit 4Gi -> 2Gi"),
        (NOTICE, "price", "the server: price 0.09/h -> 0.07/h"),
    ]


def test_memory_is_compared_with_what_the_last_run_used(before: State, edited: Project) -> None:
    edited.edit(SPEC, ("memory: 8Gi, disk", "memory: 2Gi, disk"))
    less = edited.state()
    (found,) = between(before, less, "staging")
    said_ = "training: memory limit 8Gi -> 2Gi, below the 2.6Gi or more that the last run used (run f8ef06f2)"
    assert (found.severity, found.kind, found.message) == (RISK, "hardware", said_)
    assert found.why == ("a container that reaches its limit is killed, and its step fails as often as it is tried",)
    edited.edit(SPEC, ("memory: 2Gi, disk", "memory: 2400Mi, disk"))
    (more,) = between(less, edited.state(), "staging")
    assert (more.severity, more.message.partition(", below")[0]) == (RISK, "training: memory limit 2Gi -> 2400Mi")
    assert said(between(less, before, "staging")) == [(BEHAVIOUR, "hardware", "training: memory limit 2Gi -> 8Gi")]


def test_what_many_steps_have_alike_is_said_once(before: State, edited: Project) -> None:
    edited.edit(FAIRLEAD, ("cpu-small: {cpu: 2, memory: 4Gi", "cpu-small: {cpu: 2, memory: 2Gi"))
    (found,) = between(before, edited.state(), "staging")
    assert found.message.endswith("more: memory limit 4Gi -> 2Gi")
    assert "check/biopsies" in found.why[-1]
