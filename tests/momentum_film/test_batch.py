"""Many films in one go: one queue, nothing twice, one failure for one film, a sheet of them all."""

from __future__ import annotations

import base64
import gc
import io
import json
import re
import weakref
from dataclasses import replace
from pathlib import Path

import html5lib
import pytest
from click.testing import CliRunner
from PIL import Image

import momentum_film
from momentum_film import batch
from momentum_film.batch import AHEAD, Batch, Looks, Result, make_batch, write_sheet
from momentum_film.cli.main import main
from momentum_film.deliver.formats import FORMATS
from momentum_film.deliver.web import contact_sheet
from momentum_film.engines import engine_named
from momentum_film.engines.serial import Serial
from momentum_film.errors import FilmError, RequestError
from momentum_film.plan.plan import Plan, Request
from momentum_film.render import schedule
from momentum_film.render.progress import Progress
from momentum_film.store.cache import Cache
from momentum_math import Experiment, ExperimentError, Sweep, load_experiment, load_experiments
from tests import ROOT
from tests.momentum_film.fake_work import Faulty, Painter, lines

EXPERIMENTS = tuple(
    load_experiment(ROOT / "experiments" / f"{name}.toml") for name in ("momentum", "tuned")
)
LOOKS = Looks(("draft",), ("paper",), ("16:9", "9:16"), ("zigzag",), loop=False)


def sweep_of(experiment: Experiment) -> Sweep:
    """What a file has that makes this experiment and no other."""
    return Sweep(f"{experiment.name}.toml", {}, experiment)


def plans(films: Batch) -> list[Plan]:
    return [wanted.planned() for wanted in films]


