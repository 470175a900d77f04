"""The actions that workflows use, each by the full commit that a release was made from.

A tag can be moved by whoever owns the action, or by whoever took their account; a commit can't. The comment behind it
says which release it is, and is what Dependabot and Renovate read and rewrite.
"""

from __future__ import annotations

from typing import Final

from fairlead.resources.text import Commented

PINS: Final = {
    "actions/attest": ("1e69f48acb82d1966a394da916b4c1698aa569d6", "v4.2.2"),
    "actions/checkout": ("3d3c42e5aac5ba805825da76410c181273ba90b1", "v7.0.1"),
    "actions/create-github-app-token": ("bcd2ba49218906704ab6c1aa796996da409d3eb1", "v3.2.0"),
    "actions/download-artifact": ("3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c", "v8.0.1"),
    "actions/setup-python": ("5fda3b95a4ea91299a34e894583c3862153e4b97", "v7.0.0"),
    "actions/upload-artifact": ("043fb46d1a93c77aae656e7c1c64a875d1fc6a0a", "v7.0.1"),
    "docker/build-push-action": ("53b7df96c91f9c12dcc8a07bcb9ccacbed38856a", "v7.3.0"),
    "docker/login-action": ("dbcb813823bdd20940b903addbd779551569679f", "v4.6.0"),
    "docker/setup-buildx-action": ("bb05f3f5519dd87d3ba754cc423b652a5edd6d2c", "v4.2.0"),
    "github/codeql-action/upload-sarif": ("ff2f1c621b7f889edc0d3c761ac2e6a3f8cdb0dd", "v4.37.7"),
}


def pinned(action: str) -> Commented:
    """An action as `uses` names it, with its release as the comment."""
    commit, release = PINS[action]
    return Commented(f"{action}@{commit}", release)
