"""What a change of a specification, a lock or fairlead.yaml is called."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from fairlead.plan.plan import Plan
from fairlead.preview.effects import project
from fairlead.preview.effects.pipeline import effects
from fairlead.preview.model import Effect, Severity
from fairlead.preview.states import State
from fairlead.spec.units import Percentage
from fairlead.workspace.load import load
from fairlead.workspace.lockfile import with_canary, with_canary_served, with_image, with_model
from fairlead.workspace.plans import plans

NAME = "tumor-classifier"
SPEC, FAIRLEAD = f"specs/{NAME}.yaml", "fairlead.yaml"
LOCKS = {place: f"specs/{NAME}.{place}.lock.yaml" for place in ("staging", "production")}
DESTROYS, RISK, BEHAVIOUR, NOTICE = Severity
ON = "Europe/Zurich and on drift, quality, new-data"
WHY = "the ingress team wants this annotation until Q2"
Edit = Callable[[str], str]
Said = list[tuple[Severity, str, str]]


class Project:
    """The pipeline of the README, before and after an edit."""

    def __init__(self, folder: Path, repository: Path) -> None:
        self.folder = folder
        for file in (SPEC, FAIRLEAD, *LOCKS.values()):
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(repository / file, folder / file)

    def state(self) -> State:
        workspace = load(self.folder)
        built = plans(workspace)
        return State(workspace, {place: dict(found) for place, found in built.by_environment.items()})

    def edit(self, file: str, *edits: tuple[str, str]) -> None:
        text = (self.folder / file).read_text()
        for old, new in edits:
            assert old in text, old
            text = text.replace(old, new)
        (self.folder / file).write_text(text)

    def lock(self, environment: str, edit: Edit) -> None:
        path = self.folder / LOCKS[environment]
        path.write_text(edit(path.read_text()))


@pytest.fixture
def edited(tmp_path: Path, repository: Path) -> Project:
    return Project(tmp_path, repository)


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> State:
    repository = Path(__file__).parents[3]
    return Project(tmp_path_factory.mktemp("before"), repository).state()


def said(found: tuple[Effect, ...]) -> Said:
    return [(effect.severity, effect.kind, effect.message) for effect in found]


def between(before: State, after: State, environment: str, name: str = NAME) -> tuple[Effect, ...]:
    def plan(state: State, called: str) -> Plan | None:
        return state.plan(environment, called)

    return effects(plan(before, NAME), plan(after, name))


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


def test_less_memory_is_a_risk_and_a_price_is_a_notice(before: State, edited: Project) -> None:
    edited.edit(
        FAIRLEAD,
        ("cpu-serving: {cpu: 2, memory: 4Gi, price: 0.09/h}", "cpu-serving: {cpu: 2, memory: 2Gi, price: 0.07/h}"),
    )
    assert said(between(before, edited.state(), "production")) == [
        (RISK, "hardware", "the server: memory limit 4Gi -> 2Gi"),
        (NOTICE, "price", "the server: price 0.09/h -> 0.07/h"),
    ]


def test_what_many_steps_have_alike_is_said_once(before: State, edited: Project) -> None:
    edited.edit(FAIRLEAD, ("cpu-small: {cpu: 2, memory: 4Gi", "cpu-small: {cpu: 2, memory: 2Gi"))
    (found,) = between(before, edited.state(), "staging")
    assert found.message.endswith("more: memory limit 4Gi -> 2Gi")
    assert "check/biopsies" in found.why[-1]


def rolled(before: State, edited: Project, edit: Edit) -> Said:
    edited.lock("production", edit)
    return said(between(before, edited.state(), "production"))


def test_a_rollout_is_told_step_by_step(before: State, edited: Project) -> None:
    staging = before.plans["staging"][NAME].unit.lock
    assert staging is not None
    assert staging.model is not None
    model = staging.model
    assert rolled(before, edited, lambda text: with_canary(text, model, Percentage.parse("10%"))) == [
        (RISK, "canary", "rolls out version 15 at 10%, beside version 14")
    ]
    first = edited.state()
    assert rolled(first, edited, lambda text: text.replace("weight: 10%", "weight: 50%")) == [
        (RISK, "canary", "canary 10% -> 50% for version 15")
    ]
    second = edited.state()
    tried = (edited.folder / LOCKS["production"]).read_text()
    assert rolled(second, edited, with_canary_served) == [
        (RISK, "rollout", "version 15 takes all requests: canary 50% -> 100%")
    ]
    third = edited.state()
    (edited.folder / LOCKS["production"]).write_text(tried)
    assert [kind for _, kind, _ in said(between(third, edited.state(), "production"))] == ["rollback", "canary"]
    original = before.plans["production"][NAME].unit.lock
    assert original is not None
    assert said(between(second, before, "production")) == [
        (RISK, "canary", "the canary of version 15 is taken back: 50% -> 0%")
    ]


def test_a_version_without_steps_is_served_at_once_and_can_go_back(before: State, edited: Project) -> None:
    staging = before.plans["staging"][NAME].unit.lock
    assert staging is not None
    assert staging.model is not None
    newer = staging.model
    edited.lock("production", lambda text: with_model(text, newer))
    after = edited.state()
    (found,) = between(before, after, "production")
    assert found.message == "rolls out version 15 at 100 %, after version 14"
    assert "metrics: roc_auc 0.978 -> 0.981" in found.why
    (back,) = between(after, before, "production")
    assert (back.kind, back.message) == ("rollback", "rolls back to version 14 at once, from 15")


def test_memory_is_compared_with_what_the_last_run_used(before: State, edited: Project) -> None:
    edited.edit(SPEC, ("memory: 8Gi, disk", "memory: 2Gi, disk"))
    less = edited.state()
    (found,) = between(before, less, "staging")
    said_ = "training: memory limit 8Gi -> 2Gi, below the 2.6Gi that the last run used (run f8ef06f2)"
    assert (found.severity, found.kind, found.message) == (RISK, "hardware", said_)
    assert found.why == ("a container that reaches its limit is killed, and its step fails as often as it is tried",)
    edited.edit(SPEC, ("memory: 2Gi, disk", "memory: 2400Mi, disk"))
    (more,) = between(less, edited.state(), "staging")
    assert (more.severity, more.message.partition(", below")[0]) == (RISK, "training: memory limit 2Gi -> 2400Mi")
    assert said(between(less, before, "staging")) == [(BEHAVIOUR, "hardware", "training: memory limit 2Gi -> 8Gi")]


def test_an_image_of_the_same_code_is_a_digest_only(before: State, edited: Project) -> None:
    lock = before.plans["staging"][NAME].unit.lock
    assert lock is not None
    key = "ghcr.io/acme/tumor-classifier"
    rebuilt = lock.images[key].model_copy(update={"digest": type(lock.images[key].digest).parse(f"sha256:{'a' * 64}")})
    edited.lock("staging", lambda text: with_image(text, key, rebuilt))
    assert said(between(before, edited.state(), "staging")) == [
        (BEHAVIOUR, "image", "features, training: image digest only: 2472053e454d -> aaaaaaaaaaaa")
    ]


def test_a_first_version_ends_the_waiting(before: State, edited: Project) -> None:
    (edited.folder / LOCKS["production"]).unlink()
    unlocked = edited.state()
    kinds = {effect.kind for effect in between(unlocked, before, "production")}
    assert {"first-version", "awaiting-first-version"} <= kinds
    assert "version-gone" in {effect.kind for effect in between(before, unlocked, "production")}


def test_a_new_and_a_removed_pipeline(before: State) -> None:
    plan = before.plans["production"][NAME]
    assert [kind for _, kind, _ in said(effects(None, plan))] == ["callers", "new-pipeline"]
    (gone,) = effects(plan, None)
    assert gone.severity is DESTROYS
    assert gone.in_base
    assert gone.message.startswith(
        "the pipeline is removed: its endpoint stops answering, its alerts and objectives end"
    )


def test_a_rename_says_what_is_lost(before: State, edited: Project) -> None:
    edited.edit(SPEC, (f"name: {NAME}  ", f"name: lesion-classifier\n  renamed_from: {NAME}  "))
    for place in LOCKS:
        edited.lock(place, lambda text: text.replace(f"pipeline: {NAME}", "pipeline: lesion-classifier"))
    found = between(before, edited.state(), "production", "lesion-classifier")
    assert found[0].severity is DESTROYS
    assert found[0].message == f"renamed from {NAME}"
    assert "the endpoint has another address: whoever calls the old one gets an error" in found[0].why


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


def test_the_same_state_has_no_effects(before: State, edited: Project) -> None:
    after = edited.state()
    assert list(project.effects(before, after)) == []
    assert [between(before, after, place) for place in LOCKS] == [(), ()]
