"""Files under their final names: each whole and verified, or still the one from before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache as once
from importlib.metadata import version
from pathlib import Path
from typing import Any

from momentum_film.cut.edit import Cut
from momentum_film.deliver.formats import FORMATS, OWN
from momentum_film.deliver.kit import Kit, Product
from momentum_film.deliver.manifest import (
    MANIFEST,
    Delivered,
    as_text,
    delivered,
    intact_files,
    manifest,
    read,
)
from momentum_film.plan import fingerprint
from momentum_film.plan.plan import Plan
from momentum_film.store import files
from momentum_film.store.cache import Cache

LIBRARIES = ("fonttools", "fpdf2", "jinja2", "latex2mathml", "markupsafe", "python-pptx", "srt")
"""What writes files besides what draws pictures; their versions decide the bytes."""


def publish(plan: Plan, cut: Cut, cache: Cache, folder: Path) -> list[Delivered]:
    """Make the film's own files, give all their names, and write the manifest last.

    Nothing gets its name before everything is made. A file that is already there as it should be
    is left alone, and what was made around the same film before stays in the manifest.

    Args:
        plan: What was asked for.
        cut: What was rendered.
        cache: Where files made before are looked for and kept.
        folder: Where to.

    Returns:
        The files, the manifest last.

    Raises:
        VerificationError: A file is not as planned.
        OSError: No room, or no right to write.
    """
    kit = Kit(cut.film, folder, cut)
    made = [product for name in wanted(plan) for product in make(name, kit, plan, cache)]
    return give_names(folder, plan, made, manifest(plan, cut))


def wanted(plan: Plan) -> list[str]:
    """The formats that a film is published in."""
    return [name for name in OWN if FORMATS[name].wanted(plan)]


def own_names(plan: Plan, formats: Iterable[str] = OWN) -> list[str]:
    """Names of the film's own files, in all formats or in these."""
    film = plan.request.experiment.name
    return [file.name for name in formats for file in FORMATS[name].names(film)]


def is_there(folder: Path, plan: Plan) -> bool:
    """Whether a folder holds the film with all that belongs to it."""
    content = read(folder)
    if content is None or content["versions"].get("delivery") != fingerprint.delivery_sources():
        return False
    intact = {entry["path"] for entry in intact_files(folder, plan)}
    return intact.issuperset(own_names(plan, wanted(plan)))


def make(name: str, kit: Kit, plan: Plan, cache: Cache) -> list[Product]:
    """A format's files, from the cache if the same were made before.

    Raises:
        Exception: Whatever its function raises; nothing is kept then.
    """
    form, rendered = FORMATS[name], kit.rendered.get(name, {})
    ground = (
        *(plan.fingerprint, plan.poster.key, plan.loop.key if plan.loop else None),
        [(chapter, segment.sha256) for chapter, segment in rendered.items()],
        # What refers to others says how large they are.
        [(each.file.name, each.sha256) for each in kit.made] if form.needs else [],
        *(fingerprint.delivery_sources(), _libraries()),
    )
    names = form.names(kit.film.name, rendered)
    keys = [fingerprint.digest(name, file.name, ground) for file in names]
    kept = [cache.get(key) for key in keys]
    contents = [data for data in kept if data is not None]
    if len(contents) < len(keys):
        contents = list(form.make(kit))
        for key, data in zip(keys, contents, strict=True):
            cache.put(key, data)
    return [Product(file, data) for file, data in zip(names, contents, strict=True)]


@once
def _libraries() -> list[str]:
    return [f"{name} {version(name)}" for name in LIBRARIES]


def give_names(
    folder: Path, plan: Plan, made: Sequence[Product], content: dict[str, Any] | None = None
) -> list[Delivered]:
    """Give files their names, and enter them into the manifest beside those that are intact.

    Args:
        folder: Where to.
        plan: Of the film.
        made: The files.
        content: Of the manifest, but for its files; if not given, that in the folder.

    Returns:
        The files, the manifest last.
    """
    published = [
        Delivered(folder / each.file.name, each.file.kind, len(each.data), each.sha256)
        for each in made
    ]
    with files.lock(folder):
        own = own_names(plan)
        kept = {
            entry["path"]: entry
            for entry in intact_files(folder, plan)
            if content is None or entry["path"] not in own
        }
        entries = kept | {file.path.name: file.entry for file in published}
        first = {name: place for place, name in enumerate(own)}
        ordered = sorted(entries.values(), key=lambda each: first.get(each["path"], len(own)))
        told = {**(content or read(folder) or {}), "files": ordered}
        summary = as_text(told).encode()
        published.append(delivered(folder / MANIFEST, "manifest", summary))
        for file, data in zip(published, [*(each.data for each in made), summary], strict=True):
            _write_if_other(file, data)
    return published


def _write_if_other(file: Delivered, data: bytes) -> None:
    if not file.path.is_file() or files.sha256_of(file.path.read_bytes()) != file.sha256:
        files.atomic_write(file.path, data)
