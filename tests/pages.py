"""Previews made by hand, with something of everything that a preview can hold."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from fairlead.plan.artifacts import Artifact, ArtifactType
from fairlead.plan.draw.drawing import Drawing, Flow, Kind, Link, Stage, Vertex
from fairlead.preview.model import (
    Change,
    Cost,
    CostItem,
    Effect,
    Estimate,
    FieldChange,
    Finding,
    FindingChange,
    Graph,
    GraphLink,
    GraphNode,
    Notice,
    Part,
    Preview,
    ResourceChange,
    Severity,
    Side,
    Standing,
)
from fairlead.source.places import Place

COMMIT: Final = "3f2a91c0d4be77a1c5509d3e8a61f2b4c7d8e9f0"
GONE: Final = {"drift", "drift/score"}
NEW: Final = {"quality"}
CHANGED: Final = {"split", "serve"}


def drawing_of(name: str, environment: str) -> Drawing:
    """The life of a model, small and whole: what base and head have together."""
    given = {
        "data": (Kind.SNAPSHOT, Stage.DATA, "customers", ("s3://acme/customers.csv",), ArtifactType.DATASET),
        "split": (Kind.SPLIT, Stage.DATA, "split by group customer_id", ("test 0.2", "seed 7"), ArtifactType.DATASET),
        "train": (Kind.TRAIN, Stage.TRAINING, "train with sklearn", ("cpu-small, 1 h",), ArtifactType.MODEL),
        "evaluate": (Kind.EVALUATE, Stage.JUDGING, "evaluate", ("roc_auc, log_loss",), ArtifactType.REPORT),
        "gate": (Kind.GATE, Stage.JUDGING, "gate", ("roc_auc >= 0.82",), ArtifactType.REPORT),
        "register": (Kind.REGISTER, Stage.RELEASE, "register", (), ArtifactType.MODEL_VERSION),
        "serve": (Kind.SERVE, Stage.SERVING, "serve", ("2 to 6 replicas", "memory 2Gi"), ArtifactType.ENDPOINT),
        "drift": (Kind.DRIFT, Stage.WATCHING, "drift of weight", ("psi <= 0.2",), ArtifactType.METRIC),
        "drift/score": (Kind.SCORE, Stage.WATCHING, "alert on drift", (), ArtifactType.ALERT),
        "quality": (
            Kind.QUALITY,
            Stage.WATCHING,
            "quality on real traffic",
            ("labels after 7 d",),
            ArtifactType.REPORT,
        ),
    }
    vertices = tuple(
        Vertex(id_, kind, stage, title, details, (Artifact(f"{id_}/out", type_),))
        for id_, (kind, stage, title, details, type_) in given.items()
    )
    ways = [
        ("data", "split"), ("split", "train"), ("train", "evaluate"), ("split", "evaluate"), ("evaluate", "gate"),
        ("gate", "register"), ("register", "serve"), ("serve", "drift"), ("drift", "drift/score"), ("serve", "quality"),
    ]  # fmt: skip
    links = tuple(Link(giver, reader, f"{giver}/out", type=given[giver][4]) for giver, reader in ways)
    loop = Link("drift/score", "data", "new training", Flow.LOOP, why="a new training when drift is seen")
    return Drawing(name, environment, "growth-ml", "Which customers leave.", vertices, (*links, loop))


def graph_of(shown: Drawing) -> Graph:
    """The graph of that drawing, with nodes that are new, gone and changed."""
    changes = {
        **dict.fromkeys(GONE, Change.REMOVED),
        **dict.fromkeys(NEW, Change.ADDED),
        **dict.fromkeys(CHANGED, Change.CHANGED),
    }
    nodes = tuple(
        GraphNode(each.id, each.kind, each.stage, each.title, each.details, changes.get(each.id, Change.SAME))
        for each in shown.vertices
    )
    links = []
    for each in shown.links:
        gone, new = {each.giver, each.reader} & GONE, {each.giver, each.reader} & NEW
        change = Change.REMOVED if gone else Change.ADDED if new else Change.SAME
        links.append(GraphLink(each.giver, each.reader, each.label, change))
    return Graph(nodes, tuple(links), "flowchart LR\n  data --> split", shown)


def effects_of(name: str, environment: str) -> tuple[Effect, ...]:
    """Effects of every severity, worst first."""
    spec = f"specs/{name}.yaml"

    def effect(
        severity: Severity, kind: str, message: str, node: str, line: int, *why: str, gone: bool = False
    ) -> Effect:
        at = Place(spec, line, 3, line, 20)
        return Effect(severity, kind, message, environment, name, node, at, in_base=gone, why=why)

    return (
        effect(
            Severity.DESTROYS,
            "alert-removed",
            "alert LatencyBudgetBurn removed",
            "slo/latency",
            88,
            "nobody is called when the 95th percentile of latency is above 250 ms",
            gone=True,
        ),
        effect(
            Severity.RISK,
            "memory",
            "memory limit 4Gi -> 2Gi, below what the last run used",
            "serve",
            61,
            "the last run used 2.6Gi at most",
            "a container over its limit is killed, and its requests fail",
        ),
        effect(Severity.RISK, "rollout", "rolls out version 14 at 10 %", "serve", 57),
        effect(
            Severity.BEHAVIOUR,
            "retrains",
            "retrains: the split changed",
            "split",
            23,
            "split.group was order_id and is customer_id",
            "the champion was measured on other rows, so the first gate compares with it on the new ones",
            "training starts when this is merged: about 35 minutes on cpu-small",
            "the cache holds nothing of it",
        ),
        effect(Severity.NOTICE, "image", "image digest only", "train", 31),
    )


DIFF: Final = """\
--- rendered/production/churn/inferenceservice.yaml
+++ rendered/production/churn/inferenceservice.yaml
@@ -18,13 +18,13 @@
   predictor:
     minReplicas: 2
     maxReplicas: 6
