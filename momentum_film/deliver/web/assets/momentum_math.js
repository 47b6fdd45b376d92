// The mathematics of the film once more, for a page that runs without Python. The operations and
// their order are those of the Python package momentum_math, so that both give the same numbers.
"use strict";

const Mathematics = (() => {
  // A run that is this many window sizes away has diverged.
  const FAR = 1e6;

  // The exact unit vector at every quarter turn, as in momentum_math.quadratics.
  function direction(degrees) {
    const quarters = Math.floor(degrees / 90);
    if (degrees === 90 * quarters) {
      return [[1, 0], [0, 1], [-1, 0], [0, -1]][((quarters % 4) + 4) % 4];
    }
    const angle = degrees * (Math.PI / 180);
    return [Math.cos(angle), Math.sin(angle)];
  }

  function bowl({ curvatures: [first, second], angle_degrees: degrees }) {
    const [cosine, sine] = direction(degrees);
    const along = (x, y) => [cosine * x + sine * y, cosine * y - sine * x];
    return {
      value(x, y) {
        const [u, w] = along(x, y);
        return 0.5 * (first * u * u + second * w * w);
      },
      gradient(x, y) {
        const [u, w] = along(x, y);
        const [a, b] = [first * u, second * w];
        return [cosine * a - sine * b, sine * a + cosine * b];
      },
    };
  }

  function rosenbrock({ a, b }) {
    return {
      value(x, y) {
        const [along, across] = [a - x, y - x * x];
        return along * along + b * across * across;
      },
      gradient(x, y) {
        const across = y - x * x;
        return [-2 * (a - x) - 4 * b * x * across, 2 * b * across];
      },
    };
  }

  function beale() {
    // For each summand its root and that root's derivatives by x and y.
    const terms = (x, y) => {
      const y2 = y * y;
      const y3 = y2 * y;
      return [
        [1.5 - x + x * y, y - 1, x],
        [2.25 - x + x * y2, y2 - 1, 2 * x * y],
        [2.625 - x + x * y3, y3 - 1, 3 * x * y2],
      ];
    };
    const sum = (parts) => parts.reduce((total, part) => total + part, 0);
    return {
      value: (x, y) => sum(terms(x, y).map(([rest]) => rest * rest)),
      gradient: (x, y) => [1, 2].map((i) => sum(terms(x, y).map((t) => 2 * t[0] * t[i]))),
    };
  }

  function himmelblau() {
    const roots = (x, y) => [x * x + y - 11, x + y * y - 7];
    return {
      value(x, y) {
        const [first, second] = roots(x, y);
        return first * first + second * second;
      },
      gradient(x, y) {
        const [first, second] = roots(x, y);
        return [4 * x * first + 2 * second, 2 * first + 4 * y * second];
      },
    };
  }

  function styblinskiTang() {
    const part = (t) => {
      const square = t * t;
      return square * square - 16 * square + 5 * t;
    };
    const slope = (t) => (2 * t * t - 16) * t + 2.5;
    return {
      value: (x, y) => 0.5 * (part(x) + part(y)),
      gradient: (x, y) => [slope(x), slope(y)],
    };
  }

  function rastrigin({ amplitude }) {
    const turn = 2 * Math.PI;
    const part = (t) => t * t + amplitude * (1 - Math.cos(turn * t));
    const slope = (t) => 2 * t + turn * amplitude * Math.sin(turn * t);
    return {
      value: (x, y) => part(x) + part(y),
      gradient: (x, y) => [slope(x), slope(y)],
    };
  }

  const LANDSCAPES = {
    quadratic: bowl,
    saddle: bowl,
    rosenbrock,
    beale,
    himmelblau,
    "styblinski-tang": styblinskiTang,
    rastrigin,
  };

  // Name -> (numbers) -> a function that makes one step: (x, y, gradient) -> [x, y].
  const OPTIMIZERS = {
    gd:
      ({ lr }) =>
      (x, y, [a, b]) => [x - lr * a, y - lr * b],

    "ema-momentum"({ lr, beta, bias_correction: corrected, first_step: first }) {
      let [p, q, count] = [0, 0, 0];
      return (x, y, [a, b]) => {
        count += 1;
        if (count === 1 && first === "gradient") {
          [p, q] = [a, b];
        } else {
          [p, q] = [beta * p + (1 - beta) * a, beta * q + (1 - beta) * b];
        }
        const share = corrected ? 1 - beta ** count : 1;
        return [x - lr * (p / share), y - lr * (q / share)];
      };
    },

    "heavy-ball"({ lr, beta }) {
      let [p, q] = [0, 0];
      return (x, y, [a, b]) => {
        [p, q] = [beta * p + a, beta * q + b];
        return [x - lr * p, y - lr * q];
      };
    },

    nesterov({ lr, beta }) {
      let [p, q] = [0, 0];
      return (x, y, [a, b]) => {
        [p, q] = [beta * p + a, beta * q + b];
        return [x - lr * (a + beta * p), y - lr * (b + beta * q)];
      };
    },

    rmsprop({ lr, decay, epsilon }) {
      const squares = [0, 0];
      return (x, y, slopes) => {
        const [p, q] = slopes.map((g, i) => {
          squares[i] = decay * squares[i] + (1 - decay) * (g * g);
          return g / (Math.sqrt(squares[i]) + epsilon);
        });
        return [x - lr * p, y - lr * q];
      };
    },

    adam({ lr, beta1, beta2, epsilon }) {
      const [means, squares] = [[0, 0], [0, 0]];
      let count = 0;
      return (x, y, slopes) => {
        count += 1;
        const [p, q] = slopes.map((g, i) => {
          means[i] = beta1 * means[i] + (1 - beta1) * g;
          squares[i] = beta2 * squares[i] + (1 - beta2) * (g * g);
          const root = Math.sqrt(squares[i] / (1 - beta2 ** count));
          return means[i] / (1 - beta1 ** count) / (root + epsilon);
        });
        return [x - lr * p, y - lr * q];
      };
    },
  };

  // Run an optimiser: {points: [[x, y]...], losses: [...], diverged: whether it left for good}.
  // `problem` is {landscape: {name, ...}, start: [x, y], size: of the window}.
  function trace(problem, optimizer, steps) {
    const { value, gradient } = LANDSCAPES[problem.landscape.name](problem.landscape);
    const step = OPTIMIZERS[optimizer.name](optimizer);
    const reach = FAR * problem.size;
    const [points, losses] = [[], []];
    let [x, y] = problem.start;
    for (let k = 0; ; k += 1) {
      const [loss, slopes] = [value(x, y), gradient(x, y)];
      if (!Number.isFinite(loss) || !Number.isFinite(x) || !Number.isFinite(y)) {
        return { points, losses, diverged: true };
      }
      points.push([x, y]);
      losses.push(loss);
      const near = Math.abs(x) <= reach && Math.abs(y) <= reach;
      if (!near || !Number.isFinite(slopes[0] + slopes[1])) {
        return { points, losses, diverged: true };
      }
      if (k === steps) {
        return { points, losses, diverged: false };
      }
      [x, y] = step(x, y, slopes);
    }
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
    const { value, gradient } = LANDSCAPES[problem.landscape.name](problem.landscape);
    const step = OPTIMIZERS[optimizer.name](optimizer);
    let [x, y] = problem.start;
    let stays = 0;
    for (let k = 0; k <= limit; k += 1) {
      if (!(value(x, y) - minimum < threshold)) {
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

  return { LANDSCAPES, OPTIMIZERS, trace, firstBelow, staysBelow, arrival, springs };
})();
