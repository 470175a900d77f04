"""`python -m tests.fuzz`: see the README beside this file."""

from __future__ import annotations

import argparse
import gc
import math
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from random import SystemRandom

from tests.fuzz.campaign import attempt, campaign, signature
from tests.fuzz.harnesses import Harness, harnesses


def main() -> int:
    """Runs what the command line asks for; 1 where anything was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("harness", nargs="*", help="which harnesses; all otherwise")
    parser.add_argument("--runs", type=int, help="inputs for each harness")
    parser.add_argument("--seconds", type=float, help="seconds for each harness")
    parser.add_argument("--seed", help="the seed that an earlier run printed")
    parser.add_argument("--first", type=int, default=0, help="the number of the first input")
    parser.add_argument("--artifacts", type=Path, default=Path("fuzz-findings"), help="where findings go")
    parser.add_argument("--guided", action="store_true", help="let coverage lead, with atheris")
    parser.add_argument("--input", type=Path, help="try this one input with one harness")
    asked = parser.parse_args()
    known = harnesses()
    if unknown := set(asked.harness) - set(known):
        parser.error(f"no harness {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    chosen = [known[name] for name in asked.harness] or list(known.values())
    if asked.input:
        return _one(chosen[0], asked.input)
    seed = asked.seed or f"{SystemRandom().randrange(2**32):08x}"
    runs = asked.runs if asked.runs or asked.seconds else 1_000
    print(f"seed {seed}", flush=True)  # noqa: T201
    if asked.guided:
        codes = [_guided(harness.name, seed, runs, asked.seconds, asked.artifacts) for harness in chosen]
        return int(any(codes))
    failed = False
    for harness in chosen:
        figures = campaign(harness, seed, asked.artifacts, runs=runs, seconds=asked.seconds, first=asked.first)
        print(f"{harness.name}: {figures}", flush=True)  # noqa: T201
        for mark, name in figures.found.items():
            print(f"  {mark}: {asked.artifacts / name}", flush=True)  # noqa: T201
        failed = failed or bool(figures.found)
    return 1 if failed else 0


def _guided(name: str, seed: str, runs: int | None, seconds: float | None, artifacts: Path) -> int:
    """A process for each harness, because libFuzzer ends the one that it runs in. What reached new lines is kept."""
    artifacts.mkdir(parents=True, exist_ok=True)
    options = [f"-seed={int(sha256(seed.encode()).hexdigest()[:7], 16) + 1}", f"-artifact_prefix={artifacts}/{name}-"]
    options += ["-max_len=8192", "-rss_limit_mb=2048", "-timeout=120", "-print_final_stats=1", "-verbosity=0"]
    options += [f"-runs={runs}"] if runs else []
    options += [f"-max_total_time={math.ceil(seconds)}"] if seconds else []
    print(f"{name}: guided by coverage", flush=True)  # noqa: T201
    reached = artifacts / "reached" / name
    command = [sys.executable, "-m", "tests.fuzz.guided", name, *options, str(reached)]
    return subprocess.run(command, check=False).returncode


def _one(harness: Harness, path: Path) -> int:
    error = attempt(harness, path.read_bytes())
    if error is None:
        return 0
    print(signature(error))  # noqa: T201
    raise error


if __name__ == "__main__":
    gc.freeze()
    sys.exit(main())
