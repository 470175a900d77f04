"""The sentences that text and Markdown have in common. They say what their sources say: who writes them, escapes."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.git.log import Made
from fairlead.history.model import Entry, Period, Version


def people(made: Made) -> Iterator[str]:
    """Who made a commit, one sentence each."""
    author = f"{made.author.name} <{made.author.email}>"
    yield f"author {author}, {made.authored}"
    if made.committer != made.author:
        yield f"committer {made.committer.name} <{made.committer.email}>, {made.committed}"
    for key, value in made.trailers:
        yield f"{key}: {value}"
    yield signature(made)


def signature(made: Made) -> str:
    """What is known of a commit's signature."""
    if made.signature is None:
        return "not signed"
    by = f", by {made.signature.signer}" if made.signature.signer else ""
    key = f", key {made.signature.key}" if made.signature.key else ""
    return f"signature: {made.signature.verdict}{by}{key}"


def approval(entry: Entry) -> str:
    """How a commit came to the branch."""
    parents = len(entry.made.parents)
    if parents < 2:
        return "committed to the branch itself, or squashed or rebased by whoever merged it"
    count = len(entry.merged)
    return (
        f"merged, with {count} {'commit' if count == 1 else 'commits'} that {'touches' if count == 1 else 'touch'} it"
    )


def facts(version: Version) -> Iterator[tuple[str, str]]:
    """What a version stands on, each with what it is called; what is unknown is said."""
    yield "MLflow run", version.run or "the lock names none"
    yield "model", f"{version.digest} at {version.uri}"
    metrics = ", ".join(f"{name} {value:g}" for name, value in version.metrics.items())
    yield "metrics at its gate", metrics or "the lock has none"
    gates = "; ".join(version.gates or ())
    yield "gate in the specification then", gates or ("it could not be read" if version.gates is None else "none")
    for data in version.data:
        yield f"data {data.source}", f"{data.digest}{f' at {data.manifest}' if data.manifest else ''}"
    if not version.data:
        asked = f"the MLflow run {version.run} says what it read" if version.run else "which it read is not known"
        yield "data", f"the lock pins none; {asked}"
    if version.reference:
        yield "statistics of its training data", version.reference
    for image in version.images:
        yield f"image {image.reference}", f"{image.digest}{f', from tree {image.tree}' if image.tree else ''}"
    if not version.images:
        yield "code", "the lock has no image"
    packages = ", ".join(f"{name} {number}" for name, number in sorted(version.packages.items()))
    yield "packages", packages or "the lock has none"


def span(period: Period) -> str:
    """From when to when a version was served."""
    since = f"{period.since}, {period.commit[:12]}" if period.since and period.commit else "before this clone begins"
    until = f"{period.until}, {period.ended[:12]}" if period.until and period.ended else "now"
    return f"from {since} to {until}"
