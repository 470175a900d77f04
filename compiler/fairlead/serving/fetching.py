"""The bytes of a locked version on this machine: fetched once, and verified before anything loads them."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import mkdtemp

from fairlead.output.lock import work_folder
from fairlead.project.lock import LockedModel
from fairlead.remote.contents import manifest_of
from fairlead.remote.storage import Store
from fairlead.serving.codes import OTHER_BYTES
from fairlead.source.diagnostics import Diagnostic, Refused
from fairlead.source.places import Place

FOLDER = "serving"
"""Below `.fairlead`: the folders of models by their digest. May be deleted at any time."""


def fetched(root: Path, model: LockedModel, file: str) -> Path:
    """The folder of a version that the lock in `file` holds.

    Raises RemoteFailure where the store doesn't give it, Refused where its digest is another one, and OSError.
    """
    folder = work_folder(root) / FOLDER
    folder.mkdir(exist_ok=True)
    there = folder / f"sha256-{model.digest.hex}"
    if there.is_dir() and manifest_of(there).digest == model.digest:
        return there
    shutil.rmtree(there, ignore_errors=True)
    arriving = Path(mkdtemp(prefix="arriving.", dir=folder))
    try:
        digest = Store(f"{str(model.uri).rstrip('/')}/").download(arriving).digest
        if digest != model.digest:
            message = f"what is at {model.uri} has the digest {digest}, and version {model.version} {model.digest}"
            raise Refused([Diagnostic(OTHER_BYTES, Place.start_of(file), message, "don't load it; train again")])
        try:
            arriving.rename(there)
        except OSError:
            # Another server has fetched it meanwhile; what is there is judged as what was found above.
            if manifest_of(there).digest != model.digest:
                raise
    finally:
        shutil.rmtree(arriving, ignore_errors=True)
    return there
