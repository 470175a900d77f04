from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from fairlead.spec.expressions import Gate, Objective, Op, QualityGate, Span
from tests.unit.spec.refusals import at_fault, code, mended, refusal

NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,15}", fullmatch=True).filter(lambda name: name != "champion")
NUMBERS = st.decimals(min_value=-1000, max_value=1000, places=4)
ORDERS = st.sampled_from([Op.GE, Op.LE, Op.GT, Op.LT])


def test_a_metric_is_compared_with_a_number() -> None:
    gate = Gate.parse("roc_auc >= 0.95")
    assert (gate.metric, gate.op, gate.threshold) == ("roc_auc", Op.GE, Decimal("0.95"))
    assert (gate.slice, gate.champion, gate.offset) == (None, False, Decimal(0))


@pytest.mark.parametrize(
    ("text", "op", "offset"),
    [
        ("roc_auc >= champion - 0.005", Op.GE, "-0.005"),
        ("rmse <= champion + 0.1", Op.LE, "0.1"),
        ("roc_auc > champion", Op.GT, "0"),
        ("roc_auc>=champion-0.005", Op.GE, "-0.005"),
    ],
)
def test_a_metric_is_compared_with_the_champions(text: str, op: Op, offset: str) -> None:
    gate = Gate.parse(text)
    assert (gate.champion, gate.threshold, gate.op, gate.offset) == (True, None, op, Decimal(offset))


def test_a_slice_is_a_column() -> None:
    assert Gate.parse("recall[age_band] >= 0.85").slice == "age_band"
    assert Gate.parse("recall[age_band] >= champion - 0.02").champion


def test_each_part_knows_its_place() -> None:
    text = "  recall[age_band] >= champion - 0.02"
    gate = Gate.parse(text)

    def part(span: Span) -> str:
        return text[span.offset : span.offset + span.length]

    assert part(gate.metric_span) == "recall"
    assert part(gate.slice_span) == "age_band"
    assert part(gate.op_span) == ">="
    assert part(gate.bound_span) == "champion - 0.02"


def test_places_are_no_part_of_the_value() -> None:
    assert Gate.parse("roc_auc>=0.950") == Gate.parse(" roc_auc  >=  0.95 ")
    assert hash(Gate.parse("roc_auc>=0.950")) == hash(Gate.parse("roc_auc >= 0.95"))
    assert Gate.parse("roc_auc >= 0.95") != Gate.parse("roc_auc > 0.95")


def test_the_bound_is_the_champions_value_plus_the_offset() -> None:
    gate = Gate.parse("roc_auc >= champion - 0.005")
    assert gate.bound(Decimal("0.9")) == Decimal("0.895")
    assert gate.bound(None) is None
    assert Gate.parse("roc_auc >= 0.95").bound(None) == Decimal("0.95")


def test_a_comparison_of_decimals_is_exact_at_the_bound() -> None:
    assert Op.GE.holds(Decimal(repr(0.95)), Decimal("0.95"))
    assert not Op.GT.holds(Decimal(repr(0.95)), Decimal("0.95"))
    assert Op.LT.holds(Decimal(1), Decimal(2))
    assert Op.NE.holds(Decimal(1), Decimal(2))
    assert [op for op in Op if op.wants_more] == [Op.GE, Op.GT]


