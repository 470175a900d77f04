"""Files behind the same door as object stores; tests/conformance holds an S3 server to the same."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from fairlead.remote.contents import manifest_of
from fairlead.remote.failures import Missing, RemoteFailure
from fairlead.remote.storage import Store, uri_of


def folder(root: Path) -> Path:
    for name, content in {"a/one.csv": "1", "zwei größe.csv": "2", "b.csv": "3"}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content)
    return root


def test_a_folder_is_copied_and_told_by_its_manifest(tmp_path: Path) -> None:
    source = folder(tmp_path / "data")
    store = Store(uri_of(source) + "/")
    assert store.paths() == ["a/one.csv", "b.csv", "zwei größe.csv"]
    manifest = store.download(tmp_path / "copy")
    assert manifest == store.manifest() == manifest_of(source) == manifest_of(tmp_path / "copy")


def test_one_object_is_copied_to_the_very_path(tmp_path: Path) -> None:
    source = folder(tmp_path / "data") / "b.csv"
    manifest = Store(uri_of(source)).download(tmp_path / "copy")
    assert (tmp_path / "copy").read_text() == "3"
    assert [entry.path for entry in manifest.entries] == ["b.csv"]


def test_an_address_may_have_blanks_and_percent_signs(tmp_path: Path) -> None:
    source = folder(tmp_path / "50 % off#now")
    assert Store(uri_of(source)).read("b.csv") == b"3"


def test_what_is_written_is_there_whole_and_nothing_beside_it(tmp_path: Path) -> None:
    store = Store(uri_of(tmp_path / "new/place"))
    store.write("deep/object.json", b"{}")
    store.upload(folder(tmp_path / "data"), "copied")
    store.upload(tmp_path / "data/b.csv", "b.csv")
    assert store.read("deep/object.json") == b"{}"
    assert store.at("copied").manifest() == manifest_of(tmp_path / "data")
    assert store.exists("b.csv")
    assert not store.exists("c.csv")
    assert store.at("deep").paths() == ["object.json"]


def test_an_upload_of_a_folder_to_the_address_itself_keeps_its_paths(tmp_path: Path) -> None:
    store = Store(uri_of(tmp_path / "place"))
    store.upload(folder(tmp_path / "data"))
    assert store.manifest() == manifest_of(tmp_path / "data")


@pytest.mark.parametrize("ending", ["", "/"])
def test_where_there_is_nothing_the_address_is_named(tmp_path: Path, ending: str) -> None:
    (tmp_path / "empty").mkdir()
    for name in ("empty", "gone"):
        uri = uri_of(tmp_path / name) + ending
        with pytest.raises(Missing, match=f"there is nothing at {uri}"):
            Store(uri).paths()
    with pytest.raises(Missing, match="no such object"):
        Store(uri_of(tmp_path)).read("gone")


def test_a_file_is_no_folder_even_where_it_is_asked_for_as_one(tmp_path: Path) -> None:
    folder(tmp_path)
    with pytest.raises(Missing, match="nothing"):
        Store(uri_of(tmp_path / "b.csv") + "/").paths()


def test_what_may_not_be_read_or_written_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RemoteFailure, match="can't be written") as failure:
        Store(uri_of(tmp_path)).write("file/below", b"")
    assert failure.value.help
    with pytest.raises(RemoteFailure, match="can't be read"):
        Store(uri_of(tmp_path)).read("")


def test_a_copy_that_has_no_place_is_told_apart_from_a_source_that_fails(tmp_path: Path) -> None:
    source = folder(tmp_path / "data") / "b.csv"
    (tmp_path / "file").write_text("")
    with pytest.raises(RemoteFailure, match="file/copy can't be written: File exists"):
        Store(uri_of(source)).download(tmp_path / "file/copy")


def test_a_store_that_nothing_here_can_reach_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gcsfs", None)
    with pytest.raises(RemoteFailure, match="the package gcsfs is not installed"):
        Store("gs://bucket/prefix")
    with pytest.raises(RemoteFailure, match="no address"):
        Store("carrier-pigeon://loft/7")
