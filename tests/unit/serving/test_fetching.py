"""Only bytes with the locked digest are ever given to a server."""

from __future__ import annotations

from pathlib import Path

import pytest

from fairlead.project.lock import LockedModel
from fairlead.remote.contents import manifest_of
from fairlead.remote.failures import RemoteFailure
from fairlead.remote.storage import uri_of
from fairlead.serving.fetching import fetched
from fairlead.source.diagnostics import Refused
from tests.candidates import digest

LOCK = "specs/churn.staging.lock.yaml"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    folder = tmp_path / "store"
    (folder / "more").mkdir(parents=True)
    (folder / "model.joblib").write_bytes(b"model")
    (folder / "more/labels.txt").write_bytes(b"a,b")
    return folder


def version(store: Path, locked: str | None = None) -> LockedModel:
    said = locked or manifest_of(store).digest
    return LockedModel.model_validate({"version": 3, "uri": f"{uri_of(store).rstrip('/')}/", "digest": said})


def test_what_is_fetched_is_what_was_registered(store: Path, tmp_path: Path) -> None:
    folder = fetched(tmp_path, version(store), LOCK)
    assert manifest_of(folder) == manifest_of(store)


def test_it_is_fetched_once(store: Path, tmp_path: Path) -> None:
    known = version(store)
    folder = fetched(tmp_path, known, LOCK)
    (store / "model.joblib").unlink()
    assert fetched(tmp_path, known, LOCK) == folder


def test_what_was_changed_on_this_machine_is_fetched_again(store: Path, tmp_path: Path) -> None:
    known = version(store)
    (fetched(tmp_path, known, LOCK) / "model.joblib").write_bytes(b"other")
    assert (fetched(tmp_path, known, LOCK) / "model.joblib").read_bytes() == b"model"


def test_other_bytes_than_the_lock_says_are_refused_and_not_kept(store: Path, tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        fetched(tmp_path, version(store, digest("another model")), LOCK)
    (found,) = refused.value.diagnostics
    assert (found.code.id, found.place.file) == ("FL2052", LOCK)
    assert not list((tmp_path / ".fairlead/serving").iterdir())


def test_a_store_that_has_nothing_there_is_said(store: Path, tmp_path: Path) -> None:
    known = version(store)
    for path in sorted(store.rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    with pytest.raises(RemoteFailure, match="there is nothing at"):
        fetched(tmp_path, known, LOCK)
    assert not list((tmp_path / ".fairlead/serving").iterdir())
