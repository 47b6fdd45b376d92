// The plane of all springs of a method: to the right how hard the slope pulls in a step, upwards
// how much is remembered. Two dots in it are the two directions of the landscape.
"use strict";

const Springs = (() => {
  const { element, written } = Chart;
  const [BELOW, ROWS] = [0.35, 96];
  const LINE_STEPS = [3, 10, 30, 100, 300, 1000];
  const BETA_TICKS = [0, 0.25, 0.5, 0.75, 0.9, 0.95, 0.98, 0.99];
  const [HIGHEST, APART] = [0.995, 20]; // the plane ends at this β; pixels between ticks
  const DIRECTIONS = ["along", "across"];
  // Where names of what springs do stand, (αλ, β): there they do it, whatever the method.
  const NAMES = [[0.004, 0.4, "creeps"], [0.12, 0.975, "swings"], [9, 0.12, "diverges"]];

  const heightOf = (beta) => 2 * Math.atanh(Math.sqrt(beta));
  const betaAt = (height) => Math.tanh(Math.max(height, 0) / 2) ** 2;
  const tenfoldRate = (steps) => 10 ** (-1 / steps);
  const TOP = heightOf(HIGHEST);

  // The steps in which a distance shrinks to a tenth; infinite where it does not.
  function tenfoldSteps(rate) {
    return rate < 1 ? -Math.LN10 / Math.log(Math.max(rate, 1e-300)) : Infinity;
  }

  function scales(width, { curvatures, lr_range: [slow, fast] }) {
    const low = Math.min(slow * curvatures[0], 1e-3);
    const high = Math.max(fast * curvatures[1], 20);
    const at = (beta) => (heightOf(beta) + BELOW) / (TOP + BELOW);
    const room = (width * 0.8) / APART;
    const ticks = [];
    for (const beta of BETA_TICKS) {
      const last = ticks.at(-1);
      if (!last || (at(beta) - at(last[0])) * room >= 1) {
        ticks.push([beta, String(beta)]);
      }
    }
    return { low, high, x: Chart.logarithmic(low, high, width / 60), y: { at, ticks } };
  }

  // The springs that are at least as fast as a rate, as a polygon in pixels.
  function within(chart, springs, rate, [low, high]) {
    const apex = heightOf(Math.min(rate ** 2 * (1 - 1e-12), HIGHEST));
    const rows = Array.from({ length: ROWS + 1 }, (_, k) => (k / ROWS) * (TOP + BELOW) - BELOW);
    const sides = [...rows, apex]
      .sort((one, other) => one - other)
      .map((height) => [height, ...springs.within(betaAt(height), rate)])
      .filter(([, , most]) => Number.isFinite(most));
    const place = (height, pull) => [
      chart.across(Math.min(Math.max(pull, low), high)),
      chart.bottom - ((height + BELOW) / (TOP + BELOW)) * (chart.bottom - chart.top),
    ];
    const up = sides.map(([height, least]) => place(height, least));
    const down = sides.map(([height, , most]) => place(height, most)).reverse();
    return Chart.path([...up, ...down]);
  }

  function ground(chart, springs, ends) {
    const rates = [1 - 1e-12, ...LINE_STEPS.map(tenfoldRate).reverse()];
    const bands = rates.map((rate, k) => {
      const band = element("path", { d: `${within(chart, springs, rate, ends)}z`, class: "band" });
      const depth = (100 * k) / LINE_STEPS.length;
      band.style.fill = `color-mix(in srgb, var(--panel), var(--basin) ${depth}%)`;
      return band;
    });
    const box = { x: chart.left, y: chart.top };
    const size = { width: chart.right - chart.left, height: chart.bottom - chart.top };
    return [element("rect", { ...box, ...size, class: "danger" }), ...bands];
  }

  // The border within which springs swing: down at the lower pulls, up at the higher ones.
  function wedge(chart, springs, [low, high]) {
    const betas = Array.from({ length: ROWS + 1 }, (_, k) => betaAt((k / ROWS) * TOP));
    const side = (which) =>
      betas.map((beta) => {
        const pull = springs.swinging(beta)[which];
        return [chart.across(Math.min(Math.max(pull, low / 2), 2 * high)), chart.up(beta)];
      });
    const d = Chart.path([...side(0).reverse(), ...side(1)]);
    return element("path", { d, class: "wedge" });
  }

  function names(chart, springs) {
    const regions = NAMES.map(([pull, beta, name]) => {
      const x = Math.min(chart.across(pull), chart.right - 34);
      return Chart.label(x, chart.up(beta), name, "middle", "inside name");
    });
    const steps = LINE_STEPS.flatMap((count) => {
      const y = chart.up(springs.swingingAt(0.5, tenfoldRate(count))); // NaN: no spring swings so
      if (!(y >= chart.top + 10)) return [];
      return [Chart.label(chart.across(0.5), y + 4, String(count), "middle", "inside")];
    });
    return [...regions, ...steps];
  }

  // The β from which on both directions swing, and which of them is the last, if at no other β
  // the slower direction is faster; else null.
  function critical(springs, pulls) {
    const levels = pulls.map(springs.critical);
    const last = levels[0] >= levels[1] ? 0 : 1;
    const slower = (beta) => Math.max(...pulls.map((pull) => springs.radius(pull, beta)));
    if (levels.some(Number.isNaN) || slower(levels[last]) >= 1) {
      return null;
    }
    const top = heightOf(levels[last]) + 3;
    const tried = Array.from({ length: 200 }, (_, k) => slower(betaAt((top * k) / 200)));
    return Math.min(...tried) < slower(levels[last]) - 1e-9 ? null : { beta: levels[last], last };
  }

  // A dot and its name, on the side away from the other one, and inside of the frame.
  function dot(chart, pull, beta, direction, isLeft) {
    const x = Math.min(Math.max(chart.across(pull), chart.left), chart.right);
    const y = chart.up(Math.min(beta, HIGHEST));
    const onLeft = isLeft ? x > chart.left + 60 : x > chart.right - 60;
    const side = onLeft ? [x - 12, "end"] : [x + 12, "start"];
    return [
      element("circle", { cx: x, cy: y, r: 7, class: `spring ${DIRECTIONS[direction]}` }),
      Chart.label(side[0], y + 4, DIRECTIONS[direction], side[1], "inside name"),
    ];
  }

  // Draw the plane and say in words where the dots are; state is {method, lr, beta}.
  function draw(svg, words, data, { method, lr, beta }) {
    const springs = Mathematics.springs(data.families[method]);
    const pulls = data.curvatures.map((curvature) => lr * curvature);
    const width = svg.getBoundingClientRect().width;
    const { low, high, x, y } = scales(width, data);
    const margin = { left: 46, right: 8, top: 26, bottom: 44 };
    const chart = Chart.frame(
      svg,
      340,
      margin,
      { scale: x, name: "pull αλ: step size × curvature" },
      { scale: y, name: "memory β" },
    );
    const level = critical(springs, pulls);
    chart.plot.append(
      ...ground(chart, springs, [low, high]),
      wedge(chart, springs, [low, high]),
      ...names(chart, springs),
    );
    if (level !== null && level.beta <= HIGHEST) {
      const d = `M${chart.left} ${chart.up(level.beta)}H${chart.right}`;
      chart.plot.append(element("path", { d, class: "threshold" }));
    }
    const dots = [0, 1].map((k) => dot(chart, pulls[k], beta, k, pulls[k] <= pulls[1 - k]));
    svg.append(...dots.flat());
    words.textContent = said(springs, pulls, beta, level);
  }

  function said(springs, pulls, beta, level) {
    const each = pulls.map((pull, k) => {
      const [name, rate] = [DIRECTIONS[k], springs.radius(pull, beta)];
      const title = name[0].toUpperCase() + name.slice(1);
      if (rate >= 1) {
        return `${title}, αλ = ${written(pull)}: it diverges.`;
      }
      const [least, most] = springs.swinging(beta);
      const does = least < pull && pull < most ? "swings" : "creeps";
      const steps = Math.max(1, Math.round(tenfoldSteps(rate)));
      return `${title}, αλ = ${written(pull)}: it ${does}, and a tenth is left after ${steps} steps.`;
    });
    if (level === null) {
      return each.join(" ");
    }
    const where = `At β = ${written(level.beta, 4)} the spring ${DIRECTIONS[level.last]}`;
    const damped = `${where} is about to swing: critical damping, the best β here in the long run.`;
    return `${each.join(" ")} ${damped}`;
  }

  return { draw, said, critical, tenfoldSteps };
})();
