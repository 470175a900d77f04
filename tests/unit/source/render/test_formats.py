"""The formats for programs: JSON by its schema, GitHub's commands with their escapes, SARIF with what it requires."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from fairlead.source.diagnostics import Diagnostic, Related, Severity
from fairlead.source.places import Place
from fairlead.source.render import Format, render
from fairlead.source.structure import DUPLICATE_KEY, MERGE_KEY

NO_FILES: dict[str, str] = {}
PLACE = Place("specs/a b,c:100%.yaml", 2, 3, 2, 6)
FOUND = Diagnostic(
    DUPLICATE_KEY,
    PLACE,
    "100% wrong: a,\nb\r",
    help="mend it",
    nearest="data",
    related=(Related(Place("b.yaml", 1, 1, 1, 2), "it stands here first"),),
)
WARNING = Diagnostic(MERGE_KEY, Place("b.yaml", 1, 1, 3, 2), "merged", severity=Severity.WARNING)
NOTE = Diagnostic(MERGE_KEY, Place("b.yaml", 4, 1, 4, 1), "noted", severity=Severity.NOTE)


def as_json(*diagnostics: Diagnostic, output: Format = Format.JSON) -> Any:
    return json.loads(render(diagnostics, NO_FILES.get, output))


class TestJson:
    def test_every_field_is_there(self) -> None:
        document = as_json(FOUND, WARNING)
        assert document["version"] == 1
        assert document["summary"] == {"errors": 1, "warnings": 1, "notes": 0, "files": 2}
        assert document["diagnostics"][1] == {
            "code": "FL1012",
            "title": "duplicate key",
            "severity": "error",
            "message": "100% wrong: a,\nb\r",
            "help": "mend it",
            "nearest": "data",
            "place": {"file": PLACE.file, "line": 2, "column": 3, "endLine": 2, "endColumn": 6},
            "related": [
                {
                    "place": {"file": "b.yaml", "line": 1, "column": 1, "endLine": 1, "endColumn": 2},
                    "message": "it stands here first",
                }
            ],
        }

    def test_what_is_not_said_is_null(self) -> None:
        found = as_json(WARNING)["diagnostics"][0]
        assert (found["help"], found["nearest"], found["related"]) == (None, None, [])

    def test_nothing_found_is_a_document_too(self) -> None:
        assert as_json() == {
            "version": 1,
            "summary": {"errors": 0, "warnings": 0, "notes": 0, "files": 0},
            "diagnostics": [],
        }

    def test_the_example_of_the_reference_has_the_same_shape(self, repository: Path) -> None:
        page = (repository / "docs/reference/diagnostics-json.md").read_text(encoding="utf-8")
        block = re.search(r"```json\n(.*?)```", page, re.DOTALL)
        assert block is not None
        assert shape(json.loads(block[1])) == shape(as_json(FOUND))


def shape(value: Any) -> Any:
    """`value` with the names of its fields and without what they hold."""
    if isinstance(value, dict):
        return {name: shape(inner) for name, inner in value.items()}
    return [shape(inner) for inner in value] if isinstance(value, list) else None


class TestGithub:
    def test_a_finding_is_one_command_with_everything_escaped(self) -> None:
        assert render([FOUND], NO_FILES.get, Format.GITHUB) == (
            "::error file=specs/a b%2Cc%3A100%25.yaml,line=2,col=3,endLine=2,endColumn=5,title=FL1012 duplicate key"
            "::100%25 wrong: a,<U+000A>b<U+000D>%0Adid you mean `data`?%0Amend it%0Ab.yaml:1:1: it stands here first\n"
        )

    def test_lines_to_copy_stay_lines(self) -> None:
        found = Diagnostic(DUPLICATE_KEY, PLACE, "it is wrong", "write this:\n\npatches: []")
        assert render([found], NO_FILES.get, Format.GITHUB).endswith("::it is wrong%0Awrite this:%0A%0Apatches: []\n")

    def test_a_span_over_several_lines_has_no_columns(self) -> None:
        shown = render([WARNING], NO_FILES.get, Format.GITHUB)
        assert shown == "::warning file=b.yaml,line=1,endLine=3,title=FL1014 merge key::merged\n"

    def test_a_note_is_a_notice(self) -> None:
        shown = render([NOTE], NO_FILES.get, Format.GITHUB)
        assert shown.startswith("::notice file=b.yaml,line=4,col=1,endLine=4,endColumn=1,")

    def test_a_file_name_cannot_begin_a_command(self) -> None:
        found = Diagnostic(MERGE_KEY, Place.start_of("a\n::stop-commands::x"), "merged")
        assert render([found], NO_FILES.get, Format.GITHUB).count("\n") == 1

    def test_nothing_found_is_nothing_said(self) -> None:
        assert render([], NO_FILES.get, Format.GITHUB) == ""


class TestSarif:
    """By hand, what the specification requires and code scanning reads (SARIF 2.1.0, sections 3.13 to 3.52)."""

    @pytest.fixture
    def log(self) -> Any:
        return as_json(FOUND, WARNING, NOTE, output=Format.SARIF)

    def test_the_log_has_its_version_and_one_run(self, log: Any) -> None:
        assert log["version"] == "2.1.0"
        assert log["$schema"].startswith("https://")
        assert len(log["runs"]) == 1
        assert log["runs"][0]["columnKind"] == "unicodeCodePoints"
        assert log["runs"][0]["tool"]["driver"]["name"] == "Fairlead"

    def test_every_code_that_occurs_is_a_rule_once(self, log: Any) -> None:
        rules = log["runs"][0]["tool"]["driver"]["rules"]
        assert [rule["id"] for rule in rules] == ["FL1012", "FL1014"]
        for rule in rules:
            assert rule["shortDescription"]["text"]
            assert rule["help"]["text"]
            assert rule["help"]["markdown"].startswith(f"# {rule['id']}: ")
            assert rule["defaultConfiguration"]["level"] == "error"

    def test_every_result_points_at_its_rule_and_its_region(self, log: Any) -> None:
        rules = log["runs"][0]["tool"]["driver"]["rules"]
        for result in log["runs"][0]["results"]:
            assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
            assert result["level"] in {"error", "warning", "note"}
            assert result["message"]["text"]
            assert len(result["partialFingerprints"]["fairlead/v1"]) == 64
            for location in [*result["locations"], *result.get("relatedLocations", [])]:
                region = location["physicalLocation"]["region"]
                assert 1 <= region["startLine"] <= region["endLine"]
                assert min(region["startColumn"], region["endColumn"]) >= 1

    def test_levels_are_those_of_the_findings(self, log: Any) -> None:
        assert [result["level"] for result in log["runs"][0]["results"]] == ["warning", "note", "error"]

    def test_a_file_is_a_relative_uri(self, log: Any) -> None:
        location = log["runs"][0]["results"][2]["locations"][0]["physicalLocation"]
        assert location["artifactLocation"]["uri"] == "specs/a%20b%2Cc%3A100%25.yaml"
        assert location["region"] == {"startLine": 2, "startColumn": 3, "endLine": 2, "endColumn": 6}

    def test_related_places_have_a_message_and_a_number(self, log: Any) -> None:
        related = log["runs"][0]["results"][2]["relatedLocations"]
        assert [(each["id"], each["message"]["text"]) for each in related] == [(0, "it stands here first")]

    def test_a_finding_that_moves_keeps_its_fingerprint(self) -> None:
        def fingerprint(line: int) -> str:
            found = Diagnostic(MERGE_KEY, Place("a.yaml", line, 1, line, 2), "merged")
            result = as_json(found, output=Format.SARIF)["runs"][0]["results"][0]
            return str(result["partialFingerprints"]["fairlead/v1"])

        assert fingerprint(1) == fingerprint(9)

    def test_the_order_of_the_findings_makes_no_difference(self) -> None:
        one = render([FOUND, WARNING, NOTE], NO_FILES.get, Format.SARIF)
        assert one == render([NOTE, FOUND, WARNING], NO_FILES.get, Format.SARIF)

    def test_nothing_found_is_a_run_without_results(self) -> None:
        log = as_json(output=Format.SARIF)
        assert log["runs"][0]["results"] == []
        assert log["runs"][0]["tool"]["driver"]["rules"] == []
