"""Names: of what the language declares, of environment variables and of hosts."""

from __future__ import annotations

import re
from typing import Any, ClassVar, Final

from fairlead.source.diagnostics import Code
from fairlead.spec.units.base import TextUnit, UnitError

NOT_A_NAME = Code(
    "FL1260",
    "not a name",
    """
    A name has 1 to 63 lower-case letters, digits and hyphens, and starts and ends with a letter or digit (RFC 1123).
    Names become those of Kubernetes resources, labels, files and folders, and no other alphabet is valid in all of
    them.

    ```yaml
    metadata:
      name: Tumor_Classifier        # FL1260: did you mean `tumor-classifier`?
    ```

    Mended:

    ```yaml
    metadata:
      name: tumor-classifier
    ```
    """,
)
NOT_AN_IDENTIFIER = Code(
    "FL1261",
    "not an identifier",
    """
    Columns, parameters and metrics are named by letters, digits and underscores, not starting with a digit, with at
    most 63 characters. They are written into expressions, environment variables and metrics' labels, where any other
    character would need quoting.

    ```yaml
    columns:
      mean-radius: {type: float}        # FL1261: did you mean `mean_radius`?
    ```

    Mended:

    ```yaml
    columns:
      mean_radius: {type: float}
    ```
    """,
)
NOT_A_VARIABLE = Code(
    "FL1262",
    "not the name of an environment variable",
    """
    An environment variable is named by upper-case letters, digits and underscores, not starting with a digit. Shells
    cannot read others, and two that differ in case alone are one on some systems.

    ```yaml
    train:
      env: {omp-num-threads: "4"}       # FL1262: did you mean `OMP_NUM_THREADS`?
    ```

    Mended:

    ```yaml
    train:
      env: {OMP_NUM_THREADS: "4"}
    ```
    """,
)
RESERVED_VARIABLE = Code(
    "FL1263",
    "an environment variable that belongs to Fairlead",
    """
    Variables that start with `FAIRLEAD_` are the contract between Fairlead and a step: inputs, outputs, parameters.
    One that a spec sets would be overwritten, or worse, would send a step to the wrong file.

    ```yaml
    train:
      env: {FAIRLEAD_SEED: "7"}     # FL1263
    ```

    Mended, with a parameter, which the step finds as `FAIRLEAD_PARAM_SEED`:

    ```yaml
    train:
      parameters: {seed: 7}
    ```
    """,
)
NOT_A_HOST = Code(
    "FL1264",
    "not a host name",
    """
    A host name is labels of lower-case letters, digits and hyphens with dots between them, and nothing else: no
    scheme, no port and no path.

    ```yaml
    serving:
      host: https://tumor.acme.example/     # FL1264
    ```

    Mended:

    ```yaml
    serving:
      host: tumor.acme.example
    ```
    """,
)

LABEL: Final = r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?"
SUBDOMAIN: Final = rf"{LABEL}(?:\.{LABEL})*"
_LABEL = re.compile(LABEL)
_SUBDOMAIN = re.compile(SUBDOMAIN)
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]*")
_HOST = re.compile(r"[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?)*")
RESERVED_PREFIX: Final = "FAIRLEAD_"


class Name(TextUnit):
    """A name of lower-case letters, digits and hyphens, at most 63 characters (RFC 1123): tumor-classifier."""

    __slots__ = ()

    json_schema: ClassVar[dict[str, Any]] = {
        "type": "string",
        "pattern": f"^{LABEL}$".replace("?:", ""),
        "maxLength": 63,
        "examples": ["tumor-classifier"],
    }

    @classmethod
    def check(cls, text: str) -> None:
        """Raises UnitError for FL1260."""
        check_label(text, "name")


