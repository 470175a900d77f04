"""A control plane of Kubernetes on this machine: etcd and kube-apiserver, and kubectl to speak to them.

No controllers and no nodes: what is applied is judged, stored and compared, and nothing runs. The API server is the
real one, so that its validation, the CEL rules of CustomResourceDefinitions, its defaults, its pruning of fields, its
admission and its authorizer are what the output meets.
"""

from __future__ import annotations

import functools
import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from fairlead.output.yaml import dump
from tests.conformance.api import Api, Unreachable
from tests.conformance.ports import free_ports, until

TOKEN = "of-a-test-on-this-machine"


@dataclass(frozen=True)
class ControlPlane:
    """A server that answers, for an administrator."""

    api: Api
    kubectl: Path
    kubeconfig: Path
    folder: Path

    def log(self) -> str:
        """The end of what the API server has written about itself."""
        return (self.folder / "kube-apiserver.log").read_text(encoding="utf-8", errors="replace")[-4000:]

    def run(self, *arguments: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Calls kubectl, with nothing of the machine's own."""
        environment = {
            "HOME": str(self.folder),
            "KUBECONFIG": str(self.kubeconfig),
            "KUBECTL_APPLYSET": "true",
            "LC_ALL": "C.UTF-8",
            "PATH": os.environ.get("PATH", ""),
        }
        return subprocess.run(
            [str(self.kubectl), *map(str, arguments)],
            cwd=cwd,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )


class DidNotStart(Exception):
    """A server has ended; the message has its log."""


@contextmanager
def control_plane(cluster: Path, folder: Path) -> Iterator[ControlPlane]:
    """A control plane with its data below `folder`, until the block ends. Raises DidNotStart or TimeoutError."""
    programs = {name: folder / name for name in ("etcd", "kube-apiserver", "kubectl", "service-account-key")}
    for program in programs.values():
        program.symlink_to(cluster)
    (port,) = free_ports(1)
    key, tokens = folder / "service-accounts.pem", folder / "tokens.csv"
    key.write_bytes(subprocess.run([programs["service-account-key"]], capture_output=True, check=True).stdout)
    tokens.write_text(f"{TOKEN},administrator,administrator,system:masters\n", encoding="utf-8")
    storage, database = etcd(programs["etcd"], folder / "data")
    server: list[str | Path] = [
        programs["kube-apiserver"],
        f"--etcd-servers=http://127.0.0.1:{database}",
        "--bind-address=127.0.0.1",
        "--advertise-address=127.0.0.1",
        f"--secure-port={port}",
        f"--cert-dir={folder / 'certificates'}",
        f"--token-auth-file={tokens}",
        "--authorization-mode=RBAC",
        f"--service-account-key-file={key}",
        f"--service-account-signing-key-file={key}",
        "--service-account-issuer=https://kubernetes.default.svc",
        "--service-cluster-ip-range=10.96.0.0/16",
        # The address of a Service is a real machine's, never 127.0.0.1.
        "--endpoint-reconciler-type=none",
        "--profiling=false",
    ]
    with ExitStack() as stack:
        processes = {
            name: stack.enter_context(_running(command, folder / f"{name}.log"))
            for name, command in (("etcd", storage), ("kube-apiserver", server))
        }
        authority = folder / "certificates" / "apiserver.crt"
        api = Api(port, authority, TOKEN)
        stack.callback(api.close)
        until(functools.partial(_ready, api, authority, processes, folder), "kube-apiserver does not answer")
        kubeconfig = folder / "kubeconfig"
        kubeconfig.write_text(_kubeconfig(port, authority), encoding="utf-8")
        yield ControlPlane(api, programs["kubectl"], kubeconfig, folder)


def etcd(program: Path, data: Path) -> tuple[list[str | Path], int]:
    """The command that runs a database of its own, and the port that it will listen on."""
    port, peers = free_ports(2)
    return [
        program,
        f"--data-dir={data}",
        f"--listen-client-urls=http://127.0.0.1:{port}",
        f"--advertise-client-urls=http://127.0.0.1:{port}",
        f"--listen-peer-urls=http://127.0.0.1:{peers}",
        f"--initial-advertise-peer-urls=http://127.0.0.1:{peers}",
        f"--initial-cluster=default=http://127.0.0.1:{peers}",
        "--log-level=warn",
        # What is lost with the machine is not missed.
        "--unsafe-no-fsync",
    ], port


@contextmanager
def _running(command: list[str | Path], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A program that ends when this one does: it reads its standard input, and nobody else holds the other end."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(word) for word in command],
            # Large definitions make much garbage: less often collected, they are installed in half of the time.
            env={**os.environ, "GOGC": "400"},
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            if process.stdin is not None:
                process.stdin.close()


def _ready(api: Api, authority: Path, processes: dict[str, subprocess.Popen[bytes]], folder: Path) -> bool:
    for name, process in processes.items():
        if process.poll() is not None:
            log = (folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")
            raise DidNotStart(f"{name} has ended:\n{log[-5000:]}")
    with suppress(Unreachable):
        return authority.exists() and api.call("GET", "/readyz").status == 200
    return False


def _kubeconfig(port: int, authority: Path) -> str:
    cluster = {"server": f"https://127.0.0.1:{port}", "certificate-authority": str(authority)}
    return dump(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "test", "cluster": cluster}],
            "users": [{"name": "administrator", "user": {"token": TOKEN}}],
            "contexts": [{"name": "test", "context": {"cluster": "test", "user": "administrator"}}],
            "current-context": "test",
        }
    )
