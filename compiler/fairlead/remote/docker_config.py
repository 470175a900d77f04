"""Credentials for registries, from where Docker and its relatives keep them.

`docker login` writes `~/.docker/config.json`, or into the folder that DOCKER_CONFIG names: credentials in base64, or
the name of a helper that has them (https://docs.docker.com/reference/cli/docker/login/#credential-stores).
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from fairlead.remote.failures import RemoteFailure

HUB: Final = "https://index.docker.io/v1/"
"""What Docker Hub is called in the file."""
IDENTITY: Final = "<token>"
"""The user for whom a helper gives an identity token in place of a password."""
_SECONDS: Final = 30


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user and a password, or a token that stands for both. Neither is ever shown."""

    user: str = ""
    password: str = field(default="", repr=False)
    identity: str = field(default="", repr=False)
    """An identity token: exchanged for an access token by OAuth 2."""


def credentials_for(registry: str, environ: Mapping[str, str] | None = None) -> Credentials | None:
    """What this user logged in to a registry with; None for an anonymous one.

    Raises RemoteFailure where the file can't be read, or a helper that it names fails.
    """
    environ = os.environ if environ is None else environ
    folder = environ.get("DOCKER_CONFIG") or Path(environ.get("HOME") or "~").expanduser() / ".docker"
    path = Path(folder) / "config.json"
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError) as error:
        raise RemoteFailure(f"{path} can't be read: {error}", "mend it, or log in again with `docker login`") from error
    if not isinstance(content, dict):
        raise RemoteFailure(f"{path} holds no JSON object", "log in again with `docker login`")
    names = _names(registry)
    helpers = content.get("credHelpers") or {}
    helper = next((helpers[name] for name in names if name in helpers), None) or content.get("credsStore")
    if helper:
        found = next(filter(None, (_ask(str(helper), name) for name in names)), None)
        if found is not None:
            return found
    return next(filter(None, (_written(path, (content.get("auths") or {}).get(name)) for name in names)), None)


def _names(registry: str) -> tuple[str, ...]:
    """What a registry may be called in the file; `docker login` has written all of these at some time."""
    if registry == "docker.io":
        return (HUB, "docker.io", "index.docker.io", "registry-1.docker.io")
    return (
        registry,
        f"https://{registry}",
        f"https://{registry}/",
        f"https://{registry}/v1/",
        f"https://{registry}/v2/",
    )


def _written(path: Path, entry: Any) -> Credentials | None:
    """The credentials that stand in the file itself."""
    if not isinstance(entry, dict):
        return None
    if token := entry.get("identitytoken"):
        return Credentials(identity=str(token))
    if entry.get("auth"):
        try:
            user, colon, password = base64.b64decode(str(entry["auth"]), validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError) as error:
            raise RemoteFailure(f"an `auth` in {path} is not base64", "log in again with `docker login`") from error
        if colon:
            return Credentials(user, password.rstrip("\0"))
    if entry.get("username"):
        return Credentials(str(entry["username"]), str(entry.get("password", "")))
    return None


def _ask(helper: str, name: str) -> Credentials | None:
    """What a helper has for a registry; None where it has nothing. Raises RemoteFailure where it fails."""
    program = f"docker-credential-{helper}"
    found = shutil.which(program)
    if found is None or "/" in helper:
        message = f"Docker's configuration names the helper {program}, and there is no such program"
        raise RemoteFailure(message, "install it, or log in again without it")
    try:
        done = subprocess.run([found, "get"], input=name, capture_output=True, text=True, timeout=_SECONDS, check=False)
        content = json.loads(done.stdout) if done.returncode == 0 else None
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        raise RemoteFailure(
            f"{program} gave no credentials for {name}: {type(error).__name__}", "log in again"
        ) from error
    if content is None:
        # Every helper says so when it has nothing, and none has a code for it.
        if "credentials not found" in done.stdout + done.stderr:
            return None
        said = (done.stdout.strip() or done.stderr.strip()).splitlines()
        message = f"{program} gave no credentials for {name}: {said[0] if said else f'exit code {done.returncode}'}"
        raise RemoteFailure(message, "log in again")
    user, secret = str(content.get("Username", "")), str(content.get("Secret", ""))
    return Credentials(identity=secret) if user == IDENTITY else Credentials(user, secret)
