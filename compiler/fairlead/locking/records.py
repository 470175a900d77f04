"""The candidate records of a pipeline, as they lie below `artifacts`."""

from __future__ import annotations

from dataclasses import replace

from fairlead.project.candidate import FOLDER, Candidate, decode
from fairlead.remote.failures import Missing
from fairlead.remote.storage import Store
from fairlead.source.diagnostics import Diagnostic, Refused, Severity
from fairlead.spec.units import Uri


def newest_record(artifacts: Uri, pipeline: str) -> tuple[tuple[str, Candidate] | None, list[Diagnostic]]:
    """The candidate with the highest version and the address of its record, and a warning for each that is refused.

    Raises RemoteFailure where the store doesn't answer, and Refused where no record of several is whole.
    """
    folder = str(artifacts.child(FOLDER).child(pipeline)) + "/"
    store = Store(folder)
    try:
        paths = store.paths()
    except Missing:
        return None, []
    found: list[tuple[str, Candidate]] = []
    refused: list[Diagnostic] = []
    for path in paths:
        try:
            found.append((f"{folder}{path}", decode(f"{folder}{path}", store.read(path))))
        except Refused as error:
            refused += error.diagnostics
    if not found:
        raise Refused(refused)
    newest = max(found, key=lambda each: each[1].model.version)
    return newest, [replace(each, severity=Severity.WARNING) for each in refused]
