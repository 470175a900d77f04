"""What holds for every unit and every expression of the language."""

from __future__ import annotations

import copy
import json
import pickle
import re
from typing import Any

import pytest
from hypothesis import given, strategies as st
from pydantic import BaseModel, ConfigDict, ValidationError

from fairlead.source.diagnostics import defined_codes
from fairlead.spec.expressions import Condition, Expectation, Gate, Objective, QualityGate
from fairlead.spec.units import (
    Cpu,
    Cron,
    Digest,
    Duration,
    EnvName,
    HostName,
    Identifier,
    ImageRef,
    LabelKey,
    LabelValue,
    Memory,
    ModelSource,
    Money,
    MoneyPerHour,
    Name,
    Percentage,
    Quantity,
    SecretRef,
    ServiceAccountRef,
    TimeZone,
    Unit,
    UnitError,
    Uri,
    WebUrl,
)
from tests.unit.spec.refusals import attempt, refusal

UNITS: list[type[Unit]] = [
    Condition, Cpu, Cron, Digest, Duration, EnvName, Expectation, Gate, HostName, Identifier, ImageRef, LabelKey,
    LabelValue, Memory, ModelSource, Money, MoneyPerHour, Name, Objective, Percentage, QualityGate, Quantity, SecretRef,
    ServiceAccountRef, TimeZone, Uri, WebUrl,
]  # fmt: skip
every_unit = pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.__name__)

# Characters that mean something to YAML, shells, templates, URLs, PromQL or GJSON, and some that look like others.
HOSTILE = st.text(
    st.sampled_from(list("aZ09_-./:@#?%&=+*~^$!|;,<>()[]{}'\"`\\ \t\n\0éß\N{MINUS SIGN}\N{ZERO WIDTH SPACE}")),
    max_size=40,
)
TEXTS = st.one_of(
    HOSTILE, st.text(max_size=40), st.from_regex(re.compile(r"[a-z0-9]+[ /:.@]?[a-z0-9%]*"), fullmatch=True)
)


def examples(unit: type[Unit]) -> list[Any]:
    return list(unit.json_schema["examples"])


@every_unit
def test_its_examples_are_values_of_it(unit: type[Unit]) -> None:
    assert examples(unit)
    for example in examples(unit):
        unit.parse(example)


@every_unit
def test_its_canonical_text_means_the_same_value_and_is_a_fixed_point(unit: type[Unit]) -> None:
    for example in examples(unit):
        value = unit.parse(example)
        assert unit.parse(str(value)) == value
        assert str(unit.parse(str(value))) == str(value)
        assert hash(unit.parse(str(value))) == hash(value)


@every_unit
def test_it_is_copied_and_pickled_by_value_because_work_is_shared_among_processes(unit: type[Unit]) -> None:
    value = unit.parse(examples(unit)[0])
    assert copy.deepcopy(value) == value
    assert pickle.loads(pickle.dumps(value)) == value  # noqa: S301


@every_unit
def test_nothing_can_be_set_on_it(unit: type[Unit]) -> None:
    value = unit.parse(examples(unit)[0])
    with pytest.raises((AttributeError, TypeError)):
        value.anything = 1  # type: ignore[attr-defined]
    assert not hasattr(value, "__dict__")


@every_unit
@given(text=TEXTS)
def test_it_takes_or_refuses_any_text_and_what_it_takes_prints_safely_and_reads_back(
    unit: type[Unit], text: str
) -> None:
    value = attempt(unit, text)
    if isinstance(value, UnitError):
        assert value.message.isprintable()
        assert not value.message.endswith(".")
        assert "\n" not in value.help
        assert 0 <= value.offset <= len(text)
        assert value.length is None or value.offset + value.length <= max(len(text), 1)
        return
    assert unit.parse(str(value)) == value
    assert str(value).isprintable()
    # No template of a workflow engine, no variable of a shell; a URL of a page may have a dollar sign.
    assert not re.search(r"[{}`\\]" if unit is WebUrl else r"[{}$`\\]", str(value))
    for taken in (text, str(value)):
        assert _editor_takes(unit, taken)


@every_unit
@pytest.mark.parametrize("piece", ["a", "a-", "a.", "a/", "1", "1h", "(", "0,", "a and ", "a>1 or ", "\x1b[31m"])
def test_a_very_long_text_is_refused_briefly(unit: type[Unit], piece: str) -> None:
    error = refusal(unit, piece * 20_000)
    assert len(error.message) <= 301
    assert error.message.isprintable()


