"""MLflow behind one door: runs, metrics, artifacts, datasets and the registry of models.

A tracking URI is a server's (`http://mlflow.ml.svc:5000`) or that of an embedded SQLite database, as `fairlead run` has
it: `embedded(folder)` names the database `<folder>/mlflow.db`, and the artifacts of its experiments are kept in
`<folder>/mlflow-artifacts/`, because a database holds none. Steps, the training code of users and commands are all told
by MLFLOW_TRACKING_URI which one it is.

Every failure is a RemoteFailure. A server that doesn't answer is asked again for about half a minute; MLflow's own
variables MLFLOW_HTTP_REQUEST_MAX_RETRIES and MLFLOW_HTTP_REQUEST_TIMEOUT change that.
"""

from __future__ import annotations

import fcntl
import logging
import os
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import urlsplit
from urllib.request import getproxies

from fairlead.remote.failures import Missing, RemoteFailure
from fairlead.remote.mlflow_failures import failure_of
from fairlead.remote.mlflow_records import DatasetInput, Run, Version, name_of, quoted, run_of, version_of

if TYPE_CHECKING:
    from mlflow import MlflowClient

__all__ = ["RUN_ID", "TRACKING_URI", "DatasetInput", "Mlflow", "Run", "Version", "embedded"]

TRACKING_URI: Final = "MLFLOW_TRACKING_URI"
RUN_ID: Final = "MLFLOW_RUN_ID"
KEY_TAG: Final = "fairlead.key"
"""The tag by which a run is found again: the run's id of the contract, and the trial's index for a trial."""
DATABASE: Final = "mlflow.db"
ARTIFACTS: Final = "mlflow-artifacts"
_SQLITE: Final = "sqlite:///"
_PATIENCE: Final = {
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "5",
    "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR": "1",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "60",
    "MLFLOW_DISABLE_TELEMETRY": "true",
}
"""Settings of MLflow's client where nobody has set them: its own wait for minutes, and it would report its use."""
_BATCH: Final = 100
"""How many parameters, tags or metrics MLflow takes in one request."""
_LONGEST: Final = 6000
"""The longest value of a parameter that MLflow takes."""
_LONGEST_TAG: Final = 5000
"""The longest value of a run's tag."""

T = TypeVar("T")


def embedded(folder: Path) -> str:
    """The tracking URI of a database in a folder, which is made. Parallel steps wait for each other for a minute."""
    folder.mkdir(parents=True, exist_ok=True)
    return f"{_SQLITE}{folder.absolute()}/{DATABASE}?timeout=60"