class Studio:
    """Makes batches in one folder, and knows what was rendered for the last one."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.out, self.log = folder, folder / "out", folder / "log"
        self.tally = Progress()
        folder.mkdir(exist_ok=True)

    def batch(self, looks: Looks = LOOKS, experiments=EXPERIMENTS) -> Batch:
        return Batch(tuple(map(sweep_of, experiments)), looks, self.out)

    def make(self, films: Batch, work=None, engine: str = "serial") -> list[Result]:
        self.log.unlink(missing_ok=True)
        self.tally = Progress()
        with engine_named(engine) as opened:
            cache = Cache(self.folder / "cache")
            return make_batch(films, opened, cache, self.tally, work or Painter(self.log))

    @property
    def rendered(self) -> list[tuple[str, str, str]]:
        return [(name, chapter, kind) for name, chapter, kind, _ in lines(self.log)]


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    return Studio(tmp_path)


# --- plans --------------------------------------------------------------------------------------


def test_every_combination_is_a_film(studio: Studio) -> None:
    looks = Looks(("draft", "720p30"), ("paper", "night"), ("16:9", "1:1"))
    films = studio.batch(looks)
    assert len({film.folder for film in films}) == len(films) == 16
    requests = [plan.request for plan in plans(films)]
    assert {(r.experiment.name, r.quality, r.theme, r.aspect) for r in requests} == {
        (name, quality, theme, aspect)
        for name in ("momentum", "tuned")
        for quality in looks.qualities
        for theme in looks.themes
        for aspect in looks.aspects
    }
    assert [film.name for film in films][:2] == [
        "momentum_16x9_paper_draft",
        "momentum_16x9_paper_720p30",
    ]
    for film in films:
        assert film.folder == studio.out / film.name
        assert re.fullmatch(r"[A-Za-z0-9._-]+", film.name)


@pytest.mark.parametrize("name", ["momentum", "MOMENTUM"])
def test_two_films_of_one_name_are_refused(name: str, studio: Studio) -> None:
    twins = (EXPERIMENTS[0], replace(EXPERIMENTS[0], name=name))
    with pytest.raises(RequestError, match="two films would be called"):
        studio.batch(experiments=twins)


def test_what_is_asked_for_must_exist(studio: Studio) -> None:
    with pytest.raises(RequestError, match="there is no theme 'x'"):
        studio.make(studio.batch(replace(LOOKS, themes=("paper", "x"))))
    assert list(studio.folder.iterdir()) == []


# --- making -------------------------------------------------------------------------------------


def test_each_film_is_as_if_it_were_made_alone(studio: Studio, tmp_path: Path) -> None:

    films = studio.batch()
    results = studio.make(films)
    assert [result.state for result in results] == ["made"] * 4
    for result, plan in zip(results, plans(films), strict=True):
        request, alone = plan.request, tmp_path / "alone" / result.folder.name
        with engine_named("serial") as engine:
            cache = Cache(tmp_path / "another")
            momentum_film.make(
                request, alone, engine, cache, Progress(), Painter(tmp_path / "other")
            )
        assert {path.name: path.read_bytes() for path in alone.iterdir()} == {
            path.name: path.read_bytes() for path in result.folder.iterdir()
        }
        assert (
            result.card.bytes
            == (result.folder / f"{plan.request.experiment.name}.mp4").stat().st_size
        )


def test_all_jobs_are_one_queue_and_each_is_done_once(studio: Studio) -> None:
    looks = Looks(("draft", "720p30"), ("paper",), ("16:9",), ("zigzag", "summary"))
    films = studio.batch(looks, EXPERIMENTS[:1])
    studio.make(films)
    # The poster is the same at both qualities.
    jobs = [job.key for plan in plans(films) for job in plan.jobs]
    assert len(studio.rendered) == len(set(jobs)) == 5
    assert len(jobs) == 6
    assert studio.tally.counts() == "2 of 2 films, 5 of 5 chapters"
    assert studio.tally.drawn == studio.tally.total


def test_films_end_one_after_the_other_the_largest_first(studio: Studio) -> None:
    films = studio.batch(replace(LOOKS, chapters=("zigzag", "descent"), aspects=("16:9",)))
    order: list[str] = []

    class Noting(Progress):
        def films(self, done: int, total: int) -> None:
            super().films(done, total)
            order.append(f"{done} of {total}")

        def finished(self, key: str, chapter: str) -> None:
            super().finished(key, chapter)
            order.append(owners[key])

    planned = plans(films)
    owners = {job.key: str(i) for i, plan in enumerate(planned) for job in plan.jobs}
    costs = [sum(job.cost for job in plan.jobs) for plan in planned]
    with Serial() as engine:
        cache = Cache(studio.folder / "cache")
        make_batch(films, engine, cache, Noting(), Painter(studio.log))
    first, second = ("0", "1") if costs[0] >= costs[1] else ("1", "0")
    assert order == ["0 of 2", *[first] * 3, "1 of 2", *[second] * 3, "2 of 2"]


@pytest.mark.parametrize("cached", [True, False], ids=["with its cache", "without"])
def test_what_is_there_is_not_made_again(cached: bool, studio: Studio, monkeypatch) -> None:
    films = studio.batch()
    first = studio.make(films)
    for name, form in list(FORMATS.items()):
        monkeypatch.setitem(FORMATS, name, replace(form, make=None))
    if not cached:
        Cache(studio.folder / "cache").clear()
    again = studio.make(films)
    assert [result.state for result in again] == ["there"] * 4
    assert studio.rendered == []
    assert [result.card for result in again] == [result.card for result in first]


def test_only_what_is_missing_is_made(studio: Studio) -> None:
    films = studio.batch()
    studio.make(studio.batch(replace(LOOKS, aspects=LOOKS.aspects[:1]), EXPERIMENTS[:1]))
    folders = [film.folder for film in films]
    (folders[0] / "momentum.mp4").unlink()
    results = studio.make(films)
    assert [result.state for result in results] == ["made"] * 4
    assert [name for name, _, _ in studio.rendered].count("momentum") == 2
    Cache(studio.folder / "cache").clear()
    (folders[3] / "tuned.png").write_bytes(b"")
    assert [result.state for result in studio.make(films)] == ["there"] * 3 + ["made"]
    assert sorted(studio.rendered) == [("tuned", "zigzag", "h264"), ("tuned", "zigzag", "still")]


def test_a_film_that_fails_does_not_keep_the_others(studio: Studio) -> None:
    films = studio.batch(replace(LOOKS, aspects=("16:9",)))
    results = studio.make(films, Faulty(studio.log, "zigzag", "deterministic", 1))
    states = sorted(result.state for result in results)
    assert states == ["failed", "made"]
    (failed,) = [result for result in results if result.state == "failed"]
    name = failed.card.name
    assert failed.why.startswith(f"chapter zigzag of {name}: a fault of momentum")
    assert "(ZeroDivisionError: float division by zero)" in failed.why
    assert failed.card.bytes == 0
    assert not failed.folder.exists() or not list(failed.folder.iterdir())
    assert [result.state for result in studio.make(films)].count("made") == 1


def test_a_film_that_cannot_be_planned_is_named(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    def plan_film(request):
        raise ZeroDivisionError("division by zero")

    monkeypatch.chdir(studio.folder)
    monkeypatch.delenv("MOMENTUM_CACHE", raising=False)
    monkeypatch.setattr(batch, "plan_film", plan_film)
    with pytest.raises(FilmError, match=r"^film momentum_16x9_paper_draft: a fault of momentum"):
        studio.make(studio.batch())


@pytest.mark.parametrize(
    "error", [ZeroDivisionError("division by zero"), PermissionError(13, "no")]
)
def test_whatever_keeps_a_film_from_its_folder_does_not_keep_the_others(
    error: Exception, studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    films = studio.batch(replace(LOOKS, aspects=("16:9",)))
    _, wanted = [film.folder for film in films]

    def make(plan: Plan, folder: Path, *others):
        if folder == wanted:
            raise error
        return momentum_film.make_planned(plan, folder, *others)

    monkeypatch.setattr(batch, "make_planned", make)
    first, second = studio.make(films)
    assert (first.state, second.state) == ("made", "failed")
    assert second.why.startswith("film tuned: ")
    assert str(error.args[-1]) in second.why
    assert studio.tally.counts().startswith("2 of 2 films")


def many(folder: Path, lrs: list[float], more: str = "") -> tuple[Sweep]:
    """The films of a file whose learning rates are given."""
    text = (ROOT / "experiments" / "tuned.toml").read_text(encoding="utf-8")
    path = folder / "many.toml"
    path.write_text(f"{text}\n[sweep]\ncontenders.1.lr = {lrs}\n{more}", encoding="utf-8")
    return (load_experiments(path),)


LRS = [round(0.05 + 1e-3 * k, 6) for k in range(AHEAD + 8)]
ONE = replace(LOOKS, aspects=("16:9",))


def test_films_are_planned_while_others_are_made(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first begins when it alone is planned; there are only a few plans at a time."""
    planned: list[str] = []
    alive: weakref.WeakSet[Plan] = weakref.WeakSet()
    at_once: list[tuple[int, int]] = []

    def plan_film(request: Request) -> Plan:
        planned.append(request.experiment.name)
        plan = truly(request)
        alive.add(plan)
        return plan

    class Noting(Progress):
        def finished(self, key: str, name: str) -> None:
            super().finished(key, name)
            gc.collect()
            at_once.append((len(planned), len(alive)))

    truly = batch.plan_film
    monkeypatch.setattr(batch, "plan_film", plan_film)
    films = Batch(many(studio.folder, LRS), ONE, studio.out)
    with Serial() as engine:
        results = make_batch(
            films, engine, Cache(studio.folder / "cache"), Noting(), Painter(studio.log)
        )
    assert [result.state for result in results] == ["made"] * len(LRS)
    assert [result.folder for result in results] == [film.folder for film in films]
    assert at_once[0] == (1, 1)
    assert max(living for _, living in at_once) <= AHEAD + 2
    assert sorted(planned) == sorted({film.variant.name for film in films})  # each once
    assert at_once[-1][0] == len(LRS)