@every_unit
def test_a_field_of_a_model_takes_the_text_and_the_value_and_is_written_back_as_text(unit: type[Unit]) -> None:
    model = model_of(unit)
    for example in examples(unit):
        value = unit.parse(example)
        assert model(field=value).field == value  # type: ignore[attr-defined]
        read = model.model_validate({"field": example})
        assert json.loads(read.model_dump_json()) == {"field": str(value)}
        assert type(read.model_dump()["field"]) is str


@every_unit
@pytest.mark.parametrize("given", [None, True, ["a"], {"a": 1}], ids=str)
def test_a_field_refuses_what_is_no_scalar_as_the_wrong_type(unit: type[Unit], given: object) -> None:
    with pytest.raises(ValidationError) as caught:
        model_of(unit).model_validate({"field": given})
    assert [detail["type"] for detail in caught.value.errors()] == ["string_type"]
    with pytest.raises(TypeError):
        unit.parse(given)  # type: ignore[arg-type]


@every_unit
def test_its_json_schema_describes_it(unit: type[Unit]) -> None:
    schema = model_of(unit).model_json_schema()["properties"]["field"]
    assert schema["description"].endswith((".", ":"))
    assert schema["examples"] == examples(unit)
    assert "string" in schema["type"]


def test_a_refusal_reaches_pydantic_with_its_code_and_its_place() -> None:
    with pytest.raises(ValidationError) as caught:
        model_of(Duration).model_validate({"field": "5min"})
    [detail] = caught.value.errors()
    assert detail["type"] == "FL1201"
    assert detail["msg"] == "`min` in the duration `5min` is no unit of time"
    expected = {"help": "the units are w, d, h, m, s and ms", "offset": 1, "length": 3, "nearest": "m"}
    assert detail["ctx"] == {**expected, "text": detail["msg"]}


@pytest.mark.parametrize("text", ["{help}", "{text}", "{offset} {}", "{{nearest}}"])
def test_braces_in_a_text_stay_what_they_are(text: str) -> None:
    with pytest.raises(ValidationError) as caught:
        model_of(Name).model_validate({"field": text})
    [detail] = caught.value.errors()
    assert detail["msg"] == refusal(Name, text).message
    assert text in detail["msg"]


def test_a_number_where_a_name_belongs_is_the_wrong_type() -> None:
    with pytest.raises(ValidationError) as caught:
        model_of(Name).model_validate({"field": 12})
    assert caught.value.errors()[0]["type"] == "string_type"


def test_a_default_is_text_in_a_json_schema() -> None:
    class Defaulted(BaseModel):
        timeout: Duration = Duration.parse("90m")

    assert Defaulted.model_json_schema()["properties"]["timeout"]["default"] == "1h30m"


def test_a_name_is_a_key_that_plain_text_finds() -> None:
    class Columns(BaseModel):
        model_config = ConfigDict(strict=True)
        columns: dict[Identifier, Duration]

    read = Columns.model_validate({"columns": {"mean_radius": "1h"}})
    assert read.columns["mean_radius"] == Duration.parse("1h")  # type: ignore[index]
    assert read.model_dump() == {"columns": {"mean_radius": "1h"}}


def test_every_code_of_the_units_and_expressions_has_a_page_with_an_example() -> None:
    codes = [code for code in defined_codes().values() if "FL1200" <= code.id <= "FL1399"]
    assert len(codes) >= 35
    for code in codes:
        assert "```yaml" in code.page, code.id
        assert code.id in code.page, code.id
        assert len(code.page.split("```")[0]) > 80, code.id


def _editor_takes(unit: type[Unit], text: str) -> bool:
    """Whether an editor that knows the JSON Schema takes what the compiler takes."""
    lengths = unit.json_schema.get("minLength", 0), unit.json_schema.get("maxLength", len(text))
    return lengths[0] <= len(text) <= lengths[1] and bool(re.search(unit.json_schema.get("pattern", ""), text))


def model_of(unit: type[Unit]) -> type[BaseModel]:
    return type("Model", (BaseModel,), {"__annotations__": {"field": unit}, "model_config": ConfigDict(strict=True)})