class Identifier(TextUnit):
    """A name of letters, digits and underscores, not starting with a digit: mean_radius."""

    __slots__ = ()

    json_schema: ClassVar[dict[str, Any]] = {
        "type": "string",
        "pattern": "^[A-Za-z_][A-Za-z0-9_]*$",
        "maxLength": 63,
        "examples": ["mean_radius"],
    }

    @classmethod
    def check(cls, text: str) -> None:
        """Raises UnitError for FL1261."""
        if len(text) > 63:
            message = f"`{text[:20]}…` has {len(text)} characters, and an identifier at most 63"
            raise UnitError(NOT_AN_IDENTIFIER, message, "shorten it")
        if not _IDENTIFIER.fullmatch(text):
            message = f"`{text}` is no identifier" if text else "an identifier is empty"
            help_ = "write letters, digits and underscores, and a letter first"
            raise UnitError(
                NOT_AN_IDENTIFIER, message, help_, nearest=_with(_IDENTIFIER, re.sub(r"\W+", "_", text, flags=re.ASCII))
            )


class EnvName(TextUnit):
    """The name of an environment variable, in upper case: OMP_NUM_THREADS. Those of FAIRLEAD_ are reserved."""

    __slots__ = ()

    json_schema: ClassVar[dict[str, Any]] = {
        "type": "string",
        "pattern": "^(?!FAIRLEAD_)[A-Z_][A-Z0-9_]*$",
        "maxLength": 253,
        "examples": ["OMP_NUM_THREADS"],
    }

    @classmethod
    def check(cls, text: str) -> None:
        """Raises UnitError for FL1262 and FL1263."""
        if not _VARIABLE.fullmatch(text) or len(text) > 253:
            message = f"`{text[:60]}` is no name of an environment variable"
            meant = _with(_VARIABLE, re.sub(r"\W+", "_", text, flags=re.ASCII).upper())
            raise UnitError(NOT_A_VARIABLE, message, "write upper-case letters, digits and underscores", nearest=meant)
        if text.startswith(RESERVED_PREFIX):
            message = f"`{text}` belongs to Fairlead, as every variable that starts with {RESERVED_PREFIX}"
            help_ = "choose another name, or make it a parameter"
            raise UnitError(RESERVED_VARIABLE, message, help_, 0, len(RESERVED_PREFIX))


class HostName(TextUnit):
    """The name of a host, without scheme, port and path: tumor.acme.example."""

    __slots__ = ()

    json_schema: ClassVar[dict[str, Any]] = {
        "type": "string",
        "pattern": f"^{SUBDOMAIN}$".replace("?:", ""),
        "maxLength": 253,
        "examples": ["tumor.acme.example"],
    }

    @classmethod
    def check(cls, text: str) -> None:
        """Raises UnitError for FL1264."""
        if _HOST.fullmatch(text) and len(text) <= 253:
            return
        bare = re.sub(r"^[A-Za-z][A-Za-z0-9+.-]*://", "", text).partition("/")[0].partition(":")[0].lower()
        message = f"`{text[:60]}` is no host name"
        raise UnitError(NOT_A_HOST, message, "write the host alone, as tumor.acme.example", nearest=_with(_HOST, bare))


def check_label(text: str, what: str, offset: int = 0) -> None:
    """Raises UnitError for FL1260 where `text` is no label of RFC 1123; `what` is how the message calls it."""
    if len(text) > 63:
        message = f"the {what} `{text[:20]}…` has {len(text)} characters, and a {what} at most 63"
        raise UnitError(NOT_A_NAME, message, "shorten it", offset, len(text))
    if not _LABEL.fullmatch(text):
        meant = _with(_LABEL, re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-"))
        message = f"`{text}` is no {what}" if text else f"a {what} is empty"
        help_ = "write lower-case letters, digits and hyphens, with a letter or digit at both ends"
        raise UnitError(NOT_A_NAME, message, help_, offset, len(text), meant)


def is_subdomain(text: str) -> bool:
    """Whether `text` is a DNS subdomain as Kubernetes wants most names: labels with dots, at most 253 characters."""
    return len(text) <= 253 and _SUBDOMAIN.fullmatch(text) is not None


def _with(form: re.Pattern[str], text: str) -> str | None:
    """`text` as a proposal, where it is one."""
    return text if form.fullmatch(text) else None
