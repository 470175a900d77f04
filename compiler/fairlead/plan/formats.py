"""The format of a dataset, where the specification leaves it to the ending of the URI."""

from __future__ import annotations

ENDINGS = {
    ".csv": "csv",
    ".csv.gz": "csv",
    ".parquet": "parquet",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".jsonl.gz": "jsonl",
}


def format_of(uri: str, default: str = "files") -> str:
    """The format that the ending of a URI stands for; `default` where it stands for none, as a folder's does not."""
    path = uri.partition("?")[0].lower()
    return next((name for ending, name in ENDINGS.items() if path.endswith(ending)), default)
