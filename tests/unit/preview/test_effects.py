"""What a change of a specification is called."""

from __future__ import annotations

import pytest

from fairlead.preview.effects import project
from fairlead.preview.states import State
from tests.unit.preview.changed import (
    BEHAVIOUR,
    DESTROYS,
    LOCKS,
    RISK,
    SPEC,
    Project,
    Said,
    between,
    said,
)

ON = "Europe/Zurich and on drift, quality, new-data"
WHY = "the ingress team wants this annotation until Q2"


# Where, what is written instead of what, and what that does in the environment.
CHANGES: list[tuple[str, tuple[tuple[str, str], ...], Said]] = [
    # Data and training
    (
        "staging",
        (("test: 0.2,", "test: 0.25,"),),
        [(BEHAVIOUR, "retrains", "retrains: the split changed: test 20% -> 25%")],
    ),
    (
        "staging",
        (("biopsies/current/", "biopsies/v2/"),),
        [
            (
                BEHAVIOUR,
                "retrains",
                "retrains: biopsies is read from s3://acme-ml/biopsies/current/ -> s3://acme-ml/biopsies/v2/",
            )
        ],
    ),
    (
        "staging",
        (("max_depth: 6,", "max_depth: 8, leaves: 4,"),),
        [
            (BEHAVIOUR, "retrains", "retrains: the search has other values in its 12 trials"),
            (BEHAVIOUR, "retrains", "retrains: the parameters of training changed: leaves added (4), max_depth 6 -> 8"),
        ],
    ),
    ("staging", (("trials: 12", "trials: 6"),), [(BEHAVIOUR, "retrains", "retrains: the search has 12 -> 6 trials")]),
    (
        "staging",
        (("command: [python, -m, tumor.features]", "command: [python, -m, tumor.better]"),),
        [
            (
                BEHAVIOUR,
                "retrains",
                "retrains: the command of features is python -m tumor.features -> python -m tumor.better",
            )
        ],
    ),
    (
        "staging",
        (("rows >= 500, ", ""),),
        [(RISK, "data-contract", "biopsies need no longer hold: rows >= 500")],
    ),
    (
        "staging",
        (("mean_radius: {type: float, min: 0}", "mean_radius: {type: float, min: 1}"),),
        [
            (BEHAVIOUR, "data-contract", "the contract of biopsies changed: mean_radius min 0.0 -> 1.0"),
            (BEHAVIOUR, "data-contract", "the contract of features changed: mean_radius min 0.0 -> 1.0"),
        ],
    ),
    (
        "staging",
        (("FEATURE_STORE_TOKEN: feature-store/token", "FEATURE_STORE_TOKEN: other/token, MORE: a/b"),),
        [
            (
                RISK,
                "secrets",
                "training reads FEATURE_STORE_TOKEN from another secret: feature-store/token -> other/token",
            ),
            (RISK, "secrets", "training reads the secret a/b, as MORE"),
        ],
    ),
    # Judging
    (
        "staging",
        (("- roc_auc >= 0.95", "- roc_auc >= 0.94"),),
        [(RISK, "gate", "gate loosened: roc_auc >= 0.95 -> roc_auc >= 0.94")],
    ),
    (
        "staging",
        (("- roc_auc >= 0.95", "- roc_auc >= 0.96"),),
        [(BEHAVIOUR, "gate", "gate tightened: roc_auc >= 0.95 -> roc_auc >= 0.96")],
    ),
    (
        "staging",
        (("champion - 0.005", "champion - 0.05"),),
        [(RISK, "gate", "gate loosened: roc_auc >= champion - 0.005 -> roc_auc >= champion - 0.05")],
    ),
    (
        "staging",
        (("      - recall[age_band] >= 0.85             # for every value of the slice\n", ""),),
        [(RISK, "gate", "gate removed: recall[age_band] >= 0.85")],
    ),
    (
        "staging",
        (("promote: pull-request ", "promote: automatic "),),
        [(RISK, "promotion", "a candidate's pull request is merged when its checks pass")],
    ),
    # Serving
    (
        "production",
        (("replicas: {min: 2, max: 10}", "replicas: {min: 3, max: 12}"),),
        [(BEHAVIOUR, "replicas", "replicas 2 to 10 -> 3 to 12")],
    ),
    (
        "production",
        (("replicas: {min: 2, max: 10}", "replicas: {min: 2, max: 4}"),),
        [(RISK, "replicas", "replicas 2 to 10 -> 2 to 4")],
    ),
    (
        "production",
        (("callers: [triage/ui]", "callers: [triage/ui, triage/bot]"),),
        [(RISK, "callers", "triage/bot may call as well")],
    ),
    (
        "production",
        (("expose: gateway", "expose: cluster"),),
        [(RISK, "exposure", "can no longer be reached through the gateway: whoever asks there gets an error")],
    ),
    (
        "production",
        (("retain: 30d", "retain: 7d"),),
        [(RISK, "payloads", "payloads are kept for 30d -> 7d")],
    ),
    (
        "production",
        (("protocol: v2 ", "protocol: v1 "), ("output: probability", "output: label")),
        [
            (RISK, "protocol", "callers have to speak another protocol: v2 -> v1"),
            (RISK, "output", "callers get another answer: probability -> label"),
        ],
    ),
    (
        "production",
        (("canary: [10%, 50%], hold: 2h", "canary: [50%], hold: 3h"),),
        [
            (RISK, "rollout-steps", "a new version takes over in steps of 10%, 50% -> 50%"),
            (BEHAVIOUR, "rollout-steps", "each step of a rollout is held for 2h -> 3h"),
        ],
    ),
    (
        "production",
        (("mode: standard ", "mode: knative "),),
        [(DESTROYS, "mode", "the server is made anew, for its mode can't change: standard -> knative")],
    ),
    # Watching
    (
        "production",
        (("availability: 99.9%", "availability: 99.5%"),),
        [(RISK, "slo", "availability objective lowered: 99.9% -> 99.5%")],
    ),
    (
        "production",
        (("below: 250ms", "below: 500ms"),),
        [(RISK, "slo", "latency bound loosened: below 250ms -> 500ms")],
    ),
    (
        "production",
        (("mean_radius: {threshold: 0.1}", "mean_radius: {threshold: 0.3}"),),
        [(RISK, "drift", "mean_radius: drift threshold raised 0.1 -> 0.3")],
    ),
    (
        "production",
        (("expect: [recall >= 0.85]", "expect: [recall >= 0.9]"),),
        [(BEHAVIOUR, "quality", "quality tightened: recall >= 0.85 -> recall >= 0.9")],
    ),
    (
        "production",
        (("page: diagnostics-oncall", "page: others"),),
        [(RISK, "receivers", "pages go to diagnostics-oncall -> others")],
    ),
    (
        "staging",
        (('schedule: "0 4 * * 1"', 'schedule: "0 4 * * 2"'),),
        [
            (
                BEHAVIOUR,
                "schedule",
                f"training starts at `0 4 * * 1` {ON} -> at `0 4 * * 2` {ON}",
            )
        ],
    ),
    # Its own ways, and its life
    (
        "production",
        (("internal}}}", "internal}, labels: {a: b}}}"),),
        [
            (
                BEHAVIOUR,
                "patch",
                f"patch changed on every InferenceService: {WHY}",
            )
        ],
    ),
    (
        "production",
        (("until: 2027-03-31", "until: 2027-06-30"),),
        [(RISK, "waiver", "waiver of serving.single-zone lasts until 2027-03-31 -> 2027-06-30")],
    ),
    (
        "production",
        (("owner: diagnostics-ml", "owner: radiology-ml"),),
        [(BEHAVIOUR, "owner", "the owner is diagnostics-ml -> radiology-ml: another team is paged and approves")],
    ),
    (
        "production",
        (("  labels: {domain: oncology}", "  labels: {domain: oncology}\n  retired: true"),),
        [
            (
                RISK,
                "retired",
                "retired: training, drift, quality and alerts stop; what serves goes on until the file is removed",
            )
        ],
    ),
]


