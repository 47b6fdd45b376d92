// The landscape as a surface beside the title: it turns once, and then with the pointer.
"use strict";

(() => {
  const canvas = document.getElementById("hero");
  const data = JSON.parse(document.getElementById("hero-data").textContent);
  const pen = canvas.getContext("2d");
  const { side, levels, marks } = data;
  const [TALL, TURN_SECONDS, REACH] = [0.62, 4.5, 0.5]; // heights, in sides; radians of a pointer
  const LIGHT = [-0.68, 0.1, 0.72]; // from where it comes: right, towards the back, up
  const RISES = [0.6, 0.8, 1.0]; // of the eye over the horizon, radians

  const bytes = Uint8Array.from(atob(data.heights), (letter) => letter.charCodeAt(0));
  const words = new DataView(bytes.buffer);
  const heights = Float64Array.from({ length: side * side }, (_, k) => {
    return words.getUint16(2 * k, true) / 65535;
  });
  const [cells, WAIT] = [side - 1, 2 * side];
  // The plane is a square of side 1 around (0, 0); row 0 is in front.
  const height = (x, y) => {
    const [across, back] = [(x + 0.5) * cells, (y + 0.5) * cells];
    const [i, j] = [across, back].map((at) => Math.min(Math.max(Math.floor(at), 0), cells - 1));
    const [s, t] = [across - i, back - j];
    const at = (k, l) => heights[l * side + k];
    const front = at(i, j) + (at(i + 1, j) - at(i, j)) * s;
    const behind = at(i, j + 1) + (at(i + 1, j + 1) - at(i, j + 1)) * s;
    return front + (behind - front) * t;
  };

  // --- the cells, their slopes, and the rings that cross them ---------------------------------

  const skin = [];
  for (let j = 0; j < cells; j += 1) {
    for (let i = 0; i < cells; i += 1) {
      const at = [[i, j], [i + 1, j], [i + 1, j + 1], [i, j + 1]];
      const corners = at.map(([k, l]) => [k / cells - 0.5, l / cells - 0.5, heights[l * side + k]]);
      const [a, b, c, d] = corners.map(([, , z]) => z);
      const slope = [(b + c - a - d) * 0.5 * cells, (c + d - a - b) * 0.5 * cells];
      const middle = (a + b + c + d) / 4;
      const under = levels.filter((level) => level < middle).length / Math.max(levels.length, 1);
      const rim = [j === 0, i === cells - 1, j === cells - 1, i === 0].flatMap((isOut, k) =>
        isOut ? [[corners[k], corners[(k + 1) % 4]]] : [],
      );
      skin.push({ corners, slope, depth: (1 - under) ** 0.7, rings: rings(corners), rim });
    }
  }

  function rings(corners) {
    return levels.flatMap((level) => {
      const ends = corners.flatMap(([x, y, z], k) => {
        const [u, v, w] = corners[(k + 1) % 4];
        const share = (level - z) / (w - z);
        return z < level === w < level ? [] : [[x + (u - x) * share, y + (v - y) * share, level]];
      });
      return ends.length >= 2 ? [ends.slice(0, 2)] : [];
    });
  }

  // --- the view -------------------------------------------------------------------------------

  function view(turn, rise) {
    const [cosine, sine] = [Math.cos(turn), Math.sin(turn)];
    const [up, tall] = [Math.sin(rise), TALL * Math.cos(rise)];
    const back = (x, y) => x * sine + y * cosine;
    const place = ([x, y, z]) => [x * cosine - y * sine, -(back(x, y) * up + z * tall)];
    return { turn, rise, back, place, cosine, sine };
  }

  // Whether a point of the plane is behind the surface: something nearer stands higher.
  function hidden({ back, place, cosine, sine }, [x, y]) {
    const own = place([x, y, height(x, y)])[1];
    for (let k = 1; k <= 80; k += 1) {
      const [nearX, nearY] = [x - (k / 50) * sine, y - (k / 50) * cosine];
      if (Math.max(Math.abs(nearX), Math.abs(nearY)) > 0.5) {
        return false;
      }
      if (place([nearX, nearY, height(nearX, nearY)])[1] < own - 0.02) {
        return true;
      }
    }
    return false;
  }

  const spots = marks.map(([x, y]) => [x - 0.5, y - 0.5]);

  // The lowest view, from the left or from the right, in which most marks are seen.
  function chosen() {
    const views = RISES.flatMap((rise) => [-1, 1].map((sign) => view(0.55 * sign, rise)));
    const unseen = (one) => {
      const gone = spots.map((spot) => hidden(one, spot));
      return (gone[0] ? 1 : 0) + gone.filter(Boolean).length / gone.length;
    };
    return views.reduce((best, one) => (unseen(one) < unseen(best) - 1e-9 ? one : best));
  }

  const rest = chosen();

  // --- drawing --------------------------------------------------------------------------------

  let colors = null;

  // What the page's theme makes of tones: bright and high first, deep and shaded last.
  function ramp() {
    const style = getComputedStyle(document.documentElement);
    const [page, panel, basin, minimum, ink, edge, muted, start] = [
      ...["background", "panel", "basin", "minimum", "ink", "edge", "muted", "start"],
    ].map((name) => parsed(style.getPropertyValue(`--${name}`).trim()));
    const isDark = page[0] + page[1] + page[2] < 300;
    const shadow = isDark ? [0, 0, 0] : ink;
    const green = mixed(basin, minimum, 0.5);
    const tones = [
      mixed(panel, [255, 255, 255], isDark ? 0.2 : 0.7),
      mixed(panel, basin, 0.5),
      mixed(basin, minimum, 0.25),
      mixed(green, shadow, 0.25),
      mixed(green, shadow, 0.45),
    ];
    const ring = mixed(mixed(minimum, ink, 0.35), green, 0.3);
    const quiet = css(mixed(panel, muted, 0.3)); // the under side
    return { tones, quiet, ring: css(ring), edge: css(mixed(edge, muted, 0.6)), minimum, start };
  }

  const parsed = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
  const mixed = (one, other, much) => one.map((c, k) => c + (other[k] - c) * much);
  const css = ([red, green, blue]) => `rgb(${red} ${green} ${blue})`;

  function tone(share) {
    const at = Math.min(Math.max(share, 0), 1) * (colors.tones.length - 1);
    const k = Math.min(Math.floor(at), colors.tones.length - 2);
    return css(mixed(colors.tones[k], colors.tones[k + 1], at - k));
  }

  // What holds the surface from all sides it is turned to: [left, right], [top, bottom].
  const bounds = (() => {
    const seen = [-1, -0.5, 0, 0.5, 1].flatMap((k) => {
      const { place } = view(rest.turn + k * REACH, rest.rise);
      return skin.flatMap(({ corners: [one, , other] }) => [place(one), place(other)]);
    });
    const around = (values) => [
      values.reduce((one, other) => Math.min(one, other)) - 0.02,
      values.reduce((one, other) => Math.max(one, other)) + 0.02,
    ];
    return [around(seen.map(([x]) => x)), around(seen.map(([, y]) => y))];
  })();

  function frame(width, tall) {
    const [[left, right], [top, bottom]] = bounds;
    const scale = Math.min(width / (right - left), tall / (bottom - top));
    const middle = [(left + right) / 2, (top + bottom) / 2];
    return ([x, y]) => [
      width / 2 + scale * (x - middle[0]),
      tall / 2 + scale * (y - middle[1]),
    ];
  }

  let turned = 0;

  function draw() {
    const { width, height: tall } = canvas.getBoundingClientRect();
    const sharp = Math.min(devicePixelRatio || 1, 2);
    canvas.width = Math.round(width * sharp);
    canvas.height = Math.round(tall * sharp);
    pen.setTransform(sharp, 0, 0, sharp, 0, 0);
    const { back, place, cosine, sine } = view(rest.turn + turned, rest.rise);
    const fit = frame(width, tall);
    const path = (points) => {
      pen.beginPath();
      points.forEach((point, k) => pen[k ? "lineTo" : "moveTo"](...fit(place(point))));
    };
    const light = ([right, behind]) => {
      const [x, y] = [LIGHT[0] * cosine + LIGHT[1] * sine, LIGHT[1] * cosine - LIGHT[0] * sine];
      const [a, b] = [right * TALL, behind * TALL];
      return (LIGHT[2] - a * x - b * y) / Math.hypot(1, a, b) - LIGHT[2];
    };
    const isUnder = ([right, behind]) =>
      (right * sine + behind * cosine) * TALL * Math.cos(rest.rise) + Math.sin(rest.rise) < 0;
    const far = ({ corners: [a, , c] }) => back((a[0] + c[0]) / 2, (a[1] + c[1]) / 2);
    pen.lineJoin = "round";
    const lines = (cell) => {
      pen.lineWidth = 0.8;
      const rings = isUnder(cell.slope) ? [] : cell.rings;
      for (const [color, pieces] of [[colors.ring, rings], [colors.edge, cell.rim]]) {
        pen.strokeStyle = color;
        for (const piece of pieces) {
          path(piece);
          pen.stroke();
        }
      }
    };
    // Lines wait until the cells around theirs are drawn, which would else cover half of them.
    const ordered = [...skin].sort((one, other) => far(other) - far(one));
    ordered.forEach((cell, k) => {
      const shade = 0.14 + 0.58 * cell.depth - 0.6 * light(cell.slope);
      const fill = isUnder(cell.slope) ? colors.quiet : tone(shade);
      path([...cell.corners, cell.corners[0]]);
      pen.fillStyle = fill;
      pen.strokeStyle = fill;
      pen.lineWidth = 0.7; // so that no seam shows between cells
      pen.fill();
      pen.stroke();
      if (k >= WAIT) {
        lines(ordered[k - WAIT]);
      }
    });
    ordered.slice(-WAIT).forEach(lines);
    drawMarks((x, y) => fit(place([x, y, height(x, y)])), view(rest.turn + turned, rest.rise));
  }

  // A ball where the runs start, and a cross at each minimum, as far as they are seen.
  function drawMarks(at, eye) {
    spots.forEach((spot, k) => {
      if (hidden(eye, spot)) {
        return;
      }
      const [x, y] = at(...spot);
      pen.beginPath();
      if (k === 0) {
        const shine = pen.createRadialGradient(x - 2.5, y - 7.5, 0.5, x, y - 5, 7);
        shine.addColorStop(0, css(mixed(colors.start, [255, 255, 255], 0.75)));
        shine.addColorStop(0.5, css(colors.start));
        shine.addColorStop(1, css(mixed(colors.start, [0, 0, 0], 0.4)));
        pen.fillStyle = shine;
        pen.arc(x, y - 5, 6.5, 0, 2 * Math.PI);
        pen.fill();
      } else {
        pen.strokeStyle = css(colors.minimum);
        pen.lineWidth = 2.5;
        pen.moveTo(x - 7, y);
        pen.lineTo(x + 7, y);
        pen.moveTo(x, y - 5);
        pen.lineTo(x, y + 5);
        pen.stroke();
      }
    });
  }

  // --- motion ---------------------------------------------------------------------------------

  const still = matchMedia("(prefers-reduced-motion: reduce)");
  let [aim, asked, begun] = [0, false, null];

  // The surface goes where it is turned to, and then rests: nothing moves for ever.
  function step(now) {
    asked = false;
    begun ??= now;
    const share = Math.min((now - begun) / (1000 * TURN_SECONDS), 1);
    const opening = still.matches ? 0 : -REACH * (1 - share) ** 3;
    const goal = opening + aim;
    turned += still.matches || share < 1 ? goal - turned : (goal - turned) * 0.12;
    draw();
    if (!still.matches && (share < 1 || Math.abs(goal - turned) > 1e-3)) {
      ask();
    }
  }

  function ask() {
    if (!asked) {
      asked = true;
      requestAnimationFrame(step);
    }
  }

  function again() {
    colors = ramp();
    ask();
  }

  if (still.matches === false) {
    addEventListener("pointermove", (event) => {
      const box = canvas.getBoundingClientRect();
      if (box.bottom > 0 && event.pointerType === "mouse") {
        aim = (event.clientX / innerWidth - 0.5) * 0.8 * REACH;
        ask();
      }
    });
  }
  canvas.hidden = false;
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
  new ResizeObserver(again).observe(canvas);
  again();
})();
