"""fairlead.yaml: what the clusters run, which environments there are, and the options of the targets."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

from hypothesis import strategies as st

from tests.laws.generate.dice import Dice, Tree, filled

TARGETS = ("argo-workflows", "kserve", "prometheus", "github-actions")
RECONCILERS = (None, "argo-cd", "flux")
"""A project has one of them at most."""
RUNNER = "ghcr.io/acme/fairlead-runner"
STORES = ("s3://acme-ml-artifacts", "s3://acme-ml/a=b/c", "gs://acme_ml/x")
"""Where steps keep what they hand on; the workflow that reads candidates knows S3 alone."""
ENVIRONMENTS = ("staging", "production", "no", "e3", "x" * 40, "dev", "a-b", "0")
PROFILES: dict[str, Tree] = {
    "cpu-small": {"cpu": 2, "memory": "4Gi", "price": "0.09/h"},
    "cpu-spot": {"cpu": "500m", "memory": "1500Mi", "spot": True, "price": "0.05/h"},
    "cpu-serving": {"cpu": 2, "memory": "4Gi", "disk": "9Gi", "nodes": {"a.example/pool": "no"}, "tolerations": ["no"]},
    "gpu-one": {"cpu": 8, "memory": "32Gi", "gpu": {"count": 1}, "shm": "8Gi", "tolerations": ["nvidia.com/gpu"]},
    "gpu-two": {"cpu": 24, "memory": "192Gi", "gpu": {"count": 2, "resource": "amd.com/gpu"}, "price": "9.80/h"},
}  # fmt: skip
"""The catalogue. What is in it is always the same; which profile is used for what is drawn."""

QUEUED: Tree = {
    "queue": "team-ml",
    "priority": "no",
    "tolerations": [{"key": "a/b", "value": "no"}, {"key": "c", "effect": "NoExecute"}],
}
"""A profile of clusters with Kueue."""


@dataclass(frozen=True)
class World:
    """What the specifications of a project may rely on."""

    project: Tree
    targets: tuple[str, ...]
    kserve: str | None
    knative: str | None
    keda: bool
    trainer: bool
    alerts: bool
    """Whether an alert can start a training: Argo Events and the Prometheus operator are there."""
    kueue: bool
    gateway: str
    controller: str
    routed: bool
    """Whether a host of one's own finds the Gateway that it hangs on."""
    private: bool
    environments: tuple[str, ...]
    training: str
    protected: frozenset[str]
    builds: bool
    """Whether a workflow builds images, which only paths of plain characters survive."""
    profiles: dict[str, Tree] = field(default_factory=lambda: PROFILES)

    @property
    def trains(self) -> bool:
        """Whether the project compiles to what trains."""
        return "argo-workflows" in self.targets


