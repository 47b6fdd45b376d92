"""The look of the film: colours by role, frames by aspect, and the boxes things stand in.

Nothing here knows what is shown, and a new theme or aspect is one more entry in a table. Lengths
are scene units: 8 of them on the short side of every frame, so that text keeps its size in pixels.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

SHORT_SIDE_UNITS = 8.0


@dataclass(frozen=True)
class Box:
    """An axis-parallel rectangle in scene units, y upwards."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.top - self.bottom

    @property
    def center(self) -> tuple[float, float]:
        return ((self.left + self.right) / 2, (self.bottom + self.top) / 2)

    def inset(
        self, left: float = 0.0, bottom: float = 0.0, right: float = 0.0, top: float = 0.0
    ) -> Box:
        """This box with its edges moved inwards."""
        return Box(self.left + left, self.bottom + bottom, self.right - right, self.top - top)

    def shrunk(self, margin: float) -> Box:
        """This box, smaller by ``margin`` on every side."""
        return self.inset(margin, margin, margin, margin)

    def moved(self, x: float, y: float) -> Box:
        """This box at another place."""
        return self.inset(x, y, -x, -y)

    def columns(self, *shares: float, gap: float = 0.0) -> tuple[Box, ...]:
        """Side by side from the left, widths in the ratio of ``shares``."""
        unit = (self.width - gap * (len(shares) - 1)) / sum(shares)
        boxes, left = [], self.left
        for share in shares:
            boxes.append(Box(left, self.bottom, left + share * unit, self.top))
            left += share * unit + gap
        return tuple(boxes)

    def rows(self, *shares: float, gap: float = 0.0) -> tuple[Box, ...]:
        """One under the other from the top, heights in the ratio of ``shares``."""
        unit = (self.height - gap * (len(shares) - 1)) / sum(shares)
        boxes, top = [], self.top
        for share in shares:
            boxes.append(Box(self.left, top - share * unit, self.right, top))
            top -= share * unit + gap
        return tuple(boxes)

    def grid(self, count: int, columns: int, gap: float, row_gap: float) -> tuple[Box, ...]:
        """``count`` equal cells, row by row; a last row that is not full is centred."""
        rows = -(-count // columns)
        cells: list[Box] = []
        for row_index, row in enumerate(self.rows(*[1.0] * rows, gap=row_gap)):
            filled = min(columns, count - row_index * columns)
            width = (self.width - gap * (columns - 1)) / columns
            margin = (self.width - filled * width - gap * (filled - 1)) / 2
            cells += row.inset(left=margin, right=margin).columns(*[1.0] * filled, gap=gap)
        return tuple(cells)


@dataclass(frozen=True)
class Frame:
    """The picture's shape in units, and the boxes that every chapter shares."""

    aspect: str  # as it is named: "16:9"
    width: float
    height: float

    @property
    def box(self) -> Box:
        return Box(-self.width / 2, -self.height / 2, self.width / 2, self.height / 2)

    @property
    def safe(self) -> Box:
        """The frame without its margins, in which everything stays."""
        return self.box.shrunk(0.4)

    @property
    def is_wide(self) -> bool:
        return self.width > 1.3 * self.height

    @property
    def is_tall(self) -> bool:
        return self.height > 1.5 * self.width

    @property
    def heading(self) -> Box:
        """The strip on top that holds the chapter's heading."""
        return Box(self.safe.left, self.safe.top - 0.62, self.safe.right, self.safe.top)

    @property
    def footer(self) -> Box:
        """The strip at the bottom that says in a few words what is seen."""
        height = 0.56 if self.is_wide else 0.86
        return Box(self.safe.left, self.safe.bottom, self.safe.right, self.safe.bottom + height)

    @property
    def body(self) -> Box:
        """Between heading and footer."""
        bottom, top = self.footer.top + 0.22, self.heading.bottom - 0.1
        return Box(self.safe.left, bottom, self.safe.right, top)

    def pixels(self, short_side: int) -> tuple[int, int]:
        """Even pixel width and height whose short side is ``short_side``."""
        scale = short_side / SHORT_SIDE_UNITS
        return 2 * round(self.width * scale / 2), 2 * round(self.height * scale / 2)


def _frame(aspect: str) -> Frame:
    across, up = (int(part) for part in aspect.split(":"))
    unit = SHORT_SIDE_UNITS / min(across, up)
    return Frame(aspect, across * unit, up * unit)


FRAMES: dict[str, Frame] = {name: _frame(name) for name in ("16:9", "1:1", "9:16", "4:5")}


def luminance(color: str) -> float:
    """Relative luminance of ``#rrggbb``, 0 to 1.

    Source: W3C, Web Content Accessibility Guidelines 2.2, "relative luminance".

    >>> round(luminance("#FFFFFF"), 3)
    1.0
    """
    shares = (channel / 255 for channel in bytes.fromhex(color[1:]))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21.

    >>> round(contrast("#F4A536", "#FAFAF8"), 2)
    1.95
    """
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def mix(one: str, other: str, share: float) -> str:
    """The colour ``share`` of the way from ``one`` to ``other``.

    >>> mix("#000000", "#FFFFFF", 0.5)
    '#808080'
    """
    channels = zip(bytes.fromhex(one[1:]), bytes.fromhex(other[1:]), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02X}" for a, b in channels)


def rgb(color: str) -> tuple[float, float, float]:
    """The channels of ``#rrggbb``, 0 to 1.

    >>> rgb("#FF0000")
    (1.0, 0.0, 0.0)
    """
    red, green, blue = bytes.fromhex(color[1:])
    return red / 255, green / 255, blue / 255


@cache
def readable(color: str, ground: str, ratio: float) -> str:
    """``color``, moved towards black or white only as far as ``ratio`` on ``ground`` asks."""
    pole = "#000000" if luminance(ground) > 0.18 else "#FFFFFF"
    shades = (mix(color, pole, percent / 100) for percent in range(101))
    return next((shade for shade in shades if contrast(shade, ground) >= ratio), pole)


TEXT_CONTRAST = 4.6
GRAPHIC_CONTRAST = 3.1


@dataclass(frozen=True)
class Theme:
    """Colours by what they mean; ``#rrggbb`` throughout."""

    name: str
    background: str  # of the page
    panel: str  # what plots stand on; the map's outermost band
    basin: str  # the map's innermost band; the bands between are mixed
    contour: str  # rings of equal loss
    edge: str  # thin frames around panels, axis ticks
    ink: str  # text, arrows of construction
    muted: str  # secondary text, tick labels
    minimum: str  # the marks of the minima
    start: str  # the mark of the start
    gradient: str  # what we see now: the gradient, its arrow, its symbols
    velocity: str  # what we remember: the velocity, its arrow, its symbols
    contenders: tuple[str, ...]  # one colour per contender, in order
    stroke_scale: float = 1.0  # more where lines must be seen from afar

    def contender(self, index: int) -> str:
        """The colour of a contender; colours begin anew where there are more contenders."""
        return self.contenders[index % len(self.contenders)]

    def text(self, color: str) -> str:
        """``color`` made readable as text on background and panel alike."""
        return readable(color, self._hard_ground, TEXT_CONTRAST)

    def graphic(self, color: str) -> str:
        """``color`` made visible as a line or an edge on background and panel alike."""
        return readable(color, self._hard_ground, GRAPHIC_CONTRAST)

    @property
    def _hard_ground(self) -> str:
        """Of the grounds things stand on, the one on which contrast is hardest to reach."""
        grounds = (self.background, self.panel, self.basin)
        dark_page = luminance(self.background) <= 0.18
        return max(grounds, key=luminance) if dark_page else min(grounds, key=luminance)


THEMES: dict[str, Theme] = {
    theme.name: theme
    for theme in (
        Theme(
            name="paper",
            background="#FAFAF8",
            panel="#F5F3EE",
            basin="#A9CFA6",
            contour="#D4C9B8",
            edge="#CFC8BB",
            ink="#2B2B2B",
            muted="#524E47",
            minimum="#2A9D5C",
            start="#444444",
            gradient="#7A3E9D",
            velocity="#0E7C7B",
            contenders=("#E05C4B", "#3A7CA5", "#F4A536", "#AD7DE1", "#6B7D04", "#A84C78"),
        ),
        Theme(
            name="night",
            background="#14171C",
            panel="#1B2027",
            basin="#1F4A3E",
            contour="#3B4652",
            edge="#414B57",
            ink="#ECE9E2",
            muted="#B1B4B4",
            minimum="#4CC38A",
            start="#D8D8D8",
            gradient="#C58BE8",
            velocity="#45C4BE",
            contenders=("#F0705E", "#5BA7D6", "#F7B655", "#8C6ACE", "#ACE7A2", "#C479A7"),
        ),
        # Colours of M. Okabe and K. Ito, "Color Universal Design" (2008), on white.
        Theme(
            name="contrast",
            background="#FFFFFF",
            panel="#F7F7F7",
            basin="#C3D6E6",
            contour="#BDBDBD",
            edge="#6F6F6F",
            ink="#000000",
            muted="#3D3D3D",
            minimum="#009E73",
            start="#000000",
            gradient="#7A1F5C",
            velocity="#00573F",
            contenders=("#D55E00", "#0072B2", "#E69F00", "#CC79A7", "#56B4E9", "#555555"),
            stroke_scale=1.4,
        ),
    )
}


# The three sizes of type: the height of the em in units (of 8 on the short side).
SMALL, BODY, TITLE = 0.25, 0.33, 0.48


@dataclass(frozen=True)
class Look:
    """A theme on a frame: all that a scene may know about how it looks."""

    theme: Theme
    frame: Frame


def look(theme: str = "paper", aspect: str = "16:9") -> Look:
    """The look of these names; KeyError where there is none of such a name."""
    return Look(THEMES[theme], FRAMES[aspect])