def test_of_many_one_that_cannot_be_made_does_not_keep_the_others(studio: Studio) -> None:
    """A threshold above the loss at the start, which shows when the experiment is made."""
    (sweep,) = many(studio.folder, LRS[: AHEAD + 1], "threshold = [1e-3, 1e6]")
    films = Batch((sweep,), ONE, studio.out)
    results = studio.make(films)
    assert [result.state for result in results] == ["made", "failed"] * (AHEAD + 1)
    for film, result in zip(films, results, strict=True):
        if result.state == "failed":
            assert result.why.startswith("many.toml: sweep contenders.1.lr = ")
            assert "is not below the loss at the start" in result.why
            assert result.card is None
            assert not film.folder.exists()
    assert studio.tally.counts().startswith(f"{len(films)} of {len(films)} films, ")
    few = Batch(many(studio.folder, LRS[:2], "threshold = [1e-3, 1e6]"), ONE, studio.folder / "new")
    with pytest.raises(ExperimentError, match="is not below the loss at the start"):
        studio.make(few)
    assert not few.folder.exists()


def test_a_long_batch_goes_on_where_it_stopped(studio: Studio) -> None:
    films = Batch(many(studio.folder, LRS), ONE, studio.out)

    class Stopping(Progress):
        def films(self, done: int, total: int) -> None:
            if done == len(LRS) // 2:
                raise KeyboardInterrupt

    with Serial() as engine, pytest.raises(KeyboardInterrupt):
        cache = Cache(studio.folder / "cache")
        make_batch(films, engine, cache, Stopping(), Painter(studio.log))
    before = len(studio.rendered)
    results = studio.make(films)
    states = [result.state for result in results]
    assert states.count("there") == len(LRS) // 2
    assert before + len(studio.rendered) == 2 * len(LRS)


