"""What a change of fairlead.yaml is called."""

from __future__ import annotations

import pytest

from fairlead.preview.effects import project
from fairlead.preview.model import Severity
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


ITSELF = "as it is by itself"


@pytest.mark.parametrize(
    ("name", "was", "now", "severity"),
    [
        ("serving.single-zone", None, "warning", RISK),
        ("serving.single-zone", "warning", None, BEHAVIOUR),
        ("serving.single-zone", None, "error", BEHAVIOUR),
        ("serving.no-way-back", None, "warning", BEHAVIOUR),
        ("serving.no-way-back", "warning", None, RISK),
        ("serving.no-way-back", None, "ignore", RISK),
    ],
)
def test_a_policy_that_is_milder_than_it_was_is_a_risk(
    edited: Project, name: str, was: str | None, now: str | None, severity: Severity
) -> None:
    text = (edited.folder / FAIRLEAD).read_text()

    def at(level: str | None) -> State:
        (edited.folder / FAIRLEAD).write_text(text + (f"policies: {{{name}: {level}}}\n" if level else ""))
        return edited.state()

    message = f"policy {name} is {was or ITSELF} -> {now or ITSELF}"
    assert said(tuple(project.effects(at(was), at(now)))) == [(severity, "policy", message)]


def test_a_policy_of_another_package_applies_only_where_it_is_named(edited: Project) -> None:
    before = edited.state()
    edited.edit(FAIRLEAD, ("output: rendered\n", "output: rendered\npolicies: {acme.cost-center: note}\n"))
    after = edited.state()
    assert [severity for severity, _, _ in said(tuple(project.effects(before, after)))] == [BEHAVIOUR]
    assert [severity for severity, _, _ in said(tuple(project.effects(after, before)))] == [RISK]
