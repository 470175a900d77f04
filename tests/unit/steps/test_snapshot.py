"""A source becomes a manifest and a copy, and a pinned one is refused where it has other bytes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fairlead.remote.contents import Manifest, manifest_of, manifest_path
from fairlead.remote.storage import Store, uri_of
from fairlead.steps import snapshot
from fairlead.steps.context import Context
from fairlead.steps.failures import BadData


def taken(folder: Path, source: Path, ending: str = "", **told: Any) -> str:
    """The key of a snapshot of `source`, whose copy goes to `copy` and whose manifest below `artifacts`."""
    environ = {
        "FAIRLEAD_STEP": "data/biopsy-rows",
        "FAIRLEAD_ARTIFACTS": uri_of(folder / "artifacts"),
        "FAIRLEAD_OUTPUT_BIOPSY_ROWS": str(folder / "out/copy"),
        "FAIRLEAD_RESULT_KEY": str(folder / "results/key"),
    }
    parameters = {"uri": uri_of(source) + ending, "format": "csv", "digest": None, "materialize": True, **told}
    snapshot.run(Context(environ, parameters))
    return (folder / "results/key").read_text()


@pytest.fixture
def source(tmp_path: Path) -> Path:
    (tmp_path / "data/day").mkdir(parents=True)
    (tmp_path / "data/day/1.csv").write_text("id\n1\n")
    (tmp_path / "data/2.csv").write_text("id\n2\n")
    return tmp_path / "data"


def test_a_folder_is_copied_and_its_manifest_kept_under_its_digest(
    tmp_path: Path, source: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = taken(tmp_path, source, "/")
    manifest = manifest_of(source)
    assert manifest_of(tmp_path / "out/copy") == manifest
    assert manifest.digest == f"sha256:{key}{manifest.digest[27:]}"
    assert Manifest.decode(Store(uri_of(tmp_path / "artifacts")).read(manifest_path(manifest.digest))) == manifest
    assert capsys.readouterr().out == f"biopsy-rows: 2 objects, 10 bytes, {manifest.digest}\n"


def test_one_object_becomes_one_file(tmp_path: Path, source: Path) -> None:
    taken(tmp_path, source / "2.csv")
    assert (tmp_path / "out/copy").read_text() == "id\n2\n"


def test_the_same_data_has_the_same_key_and_other_data_another(tmp_path: Path, source: Path) -> None:
    first = taken(tmp_path, source)
    assert taken(tmp_path, source) == first
    (source / "2.csv").write_text("id\n3\n")
    assert taken(tmp_path, source) != first


def test_what_nobody_copies_is_only_told_by_its_manifest(tmp_path: Path, source: Path) -> None:
    key = taken(tmp_path, source, materialize=False)
    assert key == manifest_of(source).digest[7:27]
    assert not (tmp_path / "out").exists()


def test_what_the_lock_pins_is_taken_as_it_is(tmp_path: Path, source: Path) -> None:
    digest = manifest_of(source).digest
    assert taken(tmp_path, source, digest=digest) == digest[7:27]


@pytest.mark.parametrize("known", [True, False])
def test_other_bytes_than_the_lock_pins_are_refused_and_named(tmp_path: Path, source: Path, known: bool) -> None:
    pinned = manifest_of(source)
    if known:
        taken(tmp_path, source)
    (source / "2.csv").write_text("id\n3\n")
    (source / "3.csv").write_text("id\n4\n")
    (source / "day/1.csv").unlink()
    with pytest.raises(BadData) as failure:
        taken(tmp_path, source, digest=pinned.digest)
    found = manifest_of(source).digest
    assert f"is not what the lock pins: {found} instead of {pinned.digest}" in failure.value.message
    assert ("; added: 3.csv; removed: day/1.csv; changed: 2.csv" in failure.value.message) == known
    assert not (tmp_path / "out/copy").exists()


def test_a_source_without_anything_is_bad_data(tmp_path: Path) -> None:
    with pytest.raises(BadData, match="there is nothing at"):
        taken(tmp_path, tmp_path / "nowhere")
