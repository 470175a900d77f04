"""As much of Argo Workflows as it takes to run a compiled training here: its containers' commands, for real.

Templates are taken as they were compiled. A container is a process with the container's own variables and arguments;
only its image is another one, and its paths lie in a folder of its own.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

UID = "6f1b"
_VALUE = re.compile(r"\{\{([^{}]+)\}\}")


@dataclass
class Ended:
    """How a task ended, and what it gave."""

    status: str
    parameters: dict[str, str] = field(default_factory=dict)
    artifacts: dict[str, Path] = field(default_factory=dict)


@dataclass
class Workflow:
    """A WorkflowTemplate that is run in a folder."""

    manifest: Mapping[str, Any]
    folder: Path
    environ: Mapping[str, str]
    """Variables that replace those of the templates: where this machine's MLflow and object store are."""
    config_maps: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    logs: dict[str, str] = field(default_factory=dict)
    """What each container said, by the name of its template; a trial's with its index."""
    codes: dict[str, int] = field(default_factory=dict)

    def run(self) -> str:
        """Runs the entrypoint, then the exit handler. Gives the workflow's status."""
        spec = self.manifest["spec"]
        scope = {"workflow.uid": UID, "workflow.parameters.trigger": "manual"}
        status = self.execute(spec["entrypoint"], {}, {}, scope).status
        self.execute(spec["onExit"], {}, {}, scope | {"workflow.status": status})
        return status

    def execute(
        self, name: str, parameters: Mapping[str, str], artifacts: Mapping[str, Path], scope: Mapping[str, str]
    ) -> Ended:
        """Runs a template with its arguments."""
        template = next(item for item in self.manifest["spec"]["templates"] if item["name"] == name)
        known = {**scope, **{f"inputs.parameters.{key}": value for key, value in parameters.items()}}
        if "dag" in template:
            return self._dag(template, artifacts, known)
        return self._container(template, artifacts, known)

    def _dag(self, template: Mapping[str, Any], inputs: Mapping[str, Path], scope: Mapping[str, str]) -> Ended:
        known, ended = dict(scope), dict[str, Ended]()
        open_ = list(template["dag"]["tasks"])
        while open_:
            task = next(each for each in open_ if set(_needed(each)) <= ended.keys())
            open_.remove(task)
            done = self._task(task, inputs, known, ended)
            ended[task["name"]] = done
            known |= {f"tasks.{task['name']}.outputs.parameters.{key}": value for key, value in done.parameters.items()}
        given = template.get("outputs", {})
        return Ended(
            "Failed" if any(each.status == "Failed" for each in ended.values()) else "Succeeded",
            {
                item["name"]: known.get(item["valueFrom"]["parameter"].strip("{}"), "")
                for item in given.get("parameters", ())
            },
            {
                item["name"]: found
                for item in given.get("artifacts", ())
                if (found := _artifact(item["from"], inputs, ended)) is not None
            },
        )

    def _task(
        self, task: Mapping[str, Any], inputs: Mapping[str, Path], scope: Mapping[str, str], ended: Mapping[str, Ended]
    ) -> Ended:
        condition = re.sub(
            r"([\w-]+)\.(Succeeded|Skipped)",
            lambda found: str(ended[found[1]].status == found[2]),
            task.get("depends", "True"),
        )
        if not eval(condition.replace("&&", "and").replace("||", "or")):  # noqa: S307 - words of our own
            return Ended("Omitted")
        if "when" in task:
            left, operator, right = _filled(task["when"], scope).split(" ")
            if (left == right) != (operator == "=="):
                return Ended("Skipped")
        last = Ended("Succeeded")
        for item in json.loads(_filled(task["withParam"], scope)) if "withParam" in task else [{}]:
            within = {**scope, **{f"item.{key}": value for key, value in item.items()}}
            arguments = task.get("arguments", {})
            parameters = {each["name"]: _filled(each["value"], within) for each in arguments.get("parameters", ())}
            artifacts = {
                each["name"]: found
                for each in arguments.get("artifacts", ())
                if (found := _artifact(each["from"], inputs, ended)) is not None
            }
            last = self.execute(task["template"], parameters, artifacts, within)
            if last.status != "Succeeded":
                return last
        return last

    def _container(self, template: Mapping[str, Any], given: Mapping[str, Path], scope: Mapping[str, str]) -> Ended:
        name = f"{template['name']}{scope.get('inputs.parameters.trial', '')}"
        root = self.folder / "pods" / name
        for folder in ("in", "out", "results", "config", "tmp"):
            (root / folder).mkdir(parents=True)
        self._inputs(template, given, scope, root)
        container = template["container"]
        argv = [_filled(word, scope) for word in (*container["command"], *container.get("args", ()))]
        environ = {key: value for key, value in os.environ.items() if key in ("PATH", "PYTHONPATH", "LANG")}
        argv = [str(_local(root, word)) if word.startswith("/fairlead/") else word for word in argv]
        environ |= {
            key: str(_local(root, value))
            if value.startswith("/tmp/fairlead-")
            else value.replace("/fairlead/", f"{root}/")
            for key, value in self._variables(container, scope)
        }
        path = os.pathsep.join((str(Path(sys.executable).parent), environ["PATH"]))
        environ |= {"HOME": str(root / "tmp"), "PATH": path, **self.environ}
        done = subprocess.run(
            [sys.executable if argv[0] == "python" else argv[0], *argv[1:]],
            env=environ,
            cwd=root,
            capture_output=True,
            text=True,
            check=False,
        )
        self.logs[name], self.codes[name] = done.stdout + done.stderr, done.returncode
        if done.returncode:
            return Ended("Failed")
        outputs = template.get("outputs", {})
        texts = {each["name"]: root / "results" / each["name"] for each in outputs.get("parameters", ())}
        written = {each["name"]: _local(root, each["path"]) for each in outputs.get("artifacts", ())}
        for each in outputs.get("artifacts", ()):
            if written[each["name"]].exists():
                _copy(written[each["name"]], self.folder / "store" / _filled(each["s3"]["key"], scope))
            elif not each.get("optional"):
                raise AssertionError(f"{name} writes no {each['name']}: {self.logs[name]}")
        return Ended(
            "Succeeded",
            {key: path.read_text() for key, path in texts.items()},
            {key: path for key, path in written.items() if path.exists()},
        )

    def _inputs(
        self, template: Mapping[str, Any], given: Mapping[str, Path], scope: Mapping[str, str], root: Path
    ) -> None:
        for each in template.get("inputs", {}).get("artifacts", ()):
            target = _local(root, each["path"])
            if "raw" in each:
                target.write_text(each["raw"]["data"])
            elif "s3" in each:
                _copy(self.folder / "store" / _filled(each["s3"]["key"], scope), target)
            elif each["name"] in given:
                _copy(given[each["name"]], target)
            elif not each.get("optional"):
                raise AssertionError(f"{template['name']} is given no {each['name']}")
        for volume in template.get("volumes", ()):
            if "configMap" not in volume:
                continue
            data = self.config_maps[volume["configMap"]["name"]]
            items = volume["configMap"].get("items") or [{"key": key, "path": key} for key in data]
            mounts = template["container"]["volumeMounts"]
            (path,) = (each["mountPath"] for each in mounts if each["name"] == volume["name"])
            for item in items:
                target = _local(root, f"{path}/{item['path']}")
                target.parent.mkdir(exist_ok=True)
                target.write_text(data[_filled(item["key"], scope)])

    def _variables(self, container: Mapping[str, Any], scope: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        for each in container["env"]:
            if "value" in each:
                yield each["name"], _filled(each["value"], scope).replace("$(FAIRLEAD_BRACE)", "{")
            elif (reference := each["valueFrom"].get("configMapKeyRef")) is not None:
                data = self.config_maps.get(reference["name"], {})
                key = _filled(reference["key"], scope)
                if key in data or not reference.get("optional"):
                    yield each["name"], data[key]


def _needed(task: Mapping[str, Any]) -> list[str]:
    return re.findall(r"([\w-]+)\.(?:Succeeded|Skipped)", task.get("depends", ""))


def _filled(text: str, scope: Mapping[str, str]) -> str:
    return _VALUE.sub(lambda found: scope[found[1]], text)


def _artifact(source: str, inputs: Mapping[str, Path], ended: Mapping[str, Ended]) -> Path | None:
    way = source.strip("{}").split(".")
    if way[0] == "inputs":
        return inputs.get(way[2])
    return ended[way[1]].artifacts.get(way[4])


def _local(root: Path, path: str) -> Path:
    """Where a path of the Pod's is here; any other word stays as it is."""
    if path.startswith("/tmp/fairlead-"):
        return root / path[1:]
    return root / path.removeprefix("/fairlead/") if path.startswith("/fairlead/") else Path(path)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, dirs_exist_ok=True)
    else:
        shutil.copy(source, target)
