"""Files under their final names: each whole and verified, or still the one from before."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from momentum_film.cut.edit import Cut
from momentum_film.deliver import DELIVERABLES
from momentum_film.deliver.manifest import (
    MANIFEST,
    Delivered,
    as_text,
    delivered,
    manifest,
    read,
    standing,
)
from momentum_film.plan import fingerprint
from momentum_film.plan.plan import Plan
from momentum_film.store import files
from momentum_film.store.cache import Cache


def publish(plan: Plan, cut: Cut, cache: Cache, folder: Path) -> list[Delivered]:
    """Make every format that is wanted, give all their names, and write the manifest last.

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
    wanted = {kind: form for kind, form in DELIVERABLES.items() if form.wanted(cut)}
    made = {kind: _made(kind, plan, cut, cache) for kind in wanted}
    names = own_names(plan)
    published = [delivered(folder / names[kind], kind, data) for kind, data in made.items()]
    with files.alone_in(folder):
        told = manifest(plan, cut, published)
        told["files"] += around(folder, plan)
        summary = as_text(told).encode()
        published.append(delivered(folder / MANIFEST, "manifest", summary))
        for file, data in zip(published, [*made.values(), summary], strict=True):
            _write_if_other(file, data)
    return published


def own_names(plan: Plan) -> dict[str, str]:
    """Kind -> name of the film's own files, whether it is wanted or not."""
    name = plan.request.experiment.name
    return {kind: f"{name}{form.suffix}" for kind, form in DELIVERABLES.items()}


def around(folder: Path, plan: Plan) -> list[dict[str, Any]]:
    """Entries of the manifest for what was made around the same film before."""
    own = own_names(plan).values()
    return [entry for entry in standing(folder, plan) if entry["path"] not in own]


def is_there(folder: Path, plan: Plan) -> bool:
    """Whether a folder holds the film with all that belongs to it."""
    names, content = own_names(plan), read(folder)
    if content is None or content["versions"].get("delivery") != fingerprint.delivery_sources():
        return False
    wanted = {names[kind] for kind in names if kind != "gif" or plan.loop}
    return wanted <= {entry["path"] for entry in standing(folder, plan)}


def _made(kind: str, plan: Plan, cut: Cut, cache: Cache) -> bytes:
    """A format's file, from the cache if the same was made before."""
    extra = [plan.poster.key, plan.loop.key if plan.loop else None]
    key = fingerprint.digest(kind, plan.fingerprint, extra, fingerprint.delivery_sources())
    data = cache.get(key)
    if data is None:
        with files.workshop(cache.folder) as here:
            path = here / f"{plan.request.experiment.name}{DELIVERABLES[kind].suffix}"
            data = DELIVERABLES[kind].make(cut, path).read_bytes()
        cache.put(key, data)
    return data


def _write_if_other(file: Delivered, data: bytes) -> None:
    if not file.path.is_file() or files.sha256_of(file.path.read_bytes()) != file.sha256:
        files.write_whole(file.path, data)
