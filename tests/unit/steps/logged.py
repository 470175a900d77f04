"""Payloads as KServe's agent writes them, for tests."""

from __future__ import annotations

import base64
import json
import os
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

KIND = "org.kubeflow.serving.inference."


def record(kind: str, body: Any, id_: str = "", version: str | None = None, **more: Any) -> dict[str, Any]:
    """A record in the spelling of a Go struct without tags, as the agent of KServe 0.20 has it."""
    return {
        "Url": {"Scheme": "s3", "Host": "acme"},
        "Bytes": base64.b64encode(json.dumps(body).encode()).decode(),
        "ContentType": "application/json",
        "ReqType": KIND + kind,
        "Id": id_ or str(uuid.uuid4()),
        "Metadata": {"X-Request-Id": [f"x-{id_}"]},
        "Annotations": {} if version is None else {"fairlead.dev/version": version},
        **more,
    }


def written(root: Path, records: Sequence[Mapping[str, Any]], at: datetime | None = None) -> Path:
    """An object with these records, below the place of the service `tumor` in the namespace `ml`."""
    path = root / "ml/tumor/predictor/payloads" / f"{uuid.uuid4()}-request.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(records[0] if len(records) == 1 else records))
    if at is not None:
        os.utime(path, (at.timestamp(), at.timestamp()))
    return path


def v2(columns: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    """A request with a tensor for each column."""
    return {
        "inputs": [
            {"name": name, "shape": [len(values)], "datatype": "FP64", "data": list(values)}
            for name, values in columns.items()
        ]
    }
