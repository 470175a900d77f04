"""Whole outputs of the renderers, for one file in which much is wrong."""

from __future__ import annotations

import pytest
from syrupy.assertion import SnapshotAssertion

from fairlead.source.diagnostics import Diagnostic, Severity
from fairlead.source.places import Place
from fairlead.source.reader import read
from fairlead.source.render import Format, render, sarif
from fairlead.source.structure import MERGE_KEY
from fairlead.spec.secrets import LITERAL_SECRET

FILE = "specs/größe.yaml"
SPEC = f"""\
metadata:
  name: tumor-classifier
  owner: 診断: チーム
  labels: {{country: no, 日本語: &jp 東京,\tcity: *jq}}
  labels: {{domain: oncology}}
data: &data
  <<: {{a: 1}}
  sources: !Ref {{uri: s3://acme-ml/biopsies/current/, wait: 12:30:45}}
  again: *data
model:
  task: "binary\x1b[31m-classification"
  note: {"a long story, " * 20}and 0x1F
  parameters: {{{", ".join(f"depth_{n}: {n}" for n in range(12))}, seed: 0o17}}
"""


def findings() -> tuple[list[Diagnostic], dict[str, str]]:
    """Findings of every kind: errors, a warning, a note, with and without related places and a nearest word."""
    document = read(FILE, SPEC.replace("診断: チーム", "'診断: チーム'").encode())
    assert document.root is not None
    more = [
        Diagnostic(MERGE_KEY, Place("fairlead.yaml", 3, 1, 3, 1), "a file that is not at hand", "look it up"),
        Diagnostic(MERGE_KEY, Place(FILE, 1, 1, 5, 3), "a span over five lines", severity=Severity.WARNING),
        Diagnostic(MERGE_KEY, Place.start_of(FILE), "the file as a whole", severity=Severity.NOTE),
    ]
    return [*document.diagnostics, *more], {FILE: document.text}


@pytest.fixture(autouse=True)
def one_version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "version", lambda name: "1.2.3")


@pytest.mark.parametrize("output", list(Format))
def test_a_file_in_which_much_is_wrong(output: Format, snapshot: SnapshotAssertion) -> None:
    diagnostics, texts = findings()
    assert render(diagnostics, texts.get, output) == snapshot


def test_in_colour(snapshot: SnapshotAssertion) -> None:
    diagnostics, texts = findings()
    colored = render(diagnostics[:2], texts.get, Format.TEXT, color=True)
    assert colored.replace("\x1b", "ESC") == snapshot


def test_a_syntax_error(snapshot: SnapshotAssertion) -> None:
    document = read("specs/a.yaml", b"serving:\n  replicas: {min: 2, max: 10\n  timeout: 10s\n")
    assert render(document.diagnostics, {"specs/a.yaml": document.text}.get) == snapshot


def test_a_line_with_a_secret_is_quoted_for_no_finding() -> None:
    hidden, shown = LITERAL_SECRET, MERGE_KEY
    text = "token: ghp_verysecret\nother: 1\n"
    findings = [
        Diagnostic(hidden, Place("a.yaml", 1, 8, 1, 22), "a secret stands here"),
        Diagnostic(shown, Place("a.yaml", 1, 1, 1, 6), "the same line"),
        Diagnostic(shown, Place("a.yaml", 2, 1, 2, 6), "another line"),
    ]
    report = render(findings, {"a.yaml": text}.get)
    assert "verysecret" not in report
    assert "other: 1" in report
