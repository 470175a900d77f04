"""The names of generated files. They are public: people link to them, and a change renames every file."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from hashlib import sha256
from typing import Final

from fairlead.resources.resource import Identity

LONGEST: Final = 120
"""Characters of a file's name before its ending: what tools that check out into deep folders still take."""

_OTHER: Final = re.compile(r"[^a-z0-9.-]+")
_DIGEST_LENGTH: Final = 8


def file_names(identities: Sequence[Identity]) -> list[str]:
    """A file name for each resource of one folder: `<kind>-<name>.yaml`, in lower case.

    Where two would share a name (kinds of two API groups, one name in two namespaces, names that differ after
    their first 120 characters), each of them ends in eight digits that depend on nothing but its identity.
    The same resource twice has the same name twice: that is for the caller to refuse.
    """
    stems = [_stem(identity) for identity in identities]
    shared = Counter(stem[:LONGEST] for stem in dict(zip(identities, stems, strict=True)).values())
    names = []
    for identity, stem in zip(identities, stems, strict=True):
        if len(stem) > LONGEST or shared[stem] > 1:
            digest = sha256("\0".join(identity).encode()).hexdigest()[:_DIGEST_LENGTH]
            stem = f"{stem[: LONGEST - _DIGEST_LENGTH - 1].rstrip('.-')}-{digest}"
        names.append(f"{stem}.yaml")
    return names


def _stem(identity: Identity) -> str:
    return _OTHER.sub("-", f"{identity.kind}-{identity.name}".lower())
