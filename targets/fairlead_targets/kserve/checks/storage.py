"""Places that this version of KServe can't read the model from, or write payloads to."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.plan.nodes import Serve
from fairlead.source.diagnostics import Code, Diagnostic
from fairlead_targets.kserve.checks import at
from fairlead_targets.kserve.context import Context
from fairlead_targets.kserve.loading import HUB_LOADERS, HUB_TOKEN, SCHEMES, hub_source, storage_uri
from fairlead_targets.kserve.payloads import ADDRESSES, OBJECT_STORES

NO_STORE = Code(
    "FL4205",
    "a place that the payload logger can't write to",
    """
    The agent of KServe 0.20 writes payloads to s3, gs and abfs; that of 0.15 only posts each of them, as a CloudEvent,
    to an address over HTTPS.

    ```yaml
    platform: {kserve: "0.15"}
    ---
    serving: {payloads: {log: all, to: s3://acme-ml-payloads/churn/}}       # FL4205
    ```

    Mended: run KServe 0.20, or something that takes CloudEvents and writes them.

    ```yaml
    serving: {payloads: {log: all, to: https://payloads.acme.example/churn}}
    ```
    """,
)
HIDDEN_TOKEN = Code(
    "FL4211",
    "a Hub token that does not reach the download",
    """
    KServe's storage initializer downloads the model before the server starts, and `serving.secrets` reach the server
    alone. vLLM and the Hugging Face server load from the Hub by themselves where a token is given; other runtimes
    don't.

    ```yaml
    model: {framework: custom, source: "hf://acme/private:8f4b1c2d9e0a7b6c5d4e3f2a1b0c9d8e7f6a5b4c"}
    serving: {runtime: triton, secrets: {HF_TOKEN: huggingface/token}}      # FL4211
    ```

    Mended: copy the model to a bucket, or serve it with a runtime that loads from the Hub.
    """,
)
NO_SCHEME = Code(
    "FL4216",
    "a model that KServe's storage initializer can't read",
    """
    The storage initializer reads `s3`, `gs`, `https` and `hf`. It reads Azure's storage over https addresses only, and
    `file` means a volume that nobody mounts here.

    ```yaml
    artifacts: {uri: abfs://models/acme}      # FL4216, where a model from there is served
    ```

    Mended: keep models in a store that both sides know.
    """,
)


def storage(context: Context[Serve]) -> Iterator[Diagnostic]:
    """Where payloads go, and where the model comes from."""
    payloads = context.node.payloads
    if payloads.log != "none" and payloads.to is not None:
        allowed = (*OBJECT_STORES, *ADDRESSES) if context.release.payload_stores else ADDRESSES
        if payloads.to.scheme not in allowed:
            message = f"the payload logger of KServe {context.release.version} can't write to `{payloads.to.scheme}`"
            help_ = f"it writes to {', '.join(allowed)}"
            yield at(context, NO_STORE, ("serving", "payloads", "to"), message, help_)
    uri = storage_uri(context)
    scheme = uri.partition("://")[0] if uri else None
    if scheme is not None and scheme not in SCHEMES:
        message = f"KServe's storage initializer can't read `{scheme}`, where the model is: {uri}"
        yield at(context, NO_SCHEME, ("model",), message, f"keep models in one of {', '.join(SCHEMES)}")
    if scheme == "hf" and HUB_TOKEN in context.node.secrets and hub_source(context) is None:
        message = (
            f"the runtime `{context.node.runtime.name}` gets the model from the storage initializer, without the token"
        )
        help_ = f"use one of {', '.join(HUB_LOADERS)}, or copy the model to a bucket"
        yield at(context, HIDDEN_TOKEN, ("serving", "secrets", HUB_TOKEN), message, help_)
