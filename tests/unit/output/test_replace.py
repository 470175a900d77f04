"""One file is replaced as a whole or not at all."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from fairlead.output.lock import WORK, locked
from fairlead.output.replace import DRAFT, replace_file, replace_file_beside


def test_a_file_gets_another_content_and_keeps_its_mode(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("old\n")
    file.chmod(0o640)
    with locked(tmp_path):
        replace_file(tmp_path, file, b"new\n")
    assert file.read_text() == "new\n"
    assert file.stat().st_mode & 0o777 == 0o640
    assert not (tmp_path / WORK / DRAFT).exists()


def test_what_a_killed_process_left_is_in_nobodys_way(tmp_path: Path) -> None:
    with locked(tmp_path):
        (tmp_path / WORK / DRAFT).write_text("half of someth")
        replace_file(tmp_path, tmp_path / "a.yaml", b"new\n")
    assert (tmp_path / "a.yaml").read_text() == "new\n"


def test_a_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "treasure").write_text("precious\n")
    (tmp_path / "a.yaml").symlink_to(tmp_path / "treasure")
    with locked(tmp_path):
        replace_file(tmp_path, tmp_path / "a.yaml", b"new\n")
    assert not (tmp_path / "a.yaml").is_symlink()
    assert (tmp_path / "treasure").read_text() == "precious\n"


def test_a_file_on_another_file_system_is_replaced_beside_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Path.replace

    def refuse(self: Path, target: Path) -> Path:
        if self.name == DRAFT:
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", refuse)
    with locked(tmp_path):
        replace_file(tmp_path, tmp_path / "a.yaml", b"new\n")
    assert (tmp_path / "a.yaml").read_text() == "new\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == [WORK, "a.yaml"]
    assert not (tmp_path / WORK / DRAFT).exists()


def test_what_fails_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder/file").touch()
    with locked(tmp_path):
        with pytest.raises(OSError, match="directory"):
            replace_file(tmp_path, tmp_path / "folder", b"new\n")
        with pytest.raises(OSError, match="directory"):
            replace_file_beside(tmp_path / "folder", b"new\n")
    assert sorted(path.name for path in tmp_path.iterdir()) == [WORK, "folder"]
    assert not (tmp_path / WORK / DRAFT).exists()
