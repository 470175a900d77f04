"""What `make demo` does after compiling: a training on this machine, its lock, and a prediction from what it serves.

Every command is one that a user would type, and is printed before it runs.
"""

import json
import os
import re
import shlex
import subprocess
import sys
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
SPEC = "specs/tumor-classifier.yaml"
BIOPSIES = {
    "a small and even nucleus": {"mean_radius": 11.8, "age_band": "under-40", "radius_per_area": 11.8 / 560},
    "a large and uneven one": {"mean_radius": 20.6, "age_band": "over-60", "radius_per_area": 20.6 / 2020},
}
TYPES = {"mean_radius": "FP64", "age_band": "BYTES", "radius_per_area": "FP64"}


def main() -> None:
    # The specification's training step declares a secret: here it comes from the environment, and any value will do.
    os.environ.setdefault("FEATURE_STORE_TOKEN", "a token of the demo")
    run("python", "models/datasets.py")
    run("fairlead", "run", SPEC, "--jobs", str(os.cpu_count() or 1))
    run("fairlead", "lock", SPEC, "--local")
    predict()


def run(*words: str) -> None:
    """Runs a command of the environment that this runs in, and ends with it if it fails."""
    show(*words)
    ended = subprocess.run([str(BIN / words[0]), *words[1:]], cwd=ROOT, check=False)
    if ended.returncode:
        sys.exit(ended.returncode)


def predict() -> None:
    """Serves the locked version for as long as it takes to ask for two predictions."""
    show("fairlead", "serve", SPEC, "--port", "0")
    command = [str(BIN / "fairlead"), "serve", SPEC, "--port", "0"]
    log = ROOT / ".fairlead" / "demo-serve.log"
    with (
        log.open("w") as errors,
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=errors, text=True) as server,
    ):
        try:
            for line in server.stdout or ():
                if found := re.search(r"http://\S+/infer", line):
                    print(line, end="")
                    for what, row in BIOPSIES.items():
                        print(f"  {what}: {ask(found[0], row)}")
                    return
            sys.exit(f"the server ended before it served:\n{log.read_text()[-2000:]}")
        finally:
            server.terminate()


def ask(address: str, row: dict[str, float | str]) -> str:
    """What the model says of one biopsy, in the Open Inference Protocol."""
    inputs = [{"name": name, "datatype": TYPES[name], "shape": [1], "data": [value]} for name, value in row.items()]
    # Named columns are a table: without the word `pd` KServe takes the first of them for all.
    body = json.dumps({"parameters": {"content_type": "pd"}, "inputs": inputs}).encode()
    request = urllib.request.Request(address, data=body, headers={"Content-Type": "application/json"})  # noqa: S310
    with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310
        outputs = json.load(response)["outputs"]
    return ", ".join(f"{output['name']} {output['data']}" for output in outputs)


def show(*words: str) -> None:
    """Prints a command as a user would type it."""
    print(f"\n$ {shlex.join(words)}", flush=True)


if __name__ == "__main__":
    main()
