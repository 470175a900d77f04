"""Comparing versions with the specifiers that a runtime states for its libraries.

The part of PEP 440 that such constraints use: final releases, pre-releases and local labels in versions; `==`, `==X.*`,
`!=`, `!=X.*`, `~=`, `>=`, `>`, `<=` and `<` in specifiers. The core has no need of the `packaging` distribution for it.
"""

from __future__ import annotations

import re

_VERSION = re.compile(
    r"v?(?:0!)?(?P<release>\d+(?:\.\d+)*)"
    r"(?:[-_.]?(?P<pre>a|b|c|rc|alpha|beta|pre|preview)[-_.]?(?P<pre_n>\d*))?"
    r"(?:(?:[-_.]?(?:post|rev|r)[-_.]?(?P<post>\d*))|(?:-(?P<post_n>\d+)))?"
    r"(?:[-_.]?(?P<dev>dev)[-_.]?(?P<dev_n>\d*))?"
    r"(?:\+(?P<local>[a-z0-9]+(?:[-_.][a-z0-9]+)*))?",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"\s*(?P<op>~=|==|!=|<=|>=|<|>)\s*(?P<version>[^\s,*]+?)(?P<any>\.\*)?\s*")
_STAGES = {"a": 0, "alpha": 0, "b": 1, "beta": 1, "c": 2, "rc": 2, "pre": 2, "preview": 2}

Key = tuple[tuple[int, ...], tuple[int, int], int, tuple[int, int]]


def _release(text: str) -> tuple[int, ...]:
    match = _VERSION.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"`{text}` is not a version")
    return tuple(int(part) for part in match["release"].split("."))


def _key(text: str) -> Key:
    """Where a version stands among others, its local label left out: 1.5.0.dev1 < 1.5rc1 < 1.5 < 1.5.post1."""
    match = _VERSION.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"`{text}` is not a version")
    release = _release(text)
    while len(release) > 1 and release[-1] == 0:
        release = release[:-1]
    post_text = match["post"] if match["post"] is not None else match["post_n"]
    post = -1 if post_text is None else int(post_text or 0)
    dev = (0, int(match["dev_n"] or 0)) if match["dev"] else (1, 0)
    if match["pre"]:
        pre = (_STAGES[match["pre"].lower()], int(match["pre_n"] or 0))
    elif match["dev"] and post == -1:
        pre = (-1, 0)
    else:
        pre = (3, 0)
    return release, pre, post, dev


def _starts_with(version: str, prefix: tuple[int, ...]) -> bool:
    release = _release(version)
    padded = release + (0,) * (len(prefix) - len(release))
    return padded[: len(prefix)] == prefix


def _holds(version: str, operator: str, bound: str, *, prefix: bool) -> bool:
    if prefix:
        if operator not in {"==", "!="}:
            raise ValueError(f"`{operator}{bound}.*`: only == and != take `.*`")
        return _starts_with(version, _release(bound)) == (operator == "==")
    if operator == "~=":
        release = _release(bound)
        if len(release) < 2:
            raise ValueError(f"`~={bound}` needs two parts at least")
        return _key(version) >= _key(bound) and _starts_with(version, release[:-1])
    here, there = _key(version), _key(bound)
    if operator == "==":
        local = bound.partition("+")[2].lower()
        return here == there and (not local or local == version.partition("+")[2].lower())
    if operator == "!=":
        return not _holds(version, "==", bound, prefix=False)
    if operator == ">=":
        return here >= there
    if operator == "<=":
        return here <= there
    if operator == "<":
        # PEP 440: `<1.5` leaves out 1.5rc1, because nobody means it.
        return here < there and not (here[0] == there[0] and here[1] < (3, 0) and there[1] == (3, 0))
    # PEP 440: `>1.5` leaves out 1.5.post1.
    return here > there and not (here[:2] == there[:2] and here[2] > -1 and there[2] == -1)


def satisfies(version: str, specifier: str) -> bool:
    """Whether a version meets every clause of a specifier, as `>=2.1,<3`. An empty specifier takes every version.

    A pre-release is judged by its order alone: a model that was trained with one was trained with that one.
    Raises ValueError for what is no version or no specifier.
    """
    holds = True
    for clause in specifier.split(",") if specifier.strip() else ():
        match = _CLAUSE.fullmatch(clause)
        if match is None:
            raise ValueError(f"`{clause.strip()}` is not a version specifier")
        # Every clause is read even after one has failed, so that a mistake in a table can't hide behind it.
        holds = _holds(version, match["op"], match["version"], prefix=match["any"] is not None) and holds
    return holds


def at_least(version: str, bound: str) -> bool:
    """Whether a version is this one or later. Raises ValueError for what is no version."""
    return _key(version) >= _key(bound)
