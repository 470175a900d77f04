"""Programs of our own around the platforms' libraries: built once, and kept beside the other tools.

`python -m tests.conformance.programs [NAME…]` builds them, and says around which version of its library each is.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
SURROUNDINGS = dict(os.environ)
"""The variables at the start: a test is given other folders for caches, in which nothing has been built yet."""


@dataclass(frozen=True)
class Program:
    """A folder with a go.mod, and how to build it."""

    folder: str
    """Below tests/conformance."""
    around: str
    """The module that judges."""
    package: str = "."
    """Below the folder."""
    flags: tuple[str, ...] = ()
    """What `go` is told more, such as another go.mod."""
    beside: tuple[str, ...] = ()
    """Files of the module that judges which the program reads: they are kept with it."""

    def fingerprint(self) -> str:
        """Of every file in the folder, and of how it is built."""
        digest = hashlib.sha256("\0".join((self.package, *self.flags, *self.beside)).encode())
        for path in sorted(path for path in (HERE / self.folder).rglob("*") if path.is_file()):
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            digest.update(f"\0{path.relative_to(HERE).as_posix()}\0{content}".encode())
        return digest.hexdigest()[:16]


KSERVE_CONFIG = "config/configmap/inferenceservice.yaml"
PROGRAMS = {
    "argo-3.7": Program("argo", "github.com/argoproj/argo-workflows/v3", "./v3"),
    "argo-4": Program("argo", "github.com/argoproj/argo-workflows/v4", "./v4"),
    "kserve-0.15": Program("kserve", "github.com/kserve/kserve", flags=("-modfile=0.15.mod",), beside=(KSERVE_CONFIG,)),
    "kserve-0.20": Program("kserve", "github.com/kserve/kserve", beside=(KSERVE_CONFIG,)),
    "cluster": Program("cluster", "k8s.io/kubernetes"),
    "notations": Program("notations", "github.com/robfig/cron/v3"),
}


def cache() -> Path:
    """Where .ci/run keeps tools: FAIRLEAD_TOOLS, or a folder in the user's cache."""
    beside = SURROUNDINGS.get("XDG_CACHE_HOME") or Path(SURROUNDINGS.get("HOME", "/tmp")) / ".cache"
    return Path(SURROUNDINGS.get("FAIRLEAD_TOOLS") or Path(beside) / "fairlead" / "tools")


def kept(name: str) -> Path:
    """The path of a program, once it has been built from what its folder holds now."""
    return cache() / f"{name}-{PROGRAMS[name].fingerprint()}" / name


def build(name: str, go: str | Path = "go") -> Path:
    """Builds a program, unless it has been built; those who want the same one at the same time wait for the first.

    Raises CalledProcessError, with what the compiler wrote, where it can't be built.
    """
    program, binary = PROGRAMS[name], kept(name)
    cache().mkdir(parents=True, exist_ok=True)
    with (cache() / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if binary.exists():
            return binary
        building = Path(tempfile.mkdtemp(prefix="building.", dir=cache()))
        try:
            _run(program, go, "build", "-trimpath", "-ldflags=-s -w", "-o", str(building / name), program.package)
            if program.beside:
                module = _run(program, go, "list", "-m", "-f", "{{.Dir}}", program.around).strip()
                for path in program.beside:
                    shutil.copyfile(Path(module) / path, building / Path(path).name)
            building.rename(binary.parent)
        finally:
            shutil.rmtree(building, ignore_errors=True)
    return binary


def _run(program: Program, go: str | Path, verb: str, *words: str) -> str:
    command = [str(go), verb, *program.flags, *words]
    environment = {**SURROUNDINGS, "CGO_ENABLED": "0", "GOFLAGS": "-buildvcs=false", "GOWORK": "off"}
    done = subprocess.run(
        command, cwd=HERE / program.folder, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout


def version(name: str, go: str | Path = "go") -> str:
    """The version of the library in a program that has been built, by what is written in the program itself."""
    listed = subprocess.run([str(go), "version", "-m", str(kept(name))], capture_output=True, text=True, check=True)
    (found,) = (line.split()[2] for line in listed.stdout.splitlines() if f"\t{PROGRAMS[name].around}\t" in line)
    return found


def main(names: list[str]) -> int:
    """Builds the programs that are named, or all."""
    for name in names or sorted(PROGRAMS):
        try:
            build(name)
        except subprocess.CalledProcessError as error:
            sys.stderr.write(error.stderr)
            return 1
        sys.stdout.write(f"{name}: {PROGRAMS[name].around} {version(name)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
