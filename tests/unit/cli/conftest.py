"""The command line, called as a shell would call it but in this process."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from fairlead.cli.main import main


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    code: int
    out: str
    err: str


class Command:
    """Runs `fairlead` in a folder."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self._capsys = capsys
        self._monkeypatch = monkeypatch

    def __call__(self, *arguments: str) -> Done:
        self._monkeypatch.chdir(self.folder)
        self._monkeypatch.setattr(sys, "argv", ["fairlead", *arguments])
        with pytest.raises(SystemExit) as exited:
            main()
        out, err = self._capsys.readouterr()
        assert isinstance(exited.value.code, int)
        return Done(exited.value.code, out, err)


@pytest.fixture
def fairlead(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    """The command, in an empty folder."""
    return Command(tmp_path, capsys, monkeypatch)
