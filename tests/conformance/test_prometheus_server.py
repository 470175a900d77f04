"""A Prometheus that runs: it loads the rules, scrapes a server's metrics, and comes to the same numbers."""

from __future__ import annotations

import json
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import ProxyHandler, build_opener

import pytest

from fairlead.output.yaml import dump
from tests.unit.targets.prometheus.watched import llm, project, watch

SPEC = llm("{availability: 99.5%, time_to_first_token: {objective: 95%, below: 1s}}")
PATIENCE = 60
"""Seconds that anything here may take."""
LOCAL = build_opener(ProxyHandler({}))
"""Asks this machine, whatever proxy its surroundings name."""


class Metrics(BaseHTTPRequestHandler):
    """What vLLM exposes after a while of a thousand requests a second: 20% fail, and all first tokens are fast."""

    started = time.monotonic()

    def do_GET(self) -> None:
        seconds = 10 + time.monotonic() - self.started
        handler = 'handler="/v1/chat/completions"'
        lines = [
            "# TYPE http_requests_total counter",
            f'http_requests_total{{{handler},status="2xx"}} {seconds * 800}',
            f'http_requests_total{{{handler},status="5xx"}} {seconds * 200}',
            f'http_requests_total{{handler="/v1/models",status="5xx"}} {seconds * 5000}',
            "# TYPE vllm:time_to_first_token_seconds histogram",
            f'vllm:time_to_first_token_seconds_bucket{{le="0.75"}} {seconds * 900}',
            # Python's client prints 1.0 and Go's 1; Prometheus 3 stores 1.0 for both.
            f'vllm:time_to_first_token_seconds_bucket{{le="1.0"}} {seconds * 990}',
            f'vllm:time_to_first_token_seconds_bucket{{le="+Inf"}} {seconds * 1000}',
            f"vllm:time_to_first_token_seconds_count {seconds * 1000}",
            f"vllm:time_to_first_token_seconds_sum {seconds * 500}",
            "# TYPE vllm:num_requests_waiting gauge",
            "vllm:num_requests_waiting 4",
            "# TYPE vllm:kv_cache_usage_perc gauge",
            "vllm:kv_cache_usage_perc 0.5",
            "",
        ]
        body = "\n".join(lines).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (the name that the base class has for it)
        pass


@contextmanager
def exporter() -> Iterator[int]:
    """The metrics on a port of this machine alone."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Metrics)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Prometheus:
    """A server that answers queries."""

    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"

    def get(self, path: str, **query: str) -> Any:
        with LOCAL.open(f"{self.address}{path}?{urlencode(query)}", timeout=5) as answer:
            return json.load(answer)["data"]

    def value(self, query: str) -> float | None:
        """The value of a query that has one series; None where it has none yet."""
        result = self.get("/api/v1/query", query=query)["result"]
        return float(result[0]["value"][1]) if result else None

    def alerts(self) -> dict[tuple[str, str], str]:
        """The state of every alert by its name and severity, as the rules' API gives it."""
        groups = self.get("/api/v1/rules")["groups"]
        return {
            (rule["name"], rule["labels"]["severity"]): rule["state"]
            for group in groups
            for rule in group["rules"]
            if rule["type"] == "alerting"
        }


@contextmanager
def running(program: Path, folder: Path, scraped: int) -> Iterator[Prometheus]:
    """A Prometheus with the rules below `folder` that scrapes a port of this machine every second."""
    config = {
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
        "rule_files": [str(folder / "rules" / "*.yaml")],
        "scrape_configs": [
            {
                "job_name": "server",
                "static_configs": [
                    # What the PodMonitor's relabeling adds.
                    {
                        "targets": [f"127.0.0.1:{scraped}"],
                        "labels": {"namespace": "ml", "inference_service": "assistant"},
                    }
                ],
            }
        ],
    }
    file, port = folder / "prometheus.yml", free_port()
    file.write_text(dump(config))
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [
                str(program),
                f"--config.file={file}",
                f"--storage.tsdb.path={folder / 'data'}",
                f"--web.listen-address=127.0.0.1:{port}",
            ],
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            server = Prometheus(port)
            until(lambda: answers(f"{server.address}/-/ready"), folder)
            yield server
        finally:
            process.terminate()
            process.wait(timeout=30)


def answers(address: str) -> bool:
    try:
        with LOCAL.open(address, timeout=2) as answer:
            return bool(answer.status == 200)
    except URLError:
        return False


def until(holds: Callable[[], bool], folder: Path) -> None:
    """Waits until something holds; fails with the server's log where it doesn't."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if holds():
            return
        time.sleep(0.5)
    pytest.fail(f"nothing after {PATIENCE} seconds:\n{(folder / 'log').read_text()[-3000:]}")


def test_rules_load_and_come_to_the_right_numbers(tmp_path: Path, tool: Callable[[str], Path]) -> None:
    program = tool("prometheus")
    folder = watch(tmp_path / "project", SPEC, fairlead=project(gateway="{kind: none}")).write(tmp_path / "rendered")
    with exporter() as scraped, running(program, folder, scraped) as server:
        own = '{namespace="ml",pipeline="assistant",environment="production"}'
        burns = ("AvailabilityBudgetBurn", "page")
        until(lambda: server.alerts().get(burns) == "pending", folder)
        until(lambda: server.value(f"pipeline:availability_error_budget:remaining{own}") is not None, folder)

        rules = [rule for group in server.get("/api/v1/rules")["groups"] for rule in group["rules"]]
        assert len(rules) > 50
        assert {(rule["health"], rule.get("lastError", "")) for rule in rules} == {("ok", "")}
        # 200 of 1,000 a second fail; the 5,000 of the readiness probe are no requests.
        for window in ("5m", "1h", "3d"):
            share = server.value(f"pipeline:availability_failures:ratio_rate{window}{own}")
            assert share == pytest.approx(0.2, abs=0.005)
            # 10 of 1,000 first tokens come after a second.
            slow = server.value(f"pipeline:time_to_first_token_failures:ratio_rate{window}{own}")
            assert slow == pytest.approx(0.01, abs=0.001)
        # (1 - 0.2 / 0.005) of the budget is left, which is 39 times overspent.
        left = server.value(f"pipeline:availability_error_budget:remaining{own}")
        assert left == pytest.approx(-39, abs=1)
        states = server.alerts()
        assert states[burns] == "pending"
        assert states["AvailabilityBudgetBurn", "ticket"] == "pending"
        assert states["TimeToFirstTokenBudgetBurn", "page"] == "inactive"
        assert states["TimeToFirstTokenBudgetBurn", "ticket"] == "inactive"
        assert states["RequestsWaiting", "ticket"] == "pending"
        assert states["CacheFull", "ticket"] == "inactive"
        assert states["ObjectiveUnmeasured", "ticket"] == "inactive"
