"""The report of a fault of Fairlead's own: to be sent along with a bug report, and shown in place of a traceback."""

from __future__ import annotations

import platform
import sys
import traceback
from importlib.metadata import version
from pathlib import Path

import click

from fairlead.output.lock import WORK, work_folder
from fairlead.output.replace import write_whole

REPORT = Path(WORK) / "crash-report.txt"


def write_report(error: BaseException) -> None:
    """Writes what happened to `.fairlead/crash-report.txt`, and says so; to standard error where that fails."""
    lines = [
        f"fairlead {version('fairlead')}, Python {platform.python_version()}, ",
        f"{platform.system()} {platform.machine()}\n",
        f"arguments: {sys.argv[1:]}\n\n",
        *traceback.format_exception(error),
    ]
    click.echo(f"error: this is a fault of Fairlead's, not of your files: {type(error).__name__}: {error}", err=True)
    try:
        folder = work_folder(Path())
        (folder / REPORT.name).unlink(missing_ok=True)
        write_whole(REPORT, "".join(lines).encode(errors="backslashreplace"))
    except OSError as reason:
        click.echo(f"the report could not be written to {REPORT} ({reason}); here it is:\n{''.join(lines)}", err=True)
        return
    click.echo(f"  help: please report it, with {REPORT}", err=True)
