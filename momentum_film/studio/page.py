"""The page: one document with its style and its scripts, which loads nothing from elsewhere."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from momentum_film.deliver.web import html
from momentum_film.deliver.web.css import custom_properties

HERE = Path(__file__).parent
SCRIPTS = ("talk.js", "fields.js", "form.js", "map.js", "film.js", "studio.js")


@cache
def page() -> tuple[str, str]:
    """The page, and what it may do as a content security policy."""
    style = html.style(custom_properties("16 / 9"), HERE / "assets" / "studio.css")
    own = (HERE / "assets" / name for name in SCRIPTS)
    script = html.script("momentum_math.js", "chart.js", *own)
    # The mathematics of what is on the desk comes as a script of the server's own.
    policy = html.policy(style, script, media="blob:", images="'self' data:", connect="'self'")
    policy = policy.replace("script-src ", "script-src 'self' ")
    return html.filled(HERE / "templates" / "studio.html", style=style, script=script), policy
