"""Requests and answers as they were logged, as rows of features and predictions.

KServe's agent (0.20, pkg/logger) writes `<to>/<namespace>/<service>/<component>/<path>/<id>-request.json` and
`…-response.json`. An object is a record, or a list of records where they are batched. A record has `bytes`, the body in
base64; `reqType`, `org.kubeflow.serving.inference.request` or `….response`; `id`, which a request and its answer share;
`metadata`, with the headers that are kept, `X-Request-Id` among them; and `annotations`, with the version that
answered in `fairlead.dev/version`. Names are compared without regard to case, because the agent's releases differ. A
record has no time of its own unless it says `occurrenceTime`; its object's does, and is at most a minute later.

Bodies are those of the protocols v1 (`instances`, `predictions`) and v2 (`inputs`, `outputs`). Tensors may have no
names, and then are read in the order of the model's inputs. Chats have no features.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from math import prod
from typing import Any, Final, Literal

from fairlead.remote.failures import Missing
from fairlead.remote.storage import TRANSFERS, Listed, Store

KINDS: Final[Mapping[str, Literal["request", "response"]]] = {"request": "request", "response": "response"}
VERSION: Final = "fairlead.dev/version"
REQUEST_ID: Final = "x-request-id"
AT_ONCE: Final = 64
"""Objects that are held at a time."""

Columns = dict[str, list[Any]]


@dataclass(frozen=True, slots=True)
class Record:
    """A request or an answer."""

    kind: Literal["request", "response"]
    id: str
    request_id: str | None
    """The id that proxies give, and by which outcomes are joined."""
    version: str | None
    at: datetime | None
    body: Any
    """The body, read as JSON; None where it is none."""


def records(store: Store, since: datetime, until: datetime) -> Iterator[Record]:
    """The records below an address of a span of time, in the order of their objects' names. None where nothing is
    there. Raises RemoteFailure where the store can't be reached.
    """
    try:
        listed = store.objects()
    except Missing:
        return
    # A batch is written within a minute after its first record.
    wanted = [
        each for each in listed if each.path.endswith(".json") and (each.modified is None or each.modified >= since)
    ]
    with ThreadPoolExecutor(TRANSFERS) as pool:
        for start in range(0, len(wanted), AT_ONCE):
            some = wanted[start : start + AT_ONCE]
            for each, data in zip(some, pool.map(lambda one: _read(store, one), some), strict=True):
                for record in parse(data, each.modified):
                    if record.at is None or since <= record.at <= until:
                        yield record


def _read(store: Store, listed: Listed) -> bytes:
    try:
        return store.read(listed.path)
    except Missing:
        # A lifecycle rule has deleted it since it was listed.
        return b"[]"


def parse(data: bytes, written: datetime | None) -> list[Record]:
    """The records of an object that was written at a time. What is no record is left out."""
    try:
        content = json.loads(data)
    except ValueError:
        return []
    items = content if isinstance(content, list) else [content]
    made = (_record({str(k).lower(): v for k, v in item.items()}, written) for item in items if isinstance(item, dict))
    return [record for record in made if record is not None]


def _record(item: Mapping[str, Any], written: datetime | None) -> Record | None:
    kind = KINDS.get(str(item.get("reqtype", "")).rpartition(".")[2])
    if kind is None:
        return None
    headers = {str(k).lower(): v for k, v in (item.get("metadata") or {}).items()}
    ids = headers.get(REQUEST_ID)
    annotations = item.get("annotations") or {}
    version = annotations.get(VERSION)
    return Record(
        kind,
        str(item.get("id", "")),
        str(ids[0]) if isinstance(ids, list) and ids else str(ids) if isinstance(ids, str) else None,
        None if version is None else str(version),
        _time(item.get("occurrencetime")) or written,
        _body(item.get("bytes")),
    )


def _time(said: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(said)
    except (TypeError, ValueError):
        return None
    return found if found.tzinfo else None


def _body(said: Any) -> Any:
    try:
        return json.loads(base64.b64decode(said, validate=True))
    except (TypeError, ValueError):
        return None


def features(body: Any, inputs: Sequence[str]) -> tuple[int, Columns]:
    """How many rows a request has, and their features by name, as far as they can be told.

    `inputs` are the names of the model's inputs, in order, for what has no names.
    """
    if not isinstance(body, dict):
        return 0, {}
    if isinstance(body.get("instances"), list):
        return _instances(body["instances"], inputs)
    tensors = (
        [each for each in body.get("inputs", ()) if isinstance(each, dict)]
        if isinstance(body.get("inputs"), list)
        else []
    )
    columns: Columns = {}
    rows = 0
    for position, tensor in enumerate(tensors):
        count, parts = _matrix(tensor, inputs if len(tensors) == 1 else ())
        rows = max(rows, count)
        if len(parts) == 1:
            name = str(tensor.get("name") or (inputs[position] if position < len(inputs) else position))
            if name not in inputs and len(tensors) == len(inputs):
                name = inputs[position]
            columns[name] = parts[0]
        elif len(parts) == len(inputs):
            columns |= dict(zip(inputs, parts, strict=True))
    return rows, {name: values for name, values in columns.items() if len(values) == rows}


def answers(body: Any) -> list[Any]:
    """What a response says of each row: a number, a label, or a list of them. Of several outputs, the first."""
    if not isinstance(body, dict):
        return []
    if isinstance(body.get("predictions"), list):
        return [_flat(each) if isinstance(each, list) else each for each in body["predictions"]]
    outputs = body.get("outputs")
    if not isinstance(outputs, list) or not outputs or not isinstance(outputs[0], dict):
        return []
    rows, parts = _matrix(outputs[0], ())
    if len(parts) == 1:
        return parts[0]
    return [[part[row] for part in parts] for row in range(rows)]


def _instances(instances: list[Any], inputs: Sequence[str]) -> tuple[int, Columns]:
    rows = len(instances)
    if rows and all(isinstance(each, dict) for each in instances):
        names = dict.fromkeys(name for each in instances for name in each)
        return rows, {str(name): [each.get(name) for each in instances] for name in names}
    lists = [_flat(each) if isinstance(each, list) else [each] for each in instances]
    if inputs and all(len(each) == len(inputs) for each in lists):
        return rows, {name: [each[place] for each in lists] for place, name in enumerate(inputs)}
    return rows, {}


def _matrix(tensor: Mapping[str, Any], inputs: Sequence[str]) -> tuple[int, list[list[Any]]]:
    """A tensor's rows, and its values column by column; no columns where the shape does not fit the values."""
    data, shape = tensor.get("data"), tensor.get("shape")
    if not isinstance(data, list) or not isinstance(shape, list) or not all(type(each) is int for each in shape):
        return 0, []
    values = _flat(data)
    if not shape or prod(shape) != len(values):
        return (shape[0] if shape else 0), []
    if len(shape) == 1 and len(inputs) > 1 and shape[0] == len(inputs):
        return 1, [[value] for value in values]
    width = prod(shape[1:])
    return shape[0], [values[place::width] for place in range(width)]


def _flat(values: list[Any]) -> list[Any]:
    if not any(isinstance(each, list) for each in values):
        return values
    return [inner for each in values for inner in (_flat(each) if isinstance(each, list) else [each])]
