"""Many films at a glance: pages that need nothing beside them, and grids of posters."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from pathlib import Path

from markupsafe import Markup
from PIL import Image

from momentum_film.deliver.print.lettering import write
from momentum_film.deliver.text.plain import one_line
from momentum_film.deliver.text.units import duration
from momentum_film.deliver.video.pictures import fitted, png, webp
from momentum_film.deliver.web import html
from momentum_film.deliver.web.card import Card
from momentum_film.deliver.web.css import custom_properties
from scenes.kit.text.lines import shortened, wrap
from scenes.kit.text.scripts import directed
from scenes.look import THEMES

TILE, GAP, TYPE, LINE = 480, 32, 22, 26  # pixels of the grid
MOST_COLUMNS = 8
MOST_ON_A_PAGE = 96
INLINE = 720  # pixels of the longer side of a poster in the page

_Tile = tuple[Card, int, int]
"""A film, width and height of its poster in the grid."""


def contact_sheet(cards: Sequence[Card], folder: Path) -> Iterator[tuple[str, bytes]]:
    """The sheet of some films as files, one after the other; nothing for none.

    Args:
        cards: The films.
        folder: Where the sheet will be; their folders are in it.

    Yields:
        Name and content: for every so many films a page, which needs nothing beside it, and their
        posters side by side as PNG.
    """
    # Like shapes stand side by side.
    ordered = sorted(cards, key=lambda card: card.height / card.width)
    pages = [ordered[i : i + MOST_ON_A_PAGE] for i in range(0, len(ordered), MOST_ON_A_PAGE)]
    for number, own in enumerate(pages, start=1):
        yield _page_name(number), _page(own, ordered, number, len(pages), folder).encode()
        yield _numbered("contact-sheet", number, "png"), contact_grid(own)


def _page_name(number: int) -> str:
    return _numbered("index", number, "html")


def _numbered(name: str, number: int, kind: str) -> str:
    """A file's name; the first one has no number.

    >>> _numbered("index", 1, "html"), _numbered("index", 2, "html")
    ('index.html', 'index-2.html')
    """
    return f"{name}.{kind}" if number == 1 else f"{name}-{number}.{kind}"


def _page(
    own: Sequence[Card], every: Sequence[Card], number: int, pages: int, folder: Path
) -> Markup:
    """One page: the films are linked, their posters, made one after the other, are in it."""
    count = len(every)
    others = [(n, _page_name(n)) for n in range(1, pages + 1)] if pages > 1 else []
    return html.document(
        "contact.html",
        html.style(custom_properties("16 / 9"), "contact.css"),
        html.script(),
        videos="'none'",
        images="data:",
        title="1 film" if count == 1 else f"{count} films",
        summary=f"{duration(sum(card.seconds for card in every))} in all.",
        cards=((card, card.folder.relative_to(folder).as_posix(), _Inline(card)) for card in own),
        number=number,
        pages=others,
    )


class _Inline:
    """A film's poster, small enough to be in the page: its address and its size in pixels."""

    def __init__(self, card: Card) -> None:
        picture = _small(card.poster, INLINE)
        self.url = html.data_url("image/webp", webp(picture, 82))
        self.width, self.height = picture.size


def contact_grid(cards: Sequence[Card]) -> bytes:
    """The posters of one film or more side by side, as PNG."""
    columns = min(MOST_COLUMNS, math.ceil(math.sqrt(len(cards))))
    rows = _rows([_tile(card) for card in cards], columns)
    heights = [max(height for _, _, height in row) + 4 * LINE + GAP for row in rows]
    size = (columns * (TILE + GAP) + GAP, sum(heights) + GAP)
    sheet = Image.new("RGB", size, THEMES["paper"].background)
    for row, end in zip(rows, itertools.accumulate(heights), strict=True):
        base = end - 4 * LINE
        for column, (card, width, height) in enumerate(row):
            left = GAP + column * (TILE + GAP)
            poster = _small(card.poster, TILE)
            sheet.paste(poster, (left + (TILE - width) // 2, base - height))
            _label(sheet, (left, base + LINE // 3), card)
    return png(sheet)


def _tile(card: Card) -> _Tile:
    """A film's place in the grid; of its poster only the size is read."""
    with Image.open(card.poster) as poster:
        scale = min(1.0, TILE / max(poster.size))
        return card, round(poster.width * scale), round(poster.height * scale)


def _rows(tiles: list[_Tile], columns: int) -> list[list[_Tile]]:
    """Rows of so many tiles; another shape begins another row."""
    shapes = (list(same) for _, same in itertools.groupby(tiles, key=lambda tile: tile[1:]))
    return [same[at : at + columns] for same in shapes for at in range(0, len(same), columns)]


def _label(sheet: Image.Image, place: tuple[int, int], card: Card) -> None:
    """A film's title, in at most two lines of a tile's width, and its look below."""
    theme, (left, top) = THEMES["paper"], place
    title = wrap(shortened(directed(one_line(card.title)), TYPE, TILE, most=2), TYPE, TILE)
    said = [*((line, theme.ink) for line in title), (card.look, theme.text(theme.muted))]
    for number, (line, ink) in enumerate(said):
        write(sheet, (left, top + number * LINE + TYPE), line, TYPE, ink)


def _small(path: Path, longest: int) -> Image.Image:
    with Image.open(path) as poster:
        return fitted(poster, longest)