@pytest.mark.parametrize(
    ("text", "fault", "expected"),
    [
        ("roc_auc ≥ 0.95", "≥", "FL1300"),
        ("roc_auc >= 0.95;", ";", "FL1300"),
        ("roc_auc >= {{x}}", "{", "FL1300"),
        ("'roc_auc >= 0.95", "'roc_auc >= 0.95", "FL1300"),
        ("", "", "FL1301"),
        ("roc_auc", "c", "FL1301"),
        ("roc_auc >=", "=", "FL1301"),
        ("roc_auc 0.95", "0.95", "FL1301"),
        ("roc_auc >= 0.95 0.96", "0.96", "FL1301"),
        ("roc_auc >= champion * 2", "*", "FL1301"),
        ("roc_auc >= champion - champion", "champion", "FL1305"),
        ("roc_auc >= champion - 1%", "1%", "FL1305"),
        ("latency <= +5ms", "5ms", "FL1305"),
        ("roc_auc >= champion -", "-", "FL1301"),
        ("recall[age_band >= 0.85", ">=", "FL1301"),
        ("recall[] >= 0.85", "]", "FL1301"),
        ("recall[1] >= 0.85", "1", "FL1301"),
        ("roc-auc >= 0.95", "-", "FL1301"),
        (">= 0.95", ">=", "FL1301"),
        ("roc_auc => 0.95", "=>", "FL1301"),
        ("roc_auc >= 0.9.5", ".", "FL1301"),
        ("roc_auc >= --1", "-", "FL1301"),
        ("roc_auc == 0.95", "==", "FL1302"),
        ("roc_auc != 0.95", "!=", "FL1302"),
        ("roc_auc = 0.95", "=", "FL1302"),
        ("0.95 <= roc_auc", "0.95 <= roc_auc", "FL1303"),
        ("recall >= 85%", "85%", "FL1305"),
        ("recall >= 1e-3", "1e", "FL1305"),
        ("latency <= 5ms", "5ms", "FL1305"),
        ("roc_auc >= champoin", "champoin", "FL1305"),
        ("champion >= 0.95", "champion", "FL1305"),
    ],
)
def test_it_refuses_anything_else_and_points_at_it(text: str, fault: str, expected: str) -> None:
    assert code(Gate, text) == expected
    assert at_fault(Gate, text) == fault


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("roc_auc ≥ 0.95", "roc_auc >= 0.95"),
        ("roc_auc => 0.95", "roc_auc >= 0.95"),
        ("recall >= 85%", "recall >= 0.85"),
        ("recall >= champion - 1%", "recall >= champion - 0.01"),
        ("0.95 <= roc_auc", "roc_auc >= 0.95"),
        ("0.1 > rmse", "rmse < 0.1"),
        ("roc_auc >= champoin", "roc_auc >= champion"),
    ],
)
def test_what_is_mended_is_a_gate(text: str, meant: str) -> None:
    assert mended(Gate, text) == meant
    Gate.parse(meant)


def test_equality_is_refused_with_its_reason() -> None:
    assert "floating-point" in refusal(Gate, "roc_auc == 1").message


@given(NAMES, st.none() | NAMES, ORDERS, NUMBERS)
def test_any_gate_prints_and_reads_back(metric: str, column: str | None, op: Op, number: Decimal) -> None:
    for gate in (
        Gate(metric, op, number, column),
        Gate(metric, op, slice=column, champion=True, offset=number),
    ):
        assert Gate.parse(str(gate)) == gate


@given(NAMES, ORDERS, NUMBERS)
def test_blanks_mean_nothing(metric: str, op: Op, number: Decimal) -> None:
    tight = f"{metric}{op}{number:f}"
    assert Gate.parse(tight) == Gate.parse(f" {metric}  {op}\t{number:f} ")


def test_quality_in_production_is_a_number() -> None:
    gate = QualityGate.parse("recall >= 0.85")
    assert (gate.metric, gate.op, gate.threshold, str(gate)) == ("recall", Op.GE, Decimal("0.85"), "recall >= 0.85")
    assert at_fault(QualityGate, "recall >= champion - 0.02") == "champion - 0.02"
    assert at_fault(QualityGate, "recall[age_band] >= 0.85") == "age_band"
    assert code(QualityGate, "recall >= champion") == code(QualityGate, "recall[age_band] >= 0.85") == "FL1307"
    assert code(QualityGate, "recall == 0.85") == "FL1302"


def test_an_objective_has_a_direction() -> None:
    objective = Objective.parse("  minimize  rmse ")
    assert (objective.direction, objective.metric, str(objective)) == ("minimize", "rmse", "minimize rmse")
    assert objective.metric_span == Span(12, 4)


@pytest.mark.parametrize(
    ("text", "expected", "meant"),
    [
        ("roc_auc", "FL1310", None),
        ("maximise roc_auc", "FL1310", "maximize roc_auc"),
        ("Maximize roc_auc", "FL1310", "maximize roc_auc"),
        ("min rmse", "FL1310", "minimize rmse"),
        ("maximize", "FL1301", None),
        ("maximize roc_auc recall", "FL1301", None),
        ("maximize 5", "FL1301", None),
    ],
)
def test_an_objective_without_one_is_refused(text: str, expected: str, meant: str | None) -> None:
    assert code(Objective, text) == expected
    assert mended(Objective, text) == meant
