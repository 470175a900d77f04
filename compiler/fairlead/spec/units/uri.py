"""Addresses of data, of models and of pages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Self

from fairlead.source.diagnostics import Code
from fairlead.source.words import nearest_word
from fairlead.spec.units.base import TextUnit, Unit, UnitError
from fairlead.spec.units.credentials import refuse_credentials

MALFORMED = Code(
    "FL1240",
    "not a URI",
    """
    The address of data is a scheme, a bucket and a key: `s3://bucket/path/to/data/`. A key has letters, digits and
    `- . _ ~ % + = , : @`; a slash at the end means a folder. White space, quotes, braces, wildcards and empty segments
    are refused: the address is handed to object stores, shells and workflow engines, which all read such characters
    differently.

    ```yaml
    data:
      sources:
        biopsies: {uri: acme-ml/biopsies/}      # FL1240: no scheme
    ```

    Mended:

    ```yaml
    data:
      sources:
        biopsies: {uri: s3://acme-ml/biopsies/}
    ```
    """,
)
UNKNOWN_SCHEME = Code(
    "FL1241",
    "a scheme that Fairlead cannot read",
    """
    Data can stand in `s3`, `gs`, `abfs`, `https`, `hf` (the Hugging Face Hub) and `file`. What speaks the protocol of
    one of them is addressed by it: MinIO and Ceph are `s3`, with `artifacts.endpoint`.

    ```yaml
    uri: gcs://acme-ml/outcomes/        # FL1241: did you mean `gs`?
    ```

    Mended:

    ```yaml
    uri: gs://acme-ml/outcomes/
    ```
    """,
)
PARENT_FOLDER = Code(
    "FL1243",
    "a path that climbs",
    """
    An object store has no folders to climb out of: to one client `..` is a part of the key, and another resolves it,
    out of the prefix that permissions were given for.

    ```yaml
    uri: s3://acme-ml/biopsies/../payroll/      # FL1243
    ```

    Mended:

    ```yaml
    uri: s3://acme-ml/payroll/
    ```
    """,
)

SCHEMES: Final = ("s3", "gs", "abfs", "https", "hf", "file")
_MEANT: Final = {"gcs": "gs", "s3a": "s3", "s3n": "s3", "http": "https", "abfss": "abfs", "az": "abfs", "wasb": "abfs"}
_SCHEME = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*):(?://)?")
_KEY_CHARACTER: Final = r"(?:[A-Za-z0-9._~+=,:@-]|%[0-9A-Fa-f]{2})"
_STRAY = re.compile(r"[^A-Za-z0-9._~+=,:@%/-]|%(?![0-9A-Fa-f]{2})")
_HOST: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*"
_BUCKETS: Final = {
    "s3": re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"),
    "gs": re.compile(r"[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]"),
    "abfs": re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9](?:@[a-z0-9]{3,24}\.dfs\.core\.[a-z0-9.-]+)?"),
    "https": re.compile(rf"{_HOST}(?::[0-9]{{1,5}})?"),
    "hf": re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*"),
    "file": re.compile(r""),
}
_BUCKET_IS: Final = {
    "s3": "3 to 63 lower-case letters, digits, dots and hyphens",
    "gs": "lower-case letters, digits, dots, hyphens and underscores",
    "abfs": "a container, or container@account.dfs.core.windows.net",
    "https": "a host, with a port if need be",
    "hf": "an organisation, or datasets",
    "file": "nothing: a file's path has three slashes, as file:///data/a.csv",
}
_WEB = re.compile(
    rf"(?P<scheme>https?)://(?P<host>{_HOST}|\[[0-9A-Fa-f:.]+\])(?::(?P<port>[0-9]{{1,5}}))?"
    r"(?P<path>/(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*)?"
    r"(?:\?(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*)?(?:#(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*)?"
)


@dataclass(frozen=True, slots=True, order=True)
class Uri(Unit):
    """The address of data: s3://bucket/key, gs, abfs, https, hf or file. A slash at the end means a folder.

    `bucket` is the bucket, the container, the host or the organisation, and empty for a file; `key` is what follows it,
    without the slash between them.
    """

    scheme: str
    bucket: str
    key: str

    json_schema: ClassVar[dict[str, Any]] = {
        "type": "string",
        "pattern": rf"^({'|'.join(SCHEMES)})://[^\s?#]+$",
        "examples": ["s3://acme-ml/biopsies/"],
    }

    @classmethod
    def from_text(cls, text: str) -> Self:
        """The address that `text` stands for. Raises UnitError for FL1240 to FL1243."""
        scheme, start = _scheme(text)
        refuse_credentials(text, accounts=scheme == "abfs")
        rest = text[start:]
        bucket, _, key = rest.partition("/")
        _refuse_strays(text, start)
        if scheme in ("s3", "gs") and _BUCKETS[scheme].fullmatch(bucket) and ".." in bucket:
            raise UnitError(
                MALFORMED, f"the bucket `{bucket}` has two dots in a row", "write its name", start, len(bucket)
            )
        if not _BUCKETS[scheme].fullmatch(bucket):
            message = (
                f"`{bucket}` in `{text}` is not what follows {scheme}://"
                if bucket
                else f"nothing follows the scheme of `{text}`"
            )
            raise UnitError(MALFORMED, message, f"write {_BUCKET_IS[scheme]}", start, max(len(bucket), 1))
        _refuse_segments(text, key, start + len(bucket) + 1)
        if scheme in ("file", "hf") and not key.strip("/"):
            raise UnitError(
                MALFORMED, f"`{text}` names no {'file' if scheme == 'file' else 'repository'}", "write its path"
            )
        return cls(scheme, bucket, key)

    @property
    def path(self) -> str:
        """The key with the slash before it: the path of a file, or of a page on its host."""
        return f"/{self.key}"

    @property
    def is_folder(self) -> bool:
        """Whether the address ends with a slash, or names a bucket as a whole."""
        return not self.key or self.key.endswith("/")

    def is_within(self, folder: Uri) -> bool:
        """Whether the address is `folder` or below it."""
        if (self.scheme, self.bucket) != (folder.scheme, folder.bucket):
            return False
        above = folder.key.strip("/")
        return not above or f"{self.key.strip('/')}/".startswith(f"{above}/")

    def child(self, name: str) -> Uri:
        """The address of `name` in this folder. Raises UnitError where that is no address."""
        return Uri.parse(f"{str(self).rstrip('/')}/{name}")

    def __str__(self) -> str:
        return f"{self.scheme}://{self.bucket}/{self.key}" if self.key else f"{self.scheme}://{self.bucket}"


class WebUrl(TextUnit):
    """The address of a page or a service: http or https, without credentials."""

    __slots__ = ()

    json_schema: ClassVar[dict[str, Any]] = {
        "type": "string",
        "format": "uri",
        "pattern": r"^https?://[^\s{}@]+$",
        "examples": ["https://runbooks.acme.example/tumor-classifier"],
    }

    @classmethod
    def check(cls, text: str) -> None:
        """Raises UnitError for FL1240, FL1241 and FL1242."""
        form = _SCHEME.match(text)
        if form and form["scheme"] not in ("http", "https") and "://" in text:
            message, help_ = f"`{form['scheme']}` is no scheme of a page", "write an address that starts with https://"
            raise UnitError(
                UNKNOWN_SCHEME, message, help_, 0, len(form["scheme"]), nearest_word(form["scheme"], ["http", "https"])
            )
        refuse_credentials(text, accounts=False)
        web = _WEB.fullmatch(text)
        if web is None or (web["port"] and not 0 < int(web["port"]) < 65536):
            message = f"`{text[:80]}` is no address of a page"
            raise UnitError(MALFORMED, message, "write it in full, as https://runbooks.acme.example/page")


def _scheme(text: str) -> tuple[str, int]:
    """The scheme, and where what follows `://` starts."""
    form = _SCHEME.match(text)
    if form is None or not form[0].endswith("//"):
        message = f"`{text[:80]}` has no scheme" if text else "an address is empty"
        raise UnitError(MALFORMED, message, "write the address in full, as s3://bucket/path/")
    scheme = form["scheme"]
    if scheme not in SCHEMES:
        meant = _MEANT.get(scheme.lower()) or nearest_word(scheme, SCHEMES)
        message, help_ = f"`{scheme}` is no scheme that data can be read from", f"the schemes are {', '.join(SCHEMES)}"
        raise UnitError(UNKNOWN_SCHEME, message, help_, 0, len(scheme), meant)
    return scheme, form.end()


def _refuse_strays(text: str, start: int) -> None:
    stray = _STRAY.search(text, start)
    if stray is None:
        return
    what = {" ": "white space", "?": "a query", "#": "a fragment", "*": "a wildcard"}.get(stray[0], f"`{stray[0]}`")
    message = f"the address `{text[:80]}` has {'white space' if stray[0].isspace() else what} in it"
    raise UnitError(
        MALFORMED, message, "write letters, digits and - . _ ~ % + = , : @ between the slashes", stray.start(), 1
    )


def _refuse_segments(text: str, key: str, offset: int) -> None:
    segments = key.split("/")
    for position, segment in enumerate(segments):
        climbing = segment.lower().replace("%2e", ".") in (".", "..")
        if climbing:
            message = f"the path of `{text}` climbs with `{segment}`"
            raise UnitError(PARENT_FOLDER, message, "write the path that is meant", offset, len(segment))
        if not segment and position < len(segments) - 1:
            message = f"two slashes follow each other in `{text}`"
            raise UnitError(MALFORMED, message, "write one of them", max(offset - 1, 0), 2)
        offset += len(segment) + 1
