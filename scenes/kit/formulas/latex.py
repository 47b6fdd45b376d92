r"""LaTeX and dvisvgm at work: formulas in, one SVG each out.

They run in a folder of their own under a time limit, without a shell and without access to files
elsewhere, so neither a wrong formula nor a second film at work can leave anything behind.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from itertools import accumulate
from pathlib import Path

Formula = tuple[str, ...]

TEX_SECONDS = 20.0
REMEDY = (
    "Debian and Ubuntu: apt-get install texlive-latex-base lmodern dvisvgm; "
    "macOS: brew install texlive"
)

# The box is shipped without a size, so that TeX puts the start of its baseline at the SVG's
# origin; the width it had goes into <desc>. The first page is an empty one, since LaTeX adds
# material of its own to the first page that it ships.
_HEAD = r"""\documentclass{article}
\usepackage[T1]{fontenc}
\usepackage{amsmath}
\usepackage{amssymb}
\usepackage{lmodern}
\newsavebox{\formulabox}
\newcommand{\piece}[2]{\special{dvisvgm:raw <g class='piece-#1'>}#2\special{dvisvgm:raw </g>}}
\newcommand{\formula}[1]{\sbox{\formulabox}{$\displaystyle #1$}%
\edef\advancewidth{\the\wd\formulabox}%
\wd\formulabox=0pt \ht\formulabox=0pt \dp\formulabox=0pt
\shipout\hbox{\special{dvisvgm:raw <desc>\advancewidth</desc>}\box\formulabox}}
\begin{document}
\shipout\hbox{}
"""
_LATEX = "latex -interaction=batchmode -halt-on-error -no-shell-escape formulas.tex"
_DVISVGM = (
    "dvisvgm --no-fonts --exact --precision=4 --verbosity=0 --cache=none --page=2- "
    "--output=%4p.svg formulas.dvi"
)


class FormulaError(ValueError):
    """TeX does not accept a formula."""


class TexMissingError(RuntimeError):
    """A formula is not among the known ones and there is no TeX to make it."""


def missing_tools() -> list[str]:
    """What of LaTeX is not installed."""
    return [tool for tool in ("latex", "dvisvgm") if shutil.which(tool) is None]


def document(formulas: Sequence[Formula]) -> str:
    """The LaTeX document that sets each formula on a page of its own, from the second page on."""
    lines = [_HEAD.removesuffix("\n")]
    for formula in formulas:
        pieces = (rf"\piece{{{i}}}{{{part}}}" for i, part in enumerate(formula))
        lines.append(rf"\formula{{{' '.join(pieces)}}}".replace("\n", " "))
    return "\n".join([*lines, r"\end{document}", ""])


def svg_name(formula: Formula) -> str:
    r"""File name of a formula's SVG, from everything that decides its outlines.

    >>> svg_name((r"\theta",)) == svg_name((r"\theta",)) != svg_name((r"\vartheta",))
    True
    """
    return hashlib.sha256(document([formula]).encode()).hexdigest()[:16] + ".svg"


def make(formulas: Sequence[Formula], folder: Path) -> tuple[Path, ...]:
    """Typeset formulas in one run of LaTeX.

    Args:
        formulas: each a tuple of parts, LaTeX for math mode; at least one, at most 9,000.
        folder: where the SVGs go; each appears there whole or not at all.

    Returns:
        The SVGs' paths. In them part i is the group of class ``piece-i``, the formula's baseline
        starts at the origin, and ``<desc>`` has the advance width in TeX points.

    Raises:
        FormulaError: TeX does not accept one of the formulas.
        TexMissingError: LaTeX, dvisvgm or a package is not installed.
    """
    for formula in formulas:
        balanced(formula)
    if missing := missing_tools():
        raise TexMissingError(
            f"formula {shown(formulas[0])} is new and {missing[0]} is not installed. {REMEDY}"
        )
    with tempfile.TemporaryDirectory(prefix="momentum-tex-") as private:
        here = Path(private)
        (here / "formulas.tex").write_text(document(formulas), encoding="utf-8")
        if _run(_LATEX, here) != 0:
            raise _error(here / "formulas.log", formulas)
        _run(_DVISVGM, here)
        folder.mkdir(parents=True, exist_ok=True)
        return tuple(
            publish(_finished(here / f"{page:04d}.svg", formula), folder / svg_name(formula))
            for page, formula in enumerate(formulas, start=2)
        )


def shown(formula: Formula) -> str:
    """A formula as errors repeat it."""
    text = " ".join(formula).replace("\n", " ")
    return text if len(text) <= 80 else text[:79] + "…"


def balanced(formula: Formula) -> None:
    """Refuse what would run on into the next formula, where TeX could not say whose fault it is.

    Raises:
        FormulaError: A brace is not matched, or a part ends in a backslash or has a comment.
    """
    for part in formula:
        marks = re.findall(r"\\.|\\$|[{}%]", part.replace("\n", " "))
        depths = list(accumulate(((mark == "{") - (mark == "}") for mark in marks), initial=0))
        if min(depths) < 0 or depths[-1] != 0 or "%" in marks or "\\" in marks:
            raise FormulaError(
                f"formula {shown(formula)}: {part!r} has an unmatched brace, a % or a last \\"
            )


def _finished(made: Path, formula: Formula) -> bytes:
    """What dvisvgm made of a formula."""
    if not made.exists():
        raise FormulaError(f"formula {shown(formula)}: dvisvgm made no picture of it")
    return made.read_bytes()


def publish(svg: bytes, path: Path) -> Path:
    """Give a finished SVG its name in one step, from whatever file system."""
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".tmp", delete=False) as copy:
        copy.write(svg)
    Path(copy.name).chmod(0o644)
    return Path(copy.name).replace(path)


def _run(command: str, folder: Path) -> int:
    """Run a tool for at most ``TEX_SECONDS``, after which all it started ends; its exit code."""
    import psutil  # only here: it needs more of the system than films without TeX do

    guard = {"openin_any": "p", "openout_any": "p", "max_print_line": "1000", "LC_ALL": "C"}
    silent = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
    tool = psutil.Popen(
        command.split(), cwd=folder, env=os.environ | guard, start_new_session=True, **silent
    )
    try:
        return tool.wait(TEX_SECONDS)
    except psutil.TimeoutExpired:
        raise FormulaError(
            f"a formula does not end: {command.split()[0]} was stopped after {TEX_SECONDS:g} s"
        ) from None
    finally:
        started = [*tool.children(recursive=True), tool] if tool.is_running() else []
        for process in started:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(started, timeout=TEX_SECONDS)


def _error(log: Path, formulas: Sequence[Formula]) -> FormulaError | TexMissingError:
    """What TeX's log says, in one line: the formula, TeX's complaint, and where it stopped."""
    text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
    _, _, text = text.partition("\n! ")
    complaint = text.partition("\n")[0].rstrip(".") or "it gives no reason"
    package = re.search(r"File `([\w-]+\.(?:sty|cls|def|fd))' not found", complaint)
    if package:
        return TexMissingError(f"LaTeX has no {package[1]}. {REMEDY}")
    at = re.search(r"^l\.(\d+) ", text, re.MULTILINE)
    index = int(at[1]) - _HEAD.count("\n") - 1 if at else -1
    if not 0 <= index < len(formulas):
        return FormulaError(f"TeX does not accept the formulas: {complaint}")
    # TeX breaks the line that it quotes right after what it stumbled over.
    word = re.search(r"^<argument> .*(\\\w+) *$", text, re.MULTILINE)
    near = f" {word[1]}" if word and complaint == "Undefined control sequence" else ""
    return FormulaError(f"formula {shown(formulas[index])}: {complaint}{near}")
