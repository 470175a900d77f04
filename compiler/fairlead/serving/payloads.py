"""Requests and answers as KServe's agent keeps them, in a folder of this machine.

The agent stands before the server in a cluster and writes a JSON object for each (pkg/logger of KServe 0.20:
`LogRequest` in types.go, the places in store.go). Here it is a layer of the server itself, with the same objects in
the same places below another root, so that drift and quality read them with the same code.
"""

from __future__ import annotations

import base64
import json
import os
import uuid
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

REQUEST: Final = "org.kubeflow.serving.inference.request"
RESPONSE: Final = "org.kubeflow.serving.inference.response"
NAMESPACE: Final = "local"
"""Where a cluster has the namespace of the environment."""
FOLDER: Final = "payloads"
_ID: Final = b"ce-id"
_REQUEST_ID: Final = b"x-request-id"
_OK: Final = 200

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Keeper:
    """Keeps payloads below a folder: `requests`, `responses` or `all`."""

    root: Path
    service: str
    log: str
    annotations: dict[str, str]

    @property
    def folder(self) -> Path:
        """Where a cluster would write them, below the prefix."""
        return self.root / NAMESPACE / self.service / "predictor" / FOLDER

    def keep(self, kind: str, data: bytes, headers: dict[bytes, bytes], id_: str, when: datetime) -> None:
        """Writes one record, whole or not at all."""
        if self.log not in ("all", "requests" if kind == REQUEST else "responses"):
            return
        metadata = {}
        if _REQUEST_ID in headers:
            metadata["X-Request-Id"] = [headers[_REQUEST_ID].decode("latin-1")]
        record = {
            "url": {"Scheme": "file", "Host": "", "Path": str(self.root)},
            "bytes": base64.b64encode(data).decode(),
            "contentType": headers.get(b"content-type", b"").decode("latin-1"),
            "reqType": kind,
            "id": id_,
            "inferenceService": self.service,
            "namespace": NAMESPACE,
            "component": "predictor",
            "metadata": metadata,
            "annotations": self.annotations,
            "occurrenceTime": when.isoformat(),
        }
        self.folder.mkdir(parents=True, exist_ok=True)
        # What a caller sends as an id is no part of a path; and an id that is sent twice overwrites nothing.
        path = self.folder / f"{uuid.uuid4()}-{kind.rpartition('.')[2]}.json"
        draft = path.with_suffix(".part")
        draft.write_text(json.dumps(record), encoding="utf-8")
        draft.replace(path)

    def forget(self, retain: timedelta, now: datetime) -> None:
        """Deletes what is older than `retain`, as a bucket's lifecycle rule would."""
        for path in self.folder.glob("*.json"):
            if now.timestamp() - path.stat().st_mtime > retain.total_seconds():
                path.unlink(missing_ok=True)


class Logged:
    """A layer around a server that keeps what is posted to it, and what it answers."""

    def __init__(self, app: Callable[[Scope, Receive, Send], Awaitable[None]], keeper: Keeper) -> None:
        self._app, self._keeper = app, keeper

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection. The answer is sent before it is kept, and a disk that is full costs no answer."""
        if scope["type"] != "http" or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        headers = {bytes(name).lower(): bytes(value) for name, value in scope["headers"]}
        id_ = headers.get(_ID, b"").decode("latin-1") or str(uuid.uuid4())
        began, asked, answer, status = datetime.now(UTC), bytearray(), bytearray(), 0

        async def received() -> Message:
            message = await receive()
            asked.extend(message.get("body", b""))
            return message

        async def sent(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            answer.extend(message.get("body", b""))
            await send(message)

        await self._app(scope, received, sent)
        try:
            self._keeper.keep(REQUEST, bytes(asked), headers, id_, began)
            if status == _OK:
                self._keeper.keep(RESPONSE, bytes(answer), headers, id_, datetime.now(UTC))
        except OSError as error:
            os.write(2, f"a payload could not be kept: {error}\n".encode())
