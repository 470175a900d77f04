"""Mutation of what a document is made of: characters, tokens, lines and bytes."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Final

TOKENS: Final = (
    b"a", b"b: ", b"- ", b"? ", b": ", b":", b"?", b"{", b"}", b"[", b"]", b", ", b",", b"\n", b"\n  ", b"\n    ",
    b"\r\n",
    b"\r", b"\t", b" ", b"'", b'"', b"\\", b"\\x", b"\\u", b"\\ud800", b"\\0", b"|\n", b"|2+\n", b">-\n", b"#",
    b" # c", b"&x ",
    b"*x", b"*x ", b"!t ", b"!!str ", b"!<", b"---\n", b"\n---\n", b"...\n", b"%YAML 1.1\n", b"%TAG ! x\n", b"<<: ",
    b"no",
    b"012", b"1e3", b"12:30:45", b"~", b"null", "é".encode(), "日本".encode(), "😀".encode(), "\u0301".encode(),
    "\x85".encode(), "\u2028".encode(), "\u202e".encode(), b"\xef\xbb\xbf", b"\x00", b"\x1b[31m", b"\x1b]0;x\x07",
    b"\x7f",
    "\ue000".encode(), b"s3://a/b?c", b"@", b"`", b"=======\n", b"<<<<<<< a\n", b"\xff", b"\xc3", b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80", b"\xc0\x80", b"\xe2\x80", b"$(id)", b"${{ a }}", b"{{a}}", b"_", b".", b"%", b"h",
    b"9999999999",
)  # fmt: skip
_WORDS: Final = (
    b"no",
    b"yes",
    b"on",
    b"off",
    b"~",
    b"null",
    b"True",
    b"012",
    b"1e3",
    b".inf",
    b"[]",
    b"{}",
    b"''",
    b"0",
)


def mutate_text(data: bytes, rng: Random) -> bytes:
    """Bytes that differ in one place or in one way."""
    return rng.choices(_CHANGES, _WEIGHTS)[0](data, rng)


def _insert(data: bytes, rng: Random) -> bytes:
    at = rng.randrange(len(data) + 1)
    return data[:at] + rng.choice(TOKENS) * rng.choice((1, 1, 1, 2, 70)) + data[at:]


def _delete(data: bytes, rng: Random) -> bytes:
    at = rng.randrange(len(data) + 1)
    return data[:at] + data[at + rng.choice((1, 1, 1, 2, 5, 50)) :]


def _overwrite(data: bytes, rng: Random) -> bytes:
    at, token = rng.randrange(len(data) + 1), rng.choice(TOKENS)
    return data[:at] + token + data[at + len(token) :]


def _flip(data: bytes, rng: Random) -> bytes:
    if not data:
        return b"\x80"
    changed = bytearray(data)
    at = rng.randrange(len(changed))
    changed[at] = rng.choice((changed[at] ^ (1 << rng.randrange(8)), rng.randrange(256)))
    return bytes(changed)


def _copy(data: bytes, rng: Random) -> bytes:
    start, at = rng.randrange(len(data) + 1), rng.randrange(len(data) + 1)
    return data[:at] + data[start : start + rng.choice((1, 5, 20, 200))] * rng.choice((1, 1, 2, 30)) + data[at:]


def _truncate(data: bytes, rng: Random) -> bytes:
    at = rng.randrange(len(data) + 1)
    return data[:at] if rng.random() < 0.8 else data[at:]


def _line(data: bytes, rng: Random) -> bytes:
    lines = data.split(b"\n")
    at, other = rng.randrange(len(lines)), rng.randrange(len(lines))
    match rng.randrange(7):
        case 0:
            del lines[at]
        case 1:
            lines.insert(other, lines[at])
        case 2:
            lines[at], lines[other] = lines[other], lines[at]
        case 3:
            lines[at] = b" " * rng.choice((1, 2, 3, 8)) + lines[at]
        case 4:
            lines[at] = lines[at][rng.choice((1, 2, 4)) :]
        case 5:
            lines[at] = b"\t" + lines[at].lstrip()
        case _:
            key, colon, _ = lines[at].partition(b":")
            lines[at] = key + colon + b" " + rng.choice(_WORDS)
    return b"\n".join(lines)


def _whole(data: bytes, rng: Random) -> bytes:
    """Something that happens to a file as a whole."""
    match rng.randrange(9):
        case 0:
            return data.replace(b"\n", b"\r\n")
        case 1:
            return data.replace(b"\n", b"\r")
        case 2:
            return b"\xef\xbb\xbf" + data
        case 3:
            return data.decode("utf-8", "replace").encode(rng.choice(("utf-16", "utf-16-le", "utf-32")))
        case 4:
            return data + b"\n---\n" + data
        case 5:
            return data.replace(b"  ", b"\t")
        case 6:
            return data.replace(b"'", b"").replace(b'"', b"")
        case 7:
            return data.replace(b"\n", b" ")
        case _:
            return b"a: " + b"x" * rng.choice((1000, 70_000)) + b"\n" + data


_CHANGES: Final[tuple[Callable[[bytes, Random], bytes], ...]] = (
    _insert,
    _delete,
    _overwrite,
    _flip,
    _copy,
    _truncate,
    _line,
    _whole,
)
_WEIGHTS: Final = (10, 5, 5, 4, 4, 1, 8, 1)
