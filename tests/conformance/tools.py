"""Finding the programs that judge Fairlead's output: promtool, kustomize, actionlint and others."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conformance import programs

STRICT = "FAIRLEAD_STRICT_TOOLS"
"""Set to 1 where every tool has been installed: a missing one is then a failure, so that nothing skips unseen."""

NO_DATA = "is not set to a folder"
"""The only reason for a skip where nothing may be missing: a fork has no folder with what belongs to others."""

WHERE = {
    "actionlint": "github.com/rhysd/actionlint",
    "amtool": "the package `prometheus-alertmanager` of Debian and Ubuntu",
    "checkov": "requirements/checkov.txt, in an environment of its own",
    "chromium-headless-shell": "the package `chromium-headless-shell` of Debian",
    "cyclonedx-py": "requirements/release.txt: `make release-tools` installs it",
    "dot": "the package `graphviz` of Debian and Ubuntu",
    "faketime": "the package `faketime` of Debian and Ubuntu",
    "go": "the Go toolchain",
    "kubeconform": "github.com/yannh/kubeconform",
    "kustomize": "sigs.k8s.io/kustomize",
    "pip-audit": "requirements/release.txt: `make release-tools` installs it",
    "prlimit": "the package `util-linux` of Debian and Ubuntu",
    "prometheus": "the package `prometheus` of Debian and Ubuntu",
    "promtool": "the package `prometheus` of Debian and Ubuntu",
    "setpriv": "the package `util-linux` of Debian and Ubuntu",
    "registry": "github.com/distribution/distribution/v3/cmd/registry",
    "shellcheck": "the package `shellcheck` of Debian and Ubuntu",
    "unshare": "the package `util-linux` of Debian and Ubuntu",
    "zizmor": "requirements/dev.txt",
}


def find(name: str, search: str | None = None) -> Path:
    """The program `name` on `search` (a PATH; by default the caller's, then this environment's own programs).

    Skips the test that asks where there is none, or fails it where FAIRLEAD_STRICT_TOOLS is 1. A program of our own is
    built first where it isn't yet, which needs Go.
    """
    if name in programs.PROGRAMS:
        return _own(name)
    beside_python = str(Path(sys.executable).parent)
    found = shutil.which(name, path=search or os.pathsep.join([os.environ.get("PATH", ""), beside_python]))
    if found:
        return Path(found)
    reason = f"{name} is not installed; it comes with {WHERE.get(name, name)}"
    if os.environ.get(STRICT) == "1":
        pytest.fail(f"{reason}, and {STRICT} is 1")
    pytest.skip(reason)


def _own(name: str) -> Path:
    binary = programs.kept(name)
    if binary.exists():
        return binary
    try:
        return programs.build(name, find("go"))
    except subprocess.CalledProcessError as error:
        pytest.fail(f"{name} can't be built:\n{error.stderr}")


def data(variable: str) -> Path:
    """The folder that an environment variable names, such as FAIRLEAD_CRDS; skips the test where it is not set.

    Data that belongs to others cannot be installed as a program can, so FAIRLEAD_STRICT_TOOLS does not ask for it.
    """
    value = os.environ.get(variable)
    if not value:
        pytest.skip(f"{variable} {NO_DATA}")
    folder = Path(value)
    if not folder.is_dir():
        pytest.fail(f"{variable} names {value!r}, which is not a folder")
    return folder


def forbidden(report: pytest.TestReport) -> bool:
    """Whether a test was skipped although nothing may be missing, for another reason than absent data."""
    skipped = report.skipped and not hasattr(report, "wasxfail")
    return skipped and os.environ.get(STRICT) == "1" and NO_DATA not in str(report.longrepr)
