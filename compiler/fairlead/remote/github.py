"""GitHub's REST API, as far as the comments of a pull request need it.

What may pass is asked again: answers of a server in trouble, and limits on the number of requests, for as long as they
say (https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api). The token is sent to the
API's own address only, so redirects and pages elsewhere are refused, and no message has it.
"""

from __future__ import annotations

import http.client
import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from email.message import Message
from typing import IO, Any, Final
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, OpenerDirector, Request, build_opener

from fairlead.remote.failures import Missing, RemoteFailure
from fairlead.source.render.sources import printable

ATTEMPTS: Final = 5
"""How often one request is made at most."""
PATIENCE: Final = 150.0
"""Seconds that are waited altogether; a limit that ends later is a failure at once."""
PAGES: Final = 100
"""Pages of 100 that are read of a list: four times what GitHub lets a conversation have."""

_PASSING: Final = frozenset({500, 502, 503, 504})
_SECONDS: Final = 30.0
_LARGEST: Final = 64 << 20
_SECONDARY: Final = 60.0
"""Seconds to wait where a secondary limit does not say how long."""
_NEXT: Final = re.compile(r'<([^<>]+)>\s*;[^,<]*\brel="?next"?')


class Forbidden(RemoteFailure):
    """The token may not do this: that of a run for a fork, or of a job without the right."""