def world(dice: Dice) -> World:
    """A project, and what its specifications may rely on."""
    targets = TARGETS if dice.chance(75) else tuple(dice.some(TARGETS, least=1, most=3))
    environments = dice.some(ENVIRONMENTS, least=1, most=3)
    training = environments[0] if dice.chance(70) else dice.pick(environments)
    kserve = dice.pick(["0.20", "0.15"])
    knative = dice.pick(["1.19", None, "1.15", "1.16", "1.17", "1.18"])
    kind = dice.pick(["gateway-api", "istio", "none"])
    controller = dice.pick(["istio", "envoy-gateway", "other"]) if kind == "gateway-api" else "istio"
    routed, private = dice.chance(70), dice.chance(60)
    keda, trainer, kueue, alerts = dice.chance(70), dice.chance(60), dice.chance(50), dice.chance(70)
    deploy = _deploy(dice, environments) if dice.chance(40) else {}
    github, builds = _github(dice, environments, bool(deploy)) if "github-actions" in targets else ({}, False)
    section, protected = _environments(dice, environments, training)
    reconciler = dice.pick(RECONCILERS)
    plain = bool(github) or reconciler is not None  # what names the output's folder in templates and patterns
    platform = filled(
        {
            "argo-workflows": dice.pick(["4.1", "3.7"]),
            "argo-events": "1.9" if alerts else None,
            "kserve": kserve,
            "knative": knative,
            "keda": "2.20" if keda else None,
            "kubeflow-trainer": "2.1" if trainer else None,
            "kueue": "0.20" if kueue else None,
            "prometheus-operator": "0.93" if alerts or dice.chance(50) else None,
            "prometheus": "http://prometheus.monitoring.svc:9090" if keda else None,
            "runner": RUNNER if dice.chance(80) else f"{RUNNER}:1e3",
            "gateway": filled(
                {
                    "kind": kind,
                    "controller": controller if kind == "gateway-api" else None,
                    "ref": "gateways/ml" if routed and kind != "none" else None,
                    "private": private or None,
                }
            ),
        }
    )
    project: Tree = {
        "apiVersion": "fairlead.dev/v1",
        "kind": "Project",
        "metadata": {"name": dice.pick(["acme-ml", "a", "no", "x" * 63, "fairlead", "0"])},
        "specs": dice.pick(["specs/*.yaml", ["specs/*.yaml", "more/*.yaml"]]),
        "output": dice.pick(["rendered", "rendered", "no", "R", *([] if plain else ["out/made $(id) here"])]),
        "targets": _targets(dice, targets, github, _reconciler(dice, reconciler, environments)),
        "platform": platform,
        "environments": section,
        "hardware": PROFILES | ({"queued": QUEUED} if kueue else {}),
        "artifacts": filled(
            {
                "uri": dice.pick(STORES[:1] if "candidates" in github else STORES),
                "region": dice.pick(["eu-central-1", None]),
                "endpoint": dice.pick([None, None, "https://minio.acme.example:9000"]),
            }
        ),
        "mlflow": {"tracking_uri": dice.pick(["http://mlflow.ml.svc:5000", "https://mlflow.acme.example/$(id)"])},
        "git": filled(
            {
                "repository": "acme/ml-platform",
                "url": dice.pick([None, None, "https://git.acme.example/acme/ml-platform.git"]),
                "branch": dice.pick(["main", "release/1.x", "no"]),
                "deploy": deploy or None,
            }
        ),
    }  # fmt: skip
    if dice.chance(25):
        project["defaults"] = _defaults(dice)
    if dice.chance(25):
        # Of those that a project may break, so that it still compiles.
        names = dice.some(["serving.no-slo", "monitoring.no-runbook", "serving.no-way-back"], least=1)
        project["policies"] = {name: dice.pick(["warning", "note", "ignore"]) for name in names}
    return World(
        project, targets, kserve, knative, keda, trainer, alerts, kueue, kind, controller, routed, private,
        tuple(environments), training, protected, builds,
    )  # fmt: skip


def _environments(dice: Dice, names: list[str], training: str) -> tuple[Tree, frozenset[str]]:
    section: Tree = {}
    protected = set()
    for position, name in enumerate(names):
        namespace = (
            dice.pick([f"ml-{position}", f"{position}" + "n" * 40])
            if len(names) > 1
            else dice.pick(["ml", "no", "0" * 63])
        )
        own: Tree = {"namespace": namespace}
        if name == training:
            own["trains"] = True
        elif position and dice.chance(70):
            own["after"] = names[position - 1]
            if dice.chance(40):
                own["soak"] = dice.pick(["24h", "1w", "90m"])
        if dice.chance(40):
            own["protected"] = True
            protected.add(name)
        section[name] = own
    return section, frozenset(protected)


