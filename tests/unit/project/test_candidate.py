"""A candidate record is taken whole, under its own digest, and only where the gate let it through."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from fairlead.project.candidate import Candidate, decode, encode, record_path
from fairlead.source.diagnostics import Refused
from tests.candidates import candidate, record_of

Change = Callable[[dict[str, Any]], object]


def codes(error: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [found.code.id for found in error.value.diagnostics]


def test_a_record_reads_back_as_the_candidate_that_was_written() -> None:
    written = candidate(version=16)
    record = encode(written)
    assert decode(record_path("churn", record), record) == written


def test_a_record_is_named_by_the_digest_of_its_bytes() -> None:
    record = encode(candidate(version=16))
    path = record_path("churn", record)
    assert path.startswith("candidates/churn/sha256-")
    assert path == record_path("churn", encode(candidate(version=16)))
    assert path != record_path("churn", encode(candidate(version=17)))


def test_changed_bytes_are_refused_under_the_old_name() -> None:
    record = encode(candidate(version=16))
    with pytest.raises(Refused) as error:
        decode(record_path("churn", record), record.replace(b"0.91", b"0.99"))
    assert codes(error) == ["FL2021"]


def test_a_version_that_the_gate_refused_is_refused_with_the_clause() -> None:
    name, record = record_of(
        lambda content: content.update(
            verdict={
                "passed": False,
                "clauses": [{"clause": "roc_auc >= 0.95", "value": 0.91, "bound": 0.95, "holds": False}],
            }
        )
    )
    with pytest.raises(Refused, match=r"`roc_auc >= 0\.95` at 0\.91") as error:
        decode(name, record)
    assert codes(error) == ["FL2022"]


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda content: content.pop("pipeline"), "pipeline"),
        (lambda content: content.update(surprise=1), "surprise"),
        (lambda content: content.update(pipeline="Churn; rm -rf /"), "pipeline"),
        (lambda content: content["model"].update(version="16"), "version"),
        (lambda content: content["model"].update(uri="s3://acme/models/churn/latest/"), "not addressed"),
        (lambda content: content["model"].update(metrics={"a | b": 1.0}), "no name of a metric"),
        (lambda content: content["model"].update(metrics={"<b>": 1.0}), "no name of a metric"),
        (lambda content: content["model"].update(metrics={"auc": float("nan")}), "no finite number"),
        (
            lambda content: content["verdict"].update(
                clauses=[{"clause": "a >= 1", "value": 0.0, "bound": 1.0, "holds": False}]
            ),
            "cannot have passed",
        ),
        (
            lambda content: content["verdict"].update(
                clauses=[{"clause": "a >= 1", "value": 2.0, "bound": float("inf"), "holds": True}]
            ),
            "finite",
        ),
        (
            lambda content: content["verdict"].update(
                clauses=[{"clause": "a >= 1", "value": float("inf"), "bound": 1.0, "holds": True}]
            ),
            "finite",
        ),
    ],
)
def test_what_is_not_whole_is_refused(change: Change, word: str) -> None:
    name, record = record_of(change)
    with pytest.raises(Refused, match=word) as error:
        decode(name, record)
    assert set(codes(error)) == {"FL2020"}


@pytest.mark.parametrize("record", [b"", b"[]", b"{", b"\xff", b'{"a": 1, "a": 2}', b'["\\ud83d"]', b"[" * 100_000])
def test_what_is_no_record_is_refused_and_not_a_crash(record: bytes) -> None:
    with pytest.raises(Refused) as error:
        decode(record_path("churn", record), record)
    assert set(codes(error)) == {"FL2020"}


def test_half_of_a_character_is_no_text() -> None:
    name, record = record_of(lambda content: content["verdict"]["clauses"][0].update(clause="auc >= 1 \ud83d"))
    assert b"\\ud83d" in record
    with pytest.raises(Refused, match="surrogates") as error:
        decode(name, record)
    assert set(codes(error)) == {"FL2020"}


def test_a_slice_may_stand_in_the_name_of_a_metric() -> None:
    name, record = record_of(lambda content: content["model"].update(metrics={"recall[under-40]": 0.9}))
    assert decode(name, record).model.metrics == {"recall[under-40]": 0.9}


def test_a_record_is_json_with_the_version_of_its_format() -> None:
    content = json.loads(encode(candidate(version=16)))
    assert (content["apiVersion"], content["kind"]) == ("fairlead.dev/v1", "Candidate")
    assert Candidate.model_validate(content).model.version == 16
