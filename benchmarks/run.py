"""Measures Fairlead, and beside it other programs at comparable work, and writes RESULTS.md.

python benchmarks/run.py [--specs N] [--runs N] [--seed N]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from itertools import count
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import estate  # noqa: E402
from measure import Cost, median, run  # noqa: E402

PYTHON = sys.executable
FAIRLEAD = (PYTHON, "-c", "from fairlead.cli.main import main; main()")
YARDSTICK = 5_000_000
TOOLS = {"kustomize": "kustomize", "jsonnet": "go-jsonnet"}


class Bench:
    """One estate, and what was measured on it."""

    def __init__(self, folder: Path, specs: int, runs: int, seed: int) -> None:
        self.folder = folder
        self.specs = specs
        self.runs = runs
        self.seed = seed
        self.rows: list[tuple[str, Cost, str]] = []
        self.ratios: list[tuple[str, str, float, float]] = []
        self._turn = count(1)
        self.lines = 0

    def fairlead(self, root: Path, *arguments: str) -> Cost:
        return run((*FAIRLEAD, *arguments), root, {"XDG_CACHE_HOME": str(self.folder / "home")})

    def change(self, root: Path, name: str) -> None:
        """Another number of retries for one specification: other input, and other output."""
        path = root / "specs" / f"{name}.yaml"
        path.write_text(re.sub(r"retries: \d+", f"retries: {next(self._turn) % 9}", path.read_text()))

    def empty(self, root: Path) -> None:
        """Takes away what was compiled and remembered."""
        for name in ("rendered", ".github", ".fairlead"):
            shutil.rmtree(root / name, ignore_errors=True)

    def note(self, what: str, cost: Cost, remark: str = "") -> None:
        self.rows.append((what, cost, remark))
        print(f"{what:58s} {cost.cpu:8.3f} s  {cost.wall:8.3f} s  {cost.memory:6.0f} MiB  {remark}", flush=True)

    def one(self) -> None:
        """A project of one specification: what somebody feels who works on it."""
        root = estate.make(self.folder / "one", 2, self.seed)
        name = "tumor-classifier-0000"
        (root / "specs" / "screen-0000.yaml").unlink()
        for lock in (root / "specs").glob("screen-0000.*"):
            lock.unlink()
        spec = f"specs/{name}.yaml"
        runs = self.runs * 2 + 1

        def change() -> None:
            self.change(root, name)

        self.note(
            "validate, one specification, changed", median(runs, lambda: self.fairlead(root, "validate", spec), change)
        )
        self.note("validate, one specification, unchanged", median(runs, lambda: self.fairlead(root, "validate", spec)))
        self.note(
            "compile, one specification, changed", median(runs, lambda: self.fairlead(root, "compile", "-j1"), change)
        )
        self.fairlead(root, "compile", "-j1")
        self.note("compile, one specification, unchanged", median(runs, lambda: self.fairlead(root, "compile", "-j1")))

    def many(self) -> Path:
        """An estate."""
        root = estate.make(self.folder / "many", self.specs, self.seed)
        read = sum(
            path.read_bytes().count(b"\n") for path in (root / "specs").glob("*.yaml") if ".lock." not in path.name
        )
        whole = median(self.runs, lambda: self.fairlead(root, "validate", "--no-cache"))
        first = self.rows[0][1]
        self.note(
            f"validate, {self.specs}", whole, f"{(whole.cpu - first.cpu) / self.specs * 1000:.1f} ms more for each"
        )
        whole = median(self.runs, lambda: self.fairlead(root, "compile", "-j1"), lambda: self.empty(root))
        files = [path for path in (root / "rendered").rglob("*") if path.is_file()]
        self.lines = sum(path.read_bytes().count(b"\n") for path in files)
        remark = f"{read:,} lines into {self.lines:,} in {len(files):,} files; {self.lines / whole.cpu:,.0f} lines/s"
        self.note(f"compile, {self.specs}, from nothing", whole, remark)
        cores = os.cpu_count() or 1
        self.note(
            f"compile, {self.specs}, from nothing, -j{cores}",
            median(self.runs, lambda: self.fairlead(root, "compile", f"-j{cores}"), lambda: self.empty(root)),
        )
        self.fairlead(root, "compile", "-j1")
        self.note(
            f"compile, {self.specs}, nothing changed", median(self.runs, lambda: self.fairlead(root, "compile", "-j1"))
        )

        def change() -> None:
            self.change(root, "tumor-classifier-0000")

        self.note(
            f"compile, {self.specs}, one changed",
            median(self.runs, lambda: self.fairlead(root, "compile", "-j1"), change),
        )

        def compiled() -> None:
            change()
            self.fairlead(root, "compile", "-j1")

        self.note(
            f"check, {self.specs}, one changed and compiled",
            median(self.runs, lambda: self.fairlead(root, "check"), compiled),
        )
        self.fairlead(root, "check")
        self.note(f"check, {self.specs}, nothing changed", median(self.runs, lambda: self.fairlead(root, "check")))
        return root

    def previews(self, root: Path) -> None:
        """What a pull request shows: with what was compiled here before, and on a machine that has compiled nothing."""
        self.git(root, "init", "-q", "-b", "main")
        self.git(root, "add", "-A")
        self.git(root, "commit", "-q", "-m", "everything")
        ask = ("preview", "--base", "main", "-j1", "--format", "json", "--out", str(self.folder / "preview.json"))
        self.change(root, "tumor-classifier-0000")
        self.fairlead(root, "compile", "-j1")
        self.note(f"preview, {self.specs}, one changed", median(self.runs, lambda: self.fairlead(root, *ask)))

        def forget() -> None:
            shutil.rmtree(root / ".fairlead", ignore_errors=True)

        self.note(
            f"preview, {self.specs}, one changed, nothing remembered",
            median(self.runs, lambda: self.fairlead(root, *ask), forget),
        )
        for path in (root / "specs").glob("*.yaml"):
            if ".lock." not in path.name:
                path.write_text(re.sub(r"memory: (\d+)Gi", _more, path.read_text()))
        self.note(f"preview, {self.specs}, all changed", median(self.runs, lambda: self.fairlead(root, *ask), forget))

    def git(self, root: Path, *arguments: str) -> None:
        who = ("-c", "user.name=bench", "-c", "user.email=bench@example.com")
        subprocess.run(("git", *who, *arguments), cwd=root, check=True)

    def peer(self, work: str, name: str, root: Path) -> float:
        """Seconds of processor that one work takes in a process of its own."""
        out = subprocess.run(
            (PYTHON, HERE / "peers.py", f"{work}-{name}", root), check=True, capture_output=True
        ).stdout
        return float(json.loads(out)["cpu"])

    def side_by_side(self, root: Path) -> None:
        """Turn by turn, so that whatever else the machine does strikes all of them."""
        for work, what, names in (
            ("write", "the manifests as YAML", ("fairlead", "pyyaml", "ruamel")),
            ("read", "the specifications and locks", ("fairlead", "pyyaml", "ruamel")),
            ("workflows", "WorkflowTemplates, built and written", ("fairlead", "hera")),
        ):
            seen: dict[str, list[float]] = {name: [] for name in names}
            for _ in range(self.runs):
                for name in names:
                    seen[name].append(self.peer(work, name, root))
            for name in names:
                ratios = [theirs / ours for theirs, ours in zip(seen[name], seen["fairlead"], strict=True)]
                self.compared(what, name, statistics.median(seen[name]), statistics.median(ratios))
        self.programs(root)

    def programs(self, root: Path) -> None:
        """Whole programs against a whole compile, by processor time."""
        ours, theirs = [], {name: [] for name in TOOLS if shutil.which(name)}
        source = self.folder / "manifests"
        for _ in range(self.runs):
            self.empty(root)
            ours.append(self.fairlead(root, "compile", "-j1").cpu)
            if "kustomize" in theirs:
                environments = [
                    path for path in (root / "rendered").iterdir() if (path / "kustomization.yaml").is_file()
                ]
                theirs["kustomize"].append(
                    sum(run(("kustomize", "build", str(path)), root).cpu for path in environments)
                )
            if "jsonnet" in theirs:
                if not source.exists():
                    _jsonnet(root, source)
                shutil.rmtree(self.folder / "out", ignore_errors=True)
                export = ("jsonnet", "-S", "-c", "-m", str(self.folder / "out"), "main.jsonnet")
                theirs["jsonnet"].append(run(export, source).cpu)
        what = "everything, as a program"
        self.compared(what, "fairlead compile", statistics.median(ours), 1)
        for name, seconds in theirs.items():
            ratios = [their / our for their, our in zip(seconds, ours, strict=True)]
            self.compared(what, PROGRAMS[name], statistics.median(seconds), statistics.median(ratios))

    def compared(self, what: str, name: str, seconds: float, ratio: float) -> None:
        self.ratios.append((what, name, seconds, ratio))
        print(f"{what:40s} {name:24s} {seconds:8.3f} s  {ratio:6.2f}", flush=True)


PROGRAMS = {"kustomize": "kustomize build of the result", "jsonnet": "jsonnet -m of the finished manifests"}


def _more(found: re.Match[str]) -> str:
    return f"memory: {int(found[1]) + 4}Gi"


def _jsonnet(root: Path, folder: Path) -> None:
    """The finished manifests as data that jsonnet writes out as YAML, a file each: what an export of it does last."""
    import yaml

    folder.mkdir()
    rendered = root / "rendered"
    documents = {
        str(path.relative_to(rendered)): yaml.load(path.read_bytes(), yaml.CSafeLoader)
        for path in sorted(rendered.rglob("*.yaml"))
    }
    (folder / "data.json").write_text(json.dumps(documents))
    (folder / "main.jsonnet").write_text(
        "local data = import 'data.json';\n"
        "{ [name]: std.manifestYamlDoc(data[name]) for name in std.objectFields(data) }\n"
    )


def machine() -> str:
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.processor(),
    )
    return f"{os.cpu_count()} cores of {model}; Python {platform.python_version()}"


def yardstick() -> float:
    """Seconds of processor time for the same arithmetic everywhere: how quick this machine is at this moment."""
    found = []
    for _ in range(5):
        began = time.process_time()
        sum(number * number for number in range(YARDSTICK))
        found.append(time.process_time() - began)
    return statistics.median(found)


def versions() -> str:
    found = [f"{name} {version(name)}" for name in ("PyYAML", "ruamel.yaml", "hera")]
    if shutil.which("kustomize"):
        out = subprocess.run(("kustomize", "version"), check=True, capture_output=True, text=True).stdout.strip()
        found.append(f"kustomize {out}")
    if shutil.which("jsonnet"):
        out = subprocess.run(("jsonnet", "--version"), check=True, capture_output=True, text=True).stdout.strip()
        found.append(out.splitlines()[0])
    return ", ".join(found)


HOW_TO_READ = """\
Processor time is that of all processes together, and is what to compare: other work on the machine lengthens the wall
time. Each run is a new process. "Unchanged" and "nothing changed" are answered by the cache as a whole; "one changed"
reads and checks all specifications, and compiles the one. Memory is the most that one process had."""


def report(bench: Bench) -> str:
    how = f"{bench.specs} specifications, seed {bench.seed}, medians of {bench.runs} runs"
    parts = [
        "# Results",
        f"Written by `make bench`: {how} ({bench.runs * 2 + 1} where there is one specification).",
        f"{machine()}. {versions()}.",
        f"The sum of {YARDSTICK:,} squares in Python took {yardstick():.2f} s: how quick the machine was.",
        HOW_TO_READ,
        "| | Processor | Wall | Memory | |\n|---|--:|--:|--:|---|\n"
        + "\n".join(
            f"| {what} | {cost.cpu:.3f} s | {cost.wall:.3f} s | {cost.memory:.0f} MiB | {remark} |"
            for what, cost, remark in bench.rows
        ),
        "## Side by side",
        "The same input, turn by turn in one run. A ratio above 1 takes longer than Fairlead.",
        "| Work | By | Processor | Ratio |\n|---|---|--:|--:|\n"
        + "\n".join(f"| {what} | {name} | {cpu:.3f} s | {ratio:.2f} |" for what, name, cpu, ratio in bench.ratios),
    ]
    return "\n\n".join(parts) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--specs", type=int, default=200)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=HERE / "RESULTS.md")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="fairlead-bench-") as folder:
        bench = Bench(Path(folder), given.specs, given.runs, given.seed)
        bench.one()
        root = bench.many()
        bench.side_by_side(root)
        bench.previews(root)
    given.out.write_text(report(bench), encoding="utf-8")
    print(f"written to {given.out}")


if __name__ == "__main__":
    main()
