"""Where a model comes from that is served and not trained."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from fairlead.source.diagnostics import Code
from fairlead.spec.units.base import Unit, UnitError
from fairlead.spec.units.credentials import refuse_credentials
from fairlead.spec.units.uri import Uri

NO_REVISION = Code(
    "FL1252",
    "a model of the Hugging Face Hub without a revision",
    """
    A repository of the Hub changes under its name: without a revision, two replicas that start on different days can
    serve different weights. Give the commit, or at least a tag.

    ```yaml
    model:
      framework: huggingface
      source: hf://acme/summarizer              # FL1252
    ```

    Mended:

    ```yaml
    model:
      framework: huggingface
      source: "hf://acme/summarizer:8f4b1c2d9e0a7b6c5d4e3f2a1b0c9d8e7f6a5b4c"
    ```
    """,
)
NOT_A_MODEL = Code(
    "FL1253",
    "not a model of the Hugging Face Hub",
    """
    A model of the Hub is an organisation, a name and a revision: `hf://org/model:revision`.

    ```yaml
    source: hf://summarizer:main            # FL1253: no organisation
    ```

    Mended:

    ```yaml
    source: hf://acme/summarizer:main
    ```
    """,
)

_HUB = re.compile(r"hf://(?P<repository>[A-Za-z0-9][\w.-]*/[\w.-]+)(?::(?P<revision>[\w./-]*))?", re.ASCII)
_COMMIT = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True, slots=True)
class ModelSource(Unit):
    """Where a model's files are: hf://org/model:revision, or the URI of a folder.

    `repository` and `revision` are those of the Hugging Face Hub, else None; `uri` is the whole address.
    """

    uri: Uri
    repository: str | None = None
    revision: str | None = None

    json_schema: ClassVar[dict[str, Any]] = {
        "type": "string",
        "pattern": r"^(hf://[^\s/:]+/[^\s/:]+:\S+|(s3|gs|abfs|https|file)://\S+)$",
        "examples": ["hf://acme/summarizer:8f4b1c2d9e0a7b6c5d4e3f2a1b0c9d8e7f6a5b4c", "s3://acme-models/summarizer/"],
    }

    @classmethod
    def from_text(cls, text: str) -> Self:
        """The source that `text` stands for. Raises UnitError for FL1252, FL1253 and those of a URI."""
        if not text.startswith("hf://"):
            return cls(Uri.parse(text))
        refuse_credentials(text, accounts=False)
        form = _HUB.fullmatch(text)
        if form is None:
            raise UnitError(
                NOT_A_MODEL, f"`{text}` is no model of the Hugging Face Hub", "write hf://org/model:revision"
            )
        if not form["revision"]:
            message = f"`{text}` has no revision, so its weights can change under its name"
            raise UnitError(NO_REVISION, message, "add the commit, as hf://org/model:commit")
        return cls(Uri.parse(text), form["repository"], form["revision"])

    @property
    def pinned(self) -> bool:
        """Whether the source can only ever mean the same bytes: a commit of the Hub."""
        return self.revision is not None and _COMMIT.fullmatch(self.revision) is not None

    def __str__(self) -> str:
        return str(self.uri)
