"""``slides.pptx``: one slide per chapter: its clip, its first picture, its words as notes."""

from __future__ import annotations

import io
from collections.abc import Sequence

from PIL import Image
from pptx import Presentation
from pptx.presentation import Presentation as Deck
from pptx.util import Emu, Inches

from momentum_film.cut.film_info import Chapter, FilmInfo
from momentum_film.deliver.text.captions import subtitle
from momentum_film.deliver.text.plain import plain
from momentum_film.deliver.text.units import clock
from momentum_film.deliver.video.pictures import jpeg

LONGER_SIDE = Inches(13.333)
LONGEST_PROPERTY = 255
TITLE_ONLY = 5  # of python-pptx's own template


def slides(film: FilmInfo, clips: Sequence[bytes], firsts: Sequence[Image.Image]) -> bytes:
    """The slides as a PowerPoint file, from each chapter's clip, an MP4, and first picture."""
    deck = Presentation()
    scale = LONGER_SIDE / max(film.width, film.height)
    deck.slide_width = Emu(round(film.width * scale))
    deck.slide_height = Emu(round(film.height * scale))
    deck.core_properties.title = plain(film.title)[:LONGEST_PROPERTY]
    deck.core_properties.author = ""
    for chapter, clip, first in zip(film.chapters, clips, firsts, strict=True):
        _add(deck, chapter, clip, first)
    file = io.BytesIO()
    deck.save(file)
    return file.getvalue()


def _add(deck: Deck, chapter: Chapter, clip: bytes, first: Image.Image) -> None:
    """Add a slide that is filled by the chapter's clip."""
    slide = deck.slides.add_slide(deck.slide_layouts[TITLE_ONLY])
    width, height = deck.slide_width, deck.slide_height
    poster = io.BytesIO(jpeg(first))
    movie = slide.shapes.add_movie(io.BytesIO(clip), 0, 0, width, height, poster, "video/mp4")
    said = " ".join(plain(beat.caption) for beat in chapter.beats)
    movie.name = plain(chapter.title)
    movie._element.nvPicPr.cNvPr.set("descr", said)
    # The title is for outlines and screen readers; it stands above the slide, where nobody sees it.
    title = slide.shapes.title
    title.text = plain(chapter.title)
    title.left, title.top, title.width, title.height = 0, -Inches(1), width, Inches(0.8)
    # One line per beat, with its time in the clip.
    slide.notes_slide.notes_text_frame.text = "\n".join(
        f"{clock(beat.start - chapter.start)}  {subtitle(beat.caption)}" for beat in chapter.beats
    )
