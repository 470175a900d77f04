"""What is posted to a server and what it answers is kept as KServe's agent keeps it."""

from __future__ import annotations

import asyncio
import base64
import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from fairlead.serving.payloads import Keeper, Logged, Message, Receive, Scope, Send

HEADERS = [(b"Content-Type", b"application/json"), (b"X-Request-Id", b"r-1")]


def keeper(folder: Path, log: str = "all") -> Keeper:
    return Keeper(folder, "churn", log, {"fairlead.dev/version": "3"})


def answer(folder: Path, log: str = "all", status: int = 200, method: str = "POST", path: str = "/") -> bytes:
    """Sends a request in two parts through the layer, and gives the answer, which has two parts too."""
    parts = [b'{"instances": ', b"[[1]]}"]
    sent: list[Message] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        while (await receive()).get("more_body"):
            pass
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b'{"predictions"', "more_body": True})
        await send({"type": "http.response.body", "body": b": [1]}"})

    async def receive() -> Message:
        body = parts.pop(0)
        return {"type": "http.request", "body": body, "more_body": bool(parts)}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "method": method, "path": path, "headers": HEADERS}
    asyncio.run(Logged(app, keeper(folder, log))(scope, receive, send))
    return b"".join(message.get("body", b"") for message in sent)


def kept(folder: Path) -> dict[str, dict[str, Any]]:
    found = [json.loads(path.read_text()) for path in keeper(folder).folder.glob("*.json")]
    return {record["reqType"].rpartition(".")[2]: record for record in found}


def test_a_request_and_its_answer_are_kept_whole(tmp_path: Path) -> None:
    assert answer(tmp_path) == b'{"predictions": [1]}'
    records = kept(tmp_path)
    assert base64.b64decode(records["request"]["bytes"]) == b'{"instances": [[1]]}'
    assert base64.b64decode(records["response"]["bytes"]) == b'{"predictions": [1]}'
    assert records["request"]["id"] == records["response"]["id"]
    for record in records.values():
        assert record["metadata"] == {"X-Request-Id": ["r-1"]}
        assert record["annotations"] == {"fairlead.dev/version": "3"}
        assert (record["inferenceService"], record["component"]) == ("churn", "predictor")


@pytest.mark.parametrize(("log", "kinds"), [("requests", {"request"}), ("responses", {"response"})])
def test_only_what_is_wanted_is_kept(tmp_path: Path, log: str, kinds: set[str]) -> None:
    answer(tmp_path, log)
    assert kept(tmp_path).keys() == kinds


def test_the_answer_to_a_request_that_failed_is_not_kept(tmp_path: Path) -> None:
    answer(tmp_path, status=500)
    assert kept(tmp_path).keys() == {"request"}


def test_what_is_only_asked_for_is_not_kept(tmp_path: Path) -> None:
    answer(tmp_path, method="GET")
    assert kept(tmp_path) == {}


def test_a_disk_that_is_full_costs_no_answer(tmp_path: Path) -> None:
    (tmp_path / "local").write_text("a file where a folder belongs")
    assert answer(tmp_path) == b'{"predictions": [1]}'


def test_what_is_past_its_time_is_deleted(tmp_path: Path) -> None:
    answer(tmp_path)
    old, new = sorted(keeper(tmp_path).folder.glob("*.json"))
    now = datetime.now(UTC)
    os.utime(old, ((now - timedelta(days=31)).timestamp(),) * 2)
    keeper(tmp_path).forget(timedelta(days=30), now)
    assert list(keeper(tmp_path).folder.iterdir()) == [new]