def _github(dice: Dice, environments: list[str], deployed: bool) -> tuple[Tree, bool]:
    every = ["validate", "preview", "check", "build", "candidates", "apply", *(["deliver"] if deployed else [])]
    chosen = dice.some(every, least=1, most=len(every))
    options: Tree = {"workflows": chosen}
    if "candidates" in chosen:
        options["candidates"] = {"role": "arn:aws:iam::123456789012:role/ml/reader=,.@-"}
    if "apply" in chosen:
        options["clusters"] = {
            name: {"server": f"https://{position}.k8s.acme.example"} for position, name in enumerate(environments)
        }
    if "build" in chosen:
        options["registry"] = {"host": "ghcr.io"}
    if dice.chance(30):
        options |= {
            "runs_on": "no",
            "python": "3.12",
            "environment": "On.1",
            "merge": dice.pick(["squash", "merge", "rebase"]),
        }
        options |= {"attest": False, "code_scanning": False}
    return options, "build" in chosen


def _deploy(dice: Dice, environments: list[str]) -> Tree:
    return filled(
        {
            "repository": dice.pick([None, "acme/ml-deploy"]),
            "url": dice.pick([None, "ssh://git@git.acme.example:2222/acme/ml-deploy.git"]),
            "branch": dice.pick([None, "live"]),
            "branches": {name: f"live/{position}" for position, name in enumerate(environments) if dice.chance(50)},
            "path": dice.pick([None, "clusters/ml", "no"]),
        }
    )


def _reconciler(dice: Dice, name: str | None, environments: list[str]) -> dict[str, Tree]:
    """One of them with options, or none. A short prefix leaves room for any name."""
    if name is None:
        return {}
    each = "applications" if name == "argo-cd" else "kustomizations"
    options: Tree = {"prefix": "p", each: "environment"} if name == "argo-cd" or dice.chance(30) else {}
    if dice.chance(50):
        options["environments"] = {name: {"prune": dice.pick(["automatic", "never"])} for name in environments}
    return {name: options}


def _targets(dice: Dice, targets: tuple[str, ...], github: Tree, reconciler: dict[str, Tree]) -> object:
    options: Tree = {name: {} for name in targets}
    options.update(reconciler)
    if github:
        options["github-actions"] = github
    if "argo-workflows" in options and dice.chance(40):
        options["argo-workflows"] = {
            "egress_ports": [5432],
            "artifacts_secret": "no",
            "cache_generation": 2,
            "cache_max_age": "1w",
        }
    if "prometheus" in options and dice.chance(40):
        options["prometheus"] = {
            "scrape_interval": dice.pick(["15s", "75s"]),
            "low_traffic": 0,
            "idle": "2h",
            "labels": {"release": "no"},
        }
    if dice.chance(50):
        options["model-card"] = {}
    if dice.chance(50):
        return [name if not own else {name: own} for name, own in options.items()]
    return options


def _defaults(dice: Dice) -> Tree:
    return dice.pick(
        [
            {"hardware": {"default": "cpu-small"}},
            {"metadata": {"labels": {"tier": "no"}}},
            {"monitoring": {"alerts": {"page": "oncall"}, "runbook": "https://runbooks.acme.example/$(id)"}},
            {"suspend": True},
        ]
    )


@cache
def hardware(gpu: bool | None = None, *, queued: bool = False) -> st.SearchStrategy[str | Tree]:
    """A profile of the catalogue, or one written in place; with a GPU, without one, or either."""
    named = [name for name, profile in PROFILES.items() if gpu is None or ("gpu" in profile) == gpu]
    own: list[Tree] = [
        {"cpu": "500m", "memory": "1Gi"},
        {},
        {"memory": "3000M", "disk": "1Ti", "shm": "64Mi", "priority": "no"},
        {"tolerations": [{"key": "a/b", "value": "no"}, {"key": "c", "effect": "NoExecute"}]},
        {"nodes": {"no": "1e3", "topology.kubernetes.io/zone": ""}, "price": "0.07/h", "spot": True},
    ]  # fmt: skip
    if gpu is not False:
        own.append({"cpu": 4, "memory": "16Gi", "gpu": {"resource": "amd.com/gpu"}})
    if queued:
        own += [QUEUED, {"queue": "no"}]
    return st.sampled_from([*named, *(own if not gpu else own[-1:])])
