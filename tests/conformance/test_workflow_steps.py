"""A compiled training is run: every container's own command, against a real MLflow server and a real object store."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fairlead.project.candidate import decode
from fairlead.project.registration import model_of
from fairlead.remote.mlflow import Mlflow
from fairlead.remote.storage import Store
from tests.conformance.tracking_server import tracking_server
from tests.conformance.workflows import UID, Workflow
from tests.unit.targets.argo_workflows.trained import compiled, names, one, project, workflow

TRAIN = """\
import csv, json, os, joblib
from sklearn.tree import DecisionTreeClassifier

parameters = json.load(open(os.environ["FAIRLEAD_PARAMS"]))
assert os.environ["MLFLOW_RUN_ID"] and os.environ["FAIRLEAD_PARAM_DEPTH"] == str(parameters["depth"])
rows = list(csv.DictReader(open(os.environ["FAIRLEAD_INPUT_TRAIN"])))
model = DecisionTreeClassifier(max_depth=parameters["depth"], random_state=0)
model.fit([[float(row["age"])] for row in rows], [row["left"] for row in rows])
os.makedirs(os.environ["FAIRLEAD_OUTPUT_MODEL"])
joblib.dump(model, os.environ["FAIRLEAD_OUTPUT_MODEL"] + "/model.joblib")
"""
SPEC = """\
apiVersion: fairlead.dev/v1
kind: Pipeline
metadata: {{name: churn, owner: growth-ml}}
data:
  sources:
    customers:
      uri: {bucket}/customers.csv
      columns:
        id: {{type: string, role: id, unique: true}}
        age: {{type: integer, min: 0}}
        plan: {{type: category, values: [a, b], role: slice}}
        left: {{type: category, values: ["yes", "no"], positive: "yes", role: label}}
      expect: [rows >= 100]
  split: {{by: id, test: 0.3, validation: 0.2}}
model:
  task: binary-classification
  framework: sklearn
  code: {{image: ghcr.io/acme/churn}}
  train: {{command: [python, -m, churn_train], parameters: {{depth: 1}}}}
{tune}
  evaluate:
    metrics: [recall, roc_auc]
    gates: [roc_auc >= {bound}, roc_auc >= champion - 0.05, "recall[plan] >= 0.5"]
    min_support: 5
"""

TUNE = "  tune: {search: grid, over: {depth: [1, 3]}, objective: maximize roc_auc}"


@pytest.fixture(scope="module")
def mlflow_server(tmp_path_factory: pytest.TempPathFactory, tables: Path) -> Iterator[str]:
    with tracking_server(tmp_path_factory.mktemp("mlflow-server"), tables) as address:
        yield address


class Site:
    """A compiled training, and what it runs against."""

    def __init__(self, folder: Path, bucket: str, server: str, variables: dict[str, str]) -> None:
        self.folder, self.bucket, self.server, self.variables = folder, bucket, server, variables
        self.mlflow = Mlflow(server)
        code = folder / "code"
        code.mkdir()
        (code / "churn_train.py").write_text(TRAIN)
        lines = ["id,age,plan,left"]
        for index in range(400):
            age = 18 + index * 37 % 70
            lines.append(f"c{index},{age},{'ab'[index % 2]},{'yes' if 30 < age < 60 else 'no'}")
        Store(bucket).write("customers.csv", ("\n".join(lines) + "\n").encode())

    def training(
        self, name: str, bound: str = "0.9", tune: str = TUNE, champion: dict[str, str] | None = None
    ) -> Workflow:
        """Compiles a training."""
        folder = self.folder / name
        folder.mkdir()
        fairlead = project(artifacts=f"{{uri: {self.bucket}, region: us-east-1}}")
        made = compiled(folder, SPEC.format(bucket=self.bucket, bound=bound, tune=tune), fairlead, measure=True)
        needed = [each.split(" ")[1] for each in names(made) if "trials" in each]
        needed.append("churn-train")
        maps: dict[str, Any] = {each: one(made, "ConfigMap", each)["data"] for each in needed}
        if champion is not None:
            maps["churn-champion"] = champion
        environ = {
            **self.variables,
            "MLFLOW_TRACKING_URI": self.server,
            "PYTHONPATH": f"{self.folder / 'code'}",
            "GIT_PYTHON_REFRESH": "quiet",
        }
        return Workflow(workflow(made), folder, environ, maps)


@pytest.fixture
def site(tmp_path: Path, bucket: str, mlflow_server: str, object_store_variables: dict[str, str]) -> Site:
    return Site(tmp_path, bucket, mlflow_server, object_store_variables)


def test_a_training_ends_with_a_candidate_and_a_worse_one_is_refused(site: Site) -> None:
    first = site.training("first")
    status = first.run()
    assert status == "Succeeded", first.logs
    versions = site.mlflow.versions("churn")
    assert [each.number for each in versions] == [1]
    locked = model_of(1, versions[0].run, versions[0].tags)
    assert Store(str(locked.uri)).manifest().digest == str(locked.digest)
    assert locked.reference is not None
    (path,) = Store(f"{site.bucket}/candidates/churn/").paths()
    candidate = decode(path, Store(site.bucket).read(f"candidates/churn/{path}"))
    assert candidate.model == locked
    assert [str(each) for each in candidate.data] == ["customers"]
    run = site.mlflow.find_run("churn", f"run-{UID}")
    assert run is not None
    assert (run.status, locked.run) == ("FINISHED", run.id)
    assert len(site.mlflow.children(run.id)) == 2
    assert run.metrics["roc_auc"] >= 0.9
    # Fairlead's own steps, the user's training in each trial and at last, all but what came after.
    own = {"data/customers", "check/customers", "split", "tune/choose", "tune/score", "evaluate", "gate"}
    assert locked.usage.keys() == own | {"tune", "train"}
    assert {each.measured for each in locked.usage.values()} <= {"container", "process"}
    assert run.metrics["usage/train/memory_mib"] == locked.usage["train"].memory.bytes / (1 << 20) > 10
    assert run.metrics["usage/train/cpu_seconds"] >= 1

    champion = {"version": "1", "uri": str(locked.uri), "digest": str(locked.digest)}
    second = site.training("second", "0.99", "", champion)
    assert second.run() == "Failed"
    assert second.codes["gate"] == 10
    assert "`roc_auc >= 0.99`" in second.logs["gate"]
    assert "champion" in second.codes
    assert not {"register", "propose"} & second.codes.keys()
    assert [each.number for each in site.mlflow.versions("churn")] == [1]
    assert len(Store(f"{site.bucket}/candidates/churn/").paths()) == 1
    ended = site.mlflow.find_run("churn", f"run-{UID}")
    assert ended is not None
    assert ended.status == "FAILED"
    report = json.loads((second.folder / "pods/champion/out/report").read_text())
    assert report["dataset"] == json.loads((second.folder / "pods/evaluate/out/report").read_text())["dataset"]
