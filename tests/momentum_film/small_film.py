"""A small film that took no rendering: every beat is one colour, so a picture tells its beat."""

from __future__ import annotations

import colorsys
import json
import os
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.video.frame import PictureType
from PIL import Image

from momentum_film.cut.film_info import Beat, Chapter, FilmInfo
from momentum_film.deliver.formats import FORMATS, with_needs
from momentum_film.deliver.kit import Kit, Product
from momentum_film.plan.jobs import Segment
from momentum_film.raster.encode.av1 import share_cores
from momentum_math import Experiment, load_experiment, read_experiment, run
from momentum_math.story import Story
from scenes.storyboard import tell
from tests import ROOT

WIDTH, HEIGHT, FPS = 320, 180, 15
BEAT_SECONDS = 0.8
BT709 = 1


@dataclass(frozen=True)
class SmallFilm:
    """A film in a folder, and what is known of it."""

    folder: Path
    manifest: dict[str, Any]

    @cached_property
    def film(self) -> FilmInfo:
        return film_of(json.loads((self.folder / "manifest.json").read_text(encoding="utf-8")))

    @cached_property
    def kit(self) -> Kit:
        return Kit(self.film, self.folder, rendered={"handout": [self._stills()]})

    def _stills(self) -> Segment:
        """The last picture of each beat, as vectors."""
        film = self.film
        colors = ("#{:02x}{:02x}{:02x}".format(*beat_color(i)) for i in range(len(film.beats)))
        data = b"".join(flat_svg(film.width, film.height, color) for color in colors)
        return Segment("all", data, "", film.frames, (), ())

    def deliver(self, *asked: str) -> tuple[Product, ...]:
        """Make formats from the film and write them beside it; films are encoded here."""
        kit = self.kit
        for name in with_needs(frozenset(asked)):
            data = self._again(name) if name in AGAIN else FORMATS[name].make(kit)
            files = FORMATS[name].names(self.film.name)
            products = map(Product, files, data)
            kit = replace(kit, made=(*kit.made, *products))
        for product in kit.made:
            (self.folder / product.file.name).write_bytes(product.data)
        return kit.made

    def _again(self, name: str) -> list[bytes]:
        path = self.folder / f"{self.film.name}.{name}.mp4"
        colors = [beat_color(i) for i in range(len(self.film.beats))]
        os.environ.setdefault("SVT_LOG", "1")  # errors alone
        _encode(path, colors, *AGAIN[name])
        return [path.read_bytes()]


def experiment(name: str = "momentum") -> Experiment:
    return load_experiment(ROOT / "experiments" / f"{name}.toml")


def manifest_of(experiment: Experiment, **words: str) -> dict[str, Any]:
    """A manifest with the experiment's own storyboard, every beat equally short.

    Args:
        experiment: What happens.
        words: ``title`` and ``caption`` instead of the storyboard's.
    """
    told, at, chapters = tell(Story(run(experiment))), 0.0, []
    title = words.get("title", told.title)
    for chapter in told.chapters:
        beats, start = [], at
        for beat in chapter.beats:
            end = round(at + BEAT_SECONDS, 6)
            caption = words.get("caption", beat.caption)
            beats.append(
                {"name": beat.name, "start_seconds": at, "end_seconds": end, "caption": caption}
            )
            at = end
        chapters.append(
            {
                "name": chapter.name,
                "title": words.get("title", chapter.title),
                "start_seconds": start,
                "end_seconds": at,
                "beats": beats,
            }
        )
    return {
        "name": experiment.name,
        "title": title,
        "width": WIDTH,
        "height": HEIGHT,
        "fps": FPS,
        "frames": round(at * FPS),
        "seconds": at,
        "theme": "paper",
        "aspect": "16:9",
        "experiment": experiment.to_dict(),
        "versions": {},
        "chapters": chapters,
        "files": [],
        "tracks": [],
    }


def film_of(manifest: dict[str, Any]) -> FilmInfo:
    """The film that a manifest speaks of."""
    keys = {key: value for key, value in manifest["experiment"].items() if key != "name"}
    chapters = (
        Chapter(
            chapter["name"],
            chapter["title"],
            chapter["start_seconds"],
            chapter["end_seconds"],
            tuple(
                Beat(beat["name"], beat["start_seconds"], beat["end_seconds"], beat["caption"])
                for beat in chapter["beats"]
            ),
        )
        for chapter in manifest["chapters"]
    )
    same = ("name", "title", "theme", "aspect", "width", "height", "fps", "frames")
    return FilmInfo(
        **{key: manifest[key] for key in same},
        experiment=read_experiment(keys, f"{manifest['name']}.toml"),
        chapters=tuple(chapters),
    )


def make(folder: Path, experiment: Experiment, **words: str) -> SmallFilm:
    """Write manifest, film and poster into a folder."""
    manifest = manifest_of(experiment, **words)
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    count = sum(len(chapter["beats"]) for chapter in manifest["chapters"])
    _encode(folder / f"{experiment.name}.mp4", [beat_color(i) for i in range(count)])
    Image.new("RGB", (1920, 1080), beat_color(count - 1)).save(folder / f"{experiment.name}.png")
    return SmallFilm(folder, manifest)


def beat_color(index: int) -> tuple[int, int, int]:
    """The colour of a beat; neighbours are far apart."""
    hue, value = index * 0.381966 % 1.0, 0.95 - 0.35 * (index % 3 == 2)
    red, green, blue = colorsys.hsv_to_rgb(hue, 0.65, value)
    return round(255 * red), round(255 * green), round(255 * blue)


def flat_svg(width: int, height: int, color: str) -> bytes:
    """A picture of one colour, ``#rrggbb``, as vectors."""
    size = f'width="{width}px" height="{height}px" viewBox="0 0 {width} {height}"'
    area = f'<rect width="{width}" height="{height}" style="fill:{color};"/>'
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return f'{head}<svg xmlns="http://www.w3.org/2000/svg" {size}>{area}</svg>\n'.encode()


X264 = {"preset": "ultrafast", "crf": "12"}
AV1 = {"preset": "12", "crf": "20", "svtav1-params": "lp=1"}
AGAIN = {"av1": ("libsvtav1", AV1), "web": ("libx264", X264)}


def _encode(
    path: Path,
    colors: list[tuple[int, int, int]],
    codec: str = "libx264",
    options: dict[str, str] = X264,
) -> None:
    """One key frame and some more per colour."""
    with av.open(str(path), "w", options={"movflags": "+faststart"}) as file:
        stream = file.add_stream(codec, rate=FPS, options=options)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        context = stream.codec_context
        context.color_range = context.colorspace = BT709
        context.color_primaries = context.color_trc = BT709
        context.open()
        share_cores()
        count = round(BEAT_SECONDS * FPS)
        for index, color in enumerate(colors):
            flat = np.full((HEIGHT, WIDTH, 3), color, np.uint8)
            frame = av.VideoFrame.from_ndarray(flat, format="rgb24").reformat(
                format="yuv420p", dst_colorspace=BT709, dst_color_range=BT709
            )
            for number in range(index * count, (index + 1) * count):
                frame.pict_type = PictureType.I if number % count == 0 else PictureType.NONE
                frame.pts, frame.time_base = number, Fraction(1, FPS)
                file.mux(stream.encode(frame))
        file.mux(stream.encode())
