"""``handout.pdf``: one page per beat, its last picture over its caption; chapters are bookmarks."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from fpdf import FPDF
from fpdf.enums import CharVPos, XPos, YPos

from momentum_film.cut.film_info import Beat, Chapter, FilmInfo
from momentum_film.deliver.print.truetype import truetype
from momentum_film.deliver.text.plain import plain
from scenes.kit.text.font_runs import faces_of
from scenes.kit.text.fonts import WEIGHTS, Weight, font_file
from scenes.look import THEMES, Theme

SHORTER_SIDE = 180.0  # mm of the picture, as on a projector's screen
MARGIN = 12.0
STRIP = 30.0
SIZE, SMALL = 15.0, 10.0  # points
LINE = 6.4  # mm
STYLES: dict[str, Weight] = {"": "Regular", "B": "Semibold"}


def handout(film: FilmInfo, lasts: Sequence[bytes]) -> bytes:
    """The handout as PDF, from the last picture of each beat, an SVG document."""
    scale = SHORTER_SIDE / min(film.width, film.height)
    document = _Sheets(THEMES[film.theme], (film.width * scale, film.height * scale))
    document.set_title(plain(film.title))
    document.set_lang("en")
    document.set_creator("momentum")
    places = [(chapter, beat) for chapter in film.chapters for beat in chapter.beats]
    with TemporaryDirectory() as folder:
        _add_fonts(document, _text(film), Path(folder))
        for number, (place, last) in enumerate(zip(places, lasts, strict=True), start=1):
            _add(document, place, last, f"{number} / {len(places)}")
        return bytes(document.output())


def _text(film: FilmInfo) -> str:
    """All that the handout writes, once."""
    words = [chapter.title for chapter in film.chapters] + [beat.caption for beat in film.beats]
    return "".join(map(plain, words)) + "0123456789 /−"


def _add_fonts(document: FPDF, text: str, folder: Path) -> None:
    """The film's font with what the handout writes, and others for what it lacks, as files."""
    others = [(face, path) for face in faces_of(text) if (path := face.path)]
    for style, weight in STYLES.items():
        fonts = {"film": truetype(font_file(weight), text)}
        for number, (face, path) in enumerate(others):
            fonts[f"other{number}"] = truetype(path, text, face.index, WEIGHTS[weight])
        for family, font in fonts.items():
            file = folder / f"{family}{style}.ttf"
            file.write_bytes(font)
            document.add_font(family, style, file)
    if others:
        document.set_fallback_fonts([f"other{number}" for number in range(len(others))])
        document.set_text_shaping(True, direction="ltr")


class _Sheets(FPDF):
    """Pages of the picture's width with a strip for words below it, in the film's colours."""

    def __init__(self, theme: Theme, picture: tuple[float, float]) -> None:
        width, height = picture
        super().__init__(unit="mm", format=(width, height + STRIP))
        self.theme, self.picture = theme, picture
        self.set_auto_page_break(False)
        self.set_margins(MARGIN, 0, MARGIN)

    def header(self) -> None:
        """The page's colour, before anything is on it."""
        self.set_fill_color(self.theme.background)
        self.rect(0, 0, self.w, self.h, style="F")


def _add(document: _Sheets, place: tuple[Chapter, Beat], picture: bytes, number: str) -> None:
    """One page."""
    chapter, beat = place
    theme, (width, height) = document.theme, document.picture
    document.add_page()
    if beat is chapter.beats[0]:
        document.start_section(plain(chapter.title))
    caption = plain(beat.caption)
    said = f"{plain(chapter.title)}: {caption}"
    document.image(io.BytesIO(picture), 0, 0, width, height, alt_text=said)
    document.set_draw_color(theme.edge)
    document.line(MARGIN, height, width - MARGIN, height)
    document.set_y(height + 3.5)
    document.set_font("film", "", SMALL)
    document.set_text_color(theme.text(theme.muted))
    document.cell(width - 2 * MARGIN, 5, plain(chapter.title), new_x=XPos.LMARGIN, new_y=YPos.TOP)
    document.cell(width - 2 * MARGIN, 5, number, align="R")
    document.set_xy(MARGIN, height + 10)
    document.set_text_color(theme.ink)
    scale = next((s for s in (1.0, 0.8, 0.65) if _height(document, caption, s) <= STRIP - 11), 0.5)
    document.set_font("film", "B", SIZE * scale)
    _write(document, caption, LINE * scale)


def _height(document: _Sheets, text: str, scale: float) -> float:
    """How high a paragraph is, mm."""
    document.set_font("film", "B", SIZE * scale)
    height = document.multi_cell(0, LINE * scale, text, align="L", dry_run=True, output="HEIGHT")
    assert isinstance(height, float)  # as was asked for
    return height


def _write(document: _Sheets, text: str, line: float) -> None:
    """Write a paragraph; the font has no superscript minus, so a raised one takes its place."""
    for piece in re.split("(⁻)", text):
        raised = piece == "⁻"
        document.char_vpos = CharVPos.SUP if raised else CharVPos.LINE
        document.write(line, "−" if raised else piece)
    document.char_vpos = CharVPos.LINE