-    canaryTrafficPercent: 0
+    canaryTrafficPercent: 10
     model:
       modelFormat:
         name: sklearn
-      storageUri: s3://acme-ml-artifacts/churn/13
+      storageUri: s3://acme-ml-artifacts/churn/14
       resources:
         limits:
           cpu: "2"
-          memory: 4Gi
+          memory: 2Gi"""


def resources_of(name: str, environment: str) -> tuple[ResourceChange, ...]:
    """Resources and files that are changed, gone, new, replaced and rewritten."""
    spec, folder = f"specs/{name}.yaml", f"rendered/{environment}/{name}"
    namespace = "ml" if environment == "production" else f"ml-{environment}"

    def change(what: Change, kind: str | None, node: str, diff: str, **more: object) -> ResourceChange:
        given: dict[str, object] = {
            "path": f"{folder}/{(kind or node).lower()}.yaml",
            "path_before": None,
            "namespace": namespace if kind else None,
            "name": name if kind else None,
            "name_before": None,
            "target": "kserve",
            "place": Place(spec, 57, 1, 70, 1),
            "fields": (),
            "explained": True,
        }
        return ResourceChange(change=what, kind=kind, node=node, diff=diff, **{**given, **more})  # type: ignore[arg-type]

    return (
        change(
            Change.CHANGED,
            "InferenceService",
            "serve",
            DIFF,
            fields=(
                FieldChange("spec.predictor.canaryTrafficPercent", "0", "10"),
                FieldChange("spec.predictor.model.resources.limits.memory", "4Gi", "2Gi"),
                FieldChange("spec.predictor.model.env[LEVEL].value", None, "info"),
            ),
        ),
        change(
            Change.REMOVED,
            "PrometheusRule",
            "slo/latency",
            "--- a\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-alert: LatencyBudgetBurn\n-severity: page",
            target="prometheus",
        ),
        change(
            Change.REPLACED,
            "Job",
            "batch",
            "--- a\n+++ b\n@@ -3 +3 @@\n-completionMode: Indexed\n+completionMode: NonIndexed",
            fields=(FieldChange("spec.completionMode", "Indexed", "NonIndexed", replaces=True),),
            explained=False,
        ),
        change(
            Change.ADDED,
            "CronWorkflow",
            "quality",
            "--- /dev/null\n+++ b\n@@ -0,0 +1,2 @@\n+kind: CronWorkflow\n+schedule: 0 4 * * *",
            target="argo-workflows",
            name_before=f"{name}-labels",
            path_before=f"{folder}/labels.yaml",
        ),
        change(Change.REWRITTEN, None, "rules", "--- a\n+++ b\n@@ -1 +1 @@\n-# old\n+# new", target=None),
    )


def cost_of() -> Cost:
    """Before and after, with something that is new, something that is gone, and something unknown."""
    serving = Estimate(Decimal("131.40"), Decimal("394.20"), "2 to 6 replicas x 0.09/h x 730 h")
    less = Estimate(Decimal("65.70"), Decimal("394.20"), "1 to 6 replicas x 0.09/h x 730 h")
    once = Estimate(Decimal("2.70"), Decimal("2.70"), "30 runs x 1 h x 0.09/h")
    items = (CostItem("serving", serving, less), CostItem("drift", once, None), CostItem("quality", None, once))
    return Cost(items, ("training starts when drift is seen, and nobody knows how often that is",))


def part_of(name: str, environment: str, *, renamed_from: str | None = None) -> Part:
    """A part with everything in it."""
    return Part(
        environment,
        name,
        Change.REPLACED if renamed_from else Change.CHANGED,
        "growth-ml",
        renamed_from,
        effects_of(name, environment),
        resources_of(name, environment),
        cost_of(),
        graph_of(drawing_of(name, environment)),
    )


def preview_of(parts: tuple[Part, ...], **more: object) -> Preview:
    """A preview of these parts, with findings and notices of each kind."""
    place = Place("specs/churn.yaml", 61, 5, 61, 20)
    findings = (
        FindingChange(
            Standing.NEW, "FL4103", "memory is below what was used", "warning", "limits",
            "the limit of 2Gi is below the 2.6Gi that the last run used", "raise it to `4Gi`, or waive `limits`", place,
        ),
        FindingChange(Standing.GONE, "FL4107", "no runbook", "note", None, "an alert has no runbook", "", place),
        FindingChange(
            Standing.WAIVED, "FL4110", "a public endpoint", "error", "public", "everybody may call churn", "", place,
            reason="behind the company's gateway", until="2027-03-31",
        ),
    )  # fmt: skip
    notices = (
        Notice(
            "dirty",
            "the working tree has changes that no commit holds",
            "commit them, or say `--head HEAD`",
            ("a.yaml",),
        ),
        Notice("compiler", "base was written by Fairlead 0.0.9, and this is 0.1.0"),
    )
    given: dict[str, object] = {
        "base": Side("main", COMMIT, "0.0.9"),
        "head": Side("the working tree", None, "0.1.0"),
        "verdict": "destroys 1 alert and puts traffic at risk in production: churn retrains and rolls out version 14",
        "parts": parts,
        "findings": findings,
        "notices": notices,
    }
    return Preview(**{**given, **more})  # type: ignore[arg-type]


def rich() -> Preview:
    """Something of everything, in three parts and what is shared."""
    shared = Part(
        "production", None, Change.CHANGED, None, None,
        (Effect(Severity.BEHAVIOUR, "egress", "the runner may reach `registry.acme.example` too", "production"),),
        resources_of("shared", "production")[:1], None, None,
    )  # fmt: skip
    same = Part(
        "staging", "letters", Change.CHANGED, "mailroom", None, (), resources_of("letters", "staging")[-1:], None, None
    )
    return preview_of(
        (
            shared,
            part_of("churn", "staging"),
            part_of("churn", "production"),
            same,
            part_of("parcels", "production", renamed_from="parcel-delays"),
        )
    )


def empty() -> Preview:
    """A change that does nothing."""
    return preview_of((), verdict="nothing changes", findings=(), notices=())


def failed() -> Preview:
    """A head that does not compile."""
    place = Place("specs/churn.yaml", 12, 3, 12, 9)
    finding = Finding("FL1004", "error", "`splt` is no field of data", "did you mean `split`?", place)
    return preview_of((), verdict="head does not compile", findings=(), head=Side("HEAD", COMMIT, None, (finding,)))


def without_base() -> Preview:
    """A base that does not compile."""
    place = Place("fairlead.yaml", 3, 1, 3, 2)
    finding = Finding("FL2009", "error", "no target `argo-cd` is installed", "", place)
    return preview_of((), verdict="base does not compile", findings=(), base=Side("main", COMMIT, None, (finding,)))
