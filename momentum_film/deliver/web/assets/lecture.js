// A lecture: one video that stops at the end of each beat.
"use strict";

(() => {
  const { fps, chapters } = JSON.parse(document.getElementById("beats").textContent);
  const beats = chapters.flatMap((chapter, index) =>
    chapter.beats.map((beat) => ({ ...beat, chapter: index, title: chapter.title })),
  );
  const firsts = chapters.map((_, index) => beats.findIndex((beat) => beat.chapter === index));
  const [video, stage, notes, help, black, toast] = ["video", "stage", "notes", "help", "black", "toast"].map(
    (name) => document.getElementById(name),
  );
  const FRAME = 1 / fps;
  const SPEEDS = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 3];

  // Where the lecture stands: "before" a beat (its first frame), "playing" it, or "after" it (its
  // last frame). Times are the middle of a frame, so that no rounding shows another one.
  let [at, phase] = [0, "before"];
  const first = (index) => beats[index].start + FRAME / 2;
  const last = (index) => beats[index].end - FRAME / 2;

  // --- moving --------------------------------------------------------------------------------

  function stand(index, where) {
    [at, phase] = [index, where];
    video.pause();
    video.currentTime = where === "before" ? first(index) : last(index);
    show();
  }

  function play(index) {
    const goesOn = phase === "after" && index === at + 1 && Math.abs(video.currentTime - last(at)) < FRAME;
    if (!goesOn && !(phase === "before" && index === at)) {
      video.currentTime = first(index);
    }
    [at, phase] = [index, "playing"];
    resume();
    show();
  }

  function resume() {
    video.play().catch(() => {});
    watch();
  }

  function forward() {
    began ??= Date.now();
    if (phase === "before") {
      play(at);
    } else if (phase === "playing") {
      if (video.paused) {
        resume();
      } else {
        stand(at, "after");
      }
    } else if (at + 1 < beats.length) {
      play(at + 1);
    } else {
      say("The end");
    }
  }

  function back() {
    if (at > 0) {
      stand(at - 1, "after");
    } else {
      stand(0, "before");
    }
  }

  function pause() {
    if (phase === "playing") {
      if (video.paused) {
        resume();
      } else {
        video.pause();
        show();
      }
    } else {
      forward();
    }
  }

  // Stops on the beat's last frame: a little early, so that nothing of the next beat is seen.
  function check() {
    if (phase === "playing" && video.currentTime >= beats[at].end - FRAME * (0.5 + video.playbackRate)) {
      stand(at, "after");
    }
  }

  function watch() {
    check();
    mark();
    if (phase === "playing" && !video.paused) {
      requestAnimationFrame(watch);
    }
  }

  video.addEventListener("timeupdate", check);
  video.addEventListener("ended", () => stand(beats.length - 1, "after"));
  video.addEventListener("seeked", () => mark());

  // A browser that is held up may keep the old picture after a seek: then it is asked again.
  function askAgain() {
    let shown = 0;
    const note = (_now, { mediaTime }) => {
      shown = mediaTime;
      video.requestVideoFrameCallback(note);
    };
    const look = () => {
      const stale = Math.abs(shown - video.currentTime) > FRAME;
      if (stale && video.paused && !video.seeking && !document.hidden) {
        video.currentTime = video.currentTime;
      }
    };
    video.requestVideoFrameCallback(note);
    video.addEventListener("seeked", () => window.setTimeout(look, 500));
  }
  if (video.requestVideoFrameCallback) {
    askAgain();
  }

  function speed(step) {
    const now = SPEEDS.indexOf(video.playbackRate);
    const next = SPEEDS[Math.min(Math.max(now + step, 0), SPEEDS.length - 1)];
    [video.playbackRate, video.defaultPlaybackRate] = [next, next];
    say(`${next}×`);
  }

  // --- what one sees -------------------------------------------------------------------------

  const buttons = [...document.querySelectorAll("#chapters button")];
  let began = null;

  function mark() {
    const now = video.currentTime;
    buttons.forEach((button, index) => {
      const { start, end } = chapters[index];
      const share = (now - start) / (end - start);
      button.style.setProperty("--played", String(Math.min(Math.max(share, 0), 1)));
      if (index === beats[at].chapter) {
        button.setAttribute("aria-current", "true");
      } else {
        button.removeAttribute("aria-current");
      }
    });
  }

  function show() {
    const beat = beats[at];
    const place = `${beat.title} · ${at + 1} of ${beats.length}`;
    const next = phase === "before" ? beat : beats[at + 1];
    write("place", phase === "playing" && video.paused ? `${place} · paused` : place);
    write("now", phase === "before" ? "" : beat.caption);
    const other = next && next.chapter !== beat.chapter ? `${next.title}: ` : "";
    write("next", next ? other + next.caption : "The end.");
    mark();
    history.replaceState(null, "", `#${phase === "before" ? "-" : ""}${at + 1}`);
  }

  function write(name, text) {
    for (const home of [document, apart?.document]) {
      const place = home?.querySelector(`[data-note=${name}]`);
      if (place) {
        place.textContent = text;
      }
    }
  }

  function clock() {
    const time = new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
    const seconds = began === null ? 0 : Math.floor((Date.now() - began) / 1000);
    write("clock", `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")} · ${time}`);
  }

  let silence = 0;

  function say(text) {
    toast.textContent = text;
    toast.classList.add("shown");
    clearTimeout(silence);
    silence = setTimeout(() => toast.classList.remove("shown"), 1200);
  }

  // --- views ---------------------------------------------------------------------------------

  let apart = null;

  // Notes in a window of their own, for a second screen; its keys move the lecture too.
  function openNotes() {
    apart = window.open("", "momentum-notes", "popup,width=900,height=600");
    if (!apart) {
      notes.hidden = false;
      say("The browser blocked the window");
      return;
    }
    const { head, body } = apart.document;
    apart.document.title = `${document.title}: notes`;
    apart.document.documentElement.lang = "en";
    head.replaceChildren(document.querySelector("style").cloneNode(true));
    const copy = notes.cloneNode(true);
    copy.hidden = false;
    body.className = "apart";
    body.replaceChildren(copy);
    apart.document.addEventListener("keydown", press);
    show();
    clock();
  }

  function full() {
    if (document.fullscreenElement) {
      document.exitFullscreen();
    } else {
      document.documentElement.requestFullscreen().then(stayAwake, () => say("No full screen here"));
    }
  }

  // Ask the screen not to sleep while one talks; not every browser can.
  function stayAwake() {
    navigator.wakeLock?.request("screen").catch(() => {});
  }

  function captions() {
    const track = video.textTracks[0];
    track.mode = track.mode === "showing" ? "hidden" : "showing";
    say(track.mode === "showing" ? "Captions on" : "Captions off");
  }

  // Any key or click brings the picture back; the lecture then stands where it was.
  function darken(dark) {
    if (dark) {
      video.pause();
    }
    black.hidden = !dark;
    show();
  }

  // --- keys, buttons, touch ------------------------------------------------------------------

  const ACTIONS = {
    forward,
    back,
    pause,
    full,
    captions,
    apart: openNotes,
    replay: () => play(at),
    black: () => darken(true),
    notes: () => (notes.hidden = !notes.hidden),
    help: () => (help.open ? help.close() : help.showModal()),
    faster: () => speed(1),
    slower: () => speed(-1),
    start: () => stand(0, "before"),
    end: () => stand(beats.length - 1, "after"),
  };

  const KEYS = {
    " ": "forward",
    ArrowRight: "forward",
    ArrowDown: "forward",
    PageDown: "forward",
    Enter: "forward",
    ArrowLeft: "back",
    ArrowUp: "back",
    PageUp: "back",
    Backspace: "back",
    Home: "start",
    0: "start",
    End: "end",
    r: "replay",
    p: "pause",
    k: "pause",
    b: "black",
    ".": "black",
    f: "full",
    F5: "full",
    s: "notes",
    n: "apart",
    c: "captions",
    "?": "help",
    h: "help",
    "+": "faster",
    "=": "faster",
    "-": "slower",
    _: "slower",
  };

  function press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const onButton = event.target.closest?.("button") && (key === " " || key === "Enter");
    if (onButton || (help.open && key !== "?" && key !== "h")) {
      return;
    }
    if (!black.hidden && (key in KEYS || key === "Escape")) {
      darken(false);
      event.preventDefault();
      return;
    }
    const chapter = /^[1-9]$/.test(key) ? Number(key) - 1 : -1;
    if (chapter >= 0 && chapter < chapters.length) {
      stand(firsts[chapter], "before");
    } else if (key in KEYS) {
      ACTIONS[KEYS[key]]();
    } else {
      return;
    }
    event.preventDefault();
  }

  let touched = null;

  function release(event) {
    if (touched === null || event.button !== 0) {
      return;
    }
    const moved = event.clientX - touched;
    touched = null;
    const box = stage.getBoundingClientRect();
    const goesBack = Math.abs(moved) > 40 ? moved > 0 : event.clientX - box.left < box.width / 3;
    ACTIONS[goesBack ? "back" : "forward"]();
  }

  let idle = 0;

  function wake() {
    document.body.classList.add("awake");
    clearTimeout(idle);
    idle = setTimeout(() => document.body.classList.remove("awake"), 3000);
  }

  function listen() {
    document.addEventListener("keydown", press);
    document.addEventListener("pointermove", wake);
    document.addEventListener("pointerdown", wake);
    stage.addEventListener("pointerdown", (event) => (touched = event.clientX));
    stage.addEventListener("pointerup", release);
    stage.addEventListener("pointercancel", () => (touched = null));
    black.addEventListener("click", () => darken(false));
    document.getElementById("bar").addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button?.dataset.do) {
        ACTIONS[button.dataset.do]();
      } else if (button) {
        stand(firsts[Number(button.value)], "before");
      }
      if (event.detail > 0) {
        button?.blur(); // a click leaves Space to the lecture
      }
    });
    setInterval(clock, 1000);
  }

  // --- the film ------------------------------------------------------------------------------

  function bytes(base64) {
    const text = atob(base64);
    const result = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i += 1) {
      result[i] = text.charCodeAt(i);
    }
    return result;
  }

  function addCues(kind, things, text) {
    const track = video.addTextTrack(kind, kind, "en");
    track.mode = "hidden";
    for (const thing of things) {
      const escaped = text(thing).replaceAll("&", "&amp;").replaceAll("<", "&lt;");
      track.addCue(new VTTCue(thing.start, thing.end, escaped));
    }
  }

  function load() {
    const source = document.getElementById("film");
    video.src = URL.createObjectURL(new Blob([bytes(source.textContent)], { type: "video/mp4" }));
    source.remove();
    addCues("captions", beats, (beat) => beat.caption);
    addCues("chapters", chapters, (chapter) => chapter.title);
    buttons.forEach((button, index) => {
      const { start, end } = chapters[index];
      button.parentElement.style.setProperty("--share", String(end - start));
    });
    const [, before, number] = /^#(-?)(\d+)$/.exec(location.hash) ?? [null, "-", "1"];
    const index = Math.min(Math.max(Number(number) - 1, 0), beats.length - 1);
    video.addEventListener("loadedmetadata", () => stand(index, before ? "before" : "after"), { once: true });
  }

  listen();
  load();
  clock();
  wake();
})();
