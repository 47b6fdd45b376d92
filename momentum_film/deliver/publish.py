"""Files under their final names: each whole and verified, or still the one from before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache as once
from importlib.metadata import version
from pathlib import Path
from typing import Any

from momentum_film.cut.film_info import film_info
from momentum_film.deliver.formats import FORMATS, OWN
from momentum_film.deliver.kit import Kit, Product
from momentum_film.deliver.manifest import (
    MANIFEST,
    Delivered,
    as_text,
    delivered,
    intact_files,
    is_intact,
    manifest,
    read,
)
from momentum_film.plan import fingerprint
from momentum_film.plan.jobs import Segment
from momentum_film.plan.plan import Plan, PlannedJob
from momentum_film.store import files
from momentum_film.store.cache import Cache

LIBRARIES = ("fonttools", "fpdf2", "jinja2", "latex2mathml", "markupsafe", "python-pptx", "srt")
"""What writes files besides what draws pictures; their versions decide the bytes."""


def publish(
    plan: Plan, segments: Mapping[str, Segment], cache: Cache, folder: Path
) -> list[Delivered]:
    """Make the film's own files, give all their names, and write the manifest last.

    Nothing gets its name before everything is made. A file that is already there as it should be
    is left alone, and what was made around the same film before stays in the manifest.

    Args:
        plan: What was asked for.
        segments: What was rendered, by key.
        cache: Where files made before are looked for and kept.
        folder: Where to.

    Returns:
        The files, the manifest last.

    Raises:
        VerificationError: A file is not as planned.
        OSError: No room, or no right to write.
    """
    film, jobs = film_info(plan), own_jobs(plan)
    rendered = segments_of(jobs, segments)
    kit = Kit(film, folder, f"momentum {plan.fingerprint}", rendered=rendered)
    made = [product for name in jobs for product in make(name, kit, plan, cache)]
    return give_names(folder, plan, made, manifest(plan, film, rendered["video"]))


def own_jobs(plan: Plan) -> dict[str, Sequence[PlannedJob]]:
    """Formats that a film is published in -> what they are made from."""
    loop = {"loop": [plan.loop]} if plan.loop else {}
    return {"video": plan.film, **loop, "poster": [plan.poster]}


def segments_of(
    jobs: Mapping[str, Sequence[PlannedJob]], segments: Mapping[str, Segment]
) -> dict[str, list[Segment]]:
    """What was rendered for formats, of all segments by key."""
    return {name: [segments[job.key] for job in own] for name, own in jobs.items()}


def is_there(folder: Path, plan: Plan) -> bool:
    """Whether a folder holds the film with all that belongs to it."""
    content = read(folder)
    if content is None or content["versions"].get("delivery") != fingerprint.delivery_sources():
        return False
    intact = {file.path.name for file in intact_files(folder, plan)}
    return intact.issuperset(_names(plan, own_jobs(plan)))


def _names(plan: Plan, formats: Iterable[str]) -> list[str]:
    """Names of the film's own files in these formats."""
    film = plan.request.experiment.name
    return [file.name for name in formats for file in FORMATS[name].names(film)]


def make(name: str, kit: Kit, plan: Plan, cache: Cache) -> list[Product]:
    """A format's files, from the cache if the same were made before."""
    form, rendered = FORMATS[name], kit.rendered.get(name, ())
    ground = (
        *(plan.fingerprint, plan.poster.key, plan.loop.key if plan.loop else None),
        [(segment.chapter, segment.sha256) for segment in rendered],
        # What refers to others says how large they are.
        [(file.name, files.sha256_of(data)) for file, data in kit.made] if form.needs else [],
        *(fingerprint.delivery_sources(), _libraries()),
    )
    names = form.names(kit.film.name, [segment.chapter for segment in rendered])
    keys = [fingerprint.digest(name, file.name, ground) for file in names]
    kept = [cache.get(key) for key in keys]
    contents = [data for data in kept if data is not None]
    if len(contents) < len(keys):
        contents = list(form.make(kit))
        for key, data in zip(keys, contents, strict=True):
            cache.put(key, data)
    return list(map(Product, names, contents))


@once
def _libraries() -> list[str]:
    return [f"{name} {version(name)}" for name in LIBRARIES]


def give_names(
    folder: Path, plan: Plan, made: Sequence[Product], content: dict[str, Any] | None = None
) -> list[Delivered]:
    """Give files their names, and enter them into the manifest beside those that are intact.

    The manifest's content, but for its files, is that in the folder if it is not given. It is the
    last of the files that are returned.
    """
    published = [delivered(folder / file.name, file.kind, data) for file, data in made]
    with files.lock(folder):
        own = _names(plan, OWN)
        there = {file.path.name: file for file in intact_files(folder, plan)}
        kept = {name: file for name, file in there.items() if content is None or name not in own}
        by_name = kept | {file.path.name: file for file in published}
        ordered = sorted(by_name, key=lambda name: own.index(name) if name in own else len(own))
        listed = [{**by_name[name]._asdict(), "path": name} for name in ordered]
        summary = as_text({**(content or read(folder) or {}), "files": listed}).encode()
        published.append(delivered(folder / MANIFEST, "manifest", summary))
        for file, data in zip(published, [*(each.data for each in made), summary], strict=True):
            if not is_intact(file):
                files.atomic_write(file.path, data)
    return published