class GitHub:
    """One API, asked with one token."""

    def __init__(
        self, api: str, token: str, *, pause: float = 1.0, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        """`api` is the address that GITHUB_API_URL has; `pause` the seconds before the first repetition, which double.

        Raises RemoteFailure for an address that no token may be sent to.
        """
        self._api = api.rstrip("/")
        found = urlsplit(self._api)
        if found.scheme not in ("https", "http") or not found.hostname or found.username or found.query:
            raise RemoteFailure("the address of GitHub's API is no URL", "set GITHUB_API_URL, as GitHub's runners do")
        if not token or not token.isascii() or not token.isprintable() or " " in token:
            raise RemoteFailure("there is no usable token for GitHub", "set GITHUB_TOKEN in the step's `env`")
        self._token = token
        self._pause = pause
        self._sleep = sleep
        self._left = PATIENCE
        self._opener: OpenerDirector = build_opener(_Stay())

    def every(self, path: str) -> Iterator[dict[str, Any]]:
        """The objects of a list, through all of its pages."""
        url = f"{self._api}{path}?per_page=100"
        for _ in range(PAGES):
            content, headers = self._ask("GET", url, None)
            if not isinstance(content, list):
                raise RemoteFailure(f"{_shown(url)} gave something else than a list")
            yield from (each for each in content if isinstance(each, dict))
            following = _NEXT.search(", ".join(headers.get_all("Link") or []))
            if following is None:
                return
            url = following[1]
            if urlsplit(url)[:2] != urlsplit(self._api)[:2]:
                raise RemoteFailure(f"{_shown(url)} is the next page, and not at {_shown(self._api)}")
        raise RemoteFailure(f"{_shown(url)} has more than {PAGES} pages")

    def send(self, method: str, path: str, content: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """What GitHub answers to a request that changes something; nothing for an answer without content."""
        answer, _ = self._ask(method, f"{self._api}{path}", content)
        return answer if isinstance(answer, dict) else {}

    def _ask(self, method: str, url: str, content: Mapping[str, Any] | None) -> tuple[Any, Message]:
        """One answer; what may pass is asked again, as long as there is patience."""
        about = f"{method} {_shown(url)}"
        for attempt in range(ATTEMPTS):
            backoff = self._pause * 2**attempt
            try:
                return self._once(method, url, content)
            except HTTPError as error:
                with error:
                    said = self._said(error)
                    wait = _wait(error.code, error.headers, said, backoff)
                    if wait is None:
                        raise _failure(error.code, about, said) from None
                    problem = f"{about} was answered with {error.code}{said}"
            except (URLError, http.client.HTTPException, OSError) as error:
                reason = error.reason if isinstance(error, URLError) else error
                wait, problem = backoff, f"{about} got no answer: {self._clean(str(reason) or type(reason).__name__)}"
            if attempt == ATTEMPTS - 1:
                raise RemoteFailure(f"{problem}, {ATTEMPTS} times", "run the job again when GitHub is well")
            if wait > self._left:
                raise RemoteFailure(f"{problem}; it may be asked again in {wait:.0f} s", "run the job again then")
            self._left -= wait
            self._sleep(wait)
        raise AssertionError("the last attempt returns or raises")

    def _once(self, method: str, url: str, content: Mapping[str, Any] | None) -> tuple[Any, Message]:
        request = Request(url, method=method, headers=self._headers())  # noqa: S310 - the scheme is checked
        if content is not None:
            request.data = json.dumps(content).encode()
            request.add_header("Content-Type", "application/json")
        with self._opener.open(request, timeout=_SECONDS) as response:
            data = response.read(_LARGEST + 1)
            headers: Message = response.headers
        if len(data) > _LARGEST:
            raise RemoteFailure(f"{_shown(url)} gave more than {_LARGEST >> 20} MiB")
        try:
            return (json.loads(data) if data.strip() else None), headers
        except (ValueError, RecursionError):
            help_ = "check GITHUB_API_URL, and what stands between"
            raise RemoteFailure(f"{_shown(url)} gave something else than JSON", help_) from None

    def _headers(self) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {self._token}",
            "Accept": "application/vnd.github+json",
            "X-GitHub-Api-Version": "2022-11-28",
            "User-Agent": "fairlead",
        }

    def _said(self, error: HTTPError) -> str:
        """GitHub's own words for what is wrong, behind a colon; nothing where there are none."""
        try:
            content = json.loads(error.read(1 << 20))
        except (ValueError, RecursionError, OSError, http.client.HTTPException):
            return ""
        message = content.get("message") if isinstance(content, dict) else None
        return f": {self._clean(message)}" if isinstance(message, str) and message else ""

    def _clean(self, text: str) -> str:
        return printable(" ".join(text.replace(self._token, "***").split()))[:300]


class _Stay(HTTPRedirectHandler):
    """Follows no redirect: urllib would take the token along, wherever it leads."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> Request | None:
        return None


def _wait(status: int, headers: Message, said: str, backoff: float) -> float | None:
    """Seconds until the same request may be answered otherwise; None where it won't be."""
    if status in _PASSING:
        return max(_seconds(headers.get("Retry-After")) or 0.0, backoff)
    if status not in (403, 429):
        return None
    after = _seconds(headers.get("Retry-After"))
    if after is not None:
        return after
    reset = _seconds(headers.get("X-RateLimit-Reset"))
    if headers.get("X-RateLimit-Remaining") == "0" and reset is not None:
        # The clocks of two machines differ a little.
        return max(reset - time.time(), 0.0) + 1.0
    return max(_SECONDARY, backoff) if status == 429 or "rate limit" in said.lower() else None


def _seconds(value: str | None) -> float | None:
    return float(value) if value is not None and value.isascii() and value.isdigit() and len(value) < 12 else None


def _failure(status: int, about: str, said: str) -> RemoteFailure:
    message = f"{about} was answered with {status}{said}"
    match status:
        case 401:
            return RemoteFailure(message, "the token is wrong, or no longer good")
        case 403:
            return Forbidden(message, "the job needs `pull-requests: write`; a run for a fork can't have it")
        case 404:
            return Missing(message, "the token can't see it, or it is not there")
        case _ if 300 <= status < 400:
            return RemoteFailure(message, "it moved: set GITHUB_API_URL and GITHUB_REPOSITORY to where it is now")
        case _:
            return RemoteFailure(message)


def _shown(url: str) -> str:
    """An address without what may be secret in it."""
    found = urlsplit(url)
    host = found.hostname or ""
    return printable(f"{host}{f':{found.port}' if found.port else ''}{found.path}")[:200]