class Mlflow:
    """One tracking server, or one embedded database, and its registry of models."""

    def __init__(self, uri: str) -> None:
        self.uri = uri

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Mlflow:
        """The MLflow that MLFLOW_TRACKING_URI names. Raises RemoteFailure where it is not set."""
        uri = environ.get(TRACKING_URI)
        if not uri:
            raise RemoteFailure(
                f"no MLflow is known: the variable {TRACKING_URI} is not set",
                "write `mlflow: {tracking_uri: …}` in fairlead.yaml; `fairlead run` brings its own",
            )
        return cls(uri)

    # Runs

    def is_reachable(self, seconds: float = 3) -> bool:
        """Whether somebody listens at the server's address; a question for those who would rather not wait long."""
        try:
            place = urlsplit(self.uri)
            if place.scheme not in ("http", "https") or place.hostname is None or place.scheme in getproxies():
                return True
            port = place.port or (443 if place.scheme == "https" else 80)
            socket.create_connection((place.hostname, port), seconds).close()
        except (OSError, ValueError):  # ValueErrors are of what can't be an address, as a port of 99999
            return False
        return True

    def open_run(
        self,
        experiment: str,
        key: str,
        *,
        name: str | None = None,
        parent: str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> str:
        """The id of the run with this key, which is opened where there is none yet: asking twice gives the same run.

        A run that has ended is opened again, because what is asked for is a run to write to.
        """
        found = self.find_run(experiment, key)
        if found is not None:
            if found.status != "RUNNING":
                with self._translated(f"the run {found.id} can't be opened again"):
                    self._client.update_run(found.id, status="RUNNING")
            return found.id
        given = {**(tags or {}), KEY_TAG: key}
        if parent is not None:
            given["mlflow.parentRunId"] = parent
        experiment_id = self._experiment(experiment)
        with self._translated("a run can't be opened"):
            return str(self._client.create_run(experiment_id, tags=given, run_name=name or key).info.run_id)

    def find_run(self, experiment: str, key: str) -> Run | None:
        """The run of an experiment with this key, None where there is none."""
        with self._translated(f"the experiment {experiment} can't be searched"):
            known = self._client.get_experiment_by_name(experiment)
            if known is None:
                return None
            where = f"tags.`{KEY_TAG}` = '{quoted(key)}'"
            found = self._client.search_runs([known.experiment_id], where, max_results=1)
        return run_of(found[0]) if found else None

    def run(self, run_id: str) -> Run:
        """What MLflow knows of a run. Raises Missing where it has none of that id."""
        with self._translated(f"the run {run_id} can't be read"):
            return run_of(self._client.get_run(run_id))

    def children(self, run_id: str) -> list[Run]:
        """The runs below a run, in the order in which they were opened."""
        with self._translated(f"the runs below {run_id} can't be read"):
            experiment = self._client.get_run(run_id).info.experiment_id
            where = f"tags.`mlflow.parentRunId` = '{quoted(run_id)}'"
            found = self._client.search_runs([experiment], where, order_by=["attributes.start_time ASC"])
        return [run_of(each) for each in found]

    def end_run(self, run_id: str, status: str) -> None:
        """Ends a run as `FINISHED`, `FAILED` or `KILLED`."""
        with self._translated(f"the run {run_id} can't be ended"):
            self._client.set_terminated(run_id, status)

    def log_params(self, run_id: str, params: Mapping[str, Any]) -> None:
        """Parameters of a run; a long value is cut. One that the run has with another value is a failure."""
        from mlflow.entities import Param

        items = [Param(name_of(key), str(value)[:_LONGEST]) for key, value in params.items()]
        self._in_batches(run_id, items, lambda part: self._client.log_batch(run_id, params=part))

    def log_metrics(self, run_id: str, metrics: Mapping[str, float]) -> None:
        """Metrics of a run, NaN included. Brackets and the like, which MLflow takes in no name, become underscores."""
        from mlflow.entities import Metric

        now = int(time.time() * 1000)
        items = [Metric(name_of(key), float(value), now, 0) for key, value in metrics.items()]
        self._in_batches(run_id, items, lambda part: self._client.log_batch(run_id, metrics=part))

    def set_tags(self, run_id: str, tags: Mapping[str, str]) -> None:
        """Tags of a run, which replace those of the same name; a long value is cut."""
        from mlflow.entities import RunTag

        items = [RunTag(name_of(key), value[:_LONGEST_TAG]) for key, value in tags.items()]
        self._in_batches(run_id, items, lambda part: self._client.log_batch(run_id, tags=part))

    def log_dataset(self, run_id: str, dataset: DatasetInput) -> None:
        """A dataset that a run reads. Told twice it is there once."""
        import json

        from mlflow.entities import Dataset, DatasetInput as Input, InputTag

        digest = dataset.digest.removeprefix("sha256:")[:36]
        source = json.dumps({"uri": dataset.source})
        entity = Dataset(dataset.name, digest, source_type="fairlead", source=source)
        tagged = Input(entity, [InputTag("mlflow.data.context", dataset.context)])
        with self._translated(f"the dataset {dataset.name} can't be logged"):
            self._client.log_inputs(run_id, datasets=[tagged])

    def log_file(self, run_id: str, path: Path, folder: str | None = None) -> None:
        """A file among a run's artifacts."""
        with self._translated(f"the artifact {path.name} can't be logged"):
            self._client.log_artifact(run_id, str(path), folder)

    def log_text(self, run_id: str, text: str, path: str) -> None:
        """A text among a run's artifacts, at a path there."""
        with self._translated(f"the artifact {path} can't be logged"):
            self._client.log_text(run_id, text, path)

    def log_figure(self, run_id: str, figure: Any, path: str) -> None:
        """A figure of matplotlib as an image among a run's artifacts; the path's ending says of which kind."""
        with self._translated(f"the image {path} can't be logged"):
            self._client.log_figure(run_id, figure, path)

    def artifacts(self, run_id: str, folder: str | None = None) -> list[str]:
        """The paths of a run's artifacts, in a folder of them."""
        with self._translated(f"the artifacts of the run {run_id} can't be listed"):
            return [str(each.path) for each in self._client.list_artifacts(run_id, folder)]

    # The registry of models

    def register_version(
        self, name: str, source: str, *, run: str | None, tags: Mapping[str, str], description: str | None = None
    ) -> Version:
        """A version of the registered model `name`, which is made where there is none, with the bytes at `source`."""
        with self._translated(f"the model {name} can't be registered"):
            self._ensure_registered(name)
            made = self._client.create_model_version(
                name, source, run_id=run, tags=dict(tags), description=description, await_creation_for=0
            )
        return version_of(made)

    def versions(self, name: str, tags: Mapping[str, str] | None = None) -> list[Version]:
        """The versions of a model that have these tags, the newest first; none where nobody has registered any."""
        where = " and ".join(
            [f"name = '{quoted(name)}'", *(f"tags.`{key}` = '{quoted(text)}'" for key, text in (tags or {}).items())]
        )
        with self._translated(f"the versions of {name} can't be listed"):
            found: list[Version] = []
            token: str | None = None
            while True:
                page = self._client.search_model_versions(where, page_token=token)
                found += [version_of(each) for each in page]
                token = page.token
                if not token:
                    return sorted(found, key=lambda version: -version.number)

    def version(self, name: str, number: int) -> Version:
        """One version of a model. Raises Missing where there is none of that number."""
        with self._translated(f"version {number} of {name} can't be read"):
            return version_of(self._client.get_model_version(name, str(number)))

    def aliased(self, name: str, alias: str) -> Version | None:
        """The version that an alias points to, None where there is no such alias."""
        try:
            with self._translated(f"the aliases of {name} can't be read"):
                known = self._client.get_registered_model(name).aliases
        except Missing:
            return None
        return self.version(name, int(known[alias])) if alias in known else None

    def set_alias(self, name: str, alias: str, number: int) -> None:
        """Points an alias to a version. Raises Missing where there is no such version."""
        with self._translated(f"the alias {alias} of {name} can't be set"):
            self._client.set_registered_model_alias(name, alias, str(number))

    def delete_alias(self, name: str, alias: str) -> None:
        """Takes an alias away; nothing happens where there is none."""
        if self.aliased(name, alias) is not None:
            with self._translated(f"the alias {alias} of {name} can't be taken away"):
                self._client.delete_registered_model_alias(name, alias)

    def tag_version(self, name: str, number: int, tags: Mapping[str, str]) -> None:
        """Tags of a version, which replace those of the same name."""
        with self._translated(f"version {number} of {name} can't be tagged"):
            for key, value in tags.items():
                self._client.set_model_version_tag(name, str(number), key, value)

    # What stands behind them

    @cached_property
    def _client(self) -> MlflowClient:
        for name, value in _PATIENCE.items():
            os.environ.setdefault(name, value)
        logging.getLogger("alembic").setLevel(logging.WARNING)
        try:
            from mlflow import MlflowClient
        except ImportError as error:
            raise RemoteFailure(f"MLflow is not installed: {error}", "install `fairlead[run]`") from error
        logging.getLogger("mlflow").setLevel(logging.WARNING)
        with _alone(self._database):
            client = MlflowClient(self.uri, self.uri)
            if self._database is not None:
                # The first call makes the tables of a new database, which two processes must not do at once.
                client.get_experiment_by_name("Default")
        return client

    @property
    def _database(self) -> Path | None:
        """The file of an embedded database; None for a server."""
        if not self.uri.startswith(_SQLITE):
            return None
        return Path(self.uri.removeprefix(_SQLITE).partition("?")[0])

    def _experiment(self, name: str) -> str:
        """The id of an experiment, which is made where there is none."""
        with self._translated(f"the experiment {name} can't be opened"):
            known = self._client.get_experiment_by_name(name)
            if known is None:
                self._make_experiment(name)
                known = self._client.get_experiment_by_name(name)
        if known is None:
            raise RemoteFailure(f"MLflow at {self.address} makes no experiment {name}", "look at its log")
        if known.lifecycle_stage != "active":
            raise RemoteFailure(
                f"the experiment {name} is deleted in MLflow at {self.address}",
                f"restore it: `mlflow experiments restore --experiment-id {known.experiment_id}`",
            )
        return str(known.experiment_id)

    def _make_experiment(self, name: str) -> None:
        """Makes an experiment, unless another process has done so since it was looked for."""
        from mlflow.exceptions import MlflowException

        place = (self._database.parent / ARTIFACTS / name).absolute().as_uri() if self._database else None
        try:
            self._client.create_experiment(name, artifact_location=place)
        except MlflowException as error:
            if error.error_code != "RESOURCE_ALREADY_EXISTS":
                raise

    def _ensure_registered(self, name: str) -> None:
        from mlflow.exceptions import MlflowException

        try:
            self._client.create_registered_model(name)
        except MlflowException as error:
            if error.error_code != "RESOURCE_ALREADY_EXISTS":
                raise

    def _in_batches(self, run_id: str, items: list[T], send: Callable[[list[T]], object]) -> None:
        with self._translated(f"the run {run_id} can't be written to"):
            for start in range(0, len(items), _BATCH):
                send(items[start : start + _BATCH])

    @property
    def address(self) -> str:
        """The tracking URI for people: without the password that it may have."""
        parts = urlsplit(self.uri)
        if "@" not in parts.netloc:
            return self.uri.partition("?")[0]
        return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()

    @contextmanager
    def _translated(self, failed: str) -> Iterator[None]:
        """Turns what MLflow and what is below it raise into one sentence."""
        try:
            yield
        except (RemoteFailure, MemoryError):
            raise
        except Exception as error:  # MLflow passes on what requests, SQLAlchemy and the stores of artifacts raise
            raise failure_of(error, failed, self.address) from error


@contextmanager
def _alone(database: Path | None) -> Iterator[None]:
    """While one process opens an embedded database, others wait."""
    if database is None:
        yield
        return
    database.parent.mkdir(parents=True, exist_ok=True)
    with (database.parent / f"{database.name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
