"""Pages from templates: text that is not HTML yet is made harmless and escaped on its way in."""

from __future__ import annotations

import base64
import hashlib
import html
import json
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from momentum_film.deliver.text import captions
from momentum_film.deliver.text.plain import one_line, plain
from momentum_film.deliver.text.units import clock, duration, size
from momentum_film.deliver.web.mathml import mathml
from scenes.kit.markers import marker_of
from scenes.kit.text import scripts

HERE = Path(__file__).parent


def page(template: str, /, **values: object) -> Markup:
    """A template of ``templates``, filled; UndefinedError if it speaks of what is not given."""
    return Markup(_environment().get_template(template).render(values))


def document(
    template: str, style: Markup, script: Markup, videos: str, images: str, **values: object
) -> Markup:
    """A whole page, which may load nothing but this script, this style and the film's own files.

    Args:
        template: A file in ``templates`` that extends ``base.html``.
        style: Its style.
        script: Its script; may be empty.
        videos: Where they may come from, as in a content security policy.
        images: Where they may come from.
        values: What the template speaks of besides.
    """
    allowed = policy(style, script, videos, images)
    return page(template, policy=allowed, style=style, script=script, **values)


def policy(style: Markup, script: Markup, media: str, images: str, connect: str = "") -> str:
    """A content security policy: this style, this script, and what may come from where."""
    asks = f"connect-src {connect}; " if connect else ""
    return (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; "
        f"media-src {media}; img-src {images}; {asks}base-uri 'none'; form-action 'none'"
    )


def filled(path: Path, **values: object) -> Markup:
    """A template that is not among ``templates``, filled."""
    return Markup(_environment().from_string(path.read_text(encoding="utf-8")).render(values))


def style(colors: str, name: str | Path) -> Markup:
    """A style sheet of the pages, with the film's colours."""
    return Markup(colors + "\n") + _asset(name)


def script(*names: str | Path) -> Markup:
    """Scripts of the pages, as one."""
    return Markup("\n").join(map(_asset, names))


def _asset(name: str | Path) -> Markup:
    """A style, script or picture of the pages, or a file elsewhere, as it goes into a page."""
    return Markup((HERE / "assets" / name).read_text(encoding="utf-8").strip())


def _icon() -> str:
    """The pages' icon as an address: without one a browser asks the server for it."""
    return "data:image/svg+xml," + quote(_asset("icon.svg"))


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def escaped(value: object) -> Markup:
    """A value as HTML, for content and for attributes in double or single quotes.

    >>> escaped('<a href="x">')
    Markup('&lt;a href=&quot;x&quot;&gt;')
    """
    return value if isinstance(value, Markup) else Markup(html.escape(plain(str(value))))


def titled(text: str) -> Markup:
    """A title as HTML; if most of it reads from right to left, all of it stands in that order."""
    line = one_line(text)
    marked = scripts.directed(line)
    if marked == line or scripts.isolated(line) == line:
        return escaped(line)
    inner = html.escape(marked.removeprefix(scripts.RIGHT_TO_LEFT_MARK))
    return Markup(scripts.RIGHT_TO_LEFT_ISOLATE + inner + scripts.POP_ISOLATE)


def script_data(value: Any) -> Markup:
    r"""A value as JSON that can stand in a script element.

    >>> script_data("</script>")
    Markup('"\\u003c/script>"')
    """
    return Markup(json.dumps(value, separators=(",", ":")).replace("<", "\\u003c"))


def vtt_url(vtt: str) -> str:
    """A text track as an address: from ``file:`` a browser loads no other."""
    return data_url("text/vtt;charset=utf-8", vtt.encode())


def data_url(kind: str, data: bytes) -> str:
    """Data of a media type as an address."""
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


def marker(index: int, name: str = "") -> Markup:
    """A contender's marker in its colour, so that colour never carries the meaning alone.

    ``name`` is an id, for a page that shows the marker again elsewhere.
    """
    points = " ".join(f"{x:.2f},{-y:.2f}" for x, y in marker_of(index).outline())
    return page("marker.svg", index=index, name=name, points=points)


@cache
def _environment() -> Environment:
    templates = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        finalize=escaped,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    film = (captions.alternative_text, captions.captions_vtt, captions.chapters_vtt)
    text = (captions.sentences, clock, duration, mathml, script_data, size, titled, vtt_url)
    templates.filters.update({each.__name__: each for each in (*film, *text)})
    templates.globals.update(icon=_icon, marker=marker)
    return templates
