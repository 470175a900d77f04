from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from fairlead.spec.units import EnvName, HostName, Identifier, LabelKey, LabelValue, Name, Unit
from tests.unit.spec.refusals import at_fault, attempt, code, mended


@pytest.mark.parametrize("text", ["a", "0", "tumor-classifier", "a--b", "a" * 63])
def test_a_name_is_a_label_of_rfc_1123(text: str) -> None:
    assert Name.parse(text) == text


@pytest.mark.parametrize("text", ["", "-a", "a-", "A", "a_b", "a.b", "a b", "ä", "a" * 64, "a\n", "a/b", "{{a}}"])
def test_anything_else_is_no_name(text: str) -> None:
    assert code(Name, text) == "FL1260"


@pytest.mark.parametrize(
    ("unit", "text", "meant"),
    [
        (Name, "Tumor_Classifier", "tumor-classifier"),
        (Name, " tumor ", "tumor"),
        (Name, "ä", None),
        (Identifier, "mean-radius", "mean_radius"),
        (Identifier, "1st", None),
        (EnvName, "omp-num-threads", "OMP_NUM_THREADS"),
        (EnvName, "1ST", None),
        (HostName, "https://Tumor.acme.example:8443/v2", "tumor.acme.example"),
        (LabelValue, "medical imaging", "medical-imaging"),
    ],
)
def test_a_text_that_is_nearly_right_is_mended(unit: type[Unit], text: str, meant: str | None) -> None:
    assert mended(unit, text) == meant


@pytest.mark.parametrize("text", ["a", "_", "mean_radius", "X1", "a" * 63])
def test_an_identifier_needs_no_quotes_anywhere(text: str) -> None:
    assert Identifier.parse(text) == text


@pytest.mark.parametrize("text", ["", "1a", "a-b", "a b", "é", "a" * 64, "a.b", "a\n", "١"])
def test_anything_else_is_no_identifier(text: str) -> None:
    assert code(Identifier, text) == "FL1261"


def test_a_variable_of_the_environment_is_upper_case() -> None:
    assert EnvName.parse("OMP_NUM_THREADS") == "OMP_NUM_THREADS"
    assert {code(EnvName, text) for text in ("", "omp", "A-B", "1A", "A B", "A=B")} == {"FL1262"}


def test_fairleads_own_variables_are_reserved() -> None:
    assert code(EnvName, "FAIRLEAD_SEED") == "FL1263"
    assert at_fault(EnvName, "FAIRLEAD_SEED") == "FAIRLEAD_"
    assert EnvName.parse("FAIRLEADER") == "FAIRLEADER"


@pytest.mark.parametrize("text", ["tumor.acme.example", "localhost", "a-1.b"])
def test_a_host_is_taken(text: str) -> None:
    assert HostName.parse(text) == text


@pytest.mark.parametrize("text", ["", "*.acme.example", "a..b", "a.", "A.b", "a:80", "a/b", "-a.b", "a" * 64 + ".b"])
def test_anything_else_is_no_host(text: str) -> None:
    assert code(HostName, text) == "FL1264"


@pytest.mark.parametrize("text", ["domain", "nvidia.com/gpu", "app.kubernetes.io/name", "A_b.c-1", "a" * 63])
def test_a_key_of_a_label_is_taken(text: str) -> None:
    assert LabelKey.parse(text) == text


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", ""),
        ("cost center", "cost center"),
        ("-a", "-a"),
        ("/a", "/"),
        ("Acme.example/a", "Acme.example"),
        ("a.example/", ""),
        ("a.example/b/c", "a.example/b"),
        ("a" * 64, "a" * 64),
        ("a.example/{{x}}", "{{x}}"),
    ],
)
def test_anything_else_is_no_key_of_a_label(text: str, fault: str) -> None:
    assert code(LabelKey, text) == "FL1268"
    assert at_fault(LabelKey, text) == fault


def test_a_value_of_a_label_may_be_empty() -> None:
    assert [LabelValue.parse(text) for text in ("", "oncology", "v1.2_3")] == ["", "oncology", "v1.2_3"]
    assert {code(LabelValue, text) for text in ("a b", "-a", "a.", "ä", "a" * 64, "{{x}}")} == {"FL1269"}


@given(st.text(max_size=70))
def test_a_name_is_valid_wherever_one_is_written(text: str) -> None:
    name = attempt(Name, text)
    if isinstance(name, Name):
        assert {str(unit.parse(name)) for unit in (LabelValue, LabelKey, HostName)} == {text}
