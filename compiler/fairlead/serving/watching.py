"""Drift of what is asked of a server on this machine: the step that a cluster runs, and its gauges beside the server's.

The gauges have the names and labels that Argo Workflows gives them, so that the compiled rules work on them.
"""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from prometheus_client import REGISTRY, CollectorRegistry, Gauge

from fairlead.plan import contract
from fairlead.plan.nodes import Drift, DriftScore
from fairlead.plan.plan import Plan
from fairlead.project.lock import LockedModel
from fairlead.resources.metric_names import DRIFT_ROWS, DRIFT_SCORE
from fairlead.serving.payloads import NAMESPACE

ROWS: Final = "rows"


class Watch:
    """Measures drift again and again, in a process of its own each time, and tells the gauges."""

    def __init__(
        self, plan: Plan, drift: Drift, model: LockedModel, payloads: str, registry: CollectorRegistry = REGISTRY
    ) -> None:
        assert drift.run is not None
        self._pipeline, self._model = plan.name, model
        self._parameters = {**drift.run.parameters, "payloads": payloads, "namespace": NAMESPACE}
        self._methods = {score.feature: score.method for score in plan.of(DriftScore)}
        self._score = Gauge(DRIFT_SCORE.series, DRIFT_SCORE.help, DRIFT_SCORE.labels, registry=registry)
        self._rows = Gauge(DRIFT_ROWS.series, DRIFT_ROWS.help, DRIFT_ROWS.labels, registry=registry)
        self._ended = threading.Event()
        self._running: subprocess.Popen[str] | None = None

    def start(self, every: float) -> None:
        """Measures every so many seconds, from a thread, until `stop`."""
        threading.Thread(target=self._again_and_again, args=(every,), name="drift", daemon=True).start()

    def stop(self) -> None:
        """Ends it, and the step that is running."""
        self._ended.set()
        running = self._running
        if running is not None and running.poll() is None:
            running.terminate()

    def measure(self) -> str | None:
        """Runs the step once and tells the gauges; gives what it wrote where it failed."""
        with TemporaryDirectory(prefix="fairlead-drift-") as folder:
            results = Path(folder)
            names = [ROWS, *(f"score_{feature}" for feature in self._methods)]
            command = [sys.executable, "-m", "fairlead.steps", "drift"]
            self._running = subprocess.Popen(
                command,
                env=self._variables(results, names),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                # Ctrl-C is for the server, which then ends the step itself.
                start_new_session=True,
            )
            said, _ = self._running.communicate()
            if self._running.returncode != 0:
                return said
            found = {name: _number(results / name) for name in names}
        labels = (self._pipeline, NAMESPACE)
        self._rows.labels(*labels).set(found[ROWS])
        for feature, method in self._methods.items():
            self._score.labels(*labels, feature, method).set(found[f"score_{feature}"])
        return None

    def _again_and_again(self, every: float) -> None:
        while not self._ended.wait(every):
            said = self.measure()
            if said is not None and not self._ended.is_set():
                last = said.strip().splitlines()[-1:] or ["it said nothing"]
                sys.stderr.write(f"drift was not measured: {last[0]}\n")

    def _variables(self, results: Path, names: list[str]) -> Mapping[str, str]:
        parameters = results / "parameters.json"
        parameters.write_text(contract.parameters_json(self._parameters), encoding="ascii")
        return {
            **os.environ,
            contract.STEP: "drift",
            contract.PIPELINE: self._pipeline,
            contract.RUN_ID: "serve",
            contract.SEED: "0",
            contract.PARAMETERS: str(parameters),
            contract.input_variable("payloads"): str(self._parameters["payloads"]),
            **contract.champion_variables(self._model),
            **{contract.result_variable(name): str(results / name) for name in names},
        }


def _number(path: Path) -> float:
    """A result of the step; NaN where it gave none, as a cluster has it."""
    try:
        return float(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return math.nan
