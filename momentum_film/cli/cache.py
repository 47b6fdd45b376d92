"""``momentum cache``: how much is kept, and how to be rid of it."""

from __future__ import annotations

from functools import partial

import click

from momentum_film.cli.speech import say
from momentum_film.deliver.text.units import size


@click.command()
@click.option("--clear", is_flag=True, help="Remove everything.")
@click.option("--stats", is_flag=True, help="How much there is (also without any option).")
def cache(clear: bool, stats: bool) -> None:
    """The rendered chapters that are kept.

    They are in build/.cache; MOMENTUM_CACHE=FOLDER moves them.
    """
    from momentum_film.store.cache import default_cache

    kept = default_cache(partial(say, err=True))
    found = kept.clear() if clear else kept.stats()
    verb = "removed" if clear and not stats else "kept"
    say(f"{kept.folder}: {found.blobs} chapters, {size(found.bytes)} {verb}")
