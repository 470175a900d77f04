"""A pull request has one comment with its preview, whatever else is said there and whatever GitHub answers."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from fairlead.preview.github import Conversation, keep, main, says_nothing
from fairlead.preview.markdown import COMMENT
from fairlead.remote.failures import RemoteFailure
from fairlead.remote.github import ATTEMPTS, PAGES, Forbidden, GitHub
from tests.github import BOT, TOKEN, Api, refusal

MARK = "<!-- fairlead:preview:acme-ml -->"
OLD = f"{MARK}\n## Fairlead preview\n\n**1 at risk**\n"
BODY = f"{MARK}\n## Fairlead preview\n\n**2 at risk ä🟥**\n"
BROKEN = refusal(502, "Server Error")


@pytest.fixture
def api() -> Iterator[Api]:
    with Api() as server:
        yield server


class Waits(list[float]):
    """Stands in for sleeping, and knows how long it would have been."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


@pytest.fixture
def waits() -> Waits:
    return Waits()


@pytest.fixture
def conversation(api: Api, waits: Waits) -> Conversation:
    return Conversation(GitHub(api.url, TOKEN, sleep=waits), "acme/ml", 7)


class TestOneComment:
    def test_the_first_run_makes_it(self, api: Api, conversation: Conversation) -> None:
        api.add("Looks good to me", "ada")
        assert keep(conversation, BODY) == "made the comment"
        assert api.bodies == ["Looks good to me", BODY]

    def test_the_next_one_edits_it_in_place(self, api: Api, conversation: Conversation) -> None:
        number = api.add(OLD)
        assert keep(conversation, BODY) == "edited the comment"
        assert [(each["id"], each["body"]) for each in api.comments] == [(number, BODY)]

    @pytest.mark.parametrize("stored", [BODY, BODY.rstrip("\n"), BODY.replace("\n", "\r\n")])
    def test_what_it_says_already_is_not_written_again(self, api: Api, conversation: Conversation, stored: str) -> None:
        api.add(stored)
        assert keep(conversation, BODY) == "the comment says so already"
        assert api.written == []

    def test_it_is_found_behind_hundreds_of_others(self, api: Api, conversation: Conversation) -> None:
        for number in range(230):
            api.add(f"comment {number}", "ada")
        api.add(OLD)
        keep(conversation, BODY)
        assert api.bodies[-1] == BODY
        assert len(api.comments) == 231
        assert [each for each in api.requests if each.startswith("GET")] == [
            "GET /api/v3/repos/acme/ml/issues/7/comments?per_page=100",
            "GET /api/v3/repos/acme/ml/issues/7/comments?per_page=100&page=2",
            "GET /api/v3/repos/acme/ml/issues/7/comments?per_page=100&page=3",
        ]

    def test_a_comment_of_somebody_else_is_theirs_whatever_it_begins_with(
        self, api: Api, conversation: Conversation
    ) -> None:
        for login in ("ada", "github-actions", "other[bot]"):
            api.add(OLD, login)
        keep(conversation, BODY)
        assert api.bodies == [OLD, OLD, OLD, BODY]

    @pytest.mark.parametrize(
        "other",
        [
            "> " + OLD,
            f"see below\n{OLD}",
            OLD.replace(":acme-ml", ":other"),
            OLD.replace(":acme-ml", ""),
            OLD.replace(" -->", "-2 -->"),
        ],
    )
    def test_a_quotation_and_the_comment_of_another_project_are_left_alone(
        self, api: Api, conversation: Conversation, other: str
    ) -> None:
        api.add(other)
        keep(conversation, BODY)
        assert api.bodies == [other, BODY]

    def test_nothing_is_said_where_nothing_changes(self, api: Api, conversation: Conversation) -> None:
        keep(conversation, BODY, empty=True)
        assert api.comments == []

    def test_a_comment_that_no_longer_holds_says_that_nothing_changes(
        self, api: Api, conversation: Conversation
    ) -> None:
        api.add(OLD)
        keep(conversation, BODY, empty=True)
        assert api.bodies == [BODY]

    def test_one_that_was_deleted_meanwhile_is_made_again(self, api: Api, conversation: Conversation) -> None:
        api.add(OLD)
        api.before = lambda method: api.comments.clear() if method == "PATCH" else None
        assert keep(conversation, BODY) == "made the comment"
        assert api.bodies == [BODY]

    def test_of_two_runs_at_once_the_older_comment_stays(self, api: Api, conversation: Conversation) -> None:
        def other(method: str) -> None:
            if method == "POST":
                api.add(OLD)

        api.before = other
        assert keep(conversation, BODY) == "edited the comment"
        assert [(each["id"], each["body"]) for each in api.comments] == [(1_000, BODY)]

    def test_comments_that_earlier_runs_left_become_one(self, api: Api, conversation: Conversation) -> None:
        api.add(OLD)
        api.add(OLD)
        keep(conversation, BODY)
        assert api.bodies == [BODY]

    def test_another_token_finds_its_own_comment_though_nobody_said_whose_it_is(
        self, api: Api, conversation: Conversation
    ) -> None:
        api.login = "acme-bot[bot]"
        keep(conversation, OLD)
        keep(conversation, BODY)
        assert api.bodies == [BODY]
        assert keep(conversation, BODY, "Acme-Bot[bot]") == "the comment says so already"


