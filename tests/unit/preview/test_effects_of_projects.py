"""What a change of fairlead.yaml is called."""

from __future__ import annotations

import pytest

from fairlead.preview.effects import project
from fairlead.preview.states import State
from tests.unit.preview.changed import (
    BEHAVIOUR,
    DESTROYS,
    FAIRLEAD,
    RISK,
    Project,
    Said,
    said,
)

PROJECTS: list[tuple[tuple[str, str], Said]] = [
    (
        ("namespace: ml, after", "namespace: ml-prod, after"),
        [(DESTROYS, "namespace", "environment production moves to another namespace: ml -> ml-prod")],
    ),
    (
        ("protected: true, soak: 24h", "soak: 1h"),
        [
            (RISK, "protected", "environment production is no longer protected: images may be named by tag"),
            (RISK, "soak", "a version serves staging for 1d -> 1h before production"),
        ],
    ),
    (
        (
            "  production: {namespace: ml,",
            "  canary: {namespace: ml-canary, after: staging}\n  production: {namespace: ml,",
        ),
        [(BEHAVIOUR, "environment-added", "environment canary is new, in the namespace ml-canary")],
    ),
    (
        ("  production: {namespace: ml, after: staging, protected: true, soak: 24h}\n", ""),
        [(DESTROYS, "environment-removed", "environment production is removed: everything of it in ml is deleted")],
    ),
    (('kserve: "0.20"', 'kserve: "0.15"'), [(BEHAVIOUR, "platform", "platform: kserve 0.20 -> 0.15")]),
    (
        ("  - prometheus\n", ""),
        [(DESTROYS, "target-removed", "target prometheus is removed: everything that it made is deleted")],
    ),
    (
        ("uri: s3://acme-ml-artifacts", "uri: s3://elsewhere"),
        [(RISK, "artifacts", "artifacts.uri is s3://acme-ml-artifacts -> s3://elsewhere")],
    ),
    (
        ("output: rendered", "output: out"),
        [(RISK, "output", "`output` is rendered -> out")],
    ),
]


@pytest.mark.parametrize(("edit", "expected"), PROJECTS, ids=[change[0][1][:40] or change[0][0] for change in PROJECTS])
def test_a_change_of_the_project(before: State, edited: Project, edit: tuple[str, str], expected: Said) -> None:
    edited.edit(FAIRLEAD, edit)
    assert said(tuple(project.effects(before, edited.state()))) == expected
