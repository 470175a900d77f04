"""Fairlead reads schedules, durations, quantities and conditions as the platforms do: their own parsers are asked."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from hypothesis import Phase, given, settings, strategies as st

from fairlead.spec.expressions import DEFAULT_GJSON, Condition
from fairlead.spec.units import Cpu, Cron, Duration, Memory, Quantity, UnitError
from tests.conformance import tools
from tests.unit.spec.expressions.conditions import bodies, conditions, holds
from tests.unit.spec.refusals import attempt, code

Ask = Callable[[list[dict[str, str]]], list[Any]]

MANY = 100
"""Questions at a time: one process answers all of them."""
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
"""No shrinking: a failure names the one text that it is about."""


@pytest.fixture(scope="module")
def ask() -> Ask:
    """Answers questions in order: the value, or None where the platform refuses the text."""
    binary = tools.find("notations")

    def answers(questions: list[dict[str, str]]) -> list[Any]:
        lines = "".join(json.dumps(question) + "\n" for question in questions)
        done = subprocess.run([binary], input=lines, capture_output=True, text=True, check=True)
        return [json.loads(line).get("value") for line in done.stdout.splitlines()]

    return answers


def _numbers() -> st.SearchStrategy[str]:
    return st.one_of(st.integers(0, 10**9).map(str), st.decimals(0, 10**6, places=4).map(str))


# Without `E6`: Kubernetes keeps its capital, and reads it as `e6`.
SUFFIXES = [
    "",
    "n",
    "u",
    "m",
    "k",
    "M",
    "G",
    "T",
    "P",
    "E",
    "Ki",
    "Mi",
    "Gi",
    "Ti",
    "Pi",
    "Ei",
    "e3",
    "e6",
    "e-3",
    "K",
    "gb",
]


@settings(max_examples=20, phases=PHASES)
@given(
    texts=st.lists(
        st.tuples(_numbers(), st.sampled_from(SUFFIXES)).map("".join), min_size=MANY, max_size=MANY, unique=True
    )
)
def test_kubernetes_keeps_quantities_as_they_are_printed(ask: Ask, texts: list[str]) -> None:
    read: list[tuple[Quantity, list[Any]]] = []
    for text, answer in zip(texts, ask([{"kind": "quantity", "text": text} for text in texts]), strict=True):
        quantity = attempt(Quantity, text)
        if isinstance(quantity, Quantity):
            read.append((quantity, answer))
            continue
        # FL1211 is what Kubernetes takes and changes.
        assert answer is None or quantity.code.id == "FL1211", text
    again = ask([{"kind": "quantity", "text": str(quantity)} for quantity, _ in read])
    for (quantity, answer), kept in zip(read, again, strict=True):
        assert kept[:2] == answer[:2] == [str(quantity), quantity.bytes]
        # Kubernetes counts thousandths in 64 bits, and overflows.
        assert kept[2] == answer[2] == quantity.millis or quantity.value > 2**63 // 1000


@pytest.mark.parametrize("unit", [Cpu, Memory])
def test_kubernetes_takes_every_example(ask: Ask, unit: type[Quantity]) -> None:
    for example in unit.json_schema["examples"]:
        canonical = str(unit.parse(example))
        [answer] = ask([{"kind": "quantity", "text": canonical}])
        assert answer[0] == canonical


@settings(max_examples=10, phases=PHASES)
@given(lengths=st.lists(st.integers(1, 10**12), min_size=MANY, max_size=MANY))
def test_go_reads_durations_as_they_are_printed_for_it(ask: Ask, lengths: list[int]) -> None:
    assert ask([{"kind": "duration", "text": Duration(length).go} for length in lengths]) == lengths


def _field(low: int, high: int) -> st.SearchStrategy[str]:
    number = st.integers(low, high)
    ranges = st.tuples(number, number).map(lambda ends: f"{min(ends)}-{max(ends)}")
    return st.one_of(
        st.just("*"),
        st.integers(1, high - low + 1).map(lambda step: f"*/{step}"),
        st.lists(number.map(str), min_size=1, max_size=3).map(",".join),
        st.tuples(ranges, st.integers(1, 5)).map(lambda parts: f"{parts[0]}/{parts[1]}"),
    )


SCHEDULES = st.tuples(_field(0, 59), _field(0, 23), _field(1, 31), _field(1, 12), _field(0, 6)).map(" ".join)


@settings(max_examples=5, phases=PHASES)
@given(texts=st.lists(SCHEDULES, min_size=60, max_size=60, unique=True))
def test_argo_runs_schedules_when_fairlead_says(ask: Ask, texts: list[str]) -> None:
    for text, answer in zip(texts, ask([{"kind": "cron", "text": text} for text in texts]), strict=True):
        schedule = attempt(Cron, text)
        if isinstance(schedule, UnitError):
            assert schedule.code.id == "FL1234" or (schedule.code.id == "FL1233" and answer is None)
            continue
        assert all(schedule.matches(datetime.fromisoformat(moment)) for moment in answer["first"]), text
        shortest = schedule.shortest_period().milliseconds // 60_000
        assert shortest == answer["fewest"] if answer["complete"] else shortest <= answer["fewest"], text


@pytest.mark.parametrize("text", ["0 0 * * 7", "0 22-2 * * *", "60 * * * *", "*/0 * * * *", "0 0 L * *", "0 0 * *"])
def test_what_argo_refuses_is_refused(ask: Ask, text: str) -> None:
    assert ask([{"kind": "cron", "text": text}]) == [None]
    assert code(Cron, text) in {"FL1230", "FL1231", "FL1232"}


@settings(max_examples=30, phases=PHASES)
@given(cases=st.lists(st.tuples(conditions(), bodies()), min_size=40, max_size=40))
def test_the_router_takes_a_branch_exactly_when_its_condition_holds(
    ask: Ask, cases: list[tuple[Condition, dict[str, object]]]
) -> None:
    questions = [
        {"kind": "gjson", "text": condition.gjson(), "body": json.dumps(body, ensure_ascii=False)}
        for condition, body in cases
    ]
    for (condition, body), taken in zip(cases, ask(questions), strict=True):
        assert bool(taken) == holds(condition, body), (str(condition), body)


def test_the_router_always_takes_a_branch_without_a_condition_and_never_one_with_an_empty_one(ask: Ask) -> None:
    questions = [{"kind": "gjson", "text": text, "body": '{"a": 1}'} for text in (DEFAULT_GJSON, "")]
    assert [bool(taken) for taken in ask(questions)] == [True, False]


def test_a_tilde_would_mean_something_else_to_the_router(ask: Ask) -> None:
    hostile = {"kind": "gjson", "text": '[@this].#(label=="~true")', "body": '{"label": "~true"}'}
    assert not ask([hostile])[0]
    assert code(Condition, 'label == "~true"') == "FL1320"
