"""The project's object store: where what steps hand on is kept, and how Argo's executor and the steps reach it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from fairlead.project.unit import Unit
from fairlead.spec.units import Uri
from fairlead_targets.argo_workflows.options import ArgoWorkflowsOptions

SCHEMES: Final = ("s3", "gs", "abfs")
RUN: Final = "run-{{workflow.uid}}"
"""A run's id, which is also the folder of what its steps hand on, and the name of its TrainJob."""
REPOSITORY_KEY: Final = "artifact-repository"
"""The key in the pipeline's ConfigMap under which Argo finds the store."""
ACCESS_KEY: Final = "accessKey"
SECRET_KEY: Final = "secretKey"  # noqa: S105 - the name of a key


@dataclass(frozen=True, slots=True)
class Store:
    """The object store of a project, as one pipeline uses it."""

    uri: Uri
    region: str | None
    endpoint: str | None
    secret: str | None
    pipeline: str

    @classmethod
    def of(cls, unit: Unit, options: ArgoWorkflowsOptions) -> Store | None:
        """The store of a unit's project, or None where it has none that workflows can use."""
        artifacts = unit.project.artifacts
        if artifacts is None or artifacts.uri.scheme not in SCHEMES:
            return None
        secret = str(options.artifacts_secret) if options.artifacts_secret else None
        endpoint = str(artifacts.endpoint) if artifacts.endpoint else None
        return cls(artifacts.uri, artifacts.region, endpoint, secret, unit.name)

    def key(self, path: str, run: str = RUN) -> str:
        """The key of what a run's step gives."""
        return "/".join(part for part in (self.uri.key.strip("/"), "runs", self.pipeline, run, path) if part)

    def address(self, path: str, run: str = RUN) -> str:
        """The URI of what a run's step gives."""
        return f"{self.uri.scheme}://{self.uri.bucket}/{self.key(path, run)}"

    def repository(self) -> str:
        """The artifact repository of Argo Workflows, as the text of a ConfigMap's key: JSON, which is YAML as well."""
        prefix = f"{self.uri.key.strip('/')}/" if self.uri.key.strip("/") else ""
        logs = f"{prefix}logs/{self.pipeline}/{{{{workflow.name}}}}/{{{{pod.name}}}}"
        settings: dict[str, Any]
        if self.uri.scheme == "s3":
            settings = {"s3": {**self._s3(), "keyFormat": logs}}
        elif self.uri.scheme == "gs":
            settings = {"gcs": {"bucket": self.uri.bucket, "keyFormat": logs}}
        else:
            container, endpoint = azure_container(self.uri.bucket)
            azure = {"endpoint": endpoint, "container": container, "useSDKCreds": True, "blobNameFormat": logs}
            settings = {"azure": azure}
        return json.dumps({"archiveLogs": True, **settings}, indent=2) + "\n"

    def _s3(self) -> dict[str, Any]:
        endpoint = self.endpoint or "https://s3.amazonaws.com"
        scheme, _, host = endpoint.partition("://")
        settings: dict[str, Any] = {"bucket": self.uri.bucket, "endpoint": host.rstrip("/")}
        if self.region:
            settings["region"] = self.region
        if scheme == "http":
            settings["insecure"] = True
        if self.secret is None:
            return {**settings, "useSDKCreds": True}
        return {
            **settings,
            "accessKeySecret": {"name": self.secret, "key": ACCESS_KEY},
            "secretKeySecret": {"name": self.secret, "key": SECRET_KEY},
        }

    @property
    def variables(self) -> dict[str, str]:
        """Variables by which a step's own client of the store finds it, as the SDKs of AWS read them."""
        if self.uri.scheme != "s3":
            return {}
        given = {"AWS_REGION": self.region, "AWS_ENDPOINT_URL": self.endpoint}
        return {name: value for name, value in given.items() if value}

    @property
    def credentials(self) -> dict[str, tuple[str, str]]:
        """Variables with the store's credentials, where Pods have no cloud identity."""
        if self.uri.scheme != "s3" or self.secret is None:
            return {}
        return {
            "AWS_ACCESS_KEY_ID": (self.secret, ACCESS_KEY),
            "AWS_SECRET_ACCESS_KEY": (self.secret, SECRET_KEY),
        }


def azure_container(bucket: str) -> tuple[str, str]:
    """The container and the endpoint of Azure Blob Storage that `container@account.dfs.core.windows.net` stands for."""
    container, _, host = bucket.partition("@")
    return container, f"https://{host.replace('.dfs.', '.blob.')}"
