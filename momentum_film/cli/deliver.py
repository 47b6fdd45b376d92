"""``momentum deliver``: what stands around a film, with one flag for each kind in the table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from momentum_film.cli.options import (
    engine_of,
    experiment_argument,
    fail,
    folder_of,
    list_files,
    load,
    look_options,
    progress,
    work_options,
)
from momentum_film.errors import BAD_INPUT

if TYPE_CHECKING:
    from momentum_film.deliver.other_files import Kind

LOOPS = "gif"
"""The one kind that is asked for chapter by chapter."""


class _WithKinds(click.Command):
    """A command with the kinds' flags; their table is only read where somebody asks for it."""

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        from momentum_film.deliver.other_files import KINDS

        argument, *options = super().get_params(ctx)
        return [argument, *(_flag(*entry) for entry in KINDS.items()), *options]


def _flag(name: str, kind: Kind) -> click.Option:
    about = f"{kind.about[0].upper()}{kind.about[1:]}."
    if name == LOOPS:
        return click.Option([f"--{name}"], multiple=True, metavar="CHAPTER", help=about)
    return click.Option([f"--{name}"], is_flag=True, help=about)


@click.command(cls=_WithKinds)
@experiment_argument
@click.option("--all", "everything", is_flag=True, help="All of these, but for GIFs of chapters.")
@look_options("that of the film that is there")
@work_options()
@click.pass_context
def deliver(
    context: click.Context,
    experiment: str,
    everything: bool,
    quality: str,
    theme: str,
    aspect: str,
    out: Path | None,
    engine: str,
    workers: int | None,
    scheduler: str | None,
    gif: tuple[str, ...],
    **asked: Any,
) -> None:
    """Make what stands around a film.

    The film itself is made, too, where it is not there yet; else nothing of it is drawn again.
    """
    kinds = frozenset(name for name, wanted in asked.items() if wanted or everything)
    if not kinds and not gif:
        names = ", ".join(f"--{name}" for name in (*asked, LOOPS))
        fail(BAD_INPUT, f"say what to deliver: {names}, or --all")
    loaded = load(experiment)
    from momentum_film.deliver.order import Order, request_for
    from momentum_film.deliver.order import deliver as deliver_order
    from momentum_film.plan.plan import Request
    from momentum_film.store.cache import default_cache

    folder = out or folder_of(loaded.name)
    look = ("quality", "theme", "aspect")
    given = {name for name in look if context.get_parameter_source(name) in _SAID}
    request = request_for(folder, Request(loaded, quality, theme, aspect), given)
    order = Order(request, kinds, gif)
    with progress() as told, engine_of(engine, workers, scheduler) as worker:
        cache = default_cache(told.note)
        made = deliver_order(order, folder, worker, cache, told)
    list_files(made)


_SAID = (click.core.ParameterSource.COMMANDLINE, click.core.ParameterSource.ENVIRONMENT)
