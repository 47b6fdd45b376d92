"""Captions, chapters, transcript: in the words and at the times of the manifest."""

from __future__ import annotations

import html
import re
from itertools import pairwise

import av
import pytest
import webvtt

from momentum_film.deliver.text.captions import alternative_text, balanced, captions_vtt, transcript
from momentum_film.deliver.web.mathml import definitions
from momentum_math import run
from tests import ROOT
from tests.momentum_film.small_film import SmallFilm, experiment, film_of, manifest_of

EXPERIMENTS = sorted(path.stem for path in (ROOT / "experiments").iterdir())


def beats(film: SmallFilm) -> list[dict]:
    return [beat for chapter in film.manifest["chapters"] for beat in chapter["beats"]]


def seconds(time: str) -> float:
    read = webvtt.models.Timestamp.from_string(time)
    return read.in_seconds() + read.milliseconds / 1000


def test_captions_are_the_manifests_beats_for_an_independent_reader(small_film: SmallFilm) -> None:
    cues = webvtt.read(small_film.folder / "momentum.vtt").captions
    assert [cue.text for cue in cues] == [beat["caption"] for beat in beats(small_film)]
    for cue, beat in zip(cues, beats(small_film), strict=True):
        assert seconds(cue.start) == pytest.approx(beat["start_seconds"], abs=5e-4)
        assert seconds(cue.end) == pytest.approx(beat["end_seconds"], abs=5e-4)


def test_chapters_are_the_manifests(small_film: SmallFilm) -> None:
    cues = webvtt.read(small_film.folder / "momentum.chapters.vtt").captions
    assert [cue.text for cue in cues] == [c["title"] for c in small_film.manifest["chapters"]]
    assert cues[0].start == "00:00:00.000"
    assert all(a.end == b.start for a, b in pairwise(cues))


def test_subtitles_are_the_captions_in_short_lines(small_film: SmallFilm) -> None:
    cues = webvtt.from_srt(small_film.folder / "momentum.srt").captions  # srt has written it
    assert [" ".join(cue.lines) for cue in cues] == [b["caption"] for b in beats(small_film)]
    assert max(len(line) for cue in cues for line in cue.lines) <= 44
    assert [seconds(cue.start) for cue in cues] == pytest.approx(
        [beat["start_seconds"] for beat in beats(small_film)], abs=1e-3
    )


def test_libav_reads_the_captions(small_film: SmallFilm) -> None:
    with av.open(str(small_film.folder / "momentum.vtt")) as file:
        packets = [packet for packet in file.demux() if packet.size]
    assert len(packets) == len(beats(small_film))


@pytest.mark.parametrize(
    "text", ["word", "a " * 60, "x" * 200, "eleven words that fit on two lines"]
)
def test_balanced_lines_keep_every_word(text: str) -> None:
    lines = balanced(text, 24).split("\n")
    assert " ".join(lines).split() == text.split()
    assert all(len(line) <= 24 or " " not in line for line in lines)


def test_lines_without_blanks_are_balanced_too() -> None:
    text = "勾配降下法とモメンタムの比較、そして学習率の効果。"
    lines = balanced(text, 24).split("\n")
    assert "".join(lines) == text
    assert max(map(len, lines)) <= 12 and max(map(len, lines)) - min(map(len, lines)) <= 2


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_the_transcript_says_everything_with_its_formulas_in_latex(name: str) -> None:
    loaded = experiment(name)
    film = film_of(manifest_of(loaded))
    formulas = definitions(run(loaded))
    text = transcript(film, formulas)
    for chapter in film.chapters:
        assert f"## {chapter.title}" in text.replace("\\", "")
    for _, lines in formulas:
        assert all(f"$$ {line} $$" in text for line in lines)
    outside = re.sub(r"\$\$.*?\$\$|\$[^$]*\$", "", text)
    assert not set("αβθκλ⁻¹²³⁴⁵⁶⁷⁸⁹₁₂") & set(outside)
    words = re.findall(r"[a-z]{4,}", " ".join(beat.caption for beat in film.beats).lower())
    assert set(words) <= set(re.findall(r"[a-z]{4,}", outside.lower()))


def test_the_alternative_text_names_who_runs_and_what_is_told(small_film: SmallFilm) -> None:
    text = alternative_text(small_film.film)
    assert "Momentum β = 0.99" in text and "Two knobs" in text
    assert "\n" not in text
    assert (small_film.folder / "alt.txt").read_text(encoding="utf-8") == text + "\n"


def test_captions_of_no_beat_are_lost_to_an_arrow() -> None:
    film = film_of(manifest_of(experiment(), caption="a --> b <c> & d"))
    cues = webvtt.from_string(captions_vtt(film)).captions
    assert [html.unescape(cue.raw_text) for cue in cues] == ["a --> b <c> & d"] * len(film.beats)
