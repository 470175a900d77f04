"""Container images and the digests that pin them.

The grammar is that of `github.com/distribution/reference`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Final, Self

from fairlead.source.diagnostics import Code
from fairlead.spec.units.base import TextUnit, Unit, UnitError

NOT_AN_IMAGE = Code(
    "FL1250",
    "not a reference to an image",
    """
    An image is given by its repository in lower case, and optionally a tag and a digest:
    `ghcr.io/acme/tumor-classifier`, `ghcr.io/acme/tumor-classifier:1.4`, `ghcr.io/acme/tumor-classifier@sha256:…`.
    There is no scheme before it.

    ```yaml
    code: {path: models/tumor, image: ghcr.io/Acme/Tumor}       # FL1250: did you mean `ghcr.io/acme/tumor`?
    ```

    Mended:

    ```yaml
    code: {path: models/tumor, image: ghcr.io/acme/tumor}
    ```
    """,
)
NOT_A_DIGEST = Code(
    "FL1251",
    "not a digest",
    """
    A digest is `sha256:` and 64 hexadecimal digits in lower case. A shortened one is refused, since it identifies
    nothing for sure.

    ```yaml
    digest: sha256:4f2a19c0         # FL1251: 8 digits of 64
    ```

    Copy the digest in full, or let `fairlead lock` write it.

    ```yaml
    digest: sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
    ```
    """,
)

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_DOMAIN: Final = (
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*)(?::[0-9]{1,5})?"
)
_COMPONENT: Final = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_REPOSITORY = re.compile(rf"(?:{_DOMAIN}/)?{_COMPONENT}(?:/{_COMPONENT})*")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_LONGEST_REPOSITORY: Final = 255


class Digest(TextUnit):
    """The SHA-256 digest of some bytes: sha256: and 64 hexadecimal digits."""

    __slots__ = ()

    json_schema: ClassVar[dict[str, Any]] = {
        "type": "string",
        "pattern": "^sha256:[0-9a-f]{64}$",
        "examples": ["sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
    }

    @classmethod
    def check(cls, text: str) -> None:
        """Raises UnitError for FL1251."""
        if _DIGEST.fullmatch(text):
            return
        nearest = text.lower() if _DIGEST.fullmatch(text.lower()) else None
        if text.startswith("sha256:") and re.fullmatch(r"[0-9a-f]*", text[7:]):
            message = f"`{text[:40]}` has {len(text) - 7} digits, and a SHA-256 digest 64"
        else:
            message = f"`{text[:40]}` is no SHA-256 digest"
        raise UnitError(NOT_A_DIGEST, message, "write sha256: and 64 hexadecimal digits in lower case", nearest=nearest)

    @property
    def hex(self) -> str:
        """The 64 digits alone."""
        return self.removeprefix("sha256:")


@dataclass(frozen=True, slots=True)
class ImageRef(Unit):
    """A container image: a repository, with a tag or a digest if need be: ghcr.io/acme/tumor-classifier:1.4.

    `repository` includes the registry, as it was written.
    """

    repository: str
    tag: str | None = None
    digest: Digest | None = None

    json_schema: ClassVar[dict[str, Any]] = {
        "type": "string",
        "pattern": r"^[A-Za-z0-9][A-Za-z0-9./_:-]*(@sha256:[0-9a-f]{64})?$",
        "examples": ["ghcr.io/acme/tumor-classifier", "ghcr.io/acme/tumor-classifier:1.4"],
    }

    @classmethod
    def from_text(cls, text: str) -> Self:
        """The image that `text` stands for. Raises UnitError for FL1250 and FL1251."""
        rest, at, digest = text.partition("@")
        repository, tag = rest, None
        if ":" in rest.rpartition("/")[2]:
            repository, _, tag = rest.rpartition(":")
        if "://" in text:
            message = f"`{text[:80]}` starts with a scheme, and an image has none"
            raise UnitError(
                NOT_AN_IMAGE, message, "write it as registry/repository:tag", nearest=text.partition("://")[2] or None
            )
        if not _REPOSITORY.fullmatch(repository) or len(repository) > _LONGEST_REPOSITORY:
            lower = repository.lower() if _REPOSITORY.fullmatch(repository.lower()) else None
            message = f"`{repository[:80]}` is no repository of images" if repository else "an image is empty"
            raise UnitError(
                NOT_AN_IMAGE, message, "write it in lower case, as ghcr.io/acme/name", 0, len(repository), lower
            )
        if tag is not None and not _TAG.fullmatch(tag):
            message = f"`{tag[:40]}` is no tag of an image" if tag else f"no tag follows the colon of `{text}`"
            help_ = "write letters, digits, `_`, `.` and `-`, as 1.4"
            raise UnitError(NOT_AN_IMAGE, message, help_, len(repository) + 1, len(tag))
        try:
            pinned = Digest.parse(digest) if at else None
        except UnitError as error:
            raise error.shifted(len(rest) + 1) from None
        return cls(repository, tag, pinned)

    @property
    def registry(self) -> str:
        """The host that serves the image; `docker.io` where the repository names none."""
        first, slash, _ = self.repository.partition("/")
        return first if slash and (first == "localhost" or set(first) & set(".:")) else "docker.io"

    def with_digest(self, digest: Digest) -> ImageRef:
        """The same image, pinned to `digest`; the tag stays, for people."""
        return replace(self, digest=digest)

    def with_tag(self, tag: str) -> ImageRef:
        """The same repository under another tag, and no longer pinned. Raises UnitError where `tag` is none."""
        return ImageRef.parse(f"{self.repository}:{tag}")

    def __str__(self) -> str:
        return self.repository + (f":{self.tag}" if self.tag else "") + (f"@{self.digest}" if self.digest else "")
