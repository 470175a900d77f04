"""Plain scalars: what both versions of YAML read alike, and what they don't."""

from __future__ import annotations

import pytest

from fairlead.source.scalars import AMBIGUOUS, OUT_OF_RANGE, Doubt, Value, resolve


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None), ("null", None), ("true", True), ("false", False),
        ("0", 0), ("-0", 0), ("+12", 12), ("18446744073709551615", 2**64 - 1), ("-9223372036854775808", -(2**63)),
        ("0.5", 0.5), ("-1.25", -1.25), (".5", 0.5), ("1.", 1.0), ("1.0e+3", 1000.0), ("2.5E-1", 0.25),
    ],
)  # fmt: skip
def test_values_that_all_readers_agree_on(text: str, value: Value) -> None:
    assert resolve(text) == value
    assert type(resolve(text)) is type(value)


@pytest.mark.parametrize(
    "text",
    [
        "text", "nothing", "none", "offset", "yesterday", "2h", "8Gi", "70%", "250ms", "2027-03-31", "1.2.3", "-", "--",
        "v1", "40-60", "0.09/h", "1e", "e3", "0x", "0xg", "0o9", "_1", "1a_0", "8080:80", "04:30", "a:b", "-x", "+",
        ".", "...", "2001:db8::1", "sha256:0", "1.5Gi", "0 4 * * 1", "nan", "inf",
    ],
)  # fmt: skip
def test_text_that_only_looks_odd_stays_text(text: str) -> None:
    assert resolve(text) == text


@pytest.mark.parametrize(
    ("text", "value", "words"),
    [
        ("no", "no", "text in YAML 1.2 and false in YAML 1.1"),
        ("Yes", "Yes", "text in YAML 1.2 and true in YAML 1.1"),
        ("OFF", "OFF", "false in YAML 1.1"),
        ("y", "y", "true in YAML 1.1"),
        ("yEs", "yEs", "looks like true"),
        ("True", True, "true in YAML 1.2 and 1.1, and nothing in JSON"),
        ("FALSE", False, "false in YAML 1.2 and 1.1"),
        ("tRUE", "tRUE", "looks like true"),
        ("~", None, "null to some readers"),
        ("Null", None, "null to some readers"),
        ("nULL", "nULL", "null to some readers"),
        ("012", 12, "12 in YAML 1.2 and 10, as an octal number, in YAML 1.1"),
        ("-010", -10, "-10 in YAML 1.2 and -8, as an octal number, in YAML 1.1"),
        ("00", 0, "octal"),
        ("089", 89, "89 in YAML 1.2 and text in YAML 1.1"),
        ("0o14", 12, "12 in YAML 1.2 and text in YAML 1.1"),
        ("0x1F", 31, "31 in YAML, and nothing in JSON"),
        ("0x1_F", "0x1_F", "text in YAML 1.2 and 31 in YAML 1.1"),
        ("0b101", "0b101", "text in YAML 1.2 and 5 in YAML 1.1"),
        ("1e3", 1000.0, "1000.0 in YAML 1.2 and text in YAML 1.1"),
        ("1.5e3", 1500.0, "1500.0 in YAML 1.2 and text in YAML 1.1"),
        ("1e+3", 1000.0, "1000.0 in YAML 1.2"),
        ("1_000", "1_000", "text in YAML 1.2 and 1000 in YAML 1.1"),
        ("1_000.5", "1_000.5", "text in YAML 1.2 and 1000.5 in YAML 1.1"),
        ("12:30:45", "12:30:45", "text in YAML 1.2 and 45045, in base 60, in YAML 1.1"),
        ("22:22", "22:22", "1342, in base 60"),
        ("-1:30.5", "-1:30.5", "-90.5, in base 60"),
        (".inf", ".inf", "not a finite number"),
        ("-.INF", "-.INF", "not a finite number"),
        (".NaN", ".NaN", "not a finite number"),
    ],
)
def test_text_with_two_readings_is_doubted_with_both(text: str, value: Value, words: str) -> None:
    with pytest.raises(Doubt) as caught:
        resolve(text)
    assert caught.value.code is AMBIGUOUS
    assert words in caught.value.message
    assert caught.value.value == value
    assert type(caught.value.value) is type(value)
    assert f'"{text}"' in caught.value.help


def test_the_help_gives_the_number_that_was_meant() -> None:
    with pytest.raises(Doubt) as caught:
        resolve("1_000")
    assert caught.value.help.startswith("write `1000`")


@pytest.mark.parametrize(
    "text",
    [
        "18446744073709551616",
        "-9223372036854775809",
        "1.0e+999",
        "1e999",
        "9" * 100_000,
        "0" * 100_000,
        "1:" * 9_000 + "1",
    ],
)
def test_numbers_that_programs_hold_differently_are_out_of_range(text: str) -> None:
    with pytest.raises(Doubt) as caught:
        resolve(text)
    assert caught.value.code is OUT_OF_RANGE
    assert len(caught.value.message) < 200
