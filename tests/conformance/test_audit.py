"""Known vulnerabilities are found by the real pip-audit, asked about a service that answers as OSV does."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

Tool = Callable[[str], Path]

ADVISORY = {
    "id": "ACME-2027-1",
    "modified": "2027-01-01T00:00:00Z",
    "summary": "uv trusts everybody",
    "affected": [
        {
            "package": {"name": "uv", "ecosystem": "PyPI"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "9999.1"}]}],
        }
    ],
}


@dataclass
class Knowledge:
    """What a vulnerability service knows, by package; and what it was asked about."""

    address: str = ""
    known: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)


class Service(BaseHTTPRequestHandler):
    """A vulnerability service."""

    knowledge: Knowledge

    def do_POST(self) -> None:
        question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        name = question["package"]["name"]
        self.knowledge.asked.append(name)
        found = self.knowledge.known.get(name)
        body = json.dumps({"vulns": found} if found else {}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Nothing: a test's output is its own."""


@pytest.fixture
def service() -> Iterator[Knowledge]:
    knowledge = Knowledge()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Asked", (Service,), {"knowledge": knowledge}))
    knowledge.address = f"http://127.0.0.1:{server.server_address[1]}/"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield knowledge
    server.shutdown()
    server.server_close()
    thread.join()


def audited(repository: Path, tool: Tool, address: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    python, script = tool("pip-audit").parent / "python", repository / ".ci/release/audit.py"
    command = [python, script, "--osv-url", address, *arguments]
    return subprocess.run(command, check=False, capture_output=True, text=True)


def test_every_package_is_asked_about_and_a_clean_answer_is_good(
    repository: Path, tool: Tool, service: Knowledge
) -> None:
    file = repository / "requirements/runtime.txt"
    done = audited(repository, tool, service.address, file)
    assert done.returncode == 0, done.stderr
    packages = len([line for line in file.read_text().splitlines() if "==" in line])
    assert done.stdout == f"runtime.txt: {packages} packages audited, 0 vulnerabilities known\n"
    assert len(set(service.asked)) == packages


def test_a_known_vulnerability_is_a_failure_with_its_name_and_its_end(
    repository: Path, tool: Tool, service: Knowledge
) -> None:
    service.known["uv"] = [ADVISORY]
    done = audited(repository, tool, service.address, "--if-reachable", repository / "requirements/lock.txt")
    assert done.returncode == 1
    assert ": ACME-2027-1, fixed in 9999.1" in done.stdout


def test_a_service_out_of_reach_is_said_and_is_no_good_news(repository: Path, tool: Tool, service: Knowledge) -> None:
    unused = "http://127.0.0.1:1/"
    file = repository / "requirements/lock.txt"
    for options, code in ([], 2), (["--if-reachable"], 0):
        done = audited(repository, tool, unused, *options, file)
        assert done.returncode == code
        assert done.stdout.startswith("NOT AUDITED: no service that knows vulnerabilities can be reached from here")


def test_a_file_that_pip_audit_cannot_read_is_a_failure_wherever_it_runs(
    repository: Path, tool: Tool, service: Knowledge, tmp_path: Path
) -> None:
    file = tmp_path / "bad.txt"
    file.write_text("no such line\n")
    assert audited(repository, tool, service.address, "--if-reachable", file).returncode == 1
