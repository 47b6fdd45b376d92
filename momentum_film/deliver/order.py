"""What is wanted around a film: from the film in its folder, rendering only what is missing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from momentum_film import faults
from momentum_film.cut import edit
from momentum_film.deliver import publish
from momentum_film.deliver.film_info import read_film
from momentum_film.deliver.manifest import MANIFEST, Delivered, as_text, delivered, read, standing
from momentum_film.deliver.other_files import KINDS, Kit, Product, wanted_kinds
from momentum_film.errors import FilmError
from momentum_film.plan.plan import QUALITIES, Plan, PlannedJob, Request, plan_again, plan_film
from momentum_film.render.schedule import render_all
from momentum_film.store import files
from momentum_math import Experiment, run
from scenes.storyboard import tell

if TYPE_CHECKING:
    from momentum_film.engines.base import Engine
    from momentum_film.render.progress import Progress
    from momentum_film.render.schedule import Segments
    from momentum_film.store.cache import Cache


@dataclass(frozen=True)
class Order:
    """What somebody wants around a film.

    Attributes:
        request: The film.
        kinds: Names in ``momentum_film.deliver.other_files.KINDS``.
        loops: Chapters that are wanted as GIFs.
    """

    request: Request
    kinds: frozenset[str]
    loops: tuple[str, ...] = ()


def deliver(
    order: Order, folder: Path, engine: Engine, cache: Cache, progress: Progress
) -> list[Delivered]:
    """Make what is wanted around a film, and the film itself where it is not there yet.

    Args:
        order: What is wanted.
        folder: Where the film is, and where the files go.
        engine: Renders what the cache does not know.
        cache: Of rendered chapters and files.
        progress: Is told how far it is.

    Returns:
        The files, the manifest last.

    Raises:
        RequestError: Nobody can make what is asked for; nothing was written.
        FilmError: Rendering or verification failed.
        OSError: No room, or no right to write.
    """
    plan = plan_film(order.request)
    kinds = wanted_kinds(order.kinds | ({"gif"} if order.loops else set()))
    av1 = plan_again(order.request, "av1") if "av1" in kinds else ()
    loops = plan_again(order.request, "gif", order.loops) if order.loops else ()
    files.make_ready(folder, cache.folder)
    folder.mkdir(parents=True, exist_ok=True)
    missing = () if publish.is_there(folder, plan) else plan.jobs
    segments = _segments((*missing, *av1, *loops), engine, cache, progress)
    if missing:
        publish.publish(plan, edit.edit(plan, segments), cache, folder)
    kit = Kit(
        film=read_film(folder / MANIFEST),
        outcome=run(order.request.experiment),
        theme=order.request.theme,
        folder=folder,
        av1=tuple(segments[job.key] for job in av1),
        loops={job.job.chapter: segments[job.key] for job in loops},
    )
    for kind in kinds:
        kit = replace(kit, made=(*kit.made, *_made(kind, kit, cache)))
    return _publish(folder, plan, kit.made)


def _made(kind: str, kit: Kit, cache: Cache) -> tuple[Product, ...]:
    """What is wanted of a kind, or one line on why there is none."""
    try:
        return KINDS[kind].make(kit)
    except Exception as error:
        where = f"--{kind} of {kit.film.name}"
        rest = f"the film is whole, and without --{kind} the rest can be made"
        said = faults.in_words(error, cache.folder, where, rest)
        raise FilmError(said.line, said.exit_code) from error


def _segments(
    jobs: tuple[PlannedJob, ...], engine: Engine, cache: Cache, progress: Progress
) -> Segments:
    """Have chapters in whatever encodings, each once, the longest first."""
    once = {planned.key: planned for planned in jobs}
    longest = sorted(once.values(), key=lambda planned: -planned.cost)
    return render_all(longest, engine, cache, progress) if longest else {}


def request_for(folder: Path, asked: Request, given: set[str]) -> Request:
    """The request for a film that is in a folder already, but for what was said otherwise.

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
    told = [chapter.name for chapter in tell(run(experiment)).chapters]
    return () if names >= set(told) else tuple(name for name in told if name in names)


def _publish(folder: Path, plan: Plan, products: tuple[Product, ...]) -> list[Delivered]:
    """Give the products their names, and enter them into the manifest."""
    made = [delivered(folder / each.name, each.kind, each.data) for each in products]
    with files.alone_in(folder):
        for product in products:
            files.write_whole(folder / product.name, product.data)
        entries = {entry["path"]: entry for entry in standing(folder, plan)}
        entries |= {file.path.name: file.entry for file in made}
        summary = as_text({**(read(folder) or {}), "files": list(entries.values())}).encode()
        files.write_whole(folder / MANIFEST, summary)
    return [*made, delivered(folder / MANIFEST, "manifest", summary)]
