"""A server on this machine that answers as GitHub's API does about the comments of a pull request.

Source: "REST API endpoints for issue comments", "Using pagination in the REST API" and "Rate limits for the REST API"
in GitHub's documentation.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

TOKEN = "ghs_ofTheJobThatNobodyMaySee"
BOT = "github-actions[bot]"
LIST = re.compile(r"/repos/acme/ml/issues/7/comments")
ONE = re.compile(r"/repos/acme/ml/issues/comments/([0-9]+)")
LONGEST = 65_536
Answer = tuple[int, dict[str, str], str]


class Api:
    """The comments of pull request 7 of acme/ml, what was asked, and answers to be given before the true ones."""

    def __init__(self) -> None:
        self.comments: list[dict[str, Any]] = []
        self.requests: list[str] = []
        self.tokens: list[str | None] = []
        self.login = BOT
        self.first: dict[str, list[Answer]] = {}
        """By method: each is given once, in place of doing what was asked."""
        self.always: dict[str, Answer] = {}
        """By method: given every time."""
        self.after_doing: dict[str, list[Answer]] = {}
        """By method: given once, though what was asked is done."""
        self.before: Callable[[str], None] = lambda method: None
        """Called before every answer: what others do meanwhile."""
        self.link: str | None = None
        """What `Link` says in place of the truth."""
        self._ids = iter(range(1_000, 10_000))

    def add(self, body: str, login: str = BOT) -> int:
        """A comment more, by its number."""
        number = next(self._ids)
        kind = "Bot" if login.endswith("[bot]") else "User"
        self.comments.append({"id": number, "body": body, "user": {"login": login, "type": kind}})
        return number

    @property
    def bodies(self) -> list[str]:
        """What all comments say."""
        return [comment["body"] for comment in self.comments]

    @property
    def written(self) -> list[str]:
        """The methods of what was asked that is no reading."""
        return [each.split()[0] for each in self.requests if not each.startswith("GET")]

    def __enter__(self) -> Self:
        api = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                content = json.loads(self.rfile.read(length)) if length else {}
                api.requests.append(f"{self.command} {self.path}")
                api.tokens.append(self.headers.get("Authorization"))
                status, headers, text = api.answer(self.command, self.path, self.headers, content)
                data = text.encode()
                self.send_response(status)
                for name, value in {"Content-Length": str(len(data)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data)

            def do_GET(self) -> None:
                self.answer()

            def do_POST(self) -> None:
                self.answer()

            def do_PATCH(self) -> None:
                self.answer()

            def do_DELETE(self) -> None:
                self.answer()

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name in the base class
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        """What GITHUB_API_URL is; on a server of one's own the API is below a path."""
        return f"http://127.0.0.1:{self._server.server_port}/api/v3"

    def answer(self, method: str, path: str, headers: Any, content: dict[str, Any]) -> Answer:
        """What GitHub would say."""
        self.before(method)
        if headers["Authorization"] != f"Bearer {TOKEN}":
            return refusal(401, "Bad credentials")
        if method in self.always:
            return self.always[method]
        if self.first.get(method):
            return self.first[method].pop(0)
        done = self._done(method, path, content)
        return self.after_doing[method].pop(0) if self.after_doing.get(method) else done

    def _done(self, method: str, path: str, content: dict[str, Any]) -> Answer:
        place = urlsplit(path)
        name = place.path.removeprefix("/api/v3")
        if LIST.fullmatch(name) and method == "GET":
            return self._page(parse_qs(place.query))
        if len(content.get("body", "")) > LONGEST:
            return refusal(422, f"Validation Failed: body is too long (maximum is {LONGEST} characters)")
        if LIST.fullmatch(name) and method == "POST":
            self.add(content["body"], self.login)
            return 201, {}, json.dumps(self.comments[-1])
        found = ONE.fullmatch(name)
        comment = next((each for each in self.comments if found and each["id"] == int(found[1])), None)
        if comment is None:
            return refusal(404, "Not Found")
        if method == "DELETE":
            self.comments.remove(comment)
            return 204, {}, ""
        comment["body"] = content["body"]
        return 200, {}, json.dumps(comment)

    def _page(self, query: dict[str, list[str]]) -> Answer:
        size = min(int(query.get("per_page", ["30"])[0]), 100)
        page = int(query.get("page", ["1"])[0])
        shown = self.comments[(page - 1) * size : page * size]
        address = f"{self.url}/repos/acme/ml/issues/7/comments?per_page={size}&page="
        links = [f'<{address}{page - 1}>; rel="prev"'] if page > 1 else []
        if page * size < len(self.comments):
            links.append(f'<{address}{page + 1}>; rel="next"')
            links.append(f'<{address}{-(-len(self.comments) // size)}>; rel="last"')
        link = ", ".join(links) if self.link is None else self.link
        return 200, {"Link": link} if link else {}, json.dumps(shown)


def refusal(status: int, message: str, **headers: str) -> Answer:
    """An answer that says why not, as GitHub does; names of headers with `_` for `-`."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return status, named, json.dumps({"message": message, "documentation_url": "https://docs.github.com/rest"})
