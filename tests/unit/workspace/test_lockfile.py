"""Editing a lock changes the lines that it must, and leaves the rest, with its comments, as people wrote it."""

from __future__ import annotations

import difflib

from fairlead.project.lock import Lock, LockedImage, LockedModel, LockMetadata
from fairlead.source.reader import read
from fairlead.spec.units import Digest, Name, Percentage
from fairlead.spec.validate import validated
from fairlead.workspace.lockfile import new_lock, with_canary, with_image, with_model
from tests.candidates import digest, model

OWNER = LockMetadata(pipeline=Name("churn"), environment=Name("staging"))
LOCK = f"""\
# Pinned after the incident of 12 May.
apiVersion: fairlead.dev/v1
kind: Lock
metadata: {{pipeline: churn, environment: staging}}
# The winter model.
model:
  version: 15  # trained by hand
  uri: s3://acme-ml-artifacts/models/churn/{digest("old").replace(":", "-")}/
  digest: {digest("old")}
  packages: {{python: "3.11"}}

# What the runs use:
images:
  # our own
  ghcr.io/acme/churn:
    digest: {digest("a")}
    tree: {"a" * 40}

  # the platform's
  ghcr.io/acme/fairlead-runner:
    digest: {digest("b")}
data:
  customers: {{digest: "{digest("c")}"}}
"""


def lock(text: str) -> Lock:
    document = read("churn.staging.lock.yaml", text.encode())
    assert document.root is not None
    assert document.diagnostics == []
    value, found = validated(Lock, document.root)
    assert found == []
    assert value is not None
    return value


def changed(before: str, after: str) -> list[str]:
    return [line for line in difflib.ndiff(before.splitlines(), after.splitlines()) if line[0] in "+-"]


def locked(version: int) -> LockedModel:
    return LockedModel.model_validate(model(version))


def image(text: str, tree: str | None = None) -> LockedImage:
    return LockedImage(digest=Digest(digest(text)), tree=tree)


def test_a_new_lock_is_valid_and_holds_nothing() -> None:
    value = lock(new_lock(OWNER))
    assert value.metadata == OWNER
    assert (value.model, value.images) == (None, {})


def test_another_digest_of_an_image_changes_its_own_lines_alone() -> None:
    after = with_image(LOCK, "ghcr.io/acme/churn", image("new", "b" * 40))
    assert changed(LOCK, after) == [
        f"-     digest: {digest('a')}",
        f"-     tree: {'a' * 40}",
        f"+     digest: {digest('new')}",
        f"+     tree: {'b' * 40}",
    ]


def test_an_image_more_stands_behind_the_others() -> None:
    after = with_image(LOCK, "nvcr.io/nvidia/tritonserver:25.01-py3", image("new"))
    assert changed(LOCK, after) == ["+   nvcr.io/nvidia/tritonserver:25.01-py3:", f"+     digest: {digest('new')}"]
    assert list(lock(after).images)[-1] == "nvcr.io/nvidia/tritonserver:25.01-py3"


def test_the_same_digest_changes_nothing_at_all() -> None:
    assert with_image(LOCK, "ghcr.io/acme/churn", image("a", "a" * 40)) is LOCK


def test_the_first_image_of_a_lock_gets_its_section() -> None:
    value = lock(with_image(new_lock(OWNER), "ghcr.io/acme/churn", image("new")))
    assert value.images == {"ghcr.io/acme/churn": image("new")}


def test_a_tree_and_a_run_of_digits_stay_text() -> None:
    text = with_image(new_lock(OWNER), "ghcr.io/acme/churn", image("new", "0123456789" * 4))
    text = with_model(text, locked(16))
    value = lock(text)
    assert value.images["ghcr.io/acme/churn"].tree == "0123456789" * 4
    assert value.model == locked(16)


def test_a_new_version_makes_the_old_one_the_previous() -> None:
    before = lock(LOCK)
    after = with_model(LOCK, locked(16))
    value = lock(after)
    assert value.model == locked(16)
    assert value.previous == before.model
    assert (value.images, value.data) == (before.images, before.data)


def test_comments_outside_the_new_version_stay_where_they_are() -> None:
    after = with_model(LOCK, locked(16)).splitlines()
    for comment, below in (
        ("# Pinned after the incident of 12 May.", "apiVersion: fairlead.dev/v1"),
        ("# The winter model.", "model:"),
        ("# What the runs use:", "images:"),
        ("  # the platform's", "  ghcr.io/acme/fairlead-runner:"),
    ):
        assert after[after.index(comment) + 1] == below


def test_a_third_version_forgets_the_first() -> None:
    value = lock(with_model(with_model(LOCK, locked(16)), locked(17)))
    assert value.model == locked(17)
    assert value.previous == locked(16)


def test_the_first_version_has_none_before_it_and_stands_before_the_images() -> None:
    text = with_model(with_image(new_lock(OWNER), "ghcr.io/acme/churn", image("a")), locked(16))
    assert lock(text).previous is None
    assert text.index("\nmodel:") < text.index("\nimages:")


def test_a_canary_stands_beside_the_version_that_is_served() -> None:
    after = with_canary(LOCK, locked(16), Percentage.parse("10%"))
    value = lock(after)
    assert value.model == lock(LOCK).model
    assert value.rollout is not None
    assert (value.rollout.canary, str(value.rollout.weight)) == (locked(16), "10%")
    assert all(line.startswith("+") for line in changed(LOCK, after))


def test_a_lock_in_braces_is_written_anew() -> None:
    text = "{apiVersion: fairlead.dev/v1, kind: Lock, metadata: {pipeline: churn, environment: staging}}\n"
    value = lock(with_model(with_image(text, "ghcr.io/acme/churn", image("a")), locked(16)))
    assert (value.metadata, value.model, value.images) == (OWNER, locked(16), {"ghcr.io/acme/churn": image("a")})


def test_images_in_braces_become_lines() -> None:
    text = new_lock(OWNER) + f'images: {{ghcr.io/acme/churn: {{digest: "{digest("a")}"}}}}\n# the end\n'
    after = with_image(text, "ghcr.io/acme/other", image("b"))
    assert lock(after).images == {"ghcr.io/acme/churn": image("a"), "ghcr.io/acme/other": image("b")}
    assert after.endswith("# the end\n")
