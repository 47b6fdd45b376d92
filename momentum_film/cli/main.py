"""The command ``momentum``: parses, calls one function, prints. Manim is never imported here."""

from __future__ import annotations

import os
import shlex
import sys
import traceback
from typing import NoReturn

import click

from momentum_film.cli.deliver import deliver
from momentum_film.cli.doctor import doctor
from momentum_film.cli.experiments import check, list_, new, schema, show
from momentum_film.cli.options import fail
from momentum_film.cli.play import play
from momentum_film.cli.project import project
from momentum_film.cli.render import batch, cache, render
from momentum_film.cli.speech import say, settle, speak_plainly
from momentum_film.cli.still import still
from momentum_film.cli.studio import studio
from momentum_film.errors import BAD_INPUT


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="momentum-film", prog_name="momentum")
@click.option("--debug", is_flag=True, envvar="MOMENTUM_DEBUG", help="Print tracebacks, too.")
@click.pass_context
def main(context: click.Context, debug: bool) -> None:
    """Films about optimisation by momentum: one TOML file in, a film out.

    EXPERIMENT is a TOML file, or the name of a shipped experiment (see `momentum list`).

    Rendered chapters and typeset formulas are kept in build/.cache, or where that cannot be written
    among your own caches; MOMENTUM_CACHE=FOLDER moves them. MOMENTUM_DEBUG=1 is --debug.

    Exit codes: 0 done, 2 something is wrong with what was asked for, 3 the machine lacks something,
    4 it failed otherwise; 128 and more, a signal ended it.
    """
    context.ensure_object(dict)["debug"] = debug


COMMANDS = (
    *(batch, cache, check, deliver, doctor, list_, new, play, project, render, schema, show),
    *(still, studio),
)

for command in COMMANDS:
    main.add_command(command)


def run() -> NoReturn:
    """End the process with the exit code of the command, which says in one line why it failed."""
    answer(main)


def answer(command: click.Command) -> NoReturn:
    """Run a command of these or of the benchmarks; see ``run``."""
    from momentum_film.cli.interrupts import Interrupted, interruptible

    speak_plainly()
    try:
        with interruptible():
            _answer(command)
    except Interrupted as signal:
        say(f"{signal}: the next run goes on where this one stopped", err=True)
        settle()
        # Threads may still wait for workers, which end with their parent.
        os._exit(signal.exit_code)
    raise SystemExit(0)


def _answer(command: click.Command) -> None:
    asked: dict[str, bool] = {}
    try:
        command(standalone_mode=False, obj=asked)
    except click.ClickException as error:
        context = error.ctx if isinstance(error, click.UsageError) else None
        usage = context.command_path if context else "momentum"
        fail(BAD_INPUT, f"{usage}: {error.format_message()} (see {usage} --help)")
    except click.exceptions.Exit as error:
        raise SystemExit(error.exit_code) from None
    except Exception as error:
        _tell(error, asked.get("debug", False))


def _tell(error: Exception, debug: bool) -> NoReturn:
    """End the command with what is known of an error; a fault of the program is recorded."""
    from momentum_film import faults
    from momentum_math import ExperimentError
    from scenes import cache_folder

    if isinstance(error, ExperimentError):
        fail(BAD_INPUT, *error.messages)
    settle()
    if debug:
        say("".join(traceback.format_exception(error)), err=True)
    said = faults.told(error)
    if said is None:
        asked = shlex.join(["momentum", *sys.argv[1:]])
        way_out = "all that was made before is still there"
        said = faults.in_words(error, cache_folder.kept().folder, asked, way_out)
    fail(said.exit_code, str(said))
