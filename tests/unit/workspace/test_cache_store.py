"""Entries: whole, this user's own, bounded, and never a reason to fail."""

from __future__ import annotations

import json
import os
import stat
import zlib
from pathlib import Path
from secrets import token_hex

import pytest

from fairlead.workspace.cache import store as module
from fairlead.workspace.cache.store import Store, store_of

KEY = bytes(range(32))
NAME = "a" * 40
VALUE = {"out": "fine\n", "files": 3}

DEAD = 2**22 + 1
"""A number that no process can have."""


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path, KEY)


def entry(root: Path, name: str = NAME) -> Path:
    return root / ".fairlead" / "cache" / name


def test_what_is_put_is_got(store: Store) -> None:
    store.put(NAME, VALUE)
    assert store.get(NAME) == VALUE


def test_what_was_never_put_is_absent(store: Store) -> None:
    assert store.get(NAME) is None


def test_git_ignores_the_folder(store: Store, tmp_path: Path) -> None:
    store.put(NAME, VALUE)
    assert (tmp_path / ".fairlead" / ".gitignore").read_text() == "*\n"


@pytest.mark.parametrize("length", [0, 1, 63, 64, 65, 70])
def test_a_truncated_entry_is_absent(store: Store, tmp_path: Path, length: int) -> None:
    store.put(NAME, VALUE)
    whole = entry(tmp_path).read_bytes()
    assert length < len(whole)
    entry(tmp_path).write_bytes(whole[:length])
    assert store.get(NAME) is None


def test_an_entry_with_any_bit_changed_is_absent(store: Store, tmp_path: Path) -> None:
    store.put(NAME, VALUE)
    whole = entry(tmp_path).read_bytes()
    for position in range(len(whole)):
        if position == 64:
            continue  # the line end between the mark and the content says nothing
        entry(tmp_path).write_bytes(whole[:position] + bytes([whole[position] ^ 1]) + whole[position + 1 :])
        assert store.get(NAME) is None


def test_an_entry_that_another_user_wrote_is_absent(store: Store, tmp_path: Path) -> None:
    Store(tmp_path, bytes(32)).put(NAME, VALUE)
    assert store.get(NAME) is None


def test_an_entry_under_another_name_is_absent(store: Store, tmp_path: Path) -> None:
    store.put(NAME, VALUE)
    entry(tmp_path).rename(entry(tmp_path, "b" * 40))
    assert store.get("b" * 40) is None


def test_an_entry_that_is_a_link_is_absent(store: Store, tmp_path: Path) -> None:
    store.put(NAME, VALUE)
    entry(tmp_path).rename(tmp_path / "elsewhere")
    entry(tmp_path).symlink_to(tmp_path / "elsewhere")
    assert store.get(NAME) is None


@pytest.mark.parametrize("linked", [".fairlead", ".fairlead/cache"])
def test_nothing_is_written_or_deleted_through_a_link(
    store: Store, tmp_path: Path, linked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LIMIT", 1)
    outside = tmp_path / "outside"
    (outside / "cache").mkdir(parents=True)
    treasure = outside / "cache" / "abc"
    treasure.write_text("mine")
    (tmp_path / linked).parent.mkdir(exist_ok=True)
    (tmp_path / linked).symlink_to(outside if linked == ".fairlead" else outside / "cache")
    store.put(NAME, VALUE)
    assert store.get(NAME) is None
    assert [path.name for path in (outside / "cache").iterdir()] == ["abc"]


def test_a_folder_in_the_place_of_an_entry_is_absent(store: Store, tmp_path: Path) -> None:
    entry(tmp_path).mkdir(parents=True)
    assert store.get(NAME) is None
    store.put(NAME, VALUE)


def test_what_cannot_be_written_is_not_kept_and_no_error(store: Store, tmp_path: Path) -> None:
    (tmp_path / ".fairlead").write_text("a file where the folder belongs")
    store.put(NAME, VALUE)
    assert store.get(NAME) is None


def test_the_oldest_entries_go_first(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(4):
        store.put(str(number) * 40, VALUE)
        os.utime(entry(tmp_path, str(number) * 40), ns=(number, number))
    size = entry(tmp_path, "0" * 40).stat().st_size
    monkeypatch.setattr(module, "LIMIT", 4 * size)
    store.put("4" * 40, VALUE)
    assert [number for number in range(5) if store.get(str(number) * 40)] == [3, 4]


def test_an_entry_that_is_too_large_is_not_kept(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGEST", 100)
    store.put(NAME, {"out": token_hex(200)})
    assert store.get(NAME) is None


def test_what_is_used_stays(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(4):
        store.put(str(number) * 40, VALUE)
        os.utime(entry(tmp_path, str(number) * 40), ns=(number, number))
    assert store.get("1" * 40) == VALUE
    monkeypatch.setattr(module, "LIMIT", 4 * entry(tmp_path, "0" * 40).stat().st_size)
    store.put("4" * 40, VALUE)
    assert [number for number in range(5) if entry(tmp_path, str(number) * 40).exists()] == [1, 4]


def test_nothing_half_written_stays(store: Store, tmp_path: Path) -> None:
    store.put(NAME, VALUE)
    assert [path.name for path in (tmp_path / ".fairlead" / "cache").iterdir()] == [NAME]


def test_the_key_is_made_once_and_is_the_users_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    first, second = store_of(tmp_path / "a"), store_of(tmp_path / "a")
    assert first
    assert second
    (tmp_path / "a").mkdir()
    first.put(NAME, VALUE)
    assert second.get(NAME) == VALUE
    mode = (tmp_path / "home" / "fairlead" / "key").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


@pytest.mark.parametrize("broken", ["nothing", "an empty one", "one that was never finished"])
def test_a_key_that_was_lost_with_the_power_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    folder = tmp_path / "home/fairlead"
    folder.mkdir(parents=True)
    if broken == "an empty one":
        (folder / "key").touch(mode=0o600)
    elif broken == "one that was never finished":
        (folder / f".{DEAD}-{'0' * 16}").touch()
    assert store_of(tmp_path / "a")
    assert [path.name for path in folder.iterdir()] == ["key"]
    assert (folder / "key").stat().st_size == 32


def test_a_pipe_in_the_place_of_the_key_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    (tmp_path / "home/fairlead").mkdir(parents=True)
    os.mkfifo(tmp_path / "home/fairlead/key", 0o600)
    assert store_of(tmp_path / "a") is None


def test_what_processes_that_are_no_more_were_about_to_write_is_deleted(store: Store, tmp_path: Path) -> None:
    store.put(NAME, VALUE)
    folder = tmp_path / ".fairlead/cache"
    names = {f".{DEAD}-{'0' * 16}": False, f".{os.getpid()}-{'0' * 16}": True, ".1-" + "0" * 16: True, ".notes": True}
    for name in names:
        (folder / name).touch()
    store.put(NAME, VALUE)
    assert {name: (folder / name).exists() for name in names} == names


def test_a_key_that_others_can_read_signs_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    assert store_of(tmp_path / "a")
    (tmp_path / "home" / "fairlead" / "key").chmod(0o644)
    assert store_of(tmp_path / "a") is None


def test_a_key_inside_the_repository_signs_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    assert store_of(tmp_path) is None
    assert not (tmp_path / "home").exists()


def test_without_a_home_there_is_no_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.delenv("HOME")
    assert store_of(tmp_path) is None


def test_an_entry_is_plain_data(store: Store, tmp_path: Path) -> None:
    store.put(NAME, VALUE)
    assert json.loads(zlib.decompress(entry(tmp_path).read_bytes().partition(b"\n")[2])) == VALUE
