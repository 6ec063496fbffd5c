// The statistics of groups of runs: means with intervals, differences, correlations.
// Values that are no finite number are left out everywhere; `summary` counts them.

(() => {
  "use strict";

  const CONFIDENCE = 0.95;
  const WELCH_FROM = 5; // runs a side from which Welch's interval is taken
  const BOOTSTRAP_FROM = 3;

  const finite = (values) => values.filter(Number.isFinite);
  const ascending = (values) => [...values].sort((a, b) => a - b);

  const count = (values) => finite(values).length;

  // A running mean, which large values can't overflow.
  const mean = (values) => {
    let result = null;
    finite(values).forEach((value, index) => {
      result = index === 0 ? value : result + (value / (index + 1) - result / (index + 1));
    });
    return result;
  };

  // Linear between the two nearest values, as NumPy's default is.
  const quantileOf = (sorted, q) => {
    const place = (sorted.length - 1) * q;
    const below = Math.floor(place);
    const rest = place - below;
    return rest === 0 ? sorted[below] : sorted[below] * (1 - rest) + sorted[below + 1] * rest;
  };
  const quantile = (values, q) => {
    const kept = ascending(finite(values));
    return kept.length ? quantileOf(kept, q) : null;
  };
  const median = (values) => quantile(values, 0.5);

  const least = (values) => values.reduce((low, value) => (value < low ? value : low), Infinity);
  const greatest = (values) => values.reduce((high, value) => (value > high ? value : high), -Infinity);

  // The Euclidean length of a vector, which large values can't overflow.
  const lengthOf = (values) => {
    const scale = greatest(values.map(Math.abs));
    return scale > 0 ? scale * Math.sqrt(values.reduce((total, one) => total + (one / scale) ** 2, 0)) : 0;
  };

  // The sample standard deviation (n − 1); null for fewer than two values.
  const deviation = (values) => {
    const kept = finite(values);
    if (kept.length < 2) return null;
    const middle = mean(kept);
    return lengthOf(kept.map((value) => value - middle)) / Math.sqrt(kept.length - 1);
  };

  const standardError = (values) => {
    const spread = deviation(values);
    return spread === null ? null : spread / Math.sqrt(count(values));
  };

  // ln Γ(x) for x > 0, by Lanczos' series (g = 7, n = 9).
  const LANCZOS = [
    0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
    12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
  ];
  const logGamma = (x) => {
    if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
    const sum = LANCZOS.reduce((total, one, index) => (index ? total + one / (x - 1 + index) : one), 0);
    const t = x + 6.5;
    return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum);
  };

  // The continued fraction of the incomplete beta function, by Lentz' method.
  const betaFraction = (a, b, x) => {
    const away = (value) => (Math.abs(value) < 1e-300 ? 1e-300 : value);
    let c = 1;
    let d = 1 / away(1 - ((a + b) * x) / (a + 1));
    let result = d;
    for (let m = 1; m <= 10000; m += 1) {
      const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
      const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
      for (const term of [even, odd]) {
        d = 1 / away(1 + term * d);
        c = away(1 + term / c);
        result *= c * d;
      }
      if (Math.abs(c * d - 1) < 1e-15) break;
    }
    return result;
  };

  // The regularised incomplete beta function I_x(a, b); `y` is 1 − x, given for precision.
  const beta = (x, y, a, b) => {
    if (x <= 0) return 0;
    if (y <= 0) return 1;
    const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log(y));
    if (x < (a + 1) / (a + b + 2)) return (front * betaFraction(a, b, x)) / a;
    return 1 - (front * betaFraction(b, a, y)) / b;
  };

  // The chance that Student's t with `df` degrees of freedom lies further from 0 than `t`.
  const tailsOf = (t, df) => {
    const square = t * t;
    return square === Infinity ? 0 : beta(df / (df + square), square / (df + square), df / 2, 0.5);
  };

  // Where that chance is `tails`: bracketed, then halved until the numbers are used up.
  const inverseTails = (tails, df) => {
    let low = 0;
    let high = 1;
    while (tailsOf(high, df) > tails) [low, high] = [high, 2 * high];
    for (;;) {
      const middle = (low + high) / 2;
      if (middle <= low || middle >= high) return middle;
      if (tailsOf(middle, df) > tails) low = middle;
      else high = middle;
    }
  };

  const quantiles = new Map();
  const tQuantile95 = (df) => {
    if (!quantiles.has(df)) quantiles.set(df, inverseTails(1 - CONFIDENCE, df));
    return quantiles.get(df);
  };

  // The 95 % interval of the mean, by Student's t; null for fewer than two values.
  const interval95 = (values) => {
    const error = standardError(values);
    if (error === null) return null;
    const middle = mean(values);
    const half = error === 0 ? 0 : tQuantile95(count(values) - 1) * error;
    return { low: middle - half, high: middle + half };
  };

  const summary = (values) => {
    const kept = finite(values);
    const { low, high } = interval95(kept) || { low: null, high: null };
    return {
      n: kept.length,
      ignored: values.filter((value) => typeof value === "number").length - kept.length,
      mean: mean(kept),
      median: median(kept),
      deviation: deviation(kept),
      error: standardError(kept),
      low,
      high,
      min: kept.length ? least(kept) : null,
      max: kept.length ? greatest(kept) : null,
    };
  };

  // Welch's 95 % interval of mean(b) − mean(a); null for fewer than two values a side.
  const welch = (a, b) => {
    const errors = [standardError(a), standardError(b)];
    if (errors.includes(null)) return null;
    const middle = mean(b) - mean(a);
    const error = Math.hypot(...errors);
    const method = "Welch’s t, 95 % interval";
    if (error === 0) return { difference: middle, low: middle, high: middle, p: middle === 0 ? 1 : 0, df: null, method };
    const part = (errors[0] / error) ** 2;
    const df = 1 / (part ** 2 / (count(a) - 1) + (1 - part) ** 2 / (count(b) - 1));
    const half = tQuantile95(df) * error;
    return { difference: middle, low: middle - half, high: middle + half, p: tailsOf(middle / error, df), df, method };
  };

  // Numbers from 0 to 1, always the same for one seed (mulberry32).
  const generator = (seed) => {
    let state = seed >>> 0;
    return () => {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
    };
  };

  const meanOfDraw = (values, random) => {
    let sum = 0;
    for (let index = 0; index < values.length; index += 1) sum += values[Math.floor(random() * values.length)] / values.length;
    return sum;
  };

  const normalBelow = (z) => tailsOf(z, 1e9) / 2;

  // The bootstrap's 95 % percentile interval of mean(b) − mean(a). Plain percentiles are too narrow
  // for few values, so they are moved outwards as Hesterberg's expanded percentiles are ("What
  // teachers should know about the bootstrap", 2015), by the smaller group.
  const bootstrap = (a, b, { draws = 10000, seed = 1 } = {}) => {
    const [first, second] = [finite(a), finite(b)];
    const smaller = Math.min(first.length, second.length);
    if (smaller < 2) return null;
    const random = generator(seed);
    const drawn = Float64Array.from({ length: draws }, () => meanOfDraw(second, random) - meanOfDraw(first, random)).sort();
    const tail = normalBelow(Math.sqrt(smaller / (smaller - 1)) * tQuantile95(smaller - 1));
    return {
      difference: mean(second) - mean(first),
      low: quantileOf(drawn, tail),
      high: quantileOf(drawn, 1 - tail),
      method: `bootstrap, ${draws.toLocaleString("en")} draws, 95 % interval`,
    };
  };

  const contains = (interval, value) => interval.low <= value && value <= interval.high;

  // The difference mean(b) − mean(a) with the interval that the number of runs allows. `withinNoise`
  // is null, and so are the ends, where there are too few runs to tell.
  const difference = (a, b) => {
    const smaller = Math.min(count(a), count(b));
    if (smaller < 1) return null;
    if (smaller < BOOTSTRAP_FROM) {
      return { difference: mean(b) - mean(a), low: null, high: null, withinNoise: null, method: "too few runs to tell" };
    }
    const found = smaller < WELCH_FROM ? bootstrap(a, b) : welch(a, b);
    return { ...found, withinNoise: contains(found, 0) };
  };

  // Both columns where both have a number.
  const paired = (x, y) => {
    const both = x.map((value, index) => Number.isFinite(value) && Number.isFinite(y[index]));
    return [x, y].map((values) => values.filter((_, index) => both[index]));
  };

  // The values' distances from their mean as a vector of length 1, null where they are all the same; the
  // product of two such is their correlation.
  const unit = (values) => {
    const middle = mean(values);
    const away = values.map((value) => value - middle);
    const length = lengthOf(away);
    return length === 0 ? null : away.map((one) => one / length);
  };

  const product = (one, other) => Math.max(-1, Math.min(1, one.reduce((total, value, index) => total + value * other[index], 0)));

  const correlation = (left, right) => {
    if (left.length < 2) return null;
    const [one, other] = [unit(left), unit(right)];
    return one && other ? product(one, other) : null;
  };

  // Ranks of numbers from 1; equal values share the mean of theirs.
  const ranks = (values) => {
    const sorted = Float64Array.from(values).sort();
    const known = new Map();
    for (let start = 0, end = 0; start < sorted.length; start = end) {
      while (end < sorted.length && sorted[end] === sorted[start]) end += 1;
      known.set(sorted[start], (start + end + 1) / 2);
    }
    return values.map((value) => known.get(value));
  };

  // Correlations of two columns over the places where both have a number; null where one is constant.
  const pearson = (x, y) => correlation(...paired(x, y));
  const spearman = (x, y) => correlation(...paired(x, y).map(ranks));

  const statistics = {
    count,
    mean,
    median,
    deviation,
    standardError,
    quantile,
    interval95,
    summary,
    welch,
    bootstrap,
    difference,
    pearson,
    spearman,
    ranks,
    unit,
    product,
  };
  if (typeof runfolio !== "undefined") runfolio.statistics = statistics;
  if (typeof module === "object") module.exports = statistics;
})();
