"""A container of a compiled workflow, run as a process here: its command, its variables and its files as they were
compiled, with the paths of a Pod below a folder, and with what Argo and Kubernetes put in for placeholders.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.rendered import containers, manifests

REPOSITORY = Path(__file__).resolve().parents[2]
PYTHONPATH = os.pathsep.join(str(REPOSITORY / root) for root in ("compiler", "targets"))


def workflow(environment: str, name: str, kind: str = "WorkflowTemplate") -> dict[str, Any]:
    """The resource of that kind and name, as it is committed."""
    return next(
        manifest
        for path, manifest in manifests(REPOSITORY)
        if path.startswith(f"rendered/{environment}/")
        and manifest["kind"] == kind
        and manifest["metadata"]["name"] == name
    )


@dataclass(frozen=True)
class Pod:
    """Where a template's paths are, and what its placeholders stand for."""

    root: Path
    values: Mapping[str, str]
    """By placeholder: `inputs.parameters.mlflow-run`, `workflow.uid`, and the names of ConfigMaps' keys."""

    def path(self, path: str) -> Path:
        """Where a path of the Pod's is here."""
        return self.root / path.lstrip("/")

    def run(self, manifest: dict[str, Any], name: str) -> subprocess.CompletedProcess[str]:
        """Runs a template of a workflow."""
        template = next(each for each in manifest["spec"]["templates"] if each["name"] == name)
        for artifact in template.get("inputs", {}).get("artifacts", ()):
            if "raw" in artifact:
                file = self.path(artifact["path"])
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(self._filled(artifact["raw"]["data"]))
        container = template["container"]
        command = [*container["command"], *container.get("args", ())]
        return subprocess.run(
            self._command(command), env=self.variables(container), capture_output=True, text=True, check=False
        )

    def start(self, manifest: dict[str, Any], name: str) -> subprocess.Popen[str]:
        """Starts a container that stands somewhere in a manifest."""
        container = next(each for _, each in containers(manifest) if each.get("name") == name)
        command, env = self._command(container["command"]), self.variables(container)
        return subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def variables(self, container: Mapping[str, Any]) -> dict[str, str]:
        """The container's variables, and those by which this machine finds Python's modules and the S3 server."""
        kept = ("PATH", "AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
        found = {name: os.environ[name] for name in kept if name in os.environ}
        for each in container["env"]:
            value = self._value(each)
            if value is not None:
                found[each["name"]] = self._here(re.sub(r"\$\(([A-Z_]+)\)", lambda m: found[m.group(1)], value))
        home = self.path("/tmp")
        home.mkdir(parents=True, exist_ok=True)
        # The region is the server's; every other value is the one that was compiled.
        return {**found, "AWS_REGION": "us-east-1", "HOME": str(home), "TMPDIR": str(home), "PYTHONPATH": PYTHONPATH}

    def result(self, name: str) -> str:
        """What a step has written for the workflow."""
        return self.path(f"/fairlead/results/{name}").read_text()

    def _value(self, variable: Mapping[str, Any]) -> str | None:
        source = variable.get("valueFrom")
        if source is None:
            return self._filled(str(variable["value"]))
        reference = source.get("configMapKeyRef") or source.get("fieldRef")
        return self.values.get(reference.get("key") or reference["fieldPath"])

    def _filled(self, text: str) -> str:
        return re.sub(r"\{\{([^}]+)\}\}", lambda match: self.values[match.group(1).strip()], text)

    def _here(self, value: str) -> str:
        return str(self.path(value)) if value.startswith(("/fairlead/", "/tmp/fairlead-")) else value

    def _command(self, command: list[str]) -> list[str]:
        words = [self._here(word) for word in command]
        return [sys.executable, *words[1:]] if words[0] == "python" else words
