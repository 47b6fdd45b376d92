// The companion: sliders for the learning rate and for beta, and what they do to one run on
// `landscape`, which the page defines, as it does the `rules` of methods and of contenders.
"use strict";

(() => {
  const data = JSON.parse(document.getElementById("companion-data").textContent);
  const part = (name) => document.getElementById(`companion-${name}`);
  const { element, written } = Chart;
  const SLIDER = 1000;
  const state = { ...data.first, start: [...data.start] };

  const problem = () => ({ landscape, start: state.start, size: data.size });
  const chosen = (beta) => ({ rule: rules[state.method], numbers: { lr: state.lr, beta } });
  const own = () => chosen(state.beta);

  function run(which) {
    const { points, losses, status } = Mathematics.trace(problem(), which, data.steps);
    const excess = losses.map((loss) => Math.max(loss - data.minimum, 0));
    return {
      points,
      losses,
      excess,
      status,
      first_below: Mathematics.firstBelow(excess, data.threshold),
      stays_below: status === "running" ? Mathematics.staysBelow(excess, data.threshold) : null,
    };
  }

  // --- the map -----------------------------------------------------------------------------

  const [[west, east], [south, north]] = data.window;
  let map = null;

  function drawMap(mine) {
    const svg = part("map");
    const width = svg.getBoundingClientRect().width;
    const margin = { left: 34, right: 6, top: 26, bottom: 44 };
    const shape = Math.min(Math.max((north - south) / (east - west), 0.42), 0.9);
    const height = Math.max((width - 40) * shape, 170) + 70;
    map = Chart.frame(
      svg,
      height,
      margin,
      { scale: Chart.linear(west, east, width / 110), name: data.axes[0] },
      { scale: Chart.linear(south, north, height / 70), name: data.axes[1] },
    );
    map.plot.append(rings(), ...landmarks(), trail(mine), handle());
    const end = mine.points[Math.min(mine.points.length - 1, data.map_steps)];
    map.plot.append(marker(map.across(end[0]), map.up(end[1]), "own end"));
  }

  function rings() {
    const [width, height] = [(map.right - map.left) / 1000, (map.bottom - map.top) / 1000];
    const placed = `translate(${map.left} ${map.top}) scale(${width} ${height})`;
    const bands = data.regions.map((d, k) => {
      const band = element("path", { d, class: "band", "vector-effect": "non-scaling-stroke" });
      const depth = (100 * (k + 1)) / data.regions.length;
      band.style.fill = `color-mix(in srgb, var(--panel), var(--basin) ${depth}%)`;
      return band;
    });
    return element("g", { transform: placed }, ...bands);
  }

  function landmarks() {
    return data.minima.map(([x, y]) => {
      const [left, top] = [map.across(x), map.up(y)];
      const d = `M${left - 8} ${top}h16M${left} ${top - 8}v16`;
      return element("path", { d, class: "minimum" });
    });
  }

  function trail(mine) {
    const shown = mine.points.slice(0, data.map_steps + 1);
    const places = shown.map(([x, y]) => [map.across(x), map.up(y)]);
    const dots = places.slice(1).map(([cx, cy]) => {
      const far = Math.abs(cx) > 1e5 || Math.abs(cy) > 1e5;
      return far ? "" : element("circle", { cx, cy, r: 2.4 });
    });
    const line = element("path", { d: Chart.path(places), class: "line" });
    return element("g", { class: "own trail" }, line, ...dots);
  }

  function marker(cx, cy, kind) {
    return element("circle", { cx, cy, r: 7, class: kind });
  }

  function handle() {
    const [x, y] = state.start;
    const made = element(
      "g",
      {
        class: "start",
        id: "companion-start",
        tabindex: 0,
        role: "slider",
        "aria-label": "Start: arrow keys move it",
        "aria-valuemin": west,
        "aria-valuemax": east,
        "aria-valuenow": x,
        "aria-valuetext": `θ₁ = ${written(x)}, θ₂ = ${written(y)}`,
      },
      element("circle", { cx: map.across(x), cy: map.up(y), r: 22, class: "reach" }),
      marker(map.across(x), map.up(y), "dot"),
    );
    return made;
  }

  function moveStart(x, y) {
    const into = (value, low, high) => Math.min(Math.max(value, low), high);
    const step = (low, high) => 10 ** Math.floor(Math.log10((high - low) / 200));
    const rounded = (value, unit) => Number((Math.round(value / unit) * unit).toPrecision(12));
    state.start = [
      rounded(into(x, west, east), step(west, east)),
      rounded(into(y, south, north), step(south, north)),
    ];
    draw();
  }

  function listenToMap() {
    const svg = part("map");
    let held = null;
    svg.addEventListener("pointerdown", (event) => {
      if (event.target.closest(".start")) {
        held = event.pointerId;
        svg.setPointerCapture(held);
        event.preventDefault();
        part("start").focus();
      }
    });
    svg.addEventListener("pointermove", (event) => {
      if (event.pointerId === held) {
        const box = svg.getBoundingClientRect();
        const across = (event.clientX - box.left - map.left) / (map.right - map.left);
        const down = (event.clientY - box.top - map.top) / (map.bottom - map.top);
        moveStart(west + across * (east - west), north - down * (north - south));
      }
    });
    const release = () => (held = null);
    svg.addEventListener("pointerup", release);
    svg.addEventListener("pointercancel", release);
    svg.addEventListener("keydown", (event) => {
      const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
      const [right, up] = way[event.key] ?? [0, 0];
      if (event.target.closest(".start") && (right || up)) {
        event.preventDefault();
        const [x, y] = state.start;
        moveStart(x + (right * (east - west)) / 100, y + (up * (north - south)) / 100);
      }
    });
  }

  // --- the race ----------------------------------------------------------------------------

  function drawRace(mine, others) {
    const svg = part("race");
    const top = 10 ** Math.ceil(Math.log10(data.highest) + 0.3);
    const low = 10 ** Math.floor(Math.log10(data.threshold) - 3);
    const chart = Chart.frame(
      svg,
      280,
      { left: 46, right: 8, top: 26, bottom: 44 },
      { scale: Chart.linear(0, data.steps, 6), name: "step" },
      { scale: Chart.logarithmic(low, top, 9), name: "loss, log scale" },
    );
    const line = (losses) => losses.map((loss, k) => [chart.across(k), chart.up(loss)]);
    const level = chart.up(data.threshold);
    chart.plot.append(
      element("path", { d: `M${chart.left} ${level}H${chart.right}`, class: "threshold" }),
      ...others.map((other, i) =>
        element("path", { d: Chart.path(line(other.excess)), class: `other contender-${i}` }),
      ),
      ...others.map((other, i) => emblem(chart, i, other.excess)),
      element("path", { d: Chart.path(line(mine.excess)), class: "own line" }),
    );
    const step = mine.stays_below;
    if (step !== null) {
      chart.plot.append(marker(chart.across(step), chart.up(mine.excess[step]), "own end"));
    }
  }

  // The film's marker of a contender, where its curve ends.
  function emblem(chart, index, losses) {
    const [x, y] = [chart.across(losses.length - 1), chart.up(losses.at(-1))];
    const low = y > chart.bottom ? y : Math.min(y, chart.bottom - 9);
    const box = { x: Math.min(x, chart.right - 9) - 8, y: low - 8, width: 16, height: 16 };
    return element("use", { href: `#contender-${index}`, ...box });
  }

  // --- steps against beta ------------------------------------------------------------------

  const BETAS = Array.from({ length: 100 }, (_, k) => k / 100);
  let swept = { key: "", steps: [] };

  // The curve depends on everything but beta, so it is kept while beta moves.
  function sweep() {
    const key = JSON.stringify([state.method, state.lr, state.start]);
    if (swept.key !== key) {
      const steps = BETAS.map((beta) => arrival(chosen(beta)));
      swept = { key, steps };
    }
    return swept.steps;
  }

  function arrival(method) {
    return Mathematics.arrival(problem(), method, data.threshold, data.minimum, data.limit);
  }

  function drawDial(mine) {
    const svg = part("dial");
    const chart = Chart.frame(
      svg,
      280,
      { left: 46, right: 8, top: 26, bottom: 44 },
      { scale: Chart.linear(0, 1, 5), name: "β" },
      { scale: Chart.logarithmic(10, data.limit, 8), name: "steps needed, log scale" },
    );
    const pieces = [[]];
    sweep().forEach((steps, k) => {
      if (steps === null) {
        pieces.push([]);
      } else {
        pieces.at(-1).push([chart.across(BETAS[k]), chart.up(Math.max(steps, 1))]);
      }
    });
    const d = pieces.map(Chart.path).join("");
    chart.plot.append(element("path", { d, class: "dial" }));
    const steps = mine.stays_below ?? mine.later;
    if (steps !== null) {
      const [x, y] = [chart.across(state.beta), chart.up(Math.max(steps, 1))];
      chart.plot.append(marker(x, y, "own end"));
    }
  }

  // --- words -------------------------------------------------------------------------------

  function verdict(mine) {
    const limit = data.threshold_text;
    const last = mine.points.length - 1;
    if (mine.status === "diverged") {
      return ["diverges", `It leaves for good at step ${last}.`];
    }
    if (mine.status === "stopped") {
      return ["stops", `It ends at step ${last}: beyond, the loss is undefined.`];
    }
    const after = `Loss after ${data.steps} steps: ${written(mine.losses.at(-1))}.`;
    if (mine.stays_below === null) {
      const touched = mine.first_below === null ? "" : `First below at step ${mine.first_below}. `;
      const later =
        mine.later === null
          ? `Not below ${limit} within ${data.limit} steps either.`
          : `If it went on, the loss would stay below ${limit} from step ${mine.later}.`;
      return [`not within ${data.steps} steps`, `${touched}${later} ${after}`];
    }
    const early =
      mine.first_below === mine.stays_below ? "" : `First below at step ${mine.first_below}. `;
    return [`${mine.stays_below} steps`, `until the loss stays below ${limit}. ${early}${after}`];
  }

  function describe(mine) {
    const [short, long] = verdict(mine);
    part("short").textContent = short;
    part("long").textContent = long;
  }

  // --- knobs -------------------------------------------------------------------------------

  const [lowest, highest] = data.lr_range;
  const toSlider = (lr) => (SLIDER * Math.log(lr / lowest)) / Math.log(highest / lowest);
  const fromSlider = (at) => Number((lowest * (highest / lowest) ** (at / SLIDER)).toPrecision(3));

  function showKnobs() {
    const { lr, beta } = state;
    part("lr").value = String(Math.round(toSlider(lr)));
    part("lr").setAttribute("aria-valuetext", written(lr));
    part("beta").value = String(beta);
    for (const [box, value] of [[part("lr-box"), lr], [part("beta-box"), beta]]) {
      if (document.activeElement !== box) {
        box.value = String(value);
      }
    }
    for (const radio of document.querySelectorAll("[name=companion-method]")) {
      radio.checked = radio.value === state.method;
    }
    for (const button of document.querySelectorAll("#companion-presets button")) {
      const { method, lr: rate, beta: share } = data.presets[button.value];
      const chosen = method === state.method || share === 0;
      button.ariaPressed = String(chosen && rate === lr && share === beta);
    }
  }

  function set(changes) {
    Object.assign(state, changes);
    draw();
  }

  function listen() {
    part("lr").addEventListener("input", (event) => {
      set({ lr: fromSlider(Number(event.target.value)) });
    });
    part("beta").addEventListener("input", (event) => set({ beta: Number(event.target.value) }));
    for (const [name, key] of [["lr-box", "lr"], ["beta-box", "beta"]]) {
      part(name).addEventListener("input", (event) => {
        if (event.target.validity.valid && event.target.value !== "") {
          set({ [key]: Number(event.target.value) });
        }
      });
      part(name).addEventListener("blur", showKnobs);
    }
    for (const radio of document.querySelectorAll("[name=companion-method]")) {
      radio.addEventListener("change", () => set({ method: radio.value }));
    }
    part("presets").addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button) {
        set({ ...data.presets[button.value], start: [...data.start] });
      }
    });
    listenToMap();
    new ResizeObserver(draw).observe(part("map").parentElement);
  }

  // --- one picture per frame of the screen ---------------------------------------------------

  const draw = Chart.perPicture(drawNow);

  function drawNow() {
    const focused = document.activeElement?.id;
    const mine = run(own());
    mine.later = mine.status !== "running" || mine.stays_below !== null ? null : arrival(own());
    const others = data.contenders.map((numbers, i) => run({ rule: rules[i], numbers }));
    showKnobs();
    drawMap(mine);
    drawRace(mine, others);
    drawDial(mine);
    if (data.springs) {
      Springs.draw(part("springs"), part("springs-said"), data.springs, state);
    }
    describe(mine);
    if (focused === "companion-start") {
      part("start").focus();
    }
  }

  document.getElementById("companion").hidden = false;
  listen();
  drawNow();
})();
