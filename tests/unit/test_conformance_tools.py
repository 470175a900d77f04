"""A conformance test that cannot run says so, and where nothing may be missing, it fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conformance import tools


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "promtool"
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def test_a_tool_is_found_on_the_path(program: Path) -> None:
    assert tools.find("promtool", search=str(program.parent)) == program


def test_a_missing_tool_skips_and_says_where_it_comes_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(tools.STRICT, raising=False)
    with pytest.raises(
        pytest.skip.Exception, match="promtool is not installed; it comes with the package `prometheus`"
    ):
        tools.find("promtool", search=str(tmp_path))


def test_a_missing_tool_fails_where_nothing_may_be_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(tools.STRICT, "1")
    with pytest.raises(pytest.fail.Exception, match="promtool is not installed"):
        tools.find("promtool", search=str(tmp_path))


def test_data_is_the_folder_that_a_variable_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAIRLEAD_CRDS", str(tmp_path))
    assert tools.data("FAIRLEAD_CRDS") == tmp_path


def test_data_that_is_named_but_not_there_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAIRLEAD_CRDS", str(tmp_path / "absent"))
    with pytest.raises(pytest.fail.Exception, match="which is not a folder"):
        tools.data("FAIRLEAD_CRDS")


def test_data_that_nobody_named_skips(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FAIRLEAD_CRDS", raising=False)
    with pytest.raises(pytest.skip.Exception, match="FAIRLEAD_CRDS is not set"):
        tools.data("FAIRLEAD_CRDS")


def skipped(reason: str) -> pytest.TestReport:
    where = ("test_it.py", 1, f"Skipped: {reason}")
    return pytest.TestReport("test_it.py::test_it", ("test_it.py", 1, "test_it"), {}, "skipped", where, "call")


def test_a_skip_is_forbidden_where_nothing_may_be_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(tools.STRICT, "1")
    assert tools.forbidden(skipped("it is Monday"))
    assert not tools.forbidden(skipped("FAIRLEAD_CRDS is not set to a folder"))
    monkeypatch.delenv(tools.STRICT)
    assert not tools.forbidden(skipped("it is Monday"))