def test_processes_make_the_same_files(studio: Studio, tmp_path: Path) -> None:
    other = Studio(tmp_path / "other")
    films, others = studio.batch(), other.batch()
    studio.make(films)
    other.make(others, engine="processes")
    for one, same in zip(films, others, strict=True):
        assert {path.name: path.read_bytes() for path in one.folder.iterdir()} == {
            path.name: path.read_bytes() for path in same.folder.iterdir()
        }


# --- the sheet ----------------------------------------------------------------------------------


def test_the_sheet_needs_nothing_and_links_every_film(studio: Studio) -> None:
    title = 'A <b>&amp;</b> "film" </title><script>x</script>'
    odd = replace(EXPERIMENTS[0], name="odd", title=title)
    results = studio.make(studio.batch(experiments=(*EXPERIMENTS, odd)))
    failed = replace(results[0], state="failed", why="no")
    page, grid = write_sheet([failed, *results[1:]], studio.out)
    assert (page.path.name, grid.path.name) == ("index.html", "contact-sheet.png")
    text = page.path.read_text(encoding="utf-8")
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    tree = parser.parse(text)
    assert tree.find(".//script") is None
    links = [link.get("href") for link in tree.iter("a")]
    assert len(links) == len(results) - 1
    for link in links:
        assert (studio.out / link).is_file()
        assert link.endswith(".mp4")
    for image in tree.iter("img"):
        head, _, data = image.get("src").partition(",")
        assert head == "data:image/webp;base64"
        with Image.open(io.BytesIO(base64.b64decode(data))) as poster:
            assert poster.size == (int(image.get("width")), int(image.get("height")))
    elsewhere = [href for href in re.findall(r"(?:src|href)=\"([^\"]+)", text) if "//" in href]
    assert [href for href in elsewhere if not href.startswith("data:")] == []
    said = "".join(tree.itertext())
    assert title in said
    assert "185 steps to converge" in said


def test_the_grid_shows_every_poster(studio: Studio) -> None:
    films = studio.batch(replace(LOOKS, themes=("paper", "night")), EXPERIMENTS[:1])
    results = studio.make(films)
    _, grid = write_sheet(results, studio.out)
    sheet = Image.open(grid.path).convert("RGB")
    colors = {color for _, color in sheet.getcolors(sheet.width * sheet.height)}
    for film in films:
        with Image.open(film.folder / "momentum.png") as poster:
            assert poster.convert("RGB").getpixel((9, 9)) in colors


def test_nothing_made_is_no_sheet(studio: Studio) -> None:
    films = studio.batch()
    assert (
        write_sheet([Result(film.folder, "failed", why="no") for film in films], studio.out) == []
    )


def test_many_films_are_several_pages(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contact_sheet, "MOST_ON_A_PAGE", 3)
    results = studio.make(studio.batch())
    made = write_sheet(results, studio.out)
    assert [file.path.name for file in made] == [
        *("index.html", "contact-sheet.png"),
        *("index-2.html", "contact-sheet-2.png"),
    ]
    links = []
    for file in made[::2]:
        parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
        tree = parser.parse(file.path.read_text(encoding="utf-8"))
        assert "4 films" in "".join(tree.itertext())
        pages = [link for link in tree.iter("a") if link.get("href").endswith(".html")]
        assert [link.get("href") for link in pages] == ["index.html", "index-2.html"]
        (current,) = [link.get("href") for link in pages if link.get("aria-current") == "page"]
        assert current == file.path.name
        links += [link.get("href") for link in tree.iter("a") if link not in pages]
    videos = [next(result.folder.glob("*.mp4")) for result in results]
    assert sorted(studio.out / link for link in links) == sorted(videos)
    for file, columns, rows in ((made[1], 2, 2), (made[3], 1, 1)):
        with Image.open(file.path) as grid:
            assert grid.width == columns * 512 + 32
            assert grid.height > rows * 250