class TestTrouble:
    @pytest.mark.parametrize("method", ["GET", "POST", "PATCH"])
    def test_a_server_in_trouble_is_asked_again(
        self, api: Api, conversation: Conversation, waits: Waits, method: str
    ) -> None:
        if method == "PATCH":
            api.add(OLD)
        api.first[method] = [BROKEN, BROKEN]
        keep(conversation, BODY)
        assert api.bodies == [BODY]
        assert waits == [1.0, 2.0]

    def test_a_comment_that_was_made_though_the_answer_was_an_error_is_not_made_twice(
        self, api: Api, conversation: Conversation
    ) -> None:
        api.after_doing["POST"] = [BROKEN]
        keep(conversation, BODY)
        assert api.bodies == [BODY]

    def test_it_is_not_asked_for_ever(self, api: Api, conversation: Conversation, waits: Waits) -> None:
        api.always["POST"] = BROKEN
        with pytest.raises(RemoteFailure, match=rf"^POST 127.* answered with 502: Server Error, {ATTEMPTS} times$"):
            keep(conversation, BODY)
        assert api.written == ["POST"] * ATTEMPTS
        assert waits == [1.0, 2.0, 4.0, 8.0]

    @pytest.mark.parametrize("status", [403, 429])
    def test_a_limit_that_says_how_long_is_waited_for(
        self, api: Api, conversation: Conversation, waits: Waits, status: int
    ) -> None:
        api.first["POST"] = [refusal(status, "You have exceeded a secondary rate limit", Retry_After="42")]
        keep(conversation, BODY)
        assert (api.bodies, waits) == ([BODY], [42.0])

    def test_a_secondary_limit_that_says_nothing_takes_a_minute(
        self, api: Api, conversation: Conversation, waits: Waits
    ) -> None:
        api.first["POST"] = [refusal(403, "You have exceeded a secondary rate limit.", X_RateLimit_Remaining="4000")]
        keep(conversation, BODY)
        assert (api.bodies, waits) == ([BODY], [60.0])

    def test_the_primary_limit_is_waited_for_until_it_is_reset(
        self, api: Api, conversation: Conversation, waits: Waits, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(time, "time", lambda: 1_000_000.0)
        spent = {"X_RateLimit_Remaining": "0", "X_RateLimit_Reset": "1000090"}
        api.first["GET"] = [refusal(403, "API rate limit exceeded for installation", **spent)]
        keep(conversation, BODY)
        assert (api.bodies, waits) == ([BODY], [91.0])

    def test_a_limit_that_ends_too_late_is_a_failure_at_once(
        self, api: Api, conversation: Conversation, waits: Waits
    ) -> None:
        api.always["GET"] = refusal(429, "API rate limit exceeded", Retry_After="3000")
        with pytest.raises(RemoteFailure, match="it may be asked again in 3000 s"):
            keep(conversation, BODY)
        assert waits == []
        assert len(api.requests) == 1

    def test_all_waits_together_are_bounded(self, api: Api, conversation: Conversation, waits: Waits) -> None:
        api.always["POST"] = refusal(429, "API rate limit exceeded", Retry_After="70")
        with pytest.raises(RemoteFailure, match="it may be asked again in 70 s"):
            keep(conversation, BODY)
        assert waits == [70.0, 70.0]

    def test_no_answer_at_all_is_a_failure_too(self, api: Api, waits: Waits) -> None:
        with Api() as gone:
            address = gone.url
        with pytest.raises(RemoteFailure, match="got no answer"):
            keep(Conversation(GitHub(address, TOKEN, sleep=waits), "acme/ml", 7), BODY)
        assert len(waits) == ATTEMPTS - 1

    def test_a_right_that_is_missing_is_not_asked_for_twice(
        self, api: Api, conversation: Conversation, waits: Waits
    ) -> None:
        api.always["POST"] = refusal(403, "Resource not accessible by integration", X_RateLimit_Remaining="4999")
        with pytest.raises(Forbidden, match="403: Resource not accessible by integration"):
            keep(conversation, BODY)
        assert waits == []

    @pytest.mark.parametrize("text", ["<html>", "{}", "null", "[" * 100_000])
    def test_something_else_than_a_list_is_a_failure(self, api: Api, conversation: Conversation, text: str) -> None:
        api.always["GET"] = (200, {}, text)
        with pytest.raises(RemoteFailure, match="gave something else than"):
            keep(conversation, BODY)

    def test_a_list_without_end_is_given_up(self, api: Api, conversation: Conversation) -> None:
        api.link = f'<{api.url}/repos/acme/ml/issues/7/comments?page=1>; rel="next"'
        with pytest.raises(RemoteFailure, match=f"more than {PAGES} pages"):
            keep(conversation, BODY)


class TestToken:
    def test_it_does_not_follow_a_redirect(self, api: Api, conversation: Conversation) -> None:
        with Api() as other:
            api.always["GET"] = refusal(301, "Moved Permanently", Location=f"{other.url}/repositories/1")
            with pytest.raises(RemoteFailure, match="301: Moved Permanently"):
                keep(conversation, BODY)
            assert other.requests == []

    def test_it_does_not_go_to_a_page_elsewhere(self, api: Api, conversation: Conversation) -> None:
        with Api() as other:
            api.link = f'<{other.url}/repos/acme/ml/issues/7/comments>; rel="next"'
            with pytest.raises(RemoteFailure, match="is the next page, and not at"):
                keep(conversation, BODY)
            assert other.requests == []

    def test_no_message_has_it(self, api: Api, conversation: Conversation) -> None:
        api.always["GET"] = refusal(400, f"no good: {TOKEN}\n::error::x\x1b[2J")
        with pytest.raises(RemoteFailure) as failure:
            keep(conversation, BODY)
        assert TOKEN not in failure.value.message
        assert "no good: *** ::error::x" in failure.value.message
        assert "\x1b" not in failure.value.message

    @pytest.mark.parametrize("token", ["", "two words", "a\nb", "ä"])
    def test_one_that_is_none_is_refused_and_not_repeated(self, api: Api, token: str) -> None:
        with pytest.raises(RemoteFailure, match="no usable token"):
            GitHub(api.url, token)

    @pytest.mark.parametrize("address", ["", "file:///etc/passwd", "https://u:p@x", "https://", "api.github.com"])
    def test_an_address_that_is_none_gets_no_token(self, address: str) -> None:
        with pytest.raises(RemoteFailure, match="no URL"):
            GitHub(address, TOKEN)


def plain(**more: Any) -> dict[str, Any]:
    side: dict[str, Any] = {"failed": []}
    return {"base": side, "head": side, "differs": False, "parts": [], "findings": [], "notices": []} | more


@pytest.mark.parametrize(
    ("preview", "nothing"),
    [
        (plain(), True),
        (plain(differs=True), False),
        (plain(parts=[{}]), False),
        (plain(findings=[{}]), False),
        (plain(notices=[{}]), False),
        (plain(head={"failed": [{}]}), False),
        (plain(base={"failed": [{}]}), False),
    ],
)
def test_only_a_preview_without_anything_says_nothing(preview: dict[str, Any], nothing: bool) -> None:
    assert says_nothing(preview) is nothing


class TestCommand:
    @pytest.fixture
    def environ(self, api: Api, tmp_path: Path) -> dict[str, str]:
        (tmp_path / "event.json").write_text(json.dumps({"pull_request": {"number": 7}}))
        (tmp_path / "preview.md").write_text(BODY)
        (tmp_path / "preview.json").write_text(json.dumps(plain(differs=True)))
        return {
            "GITHUB_API_URL": api.url,
            "GITHUB_REPOSITORY": "acme/ml",
            "GITHUB_EVENT_PATH": str(tmp_path / "event.json"),
            "GITHUB_TOKEN": TOKEN,
        }

    @staticmethod
    def run(folder: Path, environ: dict[str, str], code: int) -> Result:
        done = CliRunner().invoke(
            main, ["--body", f"{folder}/preview.md", "--preview", f"{folder}/preview.json"], env=environ
        )
        assert done.exit_code == code, done.output
        assert done.exception is None or isinstance(done.exception, SystemExit)
        assert TOKEN not in done.output
        assert len(done.output.splitlines()) == 1
        return done

    def test_it_comments_on_the_pull_request_of_the_run(
        self, api: Api, environ: dict[str, str], tmp_path: Path
    ) -> None:
        assert self.run(tmp_path, environ, 0).output == "made the comment\n"
        assert api.bodies == [BODY]
        assert api.comments[0]["user"]["login"] == BOT
        assert set(api.tokens) == {f"Bearer {TOKEN}"}

    def test_an_empty_preview_makes_no_comment(self, api: Api, environ: dict[str, str], tmp_path: Path) -> None:
        (tmp_path / "preview.json").write_text(json.dumps(plain()))
        self.run(tmp_path, environ, 0)
        assert api.comments == []

    @pytest.mark.parametrize("status", [403, 404])
    def test_a_run_for_a_fork_is_no_failure(
        self, api: Api, environ: dict[str, str], tmp_path: Path, status: int
    ) -> None:
        api.always["POST"] = refusal(status, "Resource not accessible by integration")
        output = self.run(tmp_path, environ, 0).output
        assert output.startswith("::notice title=No comment::POST 127.0.0.1")
        assert output.endswith("The run's summary has the preview.\n")

    @pytest.mark.parametrize(
        ("method", "status"), [("GET", 401), ("GET", 404), ("POST", 401), ("POST", 410), ("POST", 422)]
    )
    def test_what_else_is_refused_is_one_line_and_a_failure(
        self, api: Api, environ: dict[str, str], tmp_path: Path, method: str, status: int
    ) -> None:
        api.always[method] = refusal(status, "100 % no\nand more")
        output = self.run(tmp_path, environ, 1).output
        assert output.startswith(f"::error title=No comment::{method} 127.0.0.1")
        assert f"answered with {status}: 100 %25 no and more" in output

    def test_a_comment_that_is_too_long_is_not_even_sent(
        self, api: Api, environ: dict[str, str], tmp_path: Path
    ) -> None:
        (tmp_path / "preview.md").write_text(BODY + "x" * COMMENT)
        assert f"a comment may have {COMMENT}" in self.run(tmp_path, environ, 1).output
        assert api.requests == []

    @pytest.mark.parametrize(
        ("file", "text"),
        [
            ("preview.md", "# Something else"),
            ("preview.md", ""),
            ("preview.md", None),
            ("preview.json", "{}"),
            ("preview.json", "[]"),
            ("preview.json", "{"),
            ("preview.json", None),
            ("event.json", "{}"),
            ("event.json", '{"pull_request": {"number": "7/../8"}}'),
            ("event.json", None),
        ],
    )
    def test_files_that_are_something_else_are_said_and_nothing_is_asked(
        self, api: Api, environ: dict[str, str], tmp_path: Path, file: str, text: str | None
    ) -> None:
        (tmp_path / file).unlink()
        if text is not None:
            (tmp_path / file).write_text(text)
        assert self.run(tmp_path, environ, 1).output.startswith("::error ")
        assert api.requests == []

    @pytest.mark.parametrize(
        ("name", "value"), [("GITHUB_REPOSITORY", "acme/ml/../x"), ("GITHUB_TOKEN", ""), ("GITHUB_API_URL", "x:y")]
    )
    def test_variables_that_are_something_else_are_said(
        self, api: Api, environ: dict[str, str], tmp_path: Path, name: str, value: str
    ) -> None:
        assert name in self.run(tmp_path, environ | {name: value}, 1).output
        assert api.requests == []


def test_a_reset_in_the_past_is_no_reason_to_wait_long(api: Api, conversation: Conversation, waits: Waits) -> None:
    past = {"X_RateLimit_Remaining": "0", "X_RateLimit_Reset": str(int(time.time()) - 100)}
    api.first["GET"] = [refusal(403, "API rate limit exceeded", **past)]
    keep(conversation, BODY)
    assert waits == [1.0]
