"""What a training on several nodes reads is fetched before, and what it writes is uploaded after it, once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from fairlead.remote.contents import manifest_of
from fairlead.remote.failures import Missing
from fairlead.remote.storage import uri_of
from fairlead.steps import fetch, upload
from fairlead.steps.context import Context
from fairlead.steps.failures import StepFailure


@pytest.fixture
def model(tmp_path: Path) -> Path:
    (tmp_path / "out/model/weights").mkdir(parents=True)
    (tmp_path / "out/model/weights/1.bin").write_bytes(b"1" * 1000)
    (tmp_path / "out/model/MLmodel").write_text("flavors: {}")
    return tmp_path / "out/model"


def test_every_input_goes_to_the_output_of_its_name(tmp_path: Path, model: Path) -> None:
    environ = {
        "FAIRLEAD_INPUT_TRAIN": uri_of(model),
        "FAIRLEAD_OUTPUT_TRAIN": str(tmp_path / "in/train"),
        "FAIRLEAD_INPUT_NOTE": uri_of(model / "MLmodel"),
        "FAIRLEAD_OUTPUT_NOTE": str(tmp_path / "in/note"),
    }
    fetch.run(Context(environ))
    assert manifest_of(tmp_path / "in/train") == manifest_of(model)
    assert (tmp_path / "in/note").read_text() == "flavors: {}"


def test_what_is_not_there_or_has_no_place_to_go_is_said(tmp_path: Path) -> None:
    with pytest.raises(Missing, match="nothing at"):
        fetch.run(Context({"FAIRLEAD_INPUT_X": uri_of(tmp_path / "x"), "FAIRLEAD_OUTPUT_X": str(tmp_path / "in/x")}))
    with pytest.raises(StepFailure, match="FAIRLEAD_OUTPUT_X is not set"):
        fetch.run(Context({"FAIRLEAD_INPUT_X": uri_of(tmp_path / "x")}))
    with pytest.raises(StepFailure, match="nothing to copy"):
        upload.run(Context({}))


def uploaded(model: Path, target: Path, index: str) -> str:
    """What the step says when it is ended as Kubernetes does it, once it waits."""
    environ = {
        **os.environ,
        "FAIRLEAD_INPUT_MODEL": str(model),
        "FAIRLEAD_OUTPUT_MODEL": uri_of(target),
        "JOB_COMPLETION_INDEX": index,
    }
    command = [sys.executable, "-m", "fairlead.steps", "upload"]
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "waiting for the training to end\n"
        assert not target.exists()
        process.send_signal(signal.SIGTERM)
        said = process.stdout.read()
        assert process.wait() == 0
    return said


def test_the_first_node_uploads_when_the_training_has_ended(tmp_path: Path, model: Path) -> None:
    assert uploaded(model, tmp_path / "store/model", "0") == f"MODEL: copied to {uri_of(tmp_path / 'store/model')}\n"
    assert manifest_of(tmp_path / "store/model") == manifest_of(model)


def test_the_others_upload_nothing_and_neither_does_one_that_has_nothing(tmp_path: Path, model: Path) -> None:
    assert uploaded(model, tmp_path / "store", "1") == "this is node 1, and the first one copies\n"
    assert "has written nothing" in uploaded(tmp_path / "gone", tmp_path / "store", "0")
    assert not (tmp_path / "store").exists()
