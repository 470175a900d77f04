"""Literals that look like secrets.

Precision comes first: what is reported stops a compile, so every rule needs a form that ordinary words, digests,
paths and identifiers do not have. Formats are those that their issuers document.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from fairlead.source.diagnostics import Code

LITERAL_SECRET = Code(
    "FL1280",
    "a literal that looks like a secret",
    """
    A text has the form of a key, a token or a password. Secrets are only ever references in Fairlead, because files
    in Git are read by more people than a secret may be, and stay in its history. Treat the value as leaked: revoke
    it, then store its successor where the cluster finds it.

    ```yaml
    train:
      env: {DATABASE: "postgresql://reader:hunter2@db/features"}        # FL1280
    ```

    Mended, with a Secret named `features` in the pipeline's namespace:

    ```yaml
    train:
      secrets: {DATABASE: features/url}
    ```
    """,
    shows_source=False,
)


LONGEST: Final = 600
"""Characters of a sentence about what somebody else wrote."""


class _Form(NamedTuple):
    reason: str
    pattern: re.Pattern[str]


def _form(reason: str, pattern: str, flags: int = 0) -> _Form:
    # No letter or digit may stand right before a token: a digest that happens to contain a prefix is none.
    return _Form(reason, re.compile(rf"(?<![A-Za-z0-9]){pattern}", flags))


_END: Final = r"(?![A-Za-z0-9])"
# Random text of this length has a digit; words joined by hyphens have none.
_DIGIT: Final = r"(?=[A-Za-z_-]*[0-9])"
_MIXED: Final = r"(?=[A-Za-z._~+/-]*[0-9])(?=[a-z0-9._~+/-]*[A-Z])"
_FORMS: Final = (
    _form("a private key", r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY"),
    _form("an AWS access key", rf"(?:AKIA|ASIA)[A-Z2-7]{{16}}{_END}"),
    _form("a GitHub token", rf"(?:gh[pousr]_[A-Za-z0-9]{{36,}}|github_pat_[A-Za-z0-9]{{22}}_[A-Za-z0-9]{{59}}){_END}"),
    _form("a GitLab token", rf"gl(?:pat|dt|rt|cbt|ptt|soat)-{_DIGIT}[A-Za-z0-9_-]{{20,}}"),
    _form("a Hugging Face token", rf"(?:hf|api_org)_[A-Za-z]{{30,}}{_END}"),
    _form("a Slack token", r"xox[abeoprs]-(?:[0-9]+-)+[A-Za-z0-9-]{10,}"),
    _form("a Slack webhook", r"hooks\.slack\.com/(?:services|workflows)/T[A-Z0-9]+/[A-Za-z0-9/]{16,}"),
    _form("a Google API key", rf"AIza[A-Za-z0-9_-]{{35}}{_END}"),
    _form("an OpenAI or Anthropic key", rf"sk-(?:ant-|proj-|svcacct-){_DIGIT}[A-Za-z0-9_-]{{20,}}"),
    _form("a Stripe key", rf"[rs]k_live_[A-Za-z0-9]{{20,}}{_END}"),
    _form("a PyPI token", r"pypi-AgE[A-Za-z0-9_-]{50,}"),
    _form("an npm token", rf"npm_[A-Za-z0-9]{{36}}{_END}"),
    _form("a JSON Web Token", r"eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}"),
    _form("an Azure storage key", r"AccountKey=[A-Za-z0-9+/]{60,}={0,2}", re.IGNORECASE),
    _form("a bearer token", rf"(?i:bearer|basic) {_MIXED}[A-Za-z0-9._~+/-]{{24,}}=*{_END}"),
)
_URL_PASSWORD = re.compile(
    r"(?<![A-Za-z0-9+.-])[A-Za-z][A-Za-z0-9+.-]{0,20}://[^\s/:@?#]{0,200}:(?P<value>[^\s/@?#]+)@"
)
_ASSIGNMENT = re.compile(
    r"(?<![A-Za-z0-9])(?P<name>(?:[A-Za-z0-9]{1,20}[_-]){0,4}(?:password|passwd|pwd|passphrase"
    r"|secret|api[_-]?key|secret[_-]?key|access[_-]?key|auth[_-]?token|access[_-]?token|client[_-]?secret))"
    r"""["']?(?:=|:\s?)["']?(?P<value>[^\s"'&;,]{4,})""",
    re.IGNORECASE,
)
# The whole of it, where it is to be masked; to the end of the text where it does not end.
_PRIVATE_KEY = re.compile(
    r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY.*?(?:-----END (?:[A-Z0-9]+ )*PRIVATE KEY-----|\Z)", re.DOTALL
)
# What stands for a secret without being one: a variable, a template, a placeholder, a reference such as name/key.
_STAND_IN = re.compile(
    r"[$%{<*].*|.*[>*]|[xX]{3,}|\.{3,}|[a-z0-9][a-z0-9.-]*/[A-Za-z0-9._-]+|[A-Z][A-Z0-9_]+"
    r"|(?i:true|false|null|none|required|optional|changeme|example|redacted|placeholder|your[-_].*)"
)


def looks_like_secret(text: str) -> str | None:
    """What kind of secret `text` holds, as `a GitHub token`, or None. The answer never repeats its value."""
    for form in _FORMS:
        if form.pattern.search(text):
            return form.reason
    found = _URL_PASSWORD.search(text)
    if found and not _STAND_IN.fullmatch(found["value"]):
        return "a password in a URL"
    found = _ASSIGNMENT.search(text)
    if found and not _STAND_IN.fullmatch(found["value"]):
        return f"the value of `{found['name'].lower()}`"
    return None


def masked(text: str) -> str:
    """`text` with every secret that is recognised in it as `***`; what stands around it stays, to be found by."""
    text = _PRIVATE_KEY.sub("***", text)
    for form in _FORMS:
        text = form.pattern.sub("***", text)
    for pattern in (_URL_PASSWORD, _ASSIGNMENT):
        text = pattern.sub(_without_value, text)
    return text


def one_line(text: str) -> str:
    """A sentence without secrets and line ends, cut where it is long."""
    line = " ".join(masked(text).split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


def _without_value(found: re.Match[str]) -> str:
    if _STAND_IN.fullmatch(found["value"]):
        return found[0]
    start, end = found.start("value") - found.start(), found.end("value") - found.start()
    return f"{found[0][:start]}***{found[0][end:]}"
