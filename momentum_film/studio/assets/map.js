// The map and the curves: drawn as Python says, or, while something is dragged, as the page
// computes it itself, sixty times a second; a moment later the numbers are Python's again.
"use strict";

const Stage = (() => {
  const { element, written } = Chart;
  const svg = document.getElementById("map");
  const now = document.getElementById("now");
  let view = null; // what Python said last
  let ahead = null; // {start, window, settings} while the page is ahead of Python
  let map = null;
  let asking = ""; // which mathematics was asked for last
  let change = () => {};
  let settled = (act) => act(); // when no undo is on its way, from which a step would not count
  let gestures = 0;

  const start = () => ahead?.start ?? view.start;
  const window_ = () => ahead?.window ?? view.window;

  // --- runs ------------------------------------------------------------------------------------

  // The mathematics of what is on the desk, if the page can have it; a script of the server's.
  function learn() {
    const name = view.mathematics;
    if (name && name !== asking) {
      asking = name;
      const script = Talk.element("script", { src: `mathematics/${name}` });
      script.addEventListener("load", draw);
      script.addEventListener("error", () => (asking = ""));
      document.head.append(script);
    }
  }

  const knows = () => Boolean(view.mathematics) && window.live?.name === view.mathematics;

  function runs() {
    if (!ahead || !knows()) {
      return view.runs;
    }
    const problem = { landscape: window.live.landscape, start: start(), size: view.size };
    return view.runs.map((run, k) => {
      const numbers = { ...run.numbers, ...(ahead.settings?.[k] ?? {}) };
      const which = { rule: window.live.rules[k], numbers };
      const made = Mathematics.trace(problem, which, Math.min(view.steps, 2000));
      const excess = made.losses.map((loss) => (view.minimum === null ? loss : Math.max(loss - view.minimum, 0)));
      return { ...run, points: made.points.slice(0, view.map_steps + 1), losses: excess.map((loss, at) => [at, loss]) };
    });
  }

  // --- the map ---------------------------------------------------------------------------------

  function drawMap(shown) {
    const [[west, east], [south, north]] = window_();
    const width = svg.getBoundingClientRect().width;
    const shape = Math.min(Math.max((north - south) / (east - west), 0.42), 0.75);
    const height = Math.max(width * shape, 220) + 50;
    map = Chart.frame(
      svg, height, { left: 40, right: 6, top: 26, bottom: 44 },
      { scale: Chart.linear(west, east, width / 110), name: "θ₁" },
      { scale: Chart.linear(south, north, height / 70), name: "θ₂" },
    );
    map.plot.append(rings(), ...landmarks(), ...shown.flatMap(trail), handle());
  }

  // Rings are those of Python's window, wherever it lies on the map by now.
  function rings() {
    const [[west, east], [south, north]] = view.window;
    const [left, top] = [map.across(west), map.up(north)];
    const [width, height] = [(map.across(east) - left) / 1000, (map.up(south) - top) / 1000];
    const bands = view.regions.map((d, k) => {
      const band = element("path", { d, class: "band", "vector-effect": "non-scaling-stroke" });
      band.style.fill = `color-mix(in srgb, var(--panel), var(--basin) ${(100 * (k + 1)) / view.regions.length}%)`;
      return band;
    });
    return element("g", { transform: `translate(${left} ${top}) scale(${width} ${height})` }, ...bands);
  }

  function landmarks() {
    return view.minima.map(([x, y]) => {
      const [left, top] = [map.across(x), map.up(y)];
      return element("path", { d: `M${left - 8} ${top}h16M${left} ${top - 8}v16`, class: "minimum" });
    });
  }

  function trail(run, k) {
    const places = run.points
      .filter(([x, y]) => x !== null && y !== null && Number.isFinite(x + y))
      .map(([x, y]) => [map.across(x), map.up(y)]);
    if (!places.length) {
      return [];
    }
    const [x, y] = places.at(-1);
    const path = element("path", { d: Chart.path(places), class: `path contender-${k}` });
    return [path, emblem(k, x, y)];
  }

  const emblem = (k, x, y) => element("use", { href: `#contender-${k}`, x: x - 8, y: y - 8, width: 16, height: 16 });

  function handle() {
    const [x, y] = start();
    const at = { cx: map.across(x), cy: map.up(y) };
    const spoken = `θ₁ = ${written(x)}, θ₂ = ${written(y)}`;
    const [[west, east]] = window_();
    return element(
      "g",
      {
        class: "start", id: "map-start", tabindex: 0, role: "slider",
        "aria-label": "Start: arrow keys move it", "aria-valuetext": spoken,
        "aria-valuemin": west, "aria-valuemax": east, "aria-valuenow": x,
      },
      element("circle", { ...at, r: 20, class: "reach" }),
      element("circle", { ...at, r: 7, class: "dot" }),
    );
  }

  // --- the curves ------------------------------------------------------------------------------

  function drawRace(shown) {
    const race = document.getElementById("race");
    const isLog = view.threshold !== null;
    const all = shown.flatMap((run) => run.losses.map(([, loss]) => loss)).filter((loss) => loss !== null && Number.isFinite(loss));
    const first = shown.map((run) => run.losses[0]?.[1] ?? 1);
    const high = isLog ? 10 ** Math.ceil(Math.log10(Math.max(...first)) + 0.3) : Math.max(...all, 1e-9);
    const low = isLog ? 10 ** Math.floor(Math.log10(view.threshold) - 3) : Math.max(Math.min(...all), -10 * Math.abs(first[0]) - 1);
    const chart = Chart.frame(
      race, 220, { left: 46, right: 8, top: 26, bottom: 44 },
      { scale: Chart.linear(0, view.steps, 6), name: "step" },
      { scale: isLog ? Chart.logarithmic(low, high, 9) : Chart.linear(low, high > low ? high : low + 1, 5), name: isLog ? "loss above the minimum, log scale" : "loss" },
    );
    if (isLog) {
      const level = chart.up(view.threshold);
      chart.plot.append(element("path", { d: `M${chart.left} ${level}H${chart.right}`, class: "threshold" }));
    }
    shown.forEach((run, k) => {
      const places = run.losses.filter(([, loss]) => loss !== null).map(([at, loss]) => [chart.across(at), chart.up(loss)]);
      if (places.length) {
        const [x, y] = places.at(-1);
        const path = element("path", { d: Chart.path(places), class: `path contender-${k}` });
        chart.plot.append(path, emblem(k, Math.min(x, chart.right - 9), Math.min(Math.max(y, chart.top + 9), chart.bottom - 9)));
      }
    });
  }

  // --- the numbers, which are Python's ---------------------------------------------------------

  function drawNumbers() {
    const body = document.querySelector("#numbers tbody");
    body.replaceChildren(
      ...view.runs.map((run, k) => {
        const marker = element("svg", { class: `marker contender-${k}`, width: 16, height: 16, "aria-hidden": "true" }, element("use", { href: `#contender-${k}` }));
        const name = Talk.element("th", { scope: "row" }, marker, run.label);
        const steps = (step) => (step === null ? "–" : `${step} ${step === 1 ? "step" : "steps"}`);
        const last = run.ended_at === null ? written(run.final_loss ?? Infinity) : `${run.status} at step ${run.ended_at}`;
        const cells = [steps(run.first_below), steps(run.stays_below), last];
        return Talk.element("tr", {}, name, ...cells.map((cell) => Talk.element("td", {}, cell)));
      }),
    );
  }

  // --- one picture per frame of the screen -----------------------------------------------------

  const draw = Chart.perPicture(drawNow);

  function drawNow() {
    if (!view || !svg.getBoundingClientRect().width) {
      return;
    }
    const isFocused = document.activeElement?.id === "map-start";
    const shown = runs();
    drawMap(shown);
    drawRace(shown);
    now.classList.toggle("stale", ahead !== null);
    if (isFocused) {
      document.getElementById("map-start").focus();
    }
  }

  // --- hands -----------------------------------------------------------------------------------

  function lead(changes) {
    ahead = { ...ahead, ...changes };
    draw();
  }

  const into = (value, low, high) => Math.min(Math.max(value, low), high);
  const unit = (low, high) => 10 ** Math.floor(Math.log10((high - low) / 200));
  const rounded = (value, step) => Number((Math.round(value / step) * step).toPrecision(12));

  function moveStart(x, y) {
    const [[west, east], [south, north]] = window_();
    const point = [rounded(into(x, west, east), unit(west, east)), rounded(into(y, south, north), unit(south, north))];
    lead({ start: point });
    change([{ kind: "set", path: ["start"], value: point }], `start ${gestures}`);
  }

  function moveWindow(sides) {
    const [x, y] = start();
    const kept = sides.map(([low, high], k) => {
      const at = [x, y][k];
      const step = unit(low, high);
      const by = Math.max(at - high, 0) + Math.min(at - low, 0); // the start stays on the map
      return [rounded(low + by, step), rounded(high + by, step)];
    });
    lead({ window: kept });
    change([{ kind: "set", path: ["map", "window"], value: kept }], `window ${gestures}`);
  }

  function zoom(factor) {
    gestures += 1;
    settled(() => {
      moveWindow(window_().map(([low, high]) => {
        const [middle, half] = [(low + high) / 2, ((high - low) / 2) * factor];
        return [middle - half, middle + half];
      }));
    });
  }

  function listen() {
    let held = null;
    svg.addEventListener("pointerdown", (event) => {
      if (!view || !map) {
        return;
      }
      gestures += 1;
      const isStart = Boolean(event.target.closest(".start"));
      held = { id: event.pointerId, isStart, from: [event.clientX, event.clientY], window: window_(), map };
      svg.setPointerCapture(event.pointerId);
      event.preventDefault();
      if (isStart) {
        document.getElementById("map-start").focus();
      }
    });
    svg.addEventListener("pointermove", (event) => {
      if (event.pointerId !== held?.id) {
        return;
      }
      const [[west, east], [south, north]] = held.window;
      const { left, right, top, bottom } = held.map;
      const [width, height] = [(east - west) / (right - left), (north - south) / (bottom - top)];
      if (held.isStart) {
        const area = svg.getBoundingClientRect();
        moveStart(west + (event.clientX - area.left - left) * width, north - (event.clientY - area.top - top) * height);
      } else {
        const [across, up] = [(held.from[0] - event.clientX) * width, (event.clientY - held.from[1]) * height];
        moveWindow([[west + across, east + across], [south + up, north + up]]);
      }
    });
    const release = () => (held = null);
    svg.addEventListener("pointerup", release);
    svg.addEventListener("pointercancel", release);
    svg.addEventListener("keydown", (event) => {
      const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
      if (way && event.target.closest(".start")) {
        event.preventDefault();
        settled(() => {
          const [[west, east], [south, north]] = window_();
          const [x, y] = start();
          moveStart(x + (way[0] * (east - west)) / 100, y + (way[1] * (north - south)) / 100);
        });
      }
    });
    document.getElementById("zoom-in").addEventListener("click", () => zoom(0.8));
    document.getElementById("zoom-out").addEventListener("click", () => zoom(1.25));
    document.getElementById("window-free").addEventListener("click", () => {
      change([{ kind: "remove", path: ["map", "window"] }], "");
    });
    new ResizeObserver(draw).observe(now);
  }

  // --- from outside ----------------------------------------------------------------------------

  // What Python says; `isLast` if nothing that the page is ahead by is still on its way.
  function show(told, isLast) {
    view = told.view ?? view;
    document.getElementById("nothing").hidden = view !== null;
    now.classList.toggle("bare", view === null);
    if (isLast) {
      ahead = null;
    }
    document.getElementById("window-free").disabled = !told.values?.map?.window;
    if (view) {
      learn();
      drawNumbers();
      draw();
    }
  }

  // Show numbers of the form before Python has seen them.
  function foresee(edits) {
    for (const { kind, path, value } of edits) {
      if (kind === "set" && path[0] === "contenders" && path.length === 3 && typeof value === "number") {
        const settings = { ...(ahead?.settings ?? {}) };
        settings[path[1]] = { ...(settings[path[1]] ?? {}), [path[2]]: value };
        lead({ settings });
      }
    }
  }

  function begin(changed, whenSettled) {
    [change, settled] = [changed, whenSettled];
    listen();
  }

  return { begin, show, foresee };
})();
