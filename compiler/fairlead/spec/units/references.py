"""References to what a cluster holds: secrets, service accounts, labels."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Self

from fairlead.source.diagnostics import Code
from fairlead.spec.secrets import looks_like_secret
from fairlead.spec.units.base import TextUnit, Unit, UnitError
from fairlead.spec.units.names import LABEL, SUBDOMAIN, check_label, is_subdomain

NOT_A_SECRET_REF = Code(
    "FL1265",
    "not a reference to a secret",
    """
    A secret is given as `name/key`: the name of a Kubernetes Secret in the pipeline's namespace, and one of its keys.
    The value itself never stands in a file.

    ```yaml
    train:
      secrets: {FEATURE_STORE_TOKEN: feature-store}     # FL1265: no key
    ```

    Mended:

    ```yaml
    train:
      secrets: {FEATURE_STORE_TOKEN: feature-store/token}
    ```
    """,
)
SECRET_VALUE = Code(
    "FL1266",
    "the value of a secret where a reference belongs",
    """
    What stands here has the form of a key, a token or a password. Files in Git are read by more people than a secret
    may be, and stay in history when they are deleted. Treat the value as leaked: revoke it, then store its successor
    in the cluster.

    ```yaml
    train:
      secrets: {HF_TOKEN: hf_…}                 # FL1266
    ```

    Mended:

    ```yaml
    train:
      secrets: {HF_TOKEN: hugging-face/token}
    ```
    """,
)
NOT_A_SERVICE_ACCOUNT = Code(
    "FL1267",
    "not a reference to a service account",
    """
    A caller is given as `namespace/name` of its ServiceAccount, because accounts of one name exist in many
    namespaces, and a policy that named only half would let all of them in.

    ```yaml
    serving:
      access: {callers: [triage]}           # FL1267
    ```

    Mended:

    ```yaml
    serving:
      access: {callers: [triage/ui]}
    ```
    """,
)
NOT_A_LABEL_KEY = Code(
    "FL1268",
    "not the key of a label",
    """
    The key of a Kubernetes label has at most 63 letters, digits, `-`, `_` and `.`, with a letter or digit at both
    ends, and optionally a DNS name with a slash before it: `domain`, `nvidia.com/gpu`.

    ```yaml
    metadata:
      labels: {"cost center": "42"}     # FL1268
    ```

    Mended:

    ```yaml
    metadata:
      labels: {cost-center: "42"}
    ```
    """,
)
NOT_A_LABEL_VALUE = Code(
    "FL1269",
    "not the value of a label",
    """
    The value of a Kubernetes label has at most 63 letters, digits, `-`, `_` and `.`, with a letter or digit at both
    ends, and is text: a number or a boolean needs quotes. What is longer or has spaces belongs into the description.

    ```yaml
    metadata:
      labels: {domain: medical imaging}     # FL1269
    ```

    Mended:

    ```yaml
    metadata:
      labels: {domain: medical-imaging}
    ```
    """,
)

_QUALIFIED: Final = r"[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?"
_LABEL_PART = re.compile(_QUALIFIED)
_SECRET_KEY = re.compile(r"[-._A-Za-z0-9]{1,253}")


@dataclass(frozen=True, slots=True, order=True)
class SecretRef(Unit):
    """A key of a Kubernetes Secret, as name/key: feature-store/token. Never the secret itself."""

    name: str
    key: str

    json_schema: ClassVar[dict[str, Any]] = {
        "type": "string",
        "pattern": f"^{SUBDOMAIN}/[-._A-Za-z0-9]+$".replace("?:", ""),
        "examples": ["feature-store/token"],
    }

    @classmethod
    def from_text(cls, text: str) -> Self:
        """The reference that `text` stands for. Raises UnitError for FL1265 and FL1266; no message shows the text."""
        reason = looks_like_secret(text)
        if reason:
            help_ = "revoke it, store its successor in a Secret of the cluster, and write name/key"
            raise UnitError(SECRET_VALUE, f"this looks like {reason}, and not like a reference to one", help_)
        name, slash, key = text.partition("/")
        help_ = "write the Secret's name and its key, as feature-store/token"
        if not slash:
            raise UnitError(
                NOT_A_SECRET_REF, "a reference to a secret has the form name/key, and this has no slash", help_
            )
        if not is_subdomain(name):
            message = "the name before the slash is no name of a Secret"
            raise UnitError(NOT_A_SECRET_REF, message, help_, 0, len(name))
        if not _SECRET_KEY.fullmatch(key) or key.startswith(".."):
            message = "what follows the slash is no key of a Secret"
            raise UnitError(NOT_A_SECRET_REF, message, help_, len(name) + 1, len(key))
        return cls(name, key)

    def __str__(self) -> str:
        return f"{self.name}/{self.key}"


@dataclass(frozen=True, slots=True, order=True)
class ServiceAccountRef(Unit):
    """A ServiceAccount, as namespace/name: triage/ui."""

    namespace: str
    name: str

    json_schema: ClassVar[dict[str, Any]] = {
        "type": "string",
        "pattern": f"^{LABEL}/{SUBDOMAIN}$".replace("?:", ""),
        "examples": ["triage/ui"],
    }

    @classmethod
    def from_text(cls, text: str) -> Self:
        """The reference that `text` stands for. Raises UnitError for FL1260 and FL1267."""
        namespace, slash, name = text.partition("/")
        if not slash:
            message = f"`{text[:60]}` does not say which namespace the service account is in"
            raise UnitError(NOT_A_SERVICE_ACCOUNT, message, "write namespace/name, as triage/ui")
        check_label(namespace, "namespace")
        if not is_subdomain(name):
            message = f"`{name[:60]}` is no name of a service account"
            raise UnitError(
                NOT_A_SERVICE_ACCOUNT, message, "write namespace/name, as triage/ui", len(namespace) + 1, len(name)
            )
        return cls(namespace, name)

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"


class LabelKey(TextUnit):
    """The key of a Kubernetes label, annotation or taint: domain, nvidia.com/gpu."""

    __slots__ = ()

    json_schema: ClassVar[dict[str, Any]] = {
        "type": "string",
        "pattern": f"^({SUBDOMAIN}/)?{_QUALIFIED}$".replace("?:", ""),
        "maxLength": 317,
        "examples": ["domain", "nvidia.com/gpu"],
    }

    @classmethod
    def check(cls, text: str) -> None:
        """Raises UnitError for FL1268."""
        prefix, slash, name = text.rpartition("/")
        help_ = "write letters, digits, `-`, `_` and `.`, with a DNS name and a slash before them if need be"
        if slash and not is_subdomain(prefix):
            message = (
                f"`{prefix[:60]}` before the slash is no DNS name"
                if prefix
                else f"nothing stands before the slash of `{text[:60]}`"
            )
            raise UnitError(NOT_A_LABEL_KEY, message, help_, 0, max(len(prefix), 1))
        if len(name) > 63 or not _LABEL_PART.fullmatch(name):
            message = f"`{name[:63]}` is no key of a label" if name else "the key of a label is empty"
            raise UnitError(NOT_A_LABEL_KEY, message, help_, len(prefix) + len(slash), len(name))


class LabelValue(TextUnit):
    """The value of a Kubernetes label: at most 63 letters, digits, hyphens, underscores and dots; it may be empty."""

    __slots__ = ()

    json_schema: ClassVar[dict[str, Any]] = {
        "type": "string",
        "pattern": f"^({_QUALIFIED})?$".replace("?:", ""),
        "maxLength": 63,
        "examples": ["oncology"],
    }

    @classmethod
    def check(cls, text: str) -> None:
        """Raises UnitError for FL1269."""
        if len(text) > 63:
            message = f"`{text[:20]}…` has {len(text)} characters, and the value of a label at most 63"
            raise UnitError(NOT_A_LABEL_VALUE, message, "shorten it")
        if text and not _LABEL_PART.fullmatch(text):
            meant = re.sub(r"[^-A-Za-z0-9_.]+", "-", text).strip("-_.")
            help_ = "write letters, digits, `-`, `_` and `.`, with a letter or digit at both ends"
            raise UnitError(NOT_A_LABEL_VALUE, f"`{text}` is no value of a label", help_, nearest=meant or None)
