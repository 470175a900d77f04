"""The door to object stores, held to an S3 server."""

from __future__ import annotations

from pathlib import Path

import pytest

from fairlead.remote.contents import manifest_of
from fairlead.remote.failures import Missing, RemoteFailure
from fairlead.remote.storage import Store


def test_what_is_uploaded_is_listed_read_and_copied_back(bucket: str, tmp_path: Path) -> None:
    data = tmp_path / "data"
    for name, content in {"a/one.csv": b"1", "zwei größe.csv": b"2" * 3_000_000, "empty": b""}.items():
        (data / name).parent.mkdir(parents=True, exist_ok=True)
        (data / name).write_bytes(content)
    store = Store(f"{bucket}/rows/")
    store.upload(data)
    # What a console makes when a folder is made.
    Store(bucket).filesystem.pipe_file(f"{Store(bucket).root}/rows/made-by-a-console/", b"")
    assert store.paths() == ["a/one.csv", "empty", "zwei größe.csv"]
    assert store.download(tmp_path / "copy") == store.manifest() == manifest_of(data) == manifest_of(tmp_path / "copy")
    assert Store(f"{bucket}/rows/a/one.csv").download(tmp_path / "single").size == 1


def test_a_name_that_another_begins_with_is_not_part_of_it(bucket: str) -> None:
    store = Store(bucket)
    for name in ("day/1.csv", "day-2/1.csv", "day"):
        store.write(name, name.encode())
    assert Store(f"{bucket}/day/").paths() == ["1.csv"]
    assert Store(f"{bucket}/day").paths() == [""]
    assert Store(f"{bucket}/day").read() == b"day"


def test_what_changed_since_is_seen(bucket: str) -> None:
    reader, writer = Store(f"{bucket}/rows/"), Store(f"{bucket}/rows/")
    writer.write("1.csv", b"1")
    before = reader.manifest()
    writer.write("2.csv", b"2")
    writer.write("1.csv", b"3")
    assert [entry.path for entry in reader.manifest().entries] == ["1.csv", "2.csv"]
    assert reader.manifest() != before
    assert reader.exists("2.csv")


def test_what_is_not_there_is_missing_and_what_can_not_be_reached_is_not(
    bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Missing, match="there is nothing at"):
        Store(f"{bucket}/nothing/").paths()
    with pytest.raises(Missing, match="no such object"):
        Store(bucket).read("nothing")
    with pytest.raises(RemoteFailure, match="can't be written") as failure:
        Store("s3://no-such-bucket-anywhere").write("x", b"")
    assert "no-such-bucket-anywhere/x" in failure.value.message
