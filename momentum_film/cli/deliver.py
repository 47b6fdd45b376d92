"""``momentum deliver``: what stands around a film, with one flag for each format in the table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from momentum_film.cli.options import (
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
    from momentum_film.deliver.kit import Format

UNSAID = click.core.ParameterSource.DEFAULT


class _WithFormats(click.Command):
    """A command with the formats' flags; their table is only read where somebody asks for it."""

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        from momentum_film.deliver.formats import AROUND, FORMATS

        argument, *options = super().get_params(ctx)
        return [argument, *(_flag(name, FORMATS[name]) for name in AROUND), *options]


def _flag(name: str, form: Format) -> click.Option:
    if form.by_chapter:
        return click.Option([f"--{name}"], multiple=True, metavar="CHAPTER", help=form.about)
    return click.Option([f"--{name}"], is_flag=True, help=form.about)


@click.command(cls=_WithFormats)
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
    formats = frozenset(name for name, wanted in asked.items() if wanted or everything)
    if not formats and not gif:
        names = ", ".join(f"--{name}" for name in (*asked, "gif"))
        fail(BAD_INPUT, f"say what to deliver: {names}, or --all")
    loaded = load(experiment)
    from momentum_film.deliver.order import Order, request_for
    from momentum_film.deliver.order import deliver as deliver_order
    from momentum_film.engines import engine_named
    from momentum_film.plan.plan import Request
    from momentum_film.store.cache import default_cache

    folder = out or folder_of(loaded.name)
    look = ("quality", "theme", "aspect")
    given = {name for name in look if context.get_parameter_source(name) != UNSAID}
    request = request_for(folder, Request(loaded, quality, theme, aspect), given)
    order = Order(request, formats, gif)
    with progress() as told, engine_named(engine, workers, scheduler) as worker:
        made = deliver_order(order, folder, worker, default_cache(told.note), told)
    list_files(made)
