"""Bodies of every protocol are read as the same rows, and what is none is no row."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from fairlead.remote.storage import Store, uri_of
from fairlead.steps import payloads
from tests.unit.steps.logged import record, v2, written

NOW = datetime(2026, 1, 31, tzinfo=UTC)
ROWS: dict[str, list[Any]] = {"x": [1.5, 2.5], "band": ["a", "b"]}


@pytest.mark.parametrize(
    "body",
    [
        v2(ROWS),
        v2({"band": ROWS["band"], "x": ROWS["x"]}),
        {"inputs": [{"shape": [2, 1], "data": [[1.5], [2.5]]}, {"shape": [2], "data": ["a", "b"]}]},
        {"inputs": [{"name": "input-0", "shape": [2, 2], "data": [1.5, "a", 2.5, "b"]}]},
        {"inputs": [{"name": "input-0", "shape": [2, 2], "data": [[1.5, "a"], [2.5, "b"]]}]},
        {"instances": [[1.5, "a"], [2.5, "b"]]},
        {"instances": [{"x": 1.5, "band": "a"}, {"band": "b", "x": 2.5}]},
    ],
)
def test_features_are_found_in_every_form_of_a_request(body: Any) -> None:
    assert payloads.features(body, ("x", "band")) == (2, ROWS)


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({"inputs": [{"name": "a", "shape": [2], "data": [1.5, "a"]}]}, (1, {"x": [1.5], "band": ["a"]})),
        ({"inputs": [{"name": "pixels", "shape": [3, 64], "data": [0] * 192}]}, (3, {})),
        ({"inputs": [{"name": "x", "shape": [2], "data": [1]}]}, (2, {})),
        ({"instances": [{"x": 1}, {"other": 2}]}, (2, {"x": [1, None], "other": [None, 2]})),
        ({"messages": [{"role": "user", "content": "hello"}]}, (0, {})),
        ({"inputs": {"x": 1}}, (0, {})),
        ({"inputs": ["hello"]}, (0, {})),
        ([1, 2], (0, {})),
        (None, (0, {})),
    ],
)
def test_what_has_no_names_and_no_place_among_the_inputs_is_only_counted(body: Any, found: Any) -> None:
    assert payloads.features(body, ("x", "band")) == found


@pytest.mark.parametrize(
    ("body", "answers"),
    [
        ({"predictions": [0.1, 0.9]}, [0.1, 0.9]),
        ({"predictions": [[0.9, 0.1]]}, [[0.9, 0.1]]),
        ({"outputs": [{"name": "o", "shape": [2], "data": ["a", "b"]}, {"shape": [1], "data": [7]}]}, ["a", "b"]),
        ({"outputs": [{"shape": [2, 2], "data": [0.9, 0.1, 0.2, 0.8]}]}, [[0.9, 0.1], [0.2, 0.8]]),
        ({"outputs": [{"shape": [2, 2], "data": [[0.9, 0.1], [0.2, 0.8]]}]}, [[0.9, 0.1], [0.2, 0.8]]),
        ({"outputs": []}, []),
        ({"choices": [{"text": "hello"}]}, []),
        (None, []),
    ],
)
def test_answers_are_found_in_every_form_of_a_response(body: Any, answers: list[Any]) -> None:
    assert payloads.answers(body) == answers


def test_a_record_is_read_in_the_spelling_of_every_release() -> None:
    go = record("response", {"predictions": [1]}, "7", "15")
    camel = {name[0].lower() + name[1:]: value for name, value in go.items()}
    assert payloads.parse(json.dumps(go).encode(), NOW) == payloads.parse(json.dumps([camel]).encode(), NOW)
    (found,) = payloads.parse(json.dumps(go).encode(), NOW)
    assert (found.kind, found.id, found.request_id, found.version, found.at) == ("response", "7", "x-7", "15", NOW)
    assert found.body == {"predictions": [1]}


@pytest.mark.parametrize(
    "data", [b"", b"no json", b"7", b"[7, null]", b"{}", b'{"reqType": "x"}', json.dumps(record("error", {})).encode()]
)
def test_what_is_no_record_is_left_out(data: bytes) -> None:
    assert payloads.parse(data, NOW) == []


@pytest.mark.parametrize("body", ["!", base64.b64encode(b"\x00\x01binary").decode(), 7, None])
def test_a_body_that_is_no_json_is_none(body: Any) -> None:
    (found,) = payloads.parse(json.dumps(record("request", {}) | {"Bytes": body}).encode(), NOW)
    assert found.body is None


def test_only_the_records_of_the_window_are_read(tmp_path: Path) -> None:
    written(tmp_path, [record("request", 1)], NOW - timedelta(hours=30))
    written(tmp_path, [record("request", 2), record("request", 3)], NOW - timedelta(hours=2))
    late = record("request", 4, occurrenceTime=(NOW - timedelta(hours=25)).isoformat())
    written(tmp_path, [late, record("request", 5)], NOW - timedelta(hours=1))
    written(tmp_path, [record("request", 6)], NOW + timedelta(hours=1))
    (tmp_path / "ml/tumor/notes.txt").write_text("none")
    found = payloads.records(Store(uri_of(tmp_path)), NOW - timedelta(hours=24), NOW)
    assert sorted(each.body for each in found) == [2, 3, 5]


def test_where_nothing_was_logged_there_is_nothing(tmp_path: Path) -> None:
    assert list(payloads.records(Store(uri_of(tmp_path / "none")), NOW, NOW)) == []