# --- the command --------------------------------------------------------------------------------


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The command in a folder of its own, with workers that paint."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MOMENTUM_CACHE", "cache")
    monkeypatch.setattr(schedule, "render_job", Painter(tmp_path / "log"))
    text = (ROOT / "experiments" / "momentum.toml").read_text(encoding="utf-8")
    Path("mine.toml").write_text(f"{text}\n[sweep]\ncontenders.2.beta = [0.8, 0.9]\n", "utf-8")
    quick = ("--quality", "draft", "--only", "zigzag", "--no-gif", "--engine", "serial")

    def run(*words: str, answer: str | None = None):
        asked = [*words, *(quick if words[0] == "batch" else ())]
        return CliRunner().invoke(main, asked, input=answer)

    return run


def test_a_batch_from_the_command_line(command, tmp_path: Path) -> None:
    done = command("batch", "mine.toml", "tuned", "--aspect", "16:9", "--aspect", "1:1")
    assert done.exit_code == 0, done.output
    rows = [line.split() for line in done.stdout.splitlines() if line.startswith(" build")]
    folders = [Path(row[0]) for row in rows]
    assert sorted(path.name for path in folders) == sorted(
        f"{name}_{aspect}_paper_draft"
        for name in ("mine_contenders-2-beta-0.8", "mine_contenders-2-beta-0.9", "tuned")
        for aspect in ("16x9", "1x1")
    )
    assert {row[1] for row in rows} == {"made"}
    for folder in folders:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        assert (folder / f"{manifest['name']}.mp4").is_file()
    assert {path.name for path in Path("build/batch").iterdir() if path.is_file()} == {
        "index.html",
        "contact-sheet.png",
    }
    assert "6 of 6 films" in done.stderr
    again = command("batch", "mine.toml", "tuned", "--aspect", "16:9", "--aspect", "1:1")
    assert again.exit_code == 0
    assert again.stdout.count(" there ") == 6


def test_a_film_that_fails_is_the_commands_failure(command, tmp_path: Path, monkeypatch) -> None:
    log = tmp_path / "log"
    monkeypatch.setattr(schedule, "render_job", Faulty(log, "zigzag", "deterministic", 1))
    done = command("batch", "mine.toml")
    assert done.exit_code == 4
    assert done.stderr.splitlines()[-1].startswith("1 of 2 films failed")
    assert (Path("build/batch") / "index.html").is_file()


MANY = f"""
[sweep]
steps = {list(range(100, 601))}
contenders.2.beta = [0.8, 0.9]
"""


def test_who_wants_very_many_films_is_asked(command, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (ROOT / "experiments" / "momentum.toml").read_text(encoding="utf-8")
    Path("many.toml").write_text(text + MANY, encoding="utf-8")
    before = set(Path.cwd().iterdir())
    done = command("batch", "many.toml")
    assert done.exit_code == 2
    assert done.output == "momentum batch: these are 1002 films: --yes makes them all\n"
    monkeypatch.setattr("momentum_film.cli.render.is_terminal", lambda: True)
    for answer in ("n\n", ""):
        done = command("batch", "many.toml", answer=answer)
        assert done.exit_code == 2
        assert "These are 1002 films. Make them all? [y/N]" in done.output
        assert done.output.splitlines()[-1].startswith("nothing was made; fewer values")
    assert set(Path.cwd().iterdir()) == before
    wanted: list[int] = []

    def make_batch(films: Batch, *_: object) -> list[Result]:
        wanted.append(len(films))
        return [Result(film.folder, "failed", why="no") for film in films]

    monkeypatch.setattr(batch, "make_batch", make_batch)
    done = command("batch", "many.toml", answer="y\n")
    assert "1002 films: 1002 failed\n" in done.output
    command("batch", "many.toml", "--yes")
    assert wanted == [1002, 1002]


def test_other_commands_say_what_to_do_with_a_sweep(command) -> None:
    checked = command("check", "mine.toml")
    assert checked.exit_code == 0
    assert checked.output.startswith("2 valid experiments: mine_contenders-2-beta-0.8, ")
    for words in (("show",), ("render",), ("deliver", "--captions")):
        done = command(words[0], "mine.toml", *words[1:])
        assert "`momentum batch mine.toml`" in str(done.exception)
