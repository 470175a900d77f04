"""A manifest is the identity of bytes: the same files have the same digest, and any other file has another."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from fairlead.remote.contents import Entry, Manifest, manifest_of

PATHS = st.lists(
    st.tuples(st.text(min_size=1, max_size=8), st.integers(0, 9), st.sampled_from(["00" * 32, "ff" * 32])),
    unique_by=lambda entry: entry[0],
    max_size=6,
)


def written(root: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return root


@given(PATHS, st.randoms(use_true_random=False))
def test_a_manifest_is_read_as_it_was_written_whatever_the_order(
    entries: list[tuple[str, int, str]], random: object
) -> None:
    whole = [Entry(*entry) for entry in entries]
    shuffled = list(whole)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    manifest = Manifest.of(whole)
    assert Manifest.of(shuffled) == manifest
    assert Manifest.decode(manifest.encode()) == manifest


def test_the_same_files_have_the_same_digest_elsewhere_and_later(tmp_path: Path) -> None:
    files = {"a/one.csv": b"1", "two.csv": b"2"}
    first, second = written(tmp_path / "here", files), written(tmp_path / "there", files)
    os.utime(second / "two.csv", (0, 0))
    assert manifest_of(first).digest == manifest_of(second).digest


@pytest.mark.parametrize("change", [{"two.csv": b"3"}, {"three.csv": b""}, {"a/one.csv": b"", "two.csv": b"12"}])
def test_any_other_file_gives_another_digest(tmp_path: Path, change: dict[str, bytes]) -> None:
    root = written(tmp_path / "data", {"a/one.csv": b"1", "two.csv": b"2"})
    before = manifest_of(root).digest
    assert manifest_of(written(root, change)).digest != before


def test_a_file_is_a_manifest_of_one_that_bears_its_name(tmp_path: Path) -> None:
    path = written(tmp_path, {"rows.csv": b"12"}) / "rows.csv"
    assert [(entry.path, entry.size) for entry in manifest_of(path).entries] == [("rows.csv", 2)]


def test_what_is_no_file_is_no_data(tmp_path: Path) -> None:
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")
    with pytest.raises(ValueError, match="gone is neither a file nor a folder"):
        manifest_of(tmp_path)
    with pytest.raises(ValueError, match="neither a file nor a folder"):
        manifest_of(tmp_path / "nowhere")


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"{}", b'{"version": 2}', b'{"version": 1, "objects": [{"path": "a"}]}', b'{"version": 1}']
)
def test_other_bytes_are_no_manifest(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"manifest|version|Expecting|lacks"):
        Manifest.decode(data)


def test_a_manifest_in_another_spelling_would_have_another_digest_and_is_refused() -> None:
    data = Manifest.of([Entry("a", 1, "00" * 32)]).encode()
    with pytest.raises(ValueError, match="form"):
        Manifest.decode(data.replace(b" ", b""))
