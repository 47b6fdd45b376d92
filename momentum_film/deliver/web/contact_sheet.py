"""Many films at a glance: ``index.html``, which needs nothing beside it, and a grid of posters."""

from __future__ import annotations

import base64
import io
import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from markupsafe import Markup
from PIL import Image

from momentum_film.cut.film_info import FilmInfo
from momentum_film.deliver.print.lettering import write
from momentum_film.deliver.text.plain import one_line
from momentum_film.deliver.text.units import duration
from momentum_film.deliver.video.pictures import fitted, webp
from momentum_film.deliver.web import html
from momentum_film.deliver.web.css import custom_properties
from momentum_math import run
from momentum_math.story import Story
from scenes.kit.text.lines import shortened, wrap
from scenes.kit.text.scripts import directed
from scenes.look import THEMES
from scenes.words import names
from scenes.words.runs import verdict

TILE, GAP, TYPE, LINE = 480, 32, 22, 26  # pixels of the grid
MOST_COLUMNS = 8
INLINE = 720  # pixels of the longer side of a poster in the page


@dataclass(frozen=True)
class Card:
    """A film of the sheet.

    Attributes:
        film: The film.
        folder: Of its files, relative to the sheet.
        bytes: Of its video.
        poster: Its poster.
    """

    film: FilmInfo
    folder: str
    bytes: int
    poster: Path

    @property
    def look(self) -> str:
        """Its theme and aspect, in words."""
        return f"{self.film.theme}, {self.film.aspect}"

    @property
    def runs(self) -> list[dict[str, str]]:
        """``label`` and ``verdict`` of each contender."""
        story = Story(run(self.film.experiment))
        return [{"label": names.title(one), "verdict": verdict(one)} for one in story.runs]

    @cached_property
    def picture(self) -> dict[str, str | int]:
        """``url``, ``width`` and ``height`` of its poster, small enough to be in the page."""
        with Image.open(self.poster) as poster:
            small = fitted(poster, INLINE)
        url = "data:image/webp;base64," + base64.b64encode(webp(small, 82)).decode()
        return {"url": url, "width": small.width, "height": small.height}


def contact_page(cards: Sequence[Card]) -> Markup:
    """The sheet as one HTML document; the films are linked, the posters are in it.

    Args:
        cards: One or more.
    """
    count = len(cards)
    return html.document(
        "contact.html",
        html.style(custom_properties("16 / 9"), "contact.css"),
        html.script(),
        videos="'none'",
        images="data:",
        title="1 film" if count == 1 else f"{count} films",
        summary=f"{duration(sum(card.film.seconds for card in cards))} in all.",
        cards=cards,
    )


def contact_grid(cards: Sequence[Card]) -> bytes:
    """The posters side by side, as PNG.

    Args:
        cards: One or more.
    """
    posters = [_tile(card.poster) for card in cards]
    columns = min(MOST_COLUMNS, math.ceil(math.sqrt(len(cards))))
    rows = _rows(list(zip(cards, posters, strict=True)), columns)
    heights = [max(poster.height for _, poster in row) + 4 * LINE + GAP for row in rows]
    size_ = (columns * (TILE + GAP) + GAP, sum(heights) + GAP)
    sheet = Image.new("RGB", size_, THEMES["paper"].background)
    base = GAP
    for row, height in zip(rows, heights, strict=True):
        base += height
        for column, (card, poster) in enumerate(row):
            left = GAP + column * (TILE + GAP)
            at = (left + (TILE - poster.width) // 2, base - 4 * LINE - GAP - poster.height)
            sheet.paste(poster, at)
            _label(sheet, (left, base - 4 * LINE - GAP + LINE // 3), card)
    file = io.BytesIO()
    sheet.save(file, "PNG")
    return file.getvalue()


def _rows(tiles: list[tuple[Card, Image.Image]], columns: int) -> list[list[Any]]:
    """Rows of so many tiles; another shape begins another row."""
    rows = []
    for _, group in itertools.groupby(tiles, key=lambda tile: tile[1].size):
        same = list(group)
        rows += [same[at : at + columns] for at in range(0, len(same), columns)]
    return rows


def _label(sheet: Image.Image, place: tuple[int, int], card: Card) -> None:
    """A film's title, in at most two lines of a tile's width, and its look below."""
    theme, (left, top) = THEMES["paper"], place
    title = wrap(shortened(directed(one_line(card.film.title)), TYPE, TILE, most=2), TYPE, TILE)
    said = [*((line, theme.ink) for line in title), (card.look, theme.text(theme.muted))]
    for number, (line, ink) in enumerate(said):
        write(sheet, (left, top + number * LINE + TYPE), line, TYPE, ink)


def _tile(path: Path) -> Image.Image:
    with Image.open(path) as poster:
        return fitted(poster, TILE)
