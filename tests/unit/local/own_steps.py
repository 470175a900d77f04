"""Fairlead's own steps, played by a script: quick, without MLflow, and failing where a test says so.

The file `control.json` in the project says for a step, by its FAIRLEAD_STEP, with which exit code it ends, or how long
it takes. Registered versions are lines of the file `registry.jsonl`. The gate and the choice are the real ones.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

environ = os.environ


def project() -> Path:
    return Path(urlsplit(environ["FAIRLEAD_ARTIFACTS"]).path).parents[1]


def out(name: str) -> Path:
    return Path(environ[f"FAIRLEAD_OUTPUT_{name.upper()}"])


def given(name: str) -> Path:
    return Path(environ[f"FAIRLEAD_INPUT_{name.upper()}"])


def say(name: str, value: str) -> None:
    Path(environ[f"FAIRLEAD_RESULT_{name.upper()}"]).write_text(value, encoding="utf-8")


def note(**line: object) -> None:
    with (project() / "registry.jsonl").open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(line) + "\n")


def play(step: str, writes: str) -> None:
    parameters = json.loads(Path(environ["FAIRLEAD_PARAMS"]).read_text(encoding="utf-8"))
    if step == "open-run":
        say("run", f"mlflow-{environ['FAIRLEAD_RUN_ID']}")
        say("trials", json.dumps([{"trial": str(at), "run": f"trial-{at}"} for at in range(parameters["trials"])]))
    elif step == "snapshot":
        source = Path(urlsplit(parameters["uri"]).path)
        shutil.copyfile(source, out(environ["FAIRLEAD_STEP"].partition("/")[2]))
        out("manifest").write_text("{}", encoding="utf-8")
        say("key", sha256(source.read_bytes()).hexdigest()[:20])
    elif step == "check":
        out("report").write_text("{}", encoding="utf-8")
    elif step == "split":
        for name in ("train", "validation", "test"):
            if f"FAIRLEAD_OUTPUT_{name.upper()}" in environ:
                shutil.copyfile(given("dataset"), out(name))
    elif step == "evaluate":
        model = json.loads((given("model") / "model.json").read_text(encoding="utf-8"))
        said = {"metrics": {"accuracy": model["accuracy"]}, "rows": 100, "dataset": "sha256:rows"}
        if writes == "nan":
            said["metrics"] = {"accuracy": "NaN"}
        text = "{nonsense" if writes == "nonsense" else json.dumps(said)
        if writes != "nothing":
            out("report").write_text(text, encoding="utf-8")
    elif step == "fetch-champion":
        uri = environ.get("FAIRLEAD_CHAMPION_URI")
        say("present", "true" if uri else "false")
        if uri:
            shutil.copytree(urlsplit(uri).path, out("model"))
    else:
        release(step)


def release(step: str) -> None:
    if step == "register":
        content = (given("model") / "model.json").read_bytes()
        digest = f"sha256:{sha256(content).hexdigest()}"
        verdict = json.loads(given("verdict").read_text(encoding="utf-8"))
        said = json.loads(given("evaluation").read_text(encoding="utf-8"))
        note(
            step="register",
            digest=digest,
            accuracy=said["metrics"]["accuracy"],
            passed=verdict["passed"],
            run=environ["FAIRLEAD_RUN_ID"],
        )
        usage = given("usage")
        told = sorted(path.relative_to(usage).as_posix() for path in usage.rglob("*") if path.is_file())
        (project() / "usage.json").write_text(json.dumps(told), encoding="utf-8")
        out("version").write_text(json.dumps({"version": 1, "digest": digest}), encoding="utf-8")
    elif step == "propose":
        note(step="propose", run=environ["FAIRLEAD_RUN_ID"])
        out("candidate").write_text("{}", encoding="utf-8")
    elif step == "report":
        note(step="report", status=environ["FAIRLEAD_STATUS"], run=environ["FAIRLEAD_RUN_ID"])
    else:
        sys.exit(f"there is no step {step}")


def main(step: str) -> int:
    """Plays a step, and gives its exit code."""
    control = project() / "control.json"
    told = json.loads(control.read_text(encoding="utf-8")) if control.exists() else {}
    do = told.get(environ["FAIRLEAD_STEP"], {})
    time.sleep(do.get("sleep", 0))
    if step in ("gate", "choose"):
        environ.pop("MLFLOW_RUN_ID", None)  # they tell nobody, for there is no MLflow here
        code = subprocess.run([sys.executable, "-m", "fairlead.steps", step], check=False).returncode
        return code or int(do.get("exit", 0))
    if "exit" in do:
        return int(do["exit"])
    play(step, do.get("writes", "whole"))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
