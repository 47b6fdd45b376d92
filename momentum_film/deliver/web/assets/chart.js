// Charts as SVG in the page's own pixels: type keeps its size on every screen.
"use strict";

const Chart = (() => {
  const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

  function element(name, attributes = {}, ...children) {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) {
      made.setAttribute(key, value);
    }
    made.append(...children);
    return made;
  }

  // A number with so many significant digits, as one writes it by hand.
  function written(value, digits = 3) {
    if (!Number.isFinite(value)) {
      return "∞";
    }
    const [mantissa, exponent] = value.toExponential(digits - 1).split("e");
    if (value === 0 || (Number(exponent) >= -4 && Number(exponent) < 6)) {
      return String(Number(value.toPrecision(digits))).replace("-", "−");
    }
    return `${Number(mantissa)} × ${power(Number(exponent))}`.replace("-", "−");
  }

  function power(exponent) {
    const digits = [...String(Math.abs(exponent))].map((digit) => SUPERSCRIPTS[digit]).join("");
    return `10${exponent < 0 ? "⁻" : ""}${digits}`;
  }

  // A scale maps values to 0..1 and knows where its ticks are: [value, text].
  function linear(low, high, count) {
    const rough = (high - low) / count;
    const unit = 10 ** Math.floor(Math.log10(rough));
    const step = unit * [1, 2, 5, 10].find((factor) => factor * unit >= rough * 0.999);
    const ticks = [];
    for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k += 1) {
      ticks.push([k * step, written(k * step)]);
    }
    return { at: (value) => (value - low) / (high - low), ticks };
  }

  // Decades, and 2 and 5 times them where there are few.
  function logarithmic(low, high, count) {
    const [bottom, top] = [Math.log10(low), Math.log10(high)];
    const every = Math.ceil((top - bottom) / count);
    const factors = 3 * (top - bottom) <= count ? [1, 2, 5] : [1];
    const ticks = [];
    for (let k = Math.floor(bottom); k <= top + 1e-9; k += 1) {
      for (const factor of k % every === 0 ? factors : []) {
        const value = factor * 10 ** k;
        if (value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9)) {
          ticks.push([value, k >= 0 && k <= 4 ? String(value) : power(k)]);
        }
      }
    }
    const at = (value) => (Math.log10(Math.max(value, 1e-300)) - bottom) / (top - bottom);
    return { at, ticks };
  }

  // Empty the svg and draw a frame with ticks and names; things go into `plot`, which is clipped.
  function frame(svg, height, margin, x, y) {
    const width = Math.max(svg.getBoundingClientRect().width, 240);
    const [left, top] = [margin.left, margin.top];
    const [right, bottom] = [width - margin.right, height - margin.bottom];
    const across = (value) => left + x.scale.at(value) * (right - left);
    const up = (value) => bottom - y.scale.at(value) * (bottom - top);
    const clip = `${svg.id}-clip`;
    const box = { x: left, y: top, width: right - left, height: bottom - top };
    const plot = element("g", { "clip-path": `url(#${clip})` });
    svg.replaceChildren(
      element("clipPath", { id: clip }, element("rect", box)),
      element("rect", { ...box, class: "panel" }),
      plot,
      element("rect", { ...box, class: "edge" }),
      ...x.scale.ticks.flatMap(([value, text]) => [
        element("path", { d: `M${across(value)} ${bottom}v5`, class: "tick" }),
        label(across(value), bottom + 18, text, "middle"),
      ]),
      ...y.scale.ticks.flatMap(([value, text]) => [
        element("path", { d: `M${left} ${up(value)}h-5`, class: "tick" }),
        label(left - 9, up(value) + 4, text, "end"),
      ]),
      label((left + right) / 2, height - 4, x.name, "middle", "name"),
      label(left, top - 10, y.name, "start", "name"),
    );
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg.setAttribute("height", height);
    return { plot, across, up, left, right, top, bottom };
  }

  function label(x, y, text, anchor, kind = "") {
    return element("text", { x, y, "text-anchor": anchor, class: kind }, text);
  }

  // A polyline through [x, y] pairs in pixels; far points are drawn as far as SVG can hold them.
  function path(points) {
    const near = (value) => Math.max(-1e5, Math.min(1e5, value)).toFixed(1);
    return points.map(([x, y], k) => `${k ? "L" : "M"}${near(x)} ${near(y)}`).join("");
  }

  // What draws as often as it is asked to, but once for each picture of the screen.
  function perPicture(drawNow) {
    let isAsked = false;
    return () => {
      if (!isAsked) {
        isAsked = true;
        requestAnimationFrame(() => {
          isAsked = false;
          drawNow();
        });
      }
    };
  }

  return { element, written, power, linear, logarithmic, frame, label, path, perPicture };
})();
