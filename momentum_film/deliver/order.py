"""An order for files around a film: made from the film in its folder, and only what is missing."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from momentum_film import faults
from momentum_film.cut.film_info import film_info
from momentum_film.deliver import publish
from momentum_film.deliver.formats import FORMATS, with_needs
from momentum_film.deliver.kit import Kit
from momentum_film.deliver.manifest import Delivered, read
from momentum_film.plan.plan import QUALITIES, Request, plan_again, plan_film
from momentum_film.render.schedule import render_all
from momentum_film.store import files
from momentum_math import Experiment, run
from momentum_math.story import Story
from scenes.storyboard import tell

if TYPE_CHECKING:
    from momentum_film.engines.base import Engine
    from momentum_film.render.progress import Progress
    from momentum_film.store.cache import Cache


@dataclass(frozen=True)
class Order:
    """What somebody wants around a film: formats in ``AROUND``, and chapters as GIFs."""

    request: Request
    formats: frozenset[str]
    loops: tuple[str, ...] = ()


def deliver(
    order: Order, folder: Path, engine: Engine, cache: Cache, progress: Progress
) -> list[Delivered]:
    """Make what is wanted around a film, and the film itself where it is not there yet.

    Returns:
        The files, the manifest last.

    Raises:
        RequestError: Nobody can make what is asked for; nothing was written.
        FilmError: Rendering or verification failed.
        OSError: No room, or no right to write.
    """
    plan = plan_film(order.request)
    names = with_needs(order.formats | ({"gif"} if order.loops else set()))
    loops = tuple(dict.fromkeys(order.loops))
    again = {
        name: plan_again(order.request, form.renders, loops if form.by_chapter else ())
        for name in names
        if (form := FORMATS[name]).renders
    }
    files.make_ready(folder, cache.folder)
    folder.mkdir(parents=True, exist_ok=True)
    missing = () if publish.is_there(folder, plan) else plan.jobs
    once = {job.key: job for job in itertools.chain(missing, *again.values())}
    segments = render_all(once.values(), engine, cache, progress) if once else {}
    if missing:
        publish.publish(plan, segments, cache, folder)
    rendered = publish.segments_of(again, segments)
    kit = Kit(film_info(plan), folder, has_loop=plan.loop is not None, rendered=rendered)
    for name in names:
        try:
            made = publish.make(name, kit, plan, cache)
        except Exception as error:
            where = f"--{name} of {kit.film.name}"
            rest = f"the film is whole, and without --{name} the rest can be made"
            raise faults.in_words(error, cache.folder, where, rest) from error
        kit = replace(kit, made=(*kit.made, *made))
    return publish.give_names(folder, plan, kit.made)


def request_for(folder: Path, asked: Request, given: set[str]) -> Request:
    """What is asked for, but with all that is not ``given`` as in a film that is there already.

    Args:
        folder: Where a film may be.
        asked: What somebody wants.
        given: Which of ``quality``, ``theme`` and ``aspect`` they said.
    """
    manifest = read(folder)
    if manifest is None:
        return asked
    shape = (min(manifest["width"], manifest["height"]), manifest["fps"])
    qualities = {(each.short_side, each.fps): name for name, each in QUALITIES.items()}
    own = f"{asked.experiment.name}.gif"
    there = {
        "quality": qualities.get(shape, asked.quality),
        "theme": manifest["theme"],
        "aspect": manifest["aspect"],
        "loop": own in {entry["path"] for entry in manifest["files"]},
        "chapters": _chapters(manifest, asked.experiment),
    }
    return replace(asked, **{key: value for key, value in there.items() if key not in given})


def _chapters(manifest: dict[str, Any], experiment: Experiment) -> tuple[str, ...]:
    """Which chapters a film has; empty for all, and where the film is of another experiment."""
    if manifest["experiment"] != experiment.to_dict():
        return ()
    names = {chapter["name"] for chapter in manifest["chapters"]}
    told = [chapter.name for chapter in tell(Story(run(experiment))).chapters]
    return () if names >= set(told) else tuple(name for name in told if name in names)
