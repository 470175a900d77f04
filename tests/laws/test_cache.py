"""The cache changes nothing but the time: whatever happens to a project, both ways say and write the same."""

from __future__ import annotations

import io
import shutil
import tempfile
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple

import click
from hypothesis import given, settings, strategies as st

from fairlead.cli.main import cli
from tests.projects import ASSISTANT, CHURN, FAIRLEAD, write_project

PROJECT = FAIRLEAD.replace("[argo-workflows, kserve, prometheus]", "[kserve, prometheus]")
SCREEN = ASSISTANT.replace("name: assistant", "name: screen").replace("support-ml", "other-ml")
GRAPH = """\
apiVersion: fairlead.dev/v1
kind: Pipeline
metadata: {name: triage, owner: support-ml}
hardware: {serving: {cpu: 1, memory: 1Gi}}
serving:
  graph: {type: sequence, of: [{pipeline: assistant}, {pipeline: screen}]}
  access: {callers: [support/desk]}
"""
FILES = {
    "specs/assistant.yaml": ASSISTANT,
    "specs/screen.yaml": SCREEN,
    "specs/triage.yaml": GRAPH,
    "specs/churn.yaml": CHURN,
}
LOCK = "apiVersion: fairlead.dev/v1\nkind: Lock\nmetadata: {{pipeline: {0}, environment: {1}}}\n"

Step = Callable[[Path], None]


class Seen(NamedTuple):
    """Everything that a command leaves behind."""

    code: object
    out: str
    err: str
    files: dict[str, bytes]


def _replace(path: str, old: str, new: str) -> Step:
    def step(root: Path) -> None:
        for file in sorted(root.glob(path))[:1]:
            file.write_text(file.read_text().replace(old, new))

    return step


def _write(path: str, text: str) -> Step:
    def step(root: Path) -> None:
        (root / path).write_text(text)

    return step


def _remove(path: str) -> Step:
    def step(root: Path) -> None:
        for file in sorted(root.glob(path))[:1]:
            file.unlink()

    return step


def _append(path: str, text: str) -> Step:
    def step(root: Path) -> None:
        for file in sorted(root.glob(path))[:1]:
            with file.open("a") as stream:
                stream.write(text)

    return step


def _nothing(root: Path) -> None:
    """Only the time passes."""


MEMORIES = st.sampled_from(["16Gi", "32Gi", "64Gi"])
SPECS = st.sampled_from(sorted(FILES))
GENERATED = st.sampled_from(
    [
        "rendered/*/assistant/kserve/*.yaml",
        "rendered/*/*/inventory.json",
        "rendered/*/*/kustomization.yaml",
        "rendered/*/kustomization.yaml",
        "rendered/*/*/prometheus/*.yaml",
    ]
)
STEPS: st.SearchStrategy[Step] = st.one_of(
    st.builds(_replace, SPECS, MEMORIES.map(lambda m: f"memory: {m}"), MEMORIES.map(lambda m: f"memory: {m}")),
    st.builds(lambda path: _write(path, FILES[path]), SPECS),
    st.builds(_remove, SPECS),
    st.builds(_append, SPECS, st.sampled_from(["# a remark\n", "\n", "unknown: 1\n", "waivers: []\n"])),
    st.builds(
        lambda name, environment, whose, more: _write(
            f"specs/{name}.{environment}.lock.yaml", LOCK.format(whose, environment) + more
        ),
        st.sampled_from(["assistant", "screen", "lost"]),
        st.sampled_from(["staging", "production"]),
        st.sampled_from(["assistant", "screen"]),
        st.sampled_from(["", "nonsense: 1\n"]),
    ),
    st.just(_remove("specs/*.lock.yaml")),
    st.builds(
        _replace,
        st.just("fairlead.yaml"),
        st.sampled_from(["namespace: ml,", "[kserve, prometheus]", "[kserve]", "namespace: models,"]),
        st.sampled_from(["namespace: ml,", "[kserve, prometheus]", "[kserve]", "namespace: models,"]),
    ),
    st.just(_write("fairlead.yaml", PROJECT)),
    st.builds(_remove, GENERATED),
    st.builds(_append, GENERATED, st.sampled_from(["# by hand\n", " "])),
    st.just(lambda root: shutil.rmtree(root / "rendered", ignore_errors=True)),
    st.just(_nothing),
)
COMMANDS = st.sampled_from(
    [
        ("compile",),
        ("compile", "--environment", "staging"),
        ("compile", "--target", "kserve"),
        ("compile", "--overwrite-edits"),
        ("compile", "--allow-empty"),
        ("compile", "assistant"),
        ("validate",),
        ("validate", "screen", "--format", "json"),
        ("check",),
        ("check", "--format", "json"),
    ]
)


def run(root: Path, *arguments: str) -> Seen:
    """A command in a project, as from a shell."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        try:
            code: object = cli.main([*arguments, "--project", str(root)], standalone_mode=False)
        except click.exceptions.Exit as left:
            code = left.exit_code
    paths = sorted(path for path in root.rglob("*") if path.is_file())
    files = {str(path.relative_to(root)): path.read_bytes() for path in paths if ".fairlead" not in path.parts}
    return Seen(code, out.getvalue(), err.getvalue(), files)


@settings(max_examples=10)
@given(
    # The commands are the same before and after every change, for an entry that is too old has to be there to be found.
    commands=st.lists(COMMANDS, min_size=1, max_size=2),
    changes=st.lists(STEPS, min_size=1, max_size=6),
)
def test_with_and_without_the_cache_everything_is_the_same(
    commands: list[tuple[str, ...]], changes: list[Step]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        warm, cold = (write_project(Path(folder) / name, FILES, PROJECT) for name in ("warm", "cold"))
        for step in [_nothing, *changes]:
            step(warm)
            step(cold)
            for command in commands:
                assert run(warm, *command) == run(cold, *command, "--no-cache")
