"""`fairlead init` from the outside: what it writes is valid, canonical, compiles and trains."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.cli.conftest import Command, Done

FLAGS = ["--name", "late-parcels", "--owner", "mailroom-ml", "--repository", "Acme/ml-platform"]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def files(folder: Path) -> list[str]:
    """Everything that Git would see."""
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return sorted(path.as_posix() for path in found if path.parts[0] != ".fairlead")


def made(fairlead: Command, *more: str) -> Done:
    done = fairlead("init", *FLAGS, *more)
    assert done.code == 0, done.err
    return done


def test_everything_that_it_writes_is_listed(fairlead: Command) -> None:
    done = made(fairlead)
    assert sorted(done.out.splitlines()) == files(fairlead.folder)
    assert "specs/late-parcels.yaml" in done.out
    assert done.err == "done; next: fairlead validate && fairlead graph late-parcels\n"


def test_what_it_writes_is_valid_without_a_finding(fairlead: Command) -> None:
    made(fairlead)
    done = fairlead("validate")
    assert (done.code, done.out) == (0, "")
    assert done.err == "1 specification valid for staging, production\n"


def test_what_it_writes_is_canonical(fairlead: Command) -> None:
    made(fairlead)
    assert fairlead("fmt", "--check").code == 0


def test_what_it_writes_compiles(fairlead: Command) -> None:
    made(fairlead)
    done = fairlead("compile")
    assert (done.code, done.err.count("error")) == (0, 0), done.err
    assert fairlead("check").code == 0


def test_another_folder_is_made(fairlead: Command) -> None:
    done = made(fairlead, "new/project")
    assert (fairlead.folder / "new" / "project" / "fairlead.yaml").is_file()
    assert "cd new/project && fairlead validate" in done.err


def test_nothing_is_overwritten_and_nothing_half_written(fairlead: Command) -> None:
    (fairlead.folder / "specs").mkdir()
    (fairlead.folder / "specs" / "late-parcels.yaml").write_text("mine\n", encoding="utf-8")
    (fairlead.folder / "fairlead.yaml").write_text("mine\n", encoding="utf-8")
    done = fairlead("init", *FLAGS)
    assert (done.code, done.out) == (1, "")
    assert "there already:\n  fairlead.yaml\n  specs/late-parcels.yaml\n" in done.err
    assert files(fairlead.folder) == ["fairlead.yaml", "specs/late-parcels.yaml"]


def test_the_same_again_changes_nothing(fairlead: Command) -> None:
    made(fairlead)
    before = {name: (fairlead.folder / name).read_bytes() for name in files(fairlead.folder)}
    made(fairlead)
    assert {name: (fairlead.folder / name).read_bytes() for name in files(fairlead.folder)} == before


def test_gitignore_gets_a_line_more_and_only_once(fairlead: Command) -> None:
    ignored = fairlead.folder / ".gitignore"
    ignored.write_text("*.pyc", encoding="utf-8")
    made(fairlead)
    made(fairlead)
    assert ignored.read_text(encoding="utf-8") == "*.pyc\n\n# What a run on this machine leaves behind\n/.fairlead/\n"


def test_a_gitignore_that_has_the_line_stays(fairlead: Command) -> None:
    ignored = fairlead.folder / ".gitignore"
    ignored.write_text(".fairlead/\n", encoding="utf-8")
    made(fairlead)
    assert ignored.read_text(encoding="utf-8") == ".fairlead/\n"


def test_without_a_terminal_it_says_which_flags_are_missing(fairlead: Command) -> None:
    done = fairlead("init")
    assert (done.code, done.out, files(fairlead.folder)) == (1, "", [])
    assert "give --owner and --repository, or --yes" in done.err


def test_with_yes_it_asks_nothing_and_says_what_is_a_placeholder(fairlead: Command) -> None:
    done = fairlead("init", "--yes", "My Project")
    assert done.code == 0
    assert "repository acme/my-project is a placeholder" in done.err
    assert (fairlead.folder / "My Project" / "specs" / "my-project.yaml").is_file()


def test_the_repository_is_what_git_calls_origin(fairlead: Command) -> None:
    git = ["git", "-C", str(fairlead.folder)]
    subprocess.run([*git, "init", "--quiet"], check=True)
    subprocess.run([*git, "remote", "add", "origin", "git@github.com:acme/parcels.git"], check=True)
    done = fairlead("init", "--yes")
    assert "placeholder" not in done.err
    assert "git: {repository: acme/parcels, branch: main}" in (fairlead.folder / "fairlead.yaml").read_text("utf-8")


def test_on_a_terminal_it_asks_and_asks_again(fairlead: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal("Late Parcels\nlate-parcels\nmailroom-ml\nacme/ml\n\n\n"))
    done = fairlead("init")
    assert done.code == 0, done.err
    assert "Error: `Late Parcels` is no name" in done.err
    spec = (fairlead.folder / "specs" / "late-parcels.yaml").read_text(encoding="utf-8")
    assert "  owner: mailroom-ml\n" in spec
    assert "uri: s3://acme-ml/late-parcels/customers.csv" in spec


@pytest.mark.parametrize(
    ("flag", "value", "said"),
    [
        ("--name", "Bad Name", "is no name"),
        ("--owner", "a: b", "is no name"),
        ("--repository", "acme", "write it as `owner/name`"),
        ("--repository", "a/b\nevil: true", "is no repository"),
        ("--namespace", "x" * 60, "leave room for `-staging`"),
        ("--bucket", "https://acme", "is no object store"),
        ("--bucket", "s3://a b", "--bucket"),
    ],
)
def test_what_the_language_would_refuse_is_refused_at_once(fairlead: Command, flag: str, value: str, said: str) -> None:
    done = fairlead("init", "--yes", flag, value)
    assert (done.code, done.out, files(fairlead.folder)) == (1, "", [])
    assert said in done.err


@pytest.mark.parametrize("word", ["on", "no", "null", "true", "1e3", "012", "0x1f", "y"])
def test_names_that_yaml_would_take_for_something_else_are_quoted(fairlead: Command, word: str) -> None:
    flags = ["--name", word, "--owner", word, "--namespace", word, "--repository", f"{word}/{word}"]
    assert fairlead("init", "--yes", *flags).code == 0
    done = fairlead("validate", "--format", "json")
    assert json.loads(done.out)["diagnostics"] == []
    assert fairlead("fmt", "--check").code == 0


def test_the_schemas_for_editors_are_those_of_the_language(fairlead: Command) -> None:
    made(fairlead)
    for name in ("pipeline", "project"):
        written = (fairlead.folder / f"{name}.schema.json").read_text(encoding="utf-8")
        assert written == fairlead("schema", name).out


def test_the_training_code_is_a_program(fairlead: Command) -> None:
    made(fairlead)
    source = (fairlead.folder / "models" / "late-parcels" / "train.py").read_text(encoding="utf-8")
    compile(source, "train.py", "exec", dont_inherit=True)
    assert "{{" not in source


def test_the_training_code_trains(fairlead: Command) -> None:
    joblib = pytest.importorskip("joblib", reason="scikit-learn, pandas and joblib train the example's model")
    pytest.importorskip("sklearn")
    pytest.importorskip("pandas")
    made(fairlead)
    model = fairlead.folder / "out" / "model"
    parameters = fairlead.folder / "parameters.json"
    parameters.write_text('{"strength": 1.0}', encoding="utf-8")
    environment = {
        "FAIRLEAD_INPUT_TRAIN": str(fairlead.folder / "data" / "late-parcels.csv"),
        "FAIRLEAD_OUTPUT_MODEL": str(model),
        "FAIRLEAD_PARAMS": str(parameters),
        "FAIRLEAD_SEED": "0",
    }
    code = fairlead.folder / "models" / "late-parcels"
    subprocess.run([sys.executable, "-m", "train"], cwd=code, check=True, env={**os.environ, **environment})
    metrics = json.loads((model / "metrics.json").read_text(encoding="utf-8"))
    assert metrics["train_rows"] == 600
    assert metrics["train_accuracy"] > 0.85
    assert joblib.load(model / "model.joblib").predict_proba([[1.0, 0.0, 6.0]]).shape == (1, 2)


@pytest.mark.parametrize("link", ["specs", "models", ".gitignore", "fairlead.yaml", "data/late-parcels.csv"])
def test_nothing_is_written_through_a_link_that_leads_out(fairlead: Command, link: str) -> None:
    """Neither where there is something behind it nor where there is nothing yet."""
    project, outside = fairlead.folder / "project", fairlead.folder / "outside"
    outside.mkdir()
    place = project / link
    place.parent.mkdir(parents=True)
    place.symlink_to(outside if "." not in link else outside / "file")
    done = fairlead("init", "project", *FLAGS)
    assert (done.code, done.out) == (1, "")
    assert "symbolic links lead out" in done.err
    assert list(outside.iterdir()) == []
    assert files(project) in ([], [link])


def test_a_try_that_was_interrupted_is_completed(fairlead: Command) -> None:
    made(fairlead)
    wanted = {path: (fairlead.folder / path).read_bytes() for path in files(fairlead.folder)}
    for path in list(wanted)[::2]:
        (fairlead.folder / path).unlink()
    (fairlead.folder / ".fairlead/draft").write_text("half of someth")
    made(fairlead)
    assert {path: (fairlead.folder / path).read_bytes() for path in files(fairlead.folder)} == wanted


def test_the_lines_of_an_ignore_file_are_never_gone(fairlead: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """Written in place, a full disk would leave an empty one."""
    (fairlead.folder / ".gitignore").write_text("*.pyc\n")
    real = os.write

    def full(handle: int, content: bytes) -> int:
        if b"*.pyc" in bytes(content):
            raise OSError(28, "No space left on device")
        return real(handle, content)

    monkeypatch.setattr(os, "write", full)
    done = fairlead("init", *FLAGS)
    assert done.code == 1
    assert ".gitignore can't be written: No space left on device" in done.err
    assert (fairlead.folder / ".gitignore").read_text() == "*.pyc\n"
