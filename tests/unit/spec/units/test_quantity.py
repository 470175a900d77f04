from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from fairlead.spec.units import Cpu, Memory, Quantity, Unit
from tests.unit.spec.refusals import at_fault, code, mended, refusal

SUFFIXES = ["", "n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei", "e3", "E-3", "e+6"]


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("1.5", "1500m"),
        ("0.5", "500m"),
        ("1000m", "1"),
        ("1.5Gi", "1536Mi"),
        ("1024Mi", "1Gi"),
        ("1000M", "1G"),
        ("1536", "1536"),
        ("512", "512"),
        ("0.5Ki", "512"),
        ("0.3Ki", "307200m"),
        ("12e6", "12e6"),
        ("1.5e3", "1500"),
        ("0", "0"),
        ("0Gi", "0"),
        (".5", "500m"),
        ("5.", "5"),
        ("+5", "5"),
    ],
)
def test_it_prints_what_kubernetes_keeps(text: str, canonical: str) -> None:
    assert str(Quantity.parse(text)) == canonical


def test_quantities_are_equal_when_their_amounts_are() -> None:
    assert Memory.parse("1Gi") == Memory.parse("1024Mi") == Quantity.parse("1073741824")
    assert hash(Memory.parse("1Gi")) == hash(Memory.parse("1024Mi"))
    assert Memory.parse("1Gi") > Memory.parse("1G")
    assert Cpu.parse(4) == Cpu.parse("4000m")
    assert Cpu.parse(4) != 4


def test_numbers_of_the_file_are_cores() -> None:
    assert [str(Cpu.parse(cores)) for cores in (4, 0.5, 0.1, "500m", "1.25")] == ["4", "500m", "100m", "500m", "1250m"]


def test_bytes_and_thousandths_are_whole_and_rounded_up() -> None:
    assert Memory.parse("8Gi").bytes == 8 * 2**30
    assert Cpu.parse("0.5").millis == 500
    assert Quantity.parse("1.2").bytes == 2


def test_sums_and_multiples_keep_the_notation() -> None:
    assert str(Memory.parse("1Gi") + Memory.parse("512Mi")) == "1536Mi"
    assert str(4 * Cpu.parse("500m")) == "2"


@pytest.mark.parametrize(
    ("unit", "given_", "fault", "expected"),
    [
        (Quantity, "8GB", "GB", "FL1210"),
        (Quantity, "8 Gi", " Gi", "FL1210"),
        (Quantity, "Gi", "Gi", "FL1210"),
        (Quantity, "", "", "FL1210"),
        (Quantity, "1_000", "_000", "FL1210"),
        (Quantity, "1e", "e", "FL1210"),
        (Quantity, "-1", "-1", "FL1211"),
        (Quantity, "8Ei", "8Ei", "FL1211"),
        (Quantity, "0.1n", "0.1n", "FL1211"),
        (Cpu, "4Gi", "4Gi", "FL1210"),
        (Cpu, "0", "0", "FL1211"),
        (Cpu, "0.0005", "0.0005", "FL1211"),
        (Memory, "8", "8", "FL1212"),
        (Memory, "400m", "400m", "FL1212"),
        (Memory, "0Gi", "0Gi", "FL1211"),
        (Memory, "0.3Ki", "0.3Ki", "FL1211"),
    ],
)
def test_it_refuses_what_kubernetes_would_refuse_or_change(
    unit: type[Unit], given_: str, fault: str, expected: str
) -> None:
    assert code(unit, given_) == expected
    assert at_fault(unit, given_) == fault


@pytest.mark.parametrize(
    ("text", "meant"),
    [("4", "4Gi"), ("8GB", "8Gi"), ("8gb", "8Gi"), ("512mb", "512Mi"), ("64K", "64Ki"), ("8g", "8Gi"), ("8x", None)],
)
def test_memory_is_mended_to_powers_of_1024(text: str, meant: str | None) -> None:
    assert mended(Memory, text) == meant


def test_memory_without_a_unit_says_how_little_it_is() -> None:
    assert refusal(Memory, 4).message == "`4` is 4 bytes"
    assert refusal(Memory, 4).help == "did you mean 4Gi"


@given(st.decimals(min_value=0, max_value=10**6, places=3), st.sampled_from(SUFFIXES))
def test_the_canonical_text_has_no_fraction_and_loses_nothing(number: Decimal, suffix: str) -> None:
    text = f"{number}{suffix}"
    exact = number * (1024 ** (1 + "KMGTPE".index(suffix[0])) if suffix.endswith("i") else _power_of_ten(suffix))
    if exact > 2**63 - 1 or exact * 10**9 % 1:
        assert code(Quantity, text) == "FL1211"
        return
    quantity = Quantity.parse(text)
    assert quantity.value == exact
    assert "." not in str(quantity)
    assert Quantity.parse(str(quantity)) == quantity


def _power_of_ten(suffix: str) -> Decimal:
    exponents = {
        "n": -9,
        "u": -6,
        "m": -3,
        "": 0,
        "k": 3,
        "M": 6,
        "G": 9,
        "T": 12,
        "P": 15,
        "E": 18,
        "e3": 3,
        "E-3": -3,
    }
    return Decimal(10) ** exponents.get(suffix, 6)
