"""What a new project has to be asked, and how an answer is held to the language."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from fairlead.spec.units import ImageRef, Name, Uri

REPOSITORY: Final = re.compile(r"[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+")
"""As `git.repository` of fairlead.yaml takes it."""
LONGEST_NAMESPACE: Final = 63 - len("-staging")


@dataclass(frozen=True, slots=True)
class Answers:
    """What a new project is called, whose it is and where it lives."""

    name: str
    """The first pipeline's name."""
    owner: str
    """The team that answers for it."""
    repository: str
    """`owner/name`, as on GitHub."""
    namespace: str
    """The namespace of production; staging has the same with `-staging`."""
    bucket: str
    """The URI of an object store, without a slash at its end."""

    @property
    def project(self) -> str:
        """The project's name, from that of its repository."""
        return slug(self.repository.partition("/")[2]) or self.name

    @property
    def registry(self) -> str:
        """Where images are pushed."""
        return f"ghcr.io/{self.repository.partition('/')[0].lower()}"


def slug(text: str) -> str:
    """The name that is nearest to a text: `My Project` becomes `my-project`; empty where nothing is left."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:40].strip("-")


def name(text: str) -> str:
    """A name. Raises ValueError."""
    return str(Name.parse(text))


def namespace(text: str) -> str:
    """A namespace that leaves room for the suffix of staging. Raises ValueError."""
    if len(text) > LONGEST_NAMESPACE:
        raise ValueError(
            f"`{text}` has {len(text)} characters, and at most {LONGEST_NAMESPACE} leave room for `-staging`"
        )
    return name(text)


def repository(text: str) -> str:
    """A repository. Raises ValueError."""
    if not REPOSITORY.fullmatch(text):
        raise ValueError(f"`{text}` is no repository; write it as `owner/name`")
    ImageRef.parse(f"{Answers('x', 'x', text, 'x', 'x').registry}/x")
    return text


def bucket(text: str) -> str:
    """The URI of a bucket, and a prefix in it, without the slash at its end. Raises ValueError."""
    text = text.rstrip("/")
    Uri.parse(text)
    if text.partition("://")[0] not in ("s3", "gs", "abfs"):
        raise ValueError(f"`{text}` is no object store; write s3://, gs:// or abfs://")
    return text
