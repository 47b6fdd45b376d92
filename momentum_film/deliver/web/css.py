"""The film's colours for a page: its themes as custom properties, light and dark."""

from __future__ import annotations

from scenes.look import THEMES, Theme, luminance


def custom_properties(aspect: str) -> str:
    """CSS that gives ``:root`` the colours of the light theme, and of the dark one in the dark.

    ``--aspect`` is the film's width over its height, ``"1920 / 1080"``.
    """
    light, dark = THEMES["paper"], THEMES["night"]
    own = (
        f".contender-{i} {{ color: var(--contender-{i}); stroke: var(--contender-{i}); }}"
        for i in range(len(light.contenders))
    )
    return (
        f":root {{ color-scheme: light dark; --aspect: {aspect}; {_properties(light)} }}\n"
        f"@media (prefers-color-scheme: dark) {{ :root {{ {_properties(dark)} }} }}\n"
        + "\n".join(own)
    )


def properties(theme: str) -> str:
    """CSS that gives ``:root`` the colours of one theme."""
    scheme = "dark" if luminance(THEMES[theme].background) < 0.18 else "light"
    return f":root {{ color-scheme: {scheme}; {_properties(THEMES[theme])} }}"


def _properties(theme: Theme) -> str:
    values = {
        "background": theme.background,
        "panel": theme.panel,
        "basin": theme.basin,
        "contour": theme.contour,
        "edge": theme.edge,
        "edge-strong": theme.graphic(theme.edge),
        "ink": theme.ink,
        "own": theme.ink,
        "muted": theme.text(theme.muted),
        "minimum": theme.graphic(theme.minimum),
        "start": theme.start,
        "gradient": theme.text(theme.gradient),
        "velocity": theme.text(theme.velocity),
        "link": theme.text(theme.contenders[1]),
        "alarm": theme.text(theme.contenders[0]),
    }
    for index, color in enumerate(theme.contenders):
        values[f"contender-{index}"] = theme.graphic(color)
    return " ".join(f"--{name}: {value};" for name, value in values.items())
