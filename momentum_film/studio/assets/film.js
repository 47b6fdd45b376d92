// The film while it is made: beats with their last pictures, and a player that is fed as it comes.
"use strict";

const Film = (() => {
  const { element } = Talk;
  const part = (id) => document.getElementById(id);
  const video = part("video");
  const beats = part("beats");
  let strip = null; // the film of what is on the desk
  let playing = null; // {number, strip, abort}, what the player is fed with
  let wanted = false; // whether somebody watches, so that a change begins anew
  let stoppedAt = 0; // seconds

  const look = () => ({ quality: part("quality").value, theme: part("theme").value, aspect: part("aspect").value });
  const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

  // --- beats -----------------------------------------------------------------------------------

  function showBeats() {
    const titles = new Map(strip.chapters.map(({ name, title }) => [name, title]));
    const items = strip.beats.map((beat, k) => {
      const picture = strip.pictures[k]
        ? element("img", { class: "picture", src: `film/${strip.number}/beat/${k}`, alt: "", width: 160, height: 90, loading: "lazy" })
        : element("span", { class: "picture" }, titles.get(beat.chapter) ?? "");
      titles.delete(beat.chapter); // once, where the chapter begins
      const length = element("span", { class: "length" }, element("span", {}, clock(beat.start)), element("span", {}, `${(beat.end - beat.start).toFixed(1)} s`));
      const said = element("span", { class: "said" }, beat.caption);
      const button = element("button", { type: "button", title: beat.caption }, picture, length, said);
      button.addEventListener("click", () => goTo(beat));
      return element("li", {}, button);
    });
    beats.replaceChildren(...items);
    mark();
  }

  // Pictures that came since; what is there already stays as it is.
  function showPictures(pictures) {
    pictures.forEach((isThere, k) => {
      const old = beats.children[k]?.querySelector("span.picture");
      if (isThere && old) {
        old.replaceWith(element("img", { class: "picture", src: `film/${strip.number}/beat/${k}`, alt: "", width: 160, height: 90 }));
      }
    });
    strip.pictures = pictures;
  }

  function mark() {
    const shown = playing?.strip ?? strip;
    const at = shown?.beats.findLastIndex((beat) => beat.start <= video.currentTime + 0.01) ?? -1;
    [...beats.children].forEach((item, k) => {
      if (k === at && playing) {
        item.setAttribute("aria-current", "true");
      } else {
        item.removeAttribute("aria-current");
      }
    });
    part("saying").textContent = playing && at >= 0 ? shown.beats[at].caption : "";
  }

  function goTo(beat) {
    if (playing && playing.number === strip.number) {
      video.currentTime = beat.start;
      video.play().catch(() => {});
    } else {
      play(beat.chapter, beat.start);
    }
    document.dispatchEvent(new CustomEvent("to-film"));
  }

  // --- the player ------------------------------------------------------------------------------

  async function play(chapter = "", from = 0) {
    wanted = true;
    const asked = performance.now();
    part("over").textContent = "The first picture is being drawn …";
    const told = await Talk.post("play", { ...look(), chapter });
    if (told.error) {
      wanted = false;
      part("over").textContent = told.error;
      return;
    }
    strip = told;
    showBeats();
    feed(told, from, asked);
  }

  function feed(told, from, asked) {
    playing?.abort.abort();
    const abort = new AbortController();
    playing = { number: told.number, strip: told, abort };
    const source = new MediaSource();
    delete video.dataset.firstPicture;
    video.dataset.stalls = "0";
    video.controls = true;
    video.src = URL.createObjectURL(source);
    source.addEventListener("sourceopen", () => pour(source, told, from, abort.signal), { once: true });
    video.addEventListener("loadeddata", () => {
      video.dataset.firstPicture = String(Math.round(performance.now() - asked));
      part("over").textContent = "";
      gather(abort.signal); // else the playhead would catch up with the first pictures
    }, { once: true, signal: abort.signal });
    video.addEventListener("waiting", () => wait(abort.signal), { signal: abort.signal });
    video.play().catch(() => {});
    part("stop").disabled = false;
  }

  const AHEAD_SECONDS = 1.5;

  function ahead() {
    const at = video.currentTime;
    for (let k = 0; k < video.buffered.length; k += 1) {
      if (video.buffered.start(k) <= at + 0.05 && at < video.buffered.end(k)) {
        return video.buffered.end(k) - at;
      }
    }
    return 0;
  }

  // Where the film is not there yet, it goes on when there is some of it, not picture by picture.
  function wait(signal) {
    if (!video.dataset.firstPicture || video.paused || video.playbackRate === 0) {
      return;
    }
    if (!video.seeking) { // overtaken, not asked to go where nothing is yet
      video.dataset.stalls = String(Number(video.dataset.stalls) + 1);
    }
    gather(signal);
  }

  async function gather(signal) {
    video.playbackRate = 0;
    while (!signal.aborted && ahead() < Math.min(AHEAD_SECONDS, video.duration - video.currentTime - 0.2)) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    if (!signal.aborted) {
      video.playbackRate = 1;
    }
  }

  async function pour(source, told, from, signal) {
    URL.revokeObjectURL(video.src);
    try {
      const answer = await fetch(`film/${told.number}`, { signal });
      if (!answer.ok) {
        throw new Error((await answer.text()).trim());
      }
      const buffer = source.addSourceBuffer(answer.headers.get("Content-Type"));
      source.duration = told.seconds;
      video.currentTime = from;
      const reader = answer.body.getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done || source.readyState !== "open") {
          break;
        }
        await appended(buffer, value);
      }
      if (!signal.aborted && source.readyState === "open") {
        end(source, told);
      }
    } catch (error) {
      if (!signal.aborted) {
        part("over").textContent = String(error.message ?? error);
      }
    }
  }

  // Who is given less than the whole film may ask for the rest.
  function end(source, told) {
    const ranges = Array.from({ length: video.buffered.length }, (_, k) => video.buffered.end(k) - video.buffered.start(k));
    if (ranges.reduce((sum, length) => sum + length, 0) > told.seconds - 0.2) {
      source.endOfStream();
    } else {
      playing = null;
    }
  }

  function appended(buffer, data) {
    return new Promise((resolve, reject) => {
      buffer.addEventListener("updateend", resolve, { once: true });
      buffer.addEventListener("error", () => reject(new Error("the browser cannot play this film")), { once: true });
      buffer.appendBuffer(data);
    });
  }

  function stop() {
    wanted = false;
    stoppedAt = playing ? video.currentTime : 0;
    playing?.abort.abort();
    playing = null;
    video.pause();
    video.playbackRate = 1;
    part("stop").disabled = true;
    Talk.post("stop", {});
  }

  // --- from outside ----------------------------------------------------------------------------

  let waiting = null;
  let latest = 0;

  // The experiment or the look changed: the strip follows when nothing has changed for a moment,
  // and who watches goes on watching, from the beginning of the chapter.
  function changed(patience = 500) {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      const turn = (latest += 1);
      const told = await Talk.get(`strip?${new URLSearchParams(look())}`).catch(() => ({ error: "lost" }));
      if (turn !== latest) {
        return;
      }
      if (told.error) {
        part("play").disabled = true;
        return;
      }
      part("play").disabled = false;
      const isOther = strip?.number !== told.number;
      strip = told;
      const isWatching = wanted && playing && !video.ended && !video.paused;
      if (isOther && isWatching) {
        const at = playing.strip.chapters.findLast((chapter) => chapter.start <= video.currentTime + 0.01);
        const chapter = told.chapters.find((one) => one.name === at?.name) ?? told.chapters[0];
        play(chapter.name, chapter.start);
        return;
      }
      part("over").textContent = isOther && playing ? "This film is of what was there before. Play makes the new one." : part("over").textContent;
      document.documentElement.style.setProperty("--aspect", `${told.width} / ${told.height}`);
      showBeats();
    }, patience);
  }

  function pulse({ film }) {
    part("made").max = film?.total || 1;
    part("made").value = film?.drawn ?? 0;
    const speed = film?.is_running ? `${film.drawn} of ${film.total} frames are drawn` : film?.failure ? film.failure : film ? "Every frame is drawn" : "";
    part("made-text").textContent = film && !film.is_running && !film.failure && film.drawn < film.total ? "Stopped; what is whole is kept" : speed;
    if (film?.failure) {
      part("over").textContent = film.failure;
    }
    if (film && film.number === strip?.number) {
      showPictures(film.pictures);
    }
  }

  function begin(looks) {
    const chosen = { quality: "720p30" };
    for (const [name, options] of Object.entries(looks)) {
      part(name).replaceChildren(...options.map((word) => element("option", { value: word }, word)));
      part(name).value = chosen[name] ?? part(name).value;
      part(name).addEventListener("change", () => changed(0));
    }
    part("play").addEventListener("click", () => {
      if (playing && playing.number === strip?.number && playing.strip.seconds > video.currentTime + 0.1) {
        wanted = true;
        video.play().catch(() => {});
      } else {
        const chapter = strip?.chapters.findLast(({ start }) => start <= stoppedAt + 0.01);
        play(stoppedAt ? chapter?.name : "", stoppedAt);
        stoppedAt = 0;
      }
    });
    part("stop").addEventListener("click", stop);
    video.addEventListener("timeupdate", mark);
    video.addEventListener("seeking", mark);
  }

  return { begin, changed, pulse, look };
})();
