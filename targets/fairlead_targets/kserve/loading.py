"""Where the server gets the model from: KServe's storage initializer, or the Hugging Face Hub by itself.

The storage initializer copies `storageUri` to /mnt/models before the server starts. It reads a Hub token only from a
Secret that hangs on the ServiceAccount and calls its key `HF_TOKEN`; `serving.secrets` reach the server alone. So where
a token is given, a server that can load from the Hub does it by itself, pinned to the same revision.
"""

from __future__ import annotations

from typing import Final

from fairlead.plan.nodes import Serve
from fairlead.spec.units import ModelSource
from fairlead_targets.kserve.context import Context

MODELS: Final = "/mnt/models"
"""Where KServe mounts the model (`DefaultModelLocalMountPath`)."""
HUB_TOKEN: Final = "HF_TOKEN"  # noqa: S105
"""The variable that the Hub's client reads its token from."""
HUB_LOADERS: Final = ("vllm", "huggingface")
"""The runtimes that load from the Hub by themselves."""
SCHEMES: Final = ("s3", "gs", "https", "hf")
"""What the language's URIs and KServe's storage initializer have in common (`SupportedStorageURIPrefixList`; config/
storagecontainers/default.yaml): it reads Azure over https only, and `file` means a volume that nobody mounts."""


def hub_source(context: Context[Serve]) -> ModelSource | None:
    """The Hub's model that the server loads by itself, or None where the storage initializer does."""
    node = context.node
    if node.version is not None or node.source is None or HUB_TOKEN not in node.secrets:
        return None
    if node.runtime.name not in HUB_LOADERS:
        return None
    source = ModelSource.parse(node.source)
    return source if source.repository else None


def storage_uri(context: Context[Serve]) -> str | None:
    """`storageUri`: content-addressed for what was trained, pinned to a revision for what comes from the Hub."""
    return None if hub_source(context) else context.node.uri
