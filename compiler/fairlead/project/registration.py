"""What Fairlead says about a registered version in the registry: tags from which a lock can be written.

The registry is MLflow's. Registering a version sets these tags, and `fairlead lock` makes the lock's section of them,
so that a lock can be written by anyone who can ask the registry, without another look at the model's bytes. A version
that lacks them was registered by something else, passed no gate, and is never locked.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from pydantic import ValidationError

from fairlead.project.lock import LockedModel

PIPELINE: Final = "fairlead.pipeline"
"""The pipeline whose training registered the version."""
URI: Final = "fairlead.uri"
"""The content-addressed folder of the model."""
DIGEST: Final = "fairlead.digest"
"""The digest of that folder's manifest."""
PACKAGES: Final = "fairlead.packages"
SIGNATURE: Final = "fairlead.signature"
REFERENCE: Final = "fairlead.reference"
METRICS: Final = "fairlead.metrics"
USAGE: Final = "fairlead.usage"

_TEXTS: Final = {"uri": URI, "digest": DIGEST}
_JSON: Final = {
    "packages": PACKAGES,
    "signature": SIGNATURE,
    "reference": REFERENCE,
    "metrics": METRICS,
    "usage": USAGE,
}


def tags_of(pipeline: str, model: LockedModel) -> dict[str, str]:
    """The tags of a version that a pipeline registers; its number and its run are the registry's own."""
    content = model.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    found = {PIPELINE: pipeline} | {tag: str(content[name]) for name, tag in _TEXTS.items()}
    return found | {
        tag: json.dumps(content[name], sort_keys=True, allow_nan=False)
        for name, tag in _JSON.items()
        if name in content
    }


def model_of(version: int, run: str | None, tags: Mapping[str, str]) -> LockedModel:
    """The version as a lock holds it. Raises ValueError, saying which tag is not as Fairlead writes it."""
    content: dict[str, Any] = {"version": version, "run": run or None}
    for name, tag in _TEXTS.items():
        if tag not in tags:
            raise ValueError(f"it has no tag `{tag}`")
        content[name] = tags[tag]
    for name, tag in _JSON.items():
        if tag in tags:
            try:
                content[name] = json.loads(tags[tag])
            except (ValueError, RecursionError) as error:
                raise ValueError(f"its tag `{tag}` is no JSON: {error}") from error
    try:
        model = LockedModel.model_validate(content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(step) for step in first["loc"])
        raise ValueError(f"its tag `fairlead.{where}` is not as Fairlead writes it: {first['msg']}") from error
    if model.digest.hex not in str(model.uri):
        raise ValueError(f"its folder {model.uri} is not addressed by its digest {model.digest}")
    return model