@pytest.mark.parametrize(
    ("environment", "edits", "expected"), CHANGES, ids=[change[1][0][1][:40] for change in CHANGES]
)
def test_a_change_of_a_specification(
    before: State, edited: Project, environment: str, edits: tuple[tuple[str, str], ...], expected: Said
) -> None:
    edited.edit(SPEC, *edits)
    assert said(between(before, edited.state(), environment)) == sorted(expected, key=lambda each: each[0].rank)


def test_every_effect_knows_its_node_and_its_line(before: State, edited: Project) -> None:
    edited.edit(SPEC, ("availability: 99.9%", "availability: 99.5%"))
    (found,) = between(before, edited.state(), "production")
    line = next(n for n, text in enumerate((edited.folder / SPEC).read_text().splitlines(), 1) if "99.5%" in text)
    assert found.place is not None
    assert (found.node, found.place.file, found.place.line) == ("slo/availability", SPEC, line)


def test_the_same_state_has_no_effects(before: State, edited: Project) -> None:
    after = edited.state()
    assert list(project.effects(before, after)) == []
    assert [between(before, after, place) for place in LOCKS] == [(), ()]


@pytest.mark.parametrize("less", ["pii", "internal", "public"])
def test_data_that_is_handled_with_less_care_is_a_risk(before: State, edited: Project, less: str) -> None:
    edited.edit(SPEC, ("sensitivity: phi", f"sensitivity: {less}"))
    after = edited.state()
    for base, head, severity in ((before, after, RISK), (after, before, BEHAVIOUR)):
        found = [effect.severity for effect in between(base, head, "staging") if "is handled as" in effect.message]
        assert found == [severity]
