"""Many films at a glance: ``index.html``, which needs nothing beside it, and a grid of posters."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from markupsafe import Markup
from PIL import Image

from momentum_film.cut.film_info import FilmInfo
from momentum_film.deliver.print.lettering import write
from momentum_film.deliver.text.plain import one_line
from momentum_film.deliver.text.units import duration
from momentum_film.deliver.video.pictures import fitted, png, webp
from momentum_film.deliver.web import html
from momentum_film.deliver.web.css import custom_properties
from momentum_math import run
from momentum_math.story import Story
from scenes.kit.text.lines import shortened, wrap
from scenes.kit.text.scripts import directed
from scenes.look import THEMES
from scenes.words import names
from scenes.words.runs import verdicts

TILE, GAP, TYPE, LINE = 480, 32, 22, 26  # pixels of the grid
MOST_COLUMNS = 8
INLINE = 720  # pixels of the longer side of a poster in the page


@dataclass(frozen=True)
class Card:
    """A film of the sheet: the folder of its files as seen from there, bytes of its video."""

    film: FilmInfo
    folder: str
    bytes: int
    poster: Path

    @property
    def look(self) -> str:
        """Its theme and aspect, in words."""
        return f"{self.film.theme}, {self.film.aspect}"

    @property
    def runs(self) -> list[tuple[str, str]]:
        """(label, verdict) of each contender."""
        story = Story(run(self.film.experiment))
        return [(names.title(one), verdicts(one)[0]) for one in story.runs]

    @cached_property
    def picture(self) -> Image.Image:
        """Its poster, small enough to be in the page."""
        return _small(self.poster, INLINE)

    @property
    def url(self) -> str:
        """The picture as an address."""
        return html.data_url("image/webp", webp(self.picture, 82))


_Tile = tuple[Card, Image.Image]


def contact_page(cards: Sequence[Card]) -> Markup:
    """One film or more as one HTML document; the films are linked, the posters are in it."""
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
    """The posters of one film or more side by side, as PNG."""
    columns = min(MOST_COLUMNS, math.ceil(math.sqrt(len(cards))))
    rows = _rows([(card, _small(card.poster, TILE)) for card in cards], columns)
    heights = [max(poster.height for _, poster in row) + 4 * LINE + GAP for row in rows]
    size = (columns * (TILE + GAP) + GAP, sum(heights) + GAP)
    sheet = Image.new("RGB", size, THEMES["paper"].background)
    for row, end in zip(rows, itertools.accumulate(heights), strict=True):
        base = end - 4 * LINE
        for column, (card, poster) in enumerate(row):
            left = GAP + column * (TILE + GAP)
            sheet.paste(poster, (left + (TILE - poster.width) // 2, base - poster.height))
            _label(sheet, (left, base + LINE // 3), card)
    return png(sheet)


def _rows(tiles: list[_Tile], columns: int) -> list[list[_Tile]]:
    """Rows of so many tiles; another shape begins another row."""
    shapes = (list(same) for _, same in itertools.groupby(tiles, key=lambda tile: tile[1].size))
    return [same[at : at + columns] for same in shapes for at in range(0, len(same), columns)]


def _label(sheet: Image.Image, place: tuple[int, int], card: Card) -> None:
    """A film's title, in at most two lines of a tile's width, and its look below."""
    theme, (left, top) = THEMES["paper"], place
    title = wrap(shortened(directed(one_line(card.film.title)), TYPE, TILE, most=2), TYPE, TILE)
    said = [*((line, theme.ink) for line in title), (card.look, theme.text(theme.muted))]
    for number, (line, ink) in enumerate(said):
        write(sheet, (left, top + number * LINE + TYPE), line, TYPE, ink)


def _small(path: Path, longest: int) -> Image.Image:
    with Image.open(path) as poster:
        return fitted(poster, longest)
