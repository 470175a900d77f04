"""The command `fairlead`: it finds the command's module, and turns whatever happens into an exit code.

0: done. 1: the input is at fault. 2: there is a difference. 3: Fairlead is at fault, and a report was written.
"""

from __future__ import annotations

import gc
import os
import re
import sys
from contextlib import suppress
from importlib import import_module
from typing import Any, Final

import click

from fairlead.cli.exits import FAULT, INPUT, MACHINE, OUR_FAULT

COMMANDS = {
    "init": "A project that compiles, to start from.",
    "validate": "Everything that is wrong with the specifications.",
    "compile": "Write what the platforms run.",
    "check": "Is what is committed what compiling gives?",
    "preview": "What this change does, compared with a commit.",
    "apply": "Bring what is committed to a cluster without a reconciler.",
    "trigger": "Start a run in a cluster, now.",
    "doctor": "What the cluster lacks for this project.",
    "history": "What was served when, from what, and who approved it.",
    "graph": "The life of a model, as a picture.",
    "run": "The training of a pipeline, on this machine.",
    "lock": "Fill the locks with digests and versions.",
    "promote": "Move a version on, into an environment's lock.",
    "rollback": "Back to the version that a lock held before.",
    "serve": "A locked version on this machine, as a cluster would serve it.",
    "explain": "A diagnostic at length, or where a generated line comes from.",
    "schema": "The JSON Schemas of specifications and projects.",
    "targets": "The targets that are installed.",
    "fmt": "Canonical formatting that keeps comments.",
}
"""Each command's name, which is its module's, and one line of help: known without importing it."""

ANEW: Final = "FAIRLEAD_ANEW"
"""Set in the surroundings of a Python that was started a second time, so that there is no third."""


class Lazy(click.Group):
    """A group that imports a command's module when the command is called, and not before."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All commands, in the order in which a user meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, imported now."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"fairlead.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, from the table and without an import."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is called; for a word that is none, the nearest one."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from fairlead.source.words import nearest_word

            word = nearest_word(args[0], list(COMMANDS))
            meant = f" Did you mean '{word}'?" if word else ""
            raise click.UsageError(f"No such command '{args[0]}'.{meant}", ctx)
        return super().resolve_command(ctx, args)


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="fairlead", prog_name="fairlead")
def cli() -> None:
    """Compiles specifications of models in production into what their platforms run."""


def _as_meant() -> None:
    """Sees to it that a command finds what every other run of it finds, however Python was started.

    A standard stream that is closed is opened to nothing, or the next file would get its number and messages for people
    would be written into it. And Python begins anew where it takes names of files for something else than UTF-8, or has
    no docstrings, from which the schemas are made: neither can be changed while it runs.
    """
    for stream in range(3):
        try:
            os.fstat(stream)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    is_other = sys.getfilesystemencoding().lower() != "utf-8" or sys.flags.optimize > 1
    if not is_other or ANEW in os.environ:
        return
    encoding = sys.stdout.encoding if sys.stdout else "utf-8"
    surroundings = {"PYTHONIOENCODING": f"{encoding}:backslashreplace", **os.environ, ANEW: "1", "PYTHONUTF8": "1"}
    surroundings.pop("PYTHONOPTIMIZE", None)
    own = len(sys.orig_argv) - len(sys.argv) + 1
    options = [each for each in sys.orig_argv[1:own] if not re.fullmatch("-O+", each)]
    os.execve(sys.executable, [sys.executable, *options, *sys.argv[1:]], surroundings)  # noqa: S606 - this very program


def _tell(message: str) -> None:
    """Says why a command ends; where that can't be said either, its exit code has to do."""
    with suppress(OSError):
        click.echo(message, err=True)


def _is_nowhere() -> bool:
    """Whether this process's folder was deleted."""
    try:
        os.getcwd()  # noqa: PTH109 - a Path would be of no use
    except FileNotFoundError:
        return True
    return False


def main() -> Any:
    """Runs the command line and leaves with its exit code. No traceback reaches a user."""
    _as_meant()
    # Plans and manifests are trees that live to the end of a command. To look for cycles among millions of objects
    # finds none, and takes a fifth of the time.
    gc.disable()
    try:
        code = cli.main(standalone_mode=False)
    except click.exceptions.Abort:
        code = INPUT
        _tell("interrupted")
    except click.ClickException as error:
        error.show()
        code = INPUT
    except BrokenPipeError:
        # The reader of our output went away, as `head` does: there is nobody left to tell.
        sys.stderr.close()
        code = INPUT
    except MemoryError:
        _tell("error: memory ran out")
        code = INPUT
    except FAULT as error:
        if isinstance(error, OSError) and error.errno in MACHINE:
            _tell(f"error: {error.strerror}: {error.filename or 'standard output'}")
            code = INPUT
        elif isinstance(error, FileNotFoundError) and _is_nowhere():
            _tell("error: the folder that this command was started in is not there any more")
            code = INPUT
        else:
            from fairlead.cli.report import write_report

            write_report(error)
            code = OUR_FAULT
    finally:
        gc.enable()
    sys.exit(code if isinstance(code, int) else 0)
