from __future__ import annotations

import re

import pytest
from hypothesis import given, strategies as st

from fairlead.spec.expressions import DEFAULT_GJSON, Condition
from fairlead.spec.units import UnitError
from tests.unit.spec.expressions.conditions import conditions
from tests.unit.spec.refusals import at_fault, attempt, code, mended


@pytest.mark.parametrize(
    ("text", "gjson"),
    [
        ("score >= 0.5", "[@this].#(score>=0.5)"),
        ("predictions[0].score < -1.50", "[@this].#(predictions.0.score<-1.5)"),
        ("approved == true", "[@this].#(approved==true)"),
        ("label == 'benign'", '[@this].#(label=="benign")'),
        ("a > 1 and b > 2 and c > 3", "[@this].#(a>1)#|#(b>2)#|#(c>3)"),
        ("a > 1 or b > 2", "[[@this].#(a>1),[@this].#(b>2)].0"),
        ("a > 1 or b > 2 and c > 3", "[[@this].#(a>1),[@this].#(b>2)#|#(c>3)].0"),
        ("(a > 1 or b > 2) and c > 3", "[[@this].#(a>1)#|#(c>3),[@this].#(b>2)#|#(c>3)].0"),
        ("((a > 1))", "[@this].#(a>1)"),
    ],
)
def test_a_condition_becomes_a_query_that_finds_nothing_when_it_does_not_hold(text: str, gjson: str) -> None:
    assert Condition.parse(text).gjson() == gjson


def test_a_branch_without_a_condition_always_holds() -> None:
    assert DEFAULT_GJSON == "@this"


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("a>1 or b>2 and c>3", "a > 1 or b > 2 and c > 3"),
        ("(a>1 or b>2) and c>3", "(a > 1 or b > 2) and c > 3"),
        ("(a>1 and b>2) or c>3", "a > 1 and b > 2 or c > 3"),
        ("a [ 0 ] . b != 'x'", 'a[0].b != "x"'),
    ],
)
def test_its_canonical_text_has_the_parentheses_that_it_needs(text: str, canonical: str) -> None:
    assert str(Condition.parse(text)) == canonical


def test_its_comparisons_know_their_places() -> None:
    text = "score >= 0.5 or label[0] == 'x'"
    found = list(Condition.parse(text).comparisons())
    spans = [span for comparison in found for span in (comparison.path_span, comparison.value_span)]
    assert [text[span.offset : span.offset + span.length] for span in spans] == ["score", "0.5", "label[0]", "'x'"]


@pytest.mark.parametrize(
    ("text", "fault", "expected"),
    [
        ("", "", "FL1301"),
        ("score", "e", "FL1301"),
        ("score >= 0.5 and", "d", "FL1301"),
        ("and score >= 0.5", "and", "FL1301"),
        ("score >= 0.5 score >= 0.6", "score", "FL1301"),
        ("(score >= 0.5", "5", "FL1301"),
        ("score >= 0.5)", ")", "FL1301"),
        ("not score >= 0.5", "not", "FL1301"),
        ("a.0 > 1", "0", "FL1301"),
        ("a[b] > 1", "b", "FL1301"),
        ("a[-1] > 1", "-", "FL1301"),
        ("a[1.5] > 1", "1.5", "FL1301"),
        ("a[1234567] > 1", "1234567", "FL1301"),
        ("a = 1", "=", "FL1301"),
        ("a > b", "b", "FL1320"),
        ("a == benign", "benign", "FL1320"),
        ("a > 'x'", "'x'", "FL1320"),
        ("a >= true", "true", "FL1320"),
        ("a >= 5%", "5%", "FL1320"),
        ("a >= 5s", "5s", "FL1320"),
        ("a == 0.5", "==", "FL1302"),
        ("0.5 < a", "0.5 < a", "FL1303"),
        ("a > 1 | b", "|", "FL1300"),
        ("#.a > 1", "#", "FL1300"),
        ("@this > 1", "@", "FL1300"),
        ("a* > 1", "*", "FL1301"),
        ("a?b > 1", "?", "FL1300"),
        ("a > 1\nb > 1", "\n", "FL1300"),
    ],
)
def test_it_refuses_anything_else_and_points_at_it(text: str, fault: str, expected: str) -> None:
    assert code(Condition, text) == expected
    assert at_fault(Condition, text) == fault


@pytest.mark.parametrize("value", ["~true", "~", "a\\b", "a'b", "a`b", "{{x}}", "a\tb", "a\N{ZERO WIDTH SPACE}b"])
def test_a_text_that_means_something_else_to_the_router_is_refused(value: str) -> None:
    assert code(Condition, f'label == "{value}"') == "FL1320"


@pytest.mark.parametrize(
    ("text", "meant"),
    [("a == benign", 'a == "benign"'), ("a = 1", "a == 1"), ("0.5 < a", "a > 0.5"), ("a ≥ 1", "a >= 1")],
)
def test_what_is_mended_is_a_condition(text: str, meant: str) -> None:
    assert mended(Condition, text) == meant
    Condition.parse(meant)


def test_alternatives_are_counted_before_they_are_made() -> None:
    group = "(a > 1 or b > 1)"
    Condition.parse(" and ".join([group] * 5))
    assert code(Condition, " and ".join([group] * 6)) == "FL1321"
    assert code(Condition, " or ".join(["a > 1"] * 33)) == "FL1321"
    assert code(Condition, "(" * 17 + "a > 1" + ")" * 17) == "FL1321"


@given(conditions())
def test_any_condition_prints_and_reads_back(condition: Condition) -> None:
    again = Condition.parse(str(condition))
    assert str(again) == str(condition)
    assert again.gjson() == condition.gjson()


@given(st.text(st.sampled_from(list("ab.[]0 >=!<'\"~#@|,*?(){}\\")), max_size=30))
def test_what_reaches_the_router_is_made_of_queries_alone(text: str) -> None:
    condition = attempt(Condition, text)
    if isinstance(condition, UnitError):
        return
    query = r'#\([A-Za-z_][\w.]*(>=|<=|==|!=|>|<)(-?[0-9.]+|true|false|"[^"\\~][^"\\]*"|"")\)'
    chain = rf"\[@this\]\.{query}|{query}"
    assert re.fullmatch(rf"\[?(({chain})(#\||,)?)+(\]\.0)?", condition.gjson())


def test_equality_with_a_number_of_many_digits_is_judged_by_its_fraction() -> None:
    assert str(Condition.parse(f"a == {'9' * 60}")) == f"a == {'9' * 60}"
    with pytest.raises(UnitError, match="equality of floating-point numbers"):
        Condition.parse(f"a == {'9' * 60}.5")
