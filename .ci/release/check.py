"""Checks what is about to be released: that the tag, pyproject.toml and both archives are about one version.

    python .ci/release/check.py --tag v1.0.0 dist

Needs `packaging`, which judges the metadata as a package index does.
"""

from __future__ import annotations

import argparse
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path
from typing import Final

from packaging.metadata import Metadata
from packaging.version import Version

ROOT: Final = Path(__file__).resolve().parent.parent.parent


def mistakes(project: Path, folder: Path, tag: str | None) -> list[str]:
    """What is wrong with the archives in `folder`, and with `tag` where there is one."""
    metadata = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    name, version = metadata["name"], metadata["version"]
    found = []
    if str(Version(version)) != version:
        found.append(f"the version {version} is not in its normal form, {Version(version)}")
    if tag is not None and tag != f"v{version}":
        found.append(f"the tag is {tag}, and pyproject.toml says {version}: the tag has to be v{version}")
    expected = {f"{name}-{version}.tar.gz", f"{name}-{version}-py3-none-any.whl"}
    present = {path.name for path in folder.iterdir() if path.name.endswith((".tar.gz", ".whl"))}
    if present != expected:
        found.append(f"{folder} has {', '.join(sorted(present)) or 'nothing'}, not {', '.join(sorted(expected))}")
    for archive in sorted(present & expected):
        found += [f"{archive}: {wrong}" for wrong in _metadata(folder / archive, name, version)]
    return found


def _metadata(archive: Path, name: str, version: str) -> list[str]:
    try:
        data = Metadata.from_email(_read(archive, name, version), validate=True)
    except ExceptionGroup as group:
        return [str(error) for error in group.exceptions]
    found = []
    if (data.name, str(data.version)) != (name, version):
        found.append(f"it calls itself {data.name} {data.version}")
    if not data.description or data.description_content_type != "text/markdown":
        found.append("it has no description in Markdown")
    return found


def _read(archive: Path, name: str, version: str) -> bytes:
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            return wheel.read(f"{name}-{version}.dist-info/METADATA")
    with tarfile.open(archive) as sdist:
        member = sdist.extractfile(f"{name}-{version}/PKG-INFO")
        if member is None:
            raise SystemExit(f"{archive} has no PKG-INFO")
        return member.read()


def main() -> int:
    """Says what is wrong, and leaves with 1 where anything is."""
    parser = argparse.ArgumentParser(description="Check what is about to be released.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--tag", help="the tag that the release is made from")
    given = parser.parse_args()
    wrong = mistakes(ROOT, given.folder, given.tag)
    for line in wrong:
        sys.stderr.write(f"{line}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
