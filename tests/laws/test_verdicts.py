"""Whatever becomes of a gate's verdict on its way, a model passes only if it still says that all clauses hold."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from fairlead.steps.failures import StepFailure
from fairlead.steps.verdicts import passed
from tests.unit.steps.registering import CLAUSE, EVALUATION, VERDICT
from tests.unit.steps.surroundings import context_of

FAILED = {"passed": False, "clauses": [CLAUSE, CLAUSE | {"holds": False, "value": 0.7}]}
VALUES = st.one_of(st.none(), st.booleans(), st.floats(), st.text(max_size=5), st.just([]), st.just({}))


@st.composite
def mangled(draw: st.DrawFn) -> bytes:
    """A verdict that lost, gained or changed some of its bytes, or one of its values."""
    verdict: Any = json.loads(json.dumps(draw(st.sampled_from([VERDICT, FAILED]))))
    if draw(st.booleans()):
        part = draw(st.sampled_from([verdict, *verdict["clauses"]]))
        key = draw(st.sampled_from([*part, "more"]))
        if draw(st.booleans()):
            part.pop(key, None)
        else:
            part[key] = draw(VALUES)
    data = json.dumps(verdict).encode()
    for _ in range(draw(st.integers(0, 2))):
        start = draw(st.integers(0, len(data)))
        end = draw(st.integers(start, min(len(data), start + 30)))
        data = data[:start] + draw(st.binary(max_size=4)) + data[end:]
    return data


def says_that_all_holds(data: bytes) -> bool:
    """The same question, asked without Fairlead."""
    try:
        verdict = json.loads(data)
    except ValueError:
        return False
    if not isinstance(verdict, dict) or verdict.get("passed") is not True:
        return False
    return all(clause.get("holds") is True for clause in verdict.get("clauses", ()))


@given(mangled())
def test_what_lets_a_model_through_says_that_every_clause_holds(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    folder = tmp_path_factory.mktemp("verdict")
    (folder / "verdict").write_bytes(data)
    (folder / "evaluation").write_text(json.dumps(EVALUATION))
    context = context_of(folder, {}, inputs={name: Path(folder / name) for name in ("verdict", "evaluation")})
    try:
        verdict, _ = passed(context)
    except StepFailure:
        return
    assert says_that_all_holds(data)
    assert all(clause.value == EVALUATION["metrics"]["recall"] for clause in verdict.clauses)
