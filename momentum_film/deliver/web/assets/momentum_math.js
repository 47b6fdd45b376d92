// The mathematics of the film once more, for a page that runs without Python. The operations and
// their order are those of the Python package momentum_math, so that both give the same numbers.
"use strict";

// What slopes at kinks are made of: 1 where this one of the values alone is the largest, a part of
// it where several are; and a slope that counts only where its weight is not 0.
function share(index, ...values) {
  const most = Math.max(...values);
  return Number(values[index] === most) / values.filter((value) => value === most).length;
}

function weighed(weight, slope) {
  return weight === 0 ? 0 : weight * slope;
}

const Mathematics = (() => {
  // A run that is this many window sizes away has diverged.
  const FAR = 1e6;

  // A function that makes one step of a method, {rule, numbers}: (x, y, gradient) -> [x, y]. A rule,
  // which the page defines, is for one coordinate: {numbers: their names, first: what it remembers
  // before the first step, step: theta and what it remembers after one}.
  function stepper({ rule: { numbers: names, first, step }, numbers }) {
    const values = names.map((name) => numbers[name]);
    const memories = [null, null];
    let count = 0;
    const moved = (i, theta, slope) => {
      const memory = memories[i] ?? first(theta, slope, ...values);
      const [after, ...kept] = step(theta, slope, count, ...memory, ...values);
      memories[i] = kept;
      return after;
    };
    return (x, y, [a, b]) => {
      count += 1;
      return [moved(0, x, a), moved(1, y, b)];
    };
  }

  // Run an optimiser: {points: [[x, y]...], losses: [...], status: "running", "diverged" if it
  // left for good, or "stopped" where something is undefined}. `problem` is {landscape: {value,
  // gradient}, start: [x, y], size: of the window}.
  function trace(problem, optimizer, steps) {
    const { value, gradient } = problem.landscape;
    const step = stepper(optimizer);
    const reach = FAR * problem.size;
    const [points, losses] = [[], []];
    let [x, y] = problem.start;
    let status = "running";
    for (let k = 0; ; k += 1) {
      const slopes = gradient(x, y);
      points.push([x, y]);
      losses.push(...value(x, y));
      status = ending(x, y, slopes, reach);
      if (status !== "running" || k === steps) {
        return trimmed(points, losses, status);
      }
      [x, y] = step(x, y, slopes);
    }
  }

  function ending(x, y, [a, b], reach) {
    if (Number.isNaN(x) || Number.isNaN(y)) {
      return "stopped";
    }
    if (!(Math.abs(x) <= reach && Math.abs(y) <= reach)) {
      return "diverged";
    }
    if (Number.isFinite(a + b)) {
      return "running";
    }
    return Number.isNaN(a) || Number.isNaN(b) ? "stopped" : "diverged";
  }

  // A run up to its last finite loss.
  function trimmed(points, losses, status) {
    const count = points.findIndex(([x, y], k) => !Number.isFinite(losses[k] + x + y));
    if (count < 0) {
      return { points, losses, status };
    }
    const isUndefined = Number.isNaN(losses[count]) && status !== "diverged";
    return {
      points: points.slice(0, count),
      losses: losses.slice(0, count),
      status: isUndefined ? "stopped" : "diverged",
    };
  }

  // The first step whose loss is below the threshold; null if there is none.
  function firstBelow(losses, threshold) {
    const step = losses.findIndex((loss) => loss < threshold);
    return step < 0 ? null : step;
  }

  // The step from which the loss is below the threshold to the end; null if there is none.
  function staysBelow(losses, threshold) {
    const last = losses.findLastIndex((loss) => !(loss < threshold));
    return last === losses.length - 1 ? null : last + 1;
  }

  // From which step a run would stay below the threshold if it went on to `limit`; null if none.
  // The same as staysBelow after trace, without keeping the points.
  function arrival(problem, optimizer, threshold, minimum, limit) {
    const { value, gradient } = problem.landscape;
    const step = stepper(optimizer);
    let [x, y] = problem.start;
    let stays = 0;
    for (let k = 0; k <= limit; k += 1) {
      const [loss] = value(x, y);
      if (!Number.isFinite(loss)) {
        return null;
      }
      if (!(loss - minimum < threshold)) {
        stays = k + 1;
      }
      [x, y] = step(x, y, gradient(x, y));
      if (!Number.isFinite(x + y)) {
        return null;
      }
    }
    return stays > limit ? null : stays;
  }

  // The damped springs of a method, as momentum_math.optimizers.springs has them. Trace and
  // determinant are forms (1, pull) A (1, beta)'; pull is learning rate times curvature.
  function springs({ trace: ofTrace, determinant: ofDeterminant }) {
    const at = ([none, one], pull, beta) =>
      none[0] + none[1] * beta + pull * (one[0] + one[1] * beta);
    const inPull = (beta) =>
      [ofTrace, ofDeterminant].map(([none, one]) => [
        none[0] + none[1] * beta,
        one[0] + one[1] * beta,
      ]);
    const inBeta = (pull) =>
      [ofTrace, ofDeterminant].map(([none, one]) => [
        none[0] + one[0] * pull,
        none[1] + one[1] * pull,
      ]);
    const roots = ([[t0, t1], [d0, d1]]) => {
      const [middle, constant] = [2 * d1 - t0 * t1, t0 * t0 - 4 * d0];
      const root = Math.sqrt(Math.max(middle * middle - t1 * t1 * constant, 0));
      return [constant / (middle + root), (middle + root) / (t1 * t1)];
    };
    return {
      // The factor per step in the long run.
      radius(pull, beta) {
        const [sum, product] = [at(ofTrace, pull, beta), at(ofDeterminant, pull, beta)];
        const gap = sum * sum - 4 * product;
        return gap < 0
          ? Math.sqrt(Math.max(product, 0))
          : (Math.abs(sum) + Math.sqrt(Math.max(gap, 0))) / 2;
      },
      // The pulls [low, high] between which a spring swings.
      swinging: (beta) => roots(inPull(beta)),
      // The beta from which on a spring swings; NaN where it never does.
      critical(pull) {
        const [beta] = roots(inBeta(pull));
        return beta >= 0 && beta < 1 ? beta : NaN;
      },
      // The beta at which a swinging spring has a rate.
      swingingAt(pull, rate) {
        const [, [d0, d1]] = inBeta(pull);
        return (rate * rate - d0) / d1;
      },
      // The pulls [low, high] whose rate is at most this one; NaN where none is.
      within(beta, rate) {
        const [[t0, t1], [d0, d1]] = inPull(beta);
        let [low, high] = [-Infinity, Infinity];
        for (const [factor, most] of [
          [t1 - d1 / rate, rate + d0 / rate - t0],
          [-t1 - d1 / rate, rate + d0 / rate + t0],
          [d1, rate * rate - d0],
        ]) {
          if (factor > 0) {
            high = Math.min(high, most / factor);
          } else if (factor < 0) {
            low = Math.max(low, most / factor);
          } else if (most < 0) {
            high = -Infinity;
          }
        }
        return low > high ? [NaN, NaN] : [low, high];
      },
    };
  }

  return { trace, firstBelow, staysBelow, arrival, springs };
})();
