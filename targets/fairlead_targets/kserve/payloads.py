"""The payload logger: which requests and answers are kept, and where.

KServe's agent stands before the server and writes `<to>/<namespace>/<service>/predictor/<path>/<id>-<kind>.json`: an
object for each batch, as a list of records where it holds more than one. It deletes nothing: `retain` is kept as an
annotation, for the bucket's lifecycle rule that does.
"""

from __future__ import annotations

from typing import Final, Literal

from fairlead.catalogue.measurements import REVISION_POD_LABEL
from fairlead.plan.nodes import Serve
from fairlead.resources import conventions
from fairlead_targets.kserve.context import Context
from fairlead_targets.kserve.types.v0_20 import Logger

RETAIN: Final = "fairlead.dev/payloads-retain"
"""The annotation with how long payloads may be kept: what a lifecycle rule on the prefix has to say."""
OBJECT_STORES: Final = ("s3", "gs", "abfs")
"""The schemes that the agent of KServe 0.20 writes to (pkg/logger/store.go)."""
ADDRESSES: Final = ("https",)
"""The schemes that get a CloudEvent for each payload."""
BATCH_SIZE: Final = 100
"""Records in an object. The agent's queue holds as many, and a request waits when it is full."""
BATCH_INTERVAL: Final = "60s"
"""How long a record waits for others at the most, which is also what a Pod can lose when it is killed."""
_FOLDER: Final = "payloads"
_REQUEST_ID: Final = "X-Request-Id"
"""The header that proxies give every request, and by which outcomes are joined. In the spelling of Go's headers."""


def logger(context: Context[Serve]) -> Logger | None:
    """`predictor.logger`, or None where nothing is kept. The record says which version answered."""
    payloads = context.node.payloads
    if payloads.log == "none" or payloads.to is None:
        return None
    modes: dict[str, Literal["all", "request", "response"]] = {
        "all": "all", "requests": "request", "responses": "response",
    }  # fmt: skip
    found: Logger = {
        "mode": modes[payloads.log],
        "url": str(payloads.to),
        "metadataHeaders": [_REQUEST_ID],
    }
    if context.node.version is not None:
        found["metadataAnnotations"] = [REVISION_POD_LABEL]
    if payloads.to.scheme not in OBJECT_STORES or not context.release.payload_stores:
        return found
    found["storage"] = {
        "path": _FOLDER,
        # The agent's credentials come from the ServiceAccount; the webhook still wants a key.
        "key": "credentials",
        "parameters": {"format": "json"},
        "serviceAccountName": context.node.service_account or conventions.serving_account(context.plan.name),
    }
    found["batchSize"] = BATCH_SIZE
    found["batchInterval"] = BATCH_INTERVAL
    return found
