// Long work in pieces, so that the page paints and answers in between, and what is near the view comes first.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const MARGIN = "200px"; // around the view: what lies there is near
  const CALM = 6000; // milliseconds without a change, after which there is time for what nobody has come near

  // Resolves once what waits has been answered.
  const pause = () => (typeof scheduler === "object" && scheduler.yield ? scheduler.yield() : new Promise((resolve) => setTimeout(resolve)));

  // Resolves once there is nothing else to do, or after so many milliseconds.
  const idle = (timeout) => new Promise((resolve) => (typeof requestIdleCallback === "function" ? requestIdleCallback(() => resolve(), { timeout }) : setTimeout(resolve, 100)));

  // Asked for again and again with a time to wait, calls `work` once, after the last of them.
  const settled = (work) => {
    let timer = 0;
    return (wait) => {
      clearTimeout(timer);
      timer = setTimeout(work, wait);
    };
  };

  // Calls `listener(element, isNear)` when an element comes near the view or leaves it.
  const watcher = (listener) =>
    new IntersectionObserver((entries) => entries.forEach(({ target, isIntersecting }) => listener(target, isIntersecting)), { rootMargin: MARGIN });

  // Works through what is left, one thing at a time, once the page is calm: paper can't wait for it.
  const left = new Set();
  const work = settled(async () => {
    for (const task of left) {
      left.delete(task);
      await idle(CALM);
      await task();
    }
  });
  const whenCalm = (task) => {
    left.add(task);
    work(CALM);
  };

  // Calls `draw` once: when the element is near the view, or when the page is calm.
  const whenNear = (element, draw) => {
    let done = false;
    const start = () => {
      if (done || !element.isConnected) return undefined;
      done = true;
      watching.disconnect();
      return draw();
    };
    const watching = watcher((_, isNear) => isNear && start());
    watching.observe(element);
    whenCalm(start);
  };

  runfolio.pace = { pause, idle, settled, watcher, whenCalm, whenNear };
})();

// What the experiment and the compare page share: settings kept in the fragment, names, addresses.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { make, state } = runfolio;

  const makeOption = (one, chosen) => {
    const [value, text] = Array.isArray(one) ? one : [one, one];
    const option = make("option", { value }, text);
    option.selected = value === chosen;
    return option;
  };

  // A labelled select that keeps its choice in the fragment under `name`. A choice may be [value, text],
  // or {group, choices} for several under a heading.
  const select = (label, name, choices, chosen) => {
    const box = make("select", { "data-control": name });
    for (const one of choices) {
      if (one.group) box.append(make("optgroup", { label: one.group }, ...one.choices.map((choice) => makeOption(choice, chosen))));
      else box.append(makeOption(one, chosen));
    }
    box.addEventListener("change", () => state.update({ [name]: box.value }));
    return make("label", { class: "control" }, label, box);
  };

  // A labelled box to tick, which the fragment keeps as 1.
  const tick = (label, name, chosen) => {
    const box = make("input", { type: "checkbox", "data-control": name });
    box.checked = chosen;
    box.addEventListener("change", () => state.update({ [name]: box.checked ? "1" : "" }));
    return make("label", { class: "control" }, box, label);
  };

  // Controls that are there when asked for, behind a button of that name.
  const menu = (label, ...children) => make("details", { class: "menu", "data-menu": label }, make("summary", {}, label), make("fieldset", {}, make("legend", { class: "hidden" }, label), ...children));

  const address = (id) => `${runfolio.site().root}runs/${id}.html`;

  // A metric's name with the arrow of its better direction.
  const directed = (key, direction) => (direction === "down" ? `${key} ↓` : direction === "up" ? `${key} ↑` : key);

  runfolio.controls = { select, tick, menu, address, directed };
})();

// How wide text is in a chart and how to shorten it, as runfolio/charts/layout.py does it.

(() => {
  "use strict";

  const NARROW = new Set("fijlrt.,:;|!'()[]{} -");
  const WIDE = new Set("mwMW@%—");

  const letterWidth = (letter) => {
    if (NARROW.has(letter)) return 4.2;
    if (WIDE.has(letter) || letter.codePointAt(0) > 0x2e80) return 11;
    return letter !== letter.toLowerCase() ? 8.4 : 6.6;
  };

  const estimateWidth = (text) => [...text].reduce((sum, letter) => sum + letterWidth(letter), 0);

  // The pixels a text takes at 12 px, in the page's own font where there is a page.
  let pen = null;
  const textWidth = (text) => {
    if (typeof document === "undefined") return estimateWidth(text);
    if (!pen) {
      pen = document.createElement("canvas").getContext("2d");
      pen.font = `12px ${getComputedStyle(document.body).fontFamily}`;
    }
    return pen.measureText(text).width;
  };

  // The text with its middle left out where it is wider than `width` pixels: names differ at both ends.
  const shortenMiddle = (text, width) => {
    if (textWidth(text) <= width) return text;
    const letters = [...text];
    for (let keep = letters.length - 1; keep > 1; keep -= 1) {
      const head = Math.ceil(keep / 2);
      const start = letters.slice(0, head).join("").trimEnd();
      const end = letters.slice(letters.length - (keep - head)).join("").trimStart();
      const short = `${start}…${end}`;
      if (textWidth(short) <= width) return short;
    }
    return `${letters[0]}…`;
  };

  // A metric's title without the arrow of its better direction.
  const plainTitle = (title) => title.replace(/\s*[↓↑]$/, "");

  // The labels that fit along an axis without touching, each shortened to `widest`; the others turn
  // blank. `span` tells from where to where a label at a level reaches.
  const fitLabels = (rows, widest, span) => {
    let free = -Infinity;
    const places = rows.map((_, index) => index).sort((a, b) => rows[a].level - rows[b].level);
    const fitted = [...rows];
    for (const index of places) {
      const label = shortenMiddle(rows[index].label, widest);
      const [start, end] = span(rows[index].level, label);
      const fits = start >= free;
      if (fits) free = end;
      fitted[index] = { ...rows[index], label: fits ? label : "" };
    }
    return fitted;
  };

  const overlap = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

  // Names beside points, in pixels: right of the point, else left, where they cover neither a point
  // nor each other nor the edge; first come, first served. `points` have {x, y, name}; returns
  // {index, text, side} of those that fit, `most` of them.
  const placeLabels = (points, { width, widest = 150, most = Infinity }) => {
    const taken = points.map(({ x, y }) => ({ left: x - 5, right: x + 5, top: y - 5, bottom: y + 5 }));
    const placed = [];
    points.forEach(({ x, y, name }, index) => {
      if (placed.length >= most) return;
      const label = shortenMiddle(name, widest);
      const room = textWidth(label);
      for (const side of [1, -1]) {
        const [near, far] = [x + side * 8, x + side * (10 + room)];
        const box = { left: Math.min(near, far), right: Math.max(near, far), top: y - 7, bottom: y + 7 };
        if (box.left < 0 || box.right > width || taken.some((other) => overlap(box, other))) continue;
        taken.push(box);
        placed.push({ index, text: label, side });
        return;
      }
    });
    return placed;
  };

  const text = { textWidth, shortenMiddle, plainTitle, fitLabels, placeLabels };
  if (typeof runfolio !== "undefined") runfolio.chartText = text;
  if (typeof module === "object") module.exports = text;
})();

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

// From runs, points and bars to the rows that the specs draw, as runfolio/charts/rows.py does it.

(() => {
  "use strict";

  const format = typeof module === "object" ? require("../site/format.js") : runfolio.format;

  const COLORS = 10;
  const DASHES = [[], [7, 3], [2, 3], [9, 3, 2, 3]];
  const SEQUENCE = 12;
  const NOT_SET = -0.14;
  const DRAWN = 2000; // points of a chart, at most

  const runColor = (index) => `var(--run-${index % COLORS})`;
  const runDash = (index) => [...DASHES[index % DASHES.length]];
  const sequenceColor = (share) => `var(--seq-${Math.min(Math.max(Math.floor(share * (SEQUENCE - 1) + 0.5), 0), SEQUENCE - 1)})`;
  // The colour of a count at `share` of the greatest: from pale to blue.
  const COUNTS = [5, 6, 7, 8, 9, 10].map((step) => `var(--div-${step})`);
  const countColor = (share) => COUNTS[Math.min(Math.max(Math.floor(share * (COUNTS.length - 1) + 0.5), 0), COUNTS.length - 1)];
  const sequenceColors = () => Array.from({ length: SEQUENCE }, (_, index) => `var(--seq-${index})`);
  const isFinite = (value) => typeof value === "number" && Number.isFinite(value);

  // The least and the greatest of numbers, however many they are; null of none.
  const extent = (values) => {
    let found = null;
    for (const value of values) {
      if (!found) found = [value, value];
      else if (value < found[0]) found[0] = value;
      else if (value > found[1]) found[1] = value;
    }
    return found;
  };

  // At most so many of a list, evenly, with the first and the last.
  const thin = (list, most = DRAWN) => (list.length <= most ? list : Array.from({ length: most }, (_, place) => list[Math.round((place * (list.length - 1)) / (most - 1))]));

  // What a chart says about runs that are given by rank and drawn in part.
  const thinWords = (drawn, all) => (drawn < all ? `${drawn.toLocaleString("en")} of ${all.toLocaleString("en")} runs drawn, evenly by rank; all are in the numbers.` : "");

  const barRows = (bars) =>
    bars.map((bar, order) => {
      const value = isFinite(bar.value) ? bar.value : null;
      const [low, high] = isFinite(bar.low) && isFinite(bar.high) ? [bar.low, bar.high] : [null, null];
      const end = Math.max(value ?? 0, high ?? 0, 0);
      return { run: bar.id, order, name: bar.name, color: runColor(bar.color), value, low, high, end, text: bar.text ?? format.number(bar.value) };
    });

  // The better direction that a metric's title ends with: "rmse ↓" is "down".
  const titleDirection = (title) => ({ "↓": "down", "↑": "up" })[title.trim().slice(-1)] ?? null;

  // The runs as they are drawn: those without a value first, the best on top.
  const parallelOrder = (runs, direction) => {
    const sign = direction === "down" ? -1 : 1;
    const known = runs.filter((run) => isFinite(run.value)).sort((a, b) => sign * (a.value - b.value));
    return [...runs.filter((run) => !isFinite(run.value)), ...known];
  };

  const valueRange = (runs) => extent(runs.map((run) => run.value).filter(isFinite));

  // The run with the best value; null where no direction is known or all are alike.
  const findBest = (runs, direction) => {
    const values = new Set(runs.map((run) => run.value).filter(isFinite));
    return direction !== null && values.size > 1 ? parallelOrder(runs, direction).at(-1) : null;
  };

  const valueColor = (value, range) => {
    if (!isFinite(value) || !range) return "var(--muted)";
    return sequenceColor(range[1] > range[0] ? (value - range[0]) / (range[1] - range[0]) : 0.5);
  };

  const parallelRows = (runs, direction) => {
    const ordered = parallelOrder(runs, direction);
    const range = valueRange(runs);
    const best = findBest(runs, direction);
    return ordered.flatMap((run) => run.positions.map((level, at) => ({ run: run.id, at, level: level ?? NOT_SET, color: valueColor(run.value, range), width: run === best ? 3 : 1.75 })));
  };

  const axisRows = (dimensions) => dimensions.map((dimension, at) => ({ at, low: 0, high: 1, title: dimension.title }));

  const tickRows = (dimensions, runs) =>
    dimensions.flatMap((dimension, at) => {
      const rows = dimension.ticks.map((tick) => ({ at, level: tick.position, label: tick.label }));
      if (runs.some((run) => run.positions[at] === null)) rows.push({ at, level: NOT_SET, label: "not set" });
      return rows;
    });

  // The ids of the runs that pass through every brush; a brush is {at, low, high} in levels.
  const brushedRuns = (runs, brushes) =>
    runs
      .filter((run) => brushes.every(({ at, low, high }) => ((level) => low <= level && level <= high)(run.positions[at] ?? NOT_SET)))
      .map((run) => run.id);

  // The distance from a point to a line of points, all in pixels.
  const distanceTo = (line, x, y) => {
    let best = Infinity;
    for (let index = 1; index < line.length; index += 1) {
      const [[x1, y1], [x2, y2]] = [line[index - 1], line[index]];
      const [dx, dy] = [x2 - x1, y2 - y1];
      const share = Math.min(1, Math.max(0, ((x - x1) * dx + (y - y1) * dy) / (dx * dx + dy * dy || 1)));
      best = Math.min(best, Math.hypot(x - x1 - share * dx, y - y1 - share * dy));
    }
    return best;
  };

  const rows = {
    COLORS, DASHES, SEQUENCE, NOT_SET, DRAWN,
    extent, thin, thinWords, runColor, runDash, sequenceColor, COUNTS, countColor, isFinite, barRows, titleDirection, parallelOrder, valueRange, findBest, valueColor, sequenceColors, parallelRows, axisRows, tickRows, brushedRuns, distanceTo,
  };
  if (typeof runfolio !== "undefined") runfolio.chartRows = rows;
  if (typeof module === "object") module.exports = rows;
})();

// Where values lie on one axis of parallel coordinates, the same as runfolio/analysis/grid.py places
// them; tests/vectors/dimensions.json holds the two together.

(() => {
  "use strict";

  const format = typeof module === "object" ? require("../site/format.js") : runfolio.format;

  const LOG_RATIO = 100;
  const INNER_TICKS = 3;
  const MIN_GAP = 0.1;
  const DIGITS = 4;

  const known = (value) => value !== null && value !== undefined;
  const isReal = (value) => typeof value === "number" && Number.isFinite(value);

  // Text in order with 9 before 10; case only decides between equals.
  const parts = (label) => (label.toLowerCase().match(/[0-9]+|[^0-9]+/g) ?? []).map((part) => (/^[0-9]/.test(part) ? [0, BigInt(part.slice(0, 300)), part] : [1, 0n, part]));
  const compareLists = (first, second) => {
    for (let place = 0; place < Math.min(first.length, second.length); place += 1) {
      if (first[place] !== second[place]) return first[place] < second[place] ? -1 : 1;
    }
    return first.length - second.length;
  };
  const natural = (a, b) => compareLists(parts(a).flat(), parts(b).flat()) || (a < b ? -1 : a > b ? 1 : 0);

  const categories = (values) => {
    const labels = [...new Set(values.filter(known).map(String))];
    const read = new Map(labels.map((label) => [label, parts(label).flat()]));
    const order = labels.sort((a, b) => compareLists(read.get(a), read.get(b)) || (a < b ? -1 : a > b ? 1 : 0));
    const places = new Map(order.map((label, rank) => [label, order.length === 1 ? 0.5 : rank / (order.length - 1)]));
    return {
      kind: "category",
      log: false,
      positions: values.map((value) => (known(value) ? places.get(String(value)) : null)),
      ticks: order.map((label) => ({ position: places.get(label), label })),
    };
  };

  const makeAxis = (low, high, log) => {
    const [start, end] = log ? [Math.log10(low), Math.log10(high)] : [low / 2, high / 2]; // halves: differences may overflow
    return {
      low,
      high,
      log,
      place: (number) => ((log ? Math.log10(number) : number / 2) - start) / (end - start),
      valueAt: (level) => (log ? 10 ** (start + level * (end - start)) : 2 * (start + level * (end - start))),
    };
  };

  // The next of 1, 2, 2.5 and 5 times a power of ten.
  const roundStep = (step) => {
    if (!(step > 1e-300 && step < 1e300)) return 0;
    const power = 10 ** Math.floor(Math.log10(step));
    return [1, 2, 2.5, 5, 10].find((factor) => factor * power >= step * 0.999) * power;
  };

  const range = (first, end) => Array.from({ length: Math.max(end - first, 0) }, (_, index) => first + index);

  // Round numbers between the ends.
  const roundValues = ({ low, high, log }) => {
    if (log) {
      const powers = range(Math.ceil(Math.log10(low)), Math.floor(Math.log10(high)) + 1);
      const stride = Math.max(1, Math.ceil(powers.length / (INNER_TICKS + 2)));
      return powers.filter((power) => power % stride === 0).map((power) => 10 ** power);
    }
    const step = roundStep(((high / 2 - low / 2) / (INNER_TICKS + 1)) * 2);
    if (!(step > 0)) return [];
    const first = Math.ceil(low / step);
    return range(0, INNER_TICKS + 3).map((number) => (first + number) * step);
  };

  // The ends and what fits between, none closer than a tenth of the axis nor labelled alike.
  const makeTicks = (axis, inner) => {
    let digits = DIGITS;
    while (digits < 17 && format.number(axis.low, digits) === format.number(axis.high, digits)) digits += 1;
    const [first, last] = [[0, axis.low], [1, axis.high]].map(([position, value]) => ({ position, label: format.number(value, digits) }));
    const labels = new Set([first.label, last.label]);
    const taken = [0, 1];
    const ticks = [];
    for (const number of inner) {
      if (!(axis.low < number && number < axis.high)) continue;
      const tick = { position: axis.place(number), label: format.number(number, digits) };
      const clear = taken.every((other) => Math.abs(tick.position - other) >= MIN_GAP);
      if (!clear || labels.has(tick.label) || ticks.length >= INNER_TICKS) continue;
      ticks.push(tick);
      taken.push(tick.position);
      labels.add(tick.label);
    }
    return [first, ...ticks, last];
  };

  const numbers = (values) => {
    const real = Array.from(Float64Array.from(new Set(values.filter(isReal).map((value) => value + 0))).sort());
    if (real.length < 2) {
      return { kind: "number", log: false, positions: values.map((value) => (isReal(value) ? 0.5 : null)), ticks: real.map((one) => ({ position: 0.5, label: format.number(one) })) };
    }
    const [low, high] = [real[0], real.at(-1)];
    const axis = makeAxis(low, high, low > 0 && high / low >= LOG_RATIO);
    const inner = real.length <= INNER_TICKS + 2 ? real.slice(1, -1) : roundValues(axis);
    return { kind: "number", log: axis.log, positions: values.map((value) => (isReal(value) ? axis.place(value) : null)), ticks: makeTicks(axis, inner), axis };
  };

  // Values on an axis from 0 to 1, or null without a value: {kind, log, positions, ticks: [{position,
  // label}]}. Numbers lie between their least and greatest, by logarithm when all are above 0 and span
  // a factor of 100; anything else becomes categories in natural order.
  const place = (values) => (values.every((value) => !known(value) || typeof value === "number") ? numbers(values) : categories(values));

  // A level of an axis as text that stays true when the axis changes, and back: a number, or a category.
  const nearest = (ticks, level) => ticks.reduce((best, tick) => (Math.abs(tick.position - level) < Math.abs(best.position - level) ? tick : best));
  const nameLevel = (placed, level) => (placed.axis ? String(Number(placed.axis.valueAt(level).toPrecision(6))) : level < -0.05 ? "" : (placed.ticks.length ? nearest(placed.ticks, level).label : ""));
  const findLevel = (placed, name) => {
    if (placed.axis) {
      const number = Number(name);
      return placed.axis.log && number <= 0 ? 0 : placed.axis.place(number);
    }
    return placed.ticks.find((tick) => tick.label === name)?.position ?? null;
  };

  const dimensions = { place, natural, nameLevel, findLevel };
  if (typeof runfolio !== "undefined") runfolio.chartDimensions = dimensions;
  if (typeof module === "object") module.exports = dimensions;
})();

// Values in a few places of an axis: categories, single numbers, or ranges of numbers.

(() => {
  "use strict";

  const node = typeof module === "object";
  const rows = node ? require("./chart-rows.js") : runfolio.chartRows;
  const format = node ? require("../site/format.js") : runfolio.format;
  const dimensions = node ? require("./chart-dimensions.js") : runfolio.chartDimensions;

  const NOT_SET = "not set";
  const SINGLE = 10; // different numbers that stand by themselves
  const RANGES = 7;
  const LOG_RATIO = 50;
  const CATEGORIES = 16;
  const OTHER = "other";

  const distinct = (values) => [...new Set(values)];

  // Edges of ranges of equal width, in logarithms where all numbers are positive and span a factor of 50.
  const edgesOf = (low, high, count) => {
    const log = low > 0 && high / low >= LOG_RATIO;
    const at = (share) => (log ? low * (high / low) ** share : low + (high - low) * share);
    return Array.from({ length: count + 1 }, (_, index) => (index === 0 ? low : index === count ? high : at(index / count)));
  };

  const rangeLabels = (edges) => {
    let digits = 2;
    while (digits < 6 && new Set(edges.map((edge) => format.number(edge, digits))).size < edges.length) digits += 1;
    return edges.slice(1).map((edge, index) => `${format.number(edges[index], digits)} – ${format.number(edge, digits)}`);
  };

  const binNumbers = (values, single, ranges) => {
    const known = values.filter(rows.isFinite);
    const found = Float64Array.from(distinct(known)).sort();
    if (found.length <= single) return { labels: Array.from(found, (one) => format.number(one)), places: values.map((value) => (rows.isFinite(value) ? found.indexOf(value) : null)), binned: false };
    const edges = edgesOf(found[0], found.at(-1), ranges);
    const placeOf = (value) => Math.min(edges.findLastIndex((edge) => value >= edge), ranges - 1);
    return { labels: rangeLabels(edges), places: values.map((value) => (rows.isFinite(value) ? placeOf(value) : null)), binned: true };
  };

  const binCategories = (values, most) => {
    const counts = new Map();
    for (const value of values) if (value !== null && value !== undefined) counts.set(String(value), (counts.get(String(value)) ?? 0) + 1);
    const order = [...counts.keys()].sort(dimensions.natural);
    const kept = order.length <= most ? order : new Set([...order].sort((a, b) => counts.get(b) - counts.get(a)).slice(0, most - 1));
    const labels = order.filter((one) => order === kept || kept.has(one));
    const places = new Map(labels.map((label, place) => [label, place]));
    if (order.length > most) labels.push(OTHER);
    return { labels, places: values.map((value) => (value === null || value === undefined ? null : (places.get(String(value)) ?? labels.length - 1))), binned: false };
  };

  // {labels, places: one for each value, binned}; what has no value comes last as "not set".
  const bin = (values, kind, { single = SINGLE, ranges = RANGES, most = CATEGORIES } = {}) => {
    const made = kind === "number" ? binNumbers(values, single, ranges) : binCategories(values, most);
    if (!made.places.includes(null)) return made;
    return { ...made, labels: [...made.labels, NOT_SET], places: made.places.map((place) => place ?? made.labels.length) };
  };

  const bins = { bin, rangeLabels, SINGLE };
  if (typeof runfolio !== "undefined") runfolio.chartBins = bins;
  if (typeof module === "object") module.exports = bins;
})();

// A drawn chart as files: its data as CSV, its Vega-Lite spec, and one picture with title and legend.

(() => {
  "use strict";

  const text = typeof module === "object" ? require("./chart-text.js") : runfolio.chartText;
  const { marked } = typeof module === "object" ? require("../site/core.js") : runfolio;

  const PICTURE_FONT = "Arial, Helvetica, 'Liberation Sans', Arimo, sans-serif"; // as in runfolio/charts/theme.py
  const SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json";
  const LOOKS = new Set(["color", "ink", "dash", "width", "lone", "order", "side", "end", "text"]);
  const PADDING = 16;
  const LINE = 20;
  const SWATCH = 22;

  // Text that a spreadsheet would run as a formula begins with a quote, the same as runfolio/spreadsheets.py writes.
  const FORMULA = /^'*[=+\-@\t\r\n＝＋－＠]/;
  const NUMBER = /^[+-](?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$|^[+-](?:inf|infinity|nan)$/i;

  const cell = (value) => {
    if (value === null || value === undefined) return "";
    const isFormula = typeof value === "string" && FORMULA.test(value) && !NUMBER.test(value);
    const written = isFormula ? `'${value}` : String(value);
    return /[",\n\r]/.test(written) ? `"${written.replaceAll('"', '""')}"` : written;
  };

  const csv = ({ columns, rows }) => [columns, ...rows].map((line) => `${line.map(cell).join(",")}\n`).join("");

  // What a chart was drawn from, without how it looks, for charts that give no table of their own.
  const tableOf = (rows) => {
    const columns = [...new Set(rows.flatMap(Object.keys))].filter((name) => !LOOKS.has(name));
    return { columns, rows: rows.map((row) => columns.map((name) => row[name])) };
  };

  // A title as a file's name.
  const stem = (title) =>
    title
      .normalize("NFKD")
      .replace(/[^\p{L}\p{N}]+/gu, "-")
      .replace(/^-+|-+$/g, "")
      .toLowerCase()
      .slice(0, 60) || "chart";

  // Each text of a tree through `change`.
  const mapTexts = (node, change) => {
    if (typeof node === "string") return change(node);
    if (Array.isArray(node)) return node.map((one) => mapTexts(one, change));
    if (node && typeof node === "object") return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, mapTexts(value, change)]));
    return node;
  };

  // The same with real colours and a font that other programs know; `color` reads a CSS variable.
  const resolve = (spec, color) =>
    mapTexts(spec, (one) => (one.startsWith("system-ui") ? PICTURE_FONT : one.replace(/var\(--([a-z0-9-]+)\)/g, (_, name) => color(name))));

  // Rows carry colours too; a run whose name looks like one keeps it.
  const resolveRows = (rows, color) =>
    rows.map((row) => {
      const colors = ["color", "ink"].filter((name) => typeof row[name] === "string");
      return { ...row, ...Object.fromEntries(colors.map((name) => [name, resolve(row[name], color)])) };
    });

  const renameData = (node, names) => {
    if (Array.isArray(node)) return node.map((one) => renameData(one, names));
    if (!node || typeof node !== "object") return node;
    const entries = Object.entries(node).map(([key, value]) => {
      if (key === "data" && value && names.has(value.name)) return [key, { name: names.get(value.name) }];
      return [key, renameData(value, names)];
    });
    return Object.fromEntries(entries);
  };

  // One Vega-Lite document of the parts of a chart, each {spec, titles, data, signals, width, height, title}.
  const vegaLite = (parts, { title, background, columns }) => {
    const datasets = {};
    const views = parts.map((part, index) => {
      const { config, params, $schema, ...body } = part.spec;
      const names = new Map(Object.keys(part.data).map((name) => [name, parts.length > 1 ? `${name}-${index + 1}` : name]));
      for (const [name, key] of names) datasets[key] = part.data[name];
      const titles = part.titles ?? {};
      const filled = mapTexts(renameData(body, names), (one) => (Object.hasOwn(titles, one) ? titles[one] : one));
      return { ...filled, width: part.width, height: part.height, ...(part.title ? { title: part.title } : {}) };
    });
    const [first] = parts;
    const params = (first.spec.params ?? []).map((param) => ({ ...param, ...(Object.hasOwn(first.signals ?? {}, param.name) ? { value: first.signals[param.name] } : {}) }));
    const head = { $schema: SCHEMA, title: { text: title, anchor: "start" }, background, config: first.spec.config, params, datasets };
    return views.length === 1 ? { ...views[0], ...head } : { ...head, columns, concat: views };
  };

  const escape = (written) => marked(written).replace(/[&<>"]/g, (letter) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[letter]);

  // Legend entries in lines no wider than `width`: {name, color, dash, x, line}.
  const layLegend = (legend, width) => {
    let [x, line] = [0, 0];
    return legend.map((one) => {
      const name = text.shortenMiddle(one.name, width - SWATCH);
      const room = SWATCH + text.textWidth(name) + 18;
      if (x > 0 && x + room > width) [x, line] = [0, line + 1];
      const placed = { ...one, name, x, line };
      x += room;
      return placed;
    });
  };

  const legendEntry = ({ name, color, dash, x, line }, top, ink) => {
    const y = top + line * LINE + LINE / 2;
    const dashes = dash?.length ? ` stroke-dasharray="${dash.join(" ")}"` : "";
    return `<line x1="${PADDING + x}" x2="${PADDING + x + 16}" y1="${y}" y2="${y}" stroke="${color}" stroke-width="3"${dashes}/><text x="${PADDING + x + SWATCH}" y="${y + 4}" font-size="12" fill="${ink}">${escape(name)}</text>`;
  };

  const rampEntry = ({ title, low, high, colors }, top, ink) => {
    const [start, y] = [PADDING + text.textWidth(`${title}  ${low}`) + 16, top + LINE / 2];
    const boxes = colors.map((color, index) => `<rect x="${start + index * 10}" y="${y - 5}" width="10.5" height="10" fill="${color}"/>`).join("");
    return `<text x="${PADDING}" y="${y + 4}" font-size="12" fill="${ink}" xml:space="preserve">${escape(`${title}  ${low}`)}</text>${boxes}<text x="${start + colors.length * 10 + 8}" y="${y + 4}" font-size="12" fill="${ink}">${escape(high)}</text>`;
  };

  // One SVG of the parts {svg, width, height, title} side by side, below the title, legend and ramp.
  const compose = (parts, { title, legend = [], ramp = null, columns = 1, ink, background }) => {
    const gap = parts.length > 1 ? LINE : 0;
    const [wide, high] = [Math.max(...parts.map((part) => part.width)), Math.max(...parts.map((part) => part.height)) + gap];
    const inner = wide * Math.min(columns, parts.length);
    const entries = layLegend(legend, inner);
    let top = PADDING + LINE + 4;
    const head = [`<text x="${PADDING}" y="${PADDING + 13}" font-size="14" font-weight="600" fill="${ink}">${escape(text.shortenMiddle(title, (inner * 12) / 15))}</text>`];
    if (ramp) {
      head.push(rampEntry(ramp, top, ink));
      top += LINE + 4;
    }
    head.push(...entries.map((one) => legendEntry(one, top, ink)));
    if (entries.length) top += (entries.at(-1).line + 1) * LINE + 4;
    const body = parts.map((part, index) => {
      const [x, y] = [PADDING + (index % columns) * wide, top + Math.floor(index / columns) * high];
      const name = part.title ? `<text x="${x}" y="${y + 13}" font-size="12" font-weight="600" fill="${ink}">${escape(text.shortenMiddle(part.title, wide))}</text>` : "";
      return `${name}<g transform="translate(${x},${y + gap})">${part.svg}</g>`;
    });
    const size = { width: Math.ceil(inner + 2 * PADDING), height: Math.ceil(top + Math.ceil(parts.length / columns) * high + PADDING) };
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${size.width}" height="${size.height}" viewBox="0 0 ${size.width} ${size.height}" font-family="${escape(PICTURE_FONT)}"><title>${escape(title)}</title><rect width="100%" height="100%" fill="${background}"/>${head.join("")}${body.join("")}</svg>`;
    return { svg, ...size };
  };

  const chartExport = { csv, tableOf, stem, resolve, resolveRows, vegaLite, layLegend, compose };
  if (typeof runfolio !== "undefined") runfolio.chartExport = chartExport;
  if (typeof module === "object") module.exports = chartExport;
})();

// What stands around every chart: full screen, and saving it as PNG, SVG, CSV or Vega-Lite.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { make, chartExport } = runfolio;
  const SCALE = 2; // pixels of a saved PNG per pixel of the page
  const frames = new WeakMap(); // element → its tools and what is drawn in it

  const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim() || "currentcolor";

  const save = (content, type, name) => {
    const address = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
    make("a", { href: address, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(address), 10000);
  };

  const plainRow = (row) => Object.fromEntries(Object.entries(row));

  // The data and parameters that a part shows now, in real colours.
  const current = ({ spec, filling, view }) => {
    const named = spec.data.filter((source) => !source.source).map((source) => source.name);
    const data = Object.fromEntries(named.map((name) => [name, chartExport.resolveRows((view.data(name) ?? []).map(plainRow), color)]));
    const known = new Set((spec.signals ?? []).map(({ name }) => name));
    const signals = Object.fromEntries(Object.keys(filling.signals ?? {}).filter((name) => known.has(name)).map((name) => [name, view.signal(name)]));
    return { ...filling, data, signals };
  };

  const picture = async (frame) => {
    const parts = await Promise.all(
      frame.parts.map(async (part) => {
        const holder = make("div");
        const filled = runfolio.chartHost.fillSpec(chartExport.resolve(part.spec, color), current(part));
        const { view, finalize } = await runfolio.vega.render(holder, filled);
        const svg = await view.toSVG();
        finalize();
        return { svg, width: part.filling.width, height: part.filling.height, title: part.title };
      }),
    );
    const { title, legend, ramp, columns } = frame.about;
    return chartExport.compose(parts, {
      title,
      columns,
      legend: (legend ?? []).map((one) => ({ ...one, color: chartExport.resolve(one.color, color) })),
      ramp: ramp && { ...ramp, colors: ramp.colors.map((one) => chartExport.resolve(one, color)) },
      ink: color("ink"),
      background: color("surface"),
    });
  };

  const toPng = async ({ svg, width, height }) => {
    const address = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
    try {
      const image = new Image();
      image.src = address;
      await image.decode().catch(() => {
        throw new Error("this page may show no picture from memory. Save it as SVG instead.");
      });
      const canvas = make("canvas", { width: width * SCALE, height: height * SCALE });
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      return await new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/png"));
    } finally {
      URL.revokeObjectURL(address);
    }
  };

  const liteText = async (frame) => {
    const specs = await runfolio.loadShard("specs-lite");
    const parts = frame.parts.map((part) => ({ ...current(part), spec: chartExport.resolve(specs[part.kind], color), title: part.title }));
    const { title, columns } = frame.about;
    return `${JSON.stringify(chartExport.vegaLite(parts, { title, columns, background: color("surface") }), null, 1)}\n`;
  };

  const table = (frame) => frame.about.table?.() ?? chartExport.tableOf(frame.parts.flatMap(({ view }) => view.data("rows").map(plainRow)));

  const SAVERS = [
    ["Save as PNG", async (frame, name) => save(await toPng(await picture(frame)), "image/png", `${name}.png`)],
    ["Save as SVG", async (frame, name) => save((await picture(frame)).svg, "image/svg+xml", `${name}.svg`)],
    ["Data as CSV", async (frame, name) => save(chartExport.csv(table(frame)), "text/csv", `${name}.csv`)],
    ["Vega-Lite spec", async (frame, name) => save(await liteText(frame), "application/json", `${name}.vl.json`)],
  ];

  const isFull = (element) => document.fullscreenElement === element || element.parentElement?.matches("dialog.chart-full") === true;

  // Where the browser allows no full screen, a dialog that fills the window takes the chart in.
  const openDialog = (element) => {
    const place = make("span", { hidden: true });
    const dialog = make("dialog", { class: "chart-full", "aria-label": "Chart" });
    element.replaceWith(place);
    dialog.append(element);
    document.body.append(dialog);
    dialog.addEventListener("close", () => {
      place.replaceWith(element);
      dialog.remove();
    });
    dialog.showModal();
  };

  const toggleFull = async (element) => {
    if (document.fullscreenElement === element) return document.exitFullscreen();
    if (isFull(element)) return element.parentElement.close();
    try {
      return await element.requestFullscreen();
    } catch {
      return openDialog(element);
    }
  };

  const makeMenu = (element, frame) => {
    const failure = make("p", { class: "warning slim", role: "alert", hidden: true });
    const items = SAVERS.map(([label, saver]) => {
      const onclick = async () => {
        close(true);
        try {
          failure.hidden = true;
          await saver(frame, chartExport.stem(frame.about.title));
        } catch (error) {
          failure.replaceChildren(`Couldn’t make the file: ${error.message}`);
          failure.hidden = false;
        }
      };
      return make("li", {}, make("button", { type: "button", onclick }, label));
    });
    const list = make("ul", { hidden: true }, ...items);
    const button = make("button", { type: "button", class: "quiet", "aria-expanded": "false", title: "Save this chart or its data" }, "⋯");
    const close = (back) => {
      list.hidden = true;
      button.setAttribute("aria-expanded", "false");
      if (back) button.focus();
    };
    button.addEventListener("click", () => {
      list.hidden = !list.hidden;
      button.setAttribute("aria-expanded", String(!list.hidden));
      if (!list.hidden) list.querySelector("button").focus();
    });
    const menu = make("div", { class: "chart-menu" }, button, list, failure);
    menu.addEventListener("keydown", (event) => {
      if (list.hidden) return;
      const buttons = [...list.querySelectorAll("button")];
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (event.key === "Escape") close(true);
      else if (step) buttons[(buttons.indexOf(document.activeElement) + step + buttons.length) % buttons.length].focus();
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    menu.addEventListener("focusout", (event) => {
      if (!menu.contains(event.relatedTarget)) close(false);
    });
    return { menu, button };
  };

  // Four corners; the sign for it is missing in many fonts.
  const corners = () => {
    const [svg, path] = ["svg", "path"].map((tag) => document.createElementNS("http://www.w3.org/2000/svg", tag));
    for (const [name, value] of Object.entries({ viewBox: "0 0 12 12", width: 12, height: 12, "aria-hidden": "true", fill: "none", stroke: "currentColor", "stroke-width": 1.5 })) svg.setAttribute(name, value);
    path.setAttribute("d", "M1 4V1h3M8 1h3v3M11 8v3H8M4 11H1V8");
    svg.append(path);
    return svg;
  };

  const makeFrame = (element) => {
    const frame = { parts: [], about: { title: "" } };
    const full = make("button", { type: "button", class: "quiet", title: "Full screen", onclick: () => toggleFull(element) }, corners());
    const { menu, button } = makeMenu(element, frame);
    frame.tools = make("div", { class: "chart-tools" }, full, menu);
    frame.name = () => {
      full.setAttribute("aria-label", runfolio.marked(`Full screen: ${frame.about.title}`));
      button.setAttribute("aria-label", runfolio.marked(`Save: ${frame.about.title}`));
    };
    return frame;
  };

  // Puts the tools over `element`, which shows the parts {kind, spec, filling, view, title}; about is
  // {title, legend, ramp, columns, table}.
  const attach = (element, parts, about) => {
    if (!parts.length) return;
    if (!frames.has(element)) frames.set(element, makeFrame(element));
    const frame = frames.get(element);
    Object.assign(frame, { parts, about });
    frame.name();
    element.classList.add("framed");
    if (frame.tools.parentElement !== element) element.prepend(frame.tools);
  };

  runfolio.chartFrame = { attach, isFull };
})();

// Draws a kind of chart into an element: loads Vega and the specs, fills a spec, follows the size.

(() => {
  "use strict";

  const { marked } = typeof module === "object" ? require("../site/core.js") : runfolio;

  // A value with its texts marked; what has none to mark is given back itself.
  const markTexts = (value) => {
    if (typeof value === "string") return marked(value);
    if (Array.isArray(value)) return value.map(markTexts);
    if (!value || typeof value !== "object" || !Object.values(value).some((one) => typeof one !== "number" && markTexts(one) !== one)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, markTexts(one)]));
  };

  // A title that Vega, which looks titles up by name, doesn't take for what every object has. As `safe_title` in rendering.py.
  const safeTitle = (title) => (typeof title === "string" && title in {} ? `${title} ` : title);

  // A copy of a spec with its titles, data and parameters filled in, of the given size.
  const fillSpec = (spec, { titles = {}, data = {}, signals = {}, width, height }) => {
    const place = (node) => {
      if (typeof node === "string") return Object.hasOwn(titles, node) ? safeTitle(markTexts(titles[node])) : node;
      if (Array.isArray(node)) return node.map(place);
      if (node && typeof node === "object") return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, place(value)]));
      return node;
    };
    const filled = { ...place(spec), width, height };
    filled.data = filled.data.map((source) => (Object.hasOwn(data, source.name) ? { ...source, values: markTexts(data[source.name]) } : source));
    filled.signals = (filled.signals || []).map((signal) => (Object.hasOwn(signals, signal.name) ? { ...signal, value: markTexts(signals[signal.name]) } : signal));
    return filled;
  };

  if (typeof module === "object") module.exports = { fillSpec };
  if (typeof document === "undefined") return;

  const { make, pace } = runfolio;
  const AROUND = 88; // pixels a title and notes take of a full screen, until they are known
  const live = new WeakMap(); // element → what is drawn in it and how to end it
  const parts = new WeakMap(); // canvas → the spec drawn in it, what filled it and what it is about

  const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve));

  const kinds = new Map(); // spec → its kind

  const ready = async () => {
    const [specs] = await Promise.all([runfolio.loadShard("specs"), runfolio.loadScript(runfolio.site().vega)]);
    for (const [kind, spec] of Object.entries(specs)) kinds.set(spec, kind);
    return specs;
  };

  const end = (element) => {
    const drawn = live.get(element);
    if (!drawn) return;
    drawn.ended = true;
    drawn.observer?.disconnect();
    drawn.finalize?.();
    live.delete(element);
  };

  // Shows a text where there is nothing to draw.
  const empty = (element, text) => {
    end(element);
    element.replaceChildren(make("p", { class: "empty" }, text));
  };

  // The width a chart may take and, when it fills the screen, its height.
  const roomIn = (element, content) => {
    const style = getComputedStyle(element);
    const width = element.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    if (!runfolio.chartFrame.isFull(element)) return [width, null];
    const canvas = content?.querySelector(".chart-canvas");
    const around = canvas ? content.offsetHeight - canvas.offsetHeight : AROUND;
    return [width, Math.max(element.clientHeight - parseFloat(style.paddingTop) - parseFloat(style.paddingBottom) - Math.min(around, AROUND * 2), 200)];
  };

  const frame = (element, content) => {
    const drawn = [...content.querySelectorAll(".chart-canvas")].flatMap((canvas) => (parts.has(canvas) ? [parts.get(canvas)] : []));
    const title = content.querySelector(".chart-title")?.textContent ?? drawn[0]?.label;
    runfolio.chartFrame.attach(element, drawn, { title, columns: 1, ...drawn[0]?.about });
  };

  // Calls `draw(specs, width, height)` now and whenever the element's size changes; the height is null
  // but in full screen. It returns the content to show and how to end it; what was there stays until
  // the new content is complete.
  const show = async (element, draw) => {
    const drawn = { ended: false };
    const before = live.get(element);
    if (before) {
      before.ended = true;
      before.observer?.disconnect();
    }
    live.set(element, drawn);
    drawn.finalize = before?.finalize;
    drawn.content = before?.content;
    const specs = await ready();
    let room = [0, null];
    let busy = null;
    const changed = () => roomIn(element, drawn.content).some((length, index) => length !== room[index]);
    const redraw = async () => {
      if (drawn.ended || element.clientWidth === 0) return;
      room = roomIn(element, drawn.content);
      const { content, finalize } = await draw(specs, ...room);
      if (drawn.ended) {
        finalize();
        return;
      }
      drawn.finalize?.();
      drawn.finalize = finalize;
      const focused = drawn.content?.contains?.(document.activeElement);
      if (drawn.content?.parentElement === element) drawn.content.replaceWith(content);
      else element.replaceChildren(content);
      if (focused) content.querySelector(".chart-canvas[tabindex]")?.focus({ preventScroll: true });
      drawn.content = content;
      frame(element, content);
    };
    const follow = async () => {
      if (busy) return;
      busy = nextFrame();
      await busy;
      for (let tries = 0; tries < 3 && !drawn.ended && element.clientWidth > 0 && changed(); tries += 1) await redraw();
      busy = null;
    };
    await redraw();
    if (drawn.ended) return;
    drawn.observer = new ResizeObserver(follow);
    drawn.observer.observe(element);
  };

  // A drawn spec: the element that shows it, Vega's view of it, and where a pointer is in the plot.
  // The label says what the chart shows to who can't see it; `about` tells the frame what to save:
  // {title, part, legend: [{name, color, dash}], ramp: {title, low, high, colors}, columns, table()}.
  const render = async (spec, filling, label, about = {}) => {
    await pace.pause();
    const canvas = make("div", { class: "chart-canvas" });
    const { view, finalize } = await runfolio.vega.render(canvas, fillSpec(spec, filling));
    parts.set(canvas, { kind: kinds.get(spec), spec, filling, view, label, title: about.part, about });
    // Vega calls it a document of graphics and takes the label away.
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", marked(label));
    canvas.removeAttribute("aria-roledescription");
    // The label of the canvas says what the chart shows; Vega's own roles inside say nothing more.
    canvas.querySelector("svg").setAttribute("aria-hidden", "true");
    const tooltip = runfolio.chartTooltip(canvas);
    const point = (event) => {
      const box = canvas.querySelector("svg").getBoundingClientRect();
      const [left, top] = view.origin();
      return { x: event.clientX - box.left - left, y: event.clientY - box.top - top, left, top };
    };
    const emphasise = (ids) => view.signal("emphasis", markTexts(ids)).runAsync();
    return { canvas, view, tooltip, point, emphasise, finalize };
  };

  // Opens a run's page as a link would: in a new tab with Ctrl, Cmd or the middle button.
  const open = (href, event) => {
    if (!href || runfolio.isElsewhere(href) || /^\s*[a-z][a-z0-9+.-]*:/i.test(href)) return;
    if (event.ctrlKey || event.metaKey) window.open(href, "_blank", "noopener");
    else location.assign(href);
  };

  runfolio.chartHost = { show, empty, render, open, fillSpec };
})();

// A small table of names and values beside the pointer. It only ever shows text.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { make } = runfolio;

  const swatch = ({ color, dash = 0 }) => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    for (const [name, value] of Object.entries({ class: `swatch run-${color % 10} dash-${dash % 4}`, viewBox: "0 0 16 8", width: 16, height: 8, "aria-hidden": "true" })) svg.setAttribute(name, value);
    const line = document.createElementNS("http://www.w3.org/2000/svg", "line");
    for (const [name, value] of Object.entries({ x1: 1, y1: 4, x2: 15, y2: 4 })) line.setAttribute(name, value);
    svg.append(line);
    return svg;
  };

  // A tooltip within `frame`: show({title, rows: [{run, name, value, near}], note}, x, y), hide().
  runfolio.chartTooltip = (frame) => {
    const box = make("div", { class: "chart-tooltip", "aria-hidden": "true", hidden: true });
    frame.append(box);
    const row = ({ run, name, value, near }) =>
      make("tr", { class: near ? "near" : null }, make("th", {}, ...(run ? [swatch(run)] : []), name), make("td", {}, value));
    const show = ({ title, rows = [], note }, x, y) => {
      const parts = [];
      if (title) parts.push(make("p", {}, title));
      if (rows.length) parts.push(make("table", {}, ...rows.map(row)));
      if (note) parts.push(make("p", { class: "aside" }, note));
      box.replaceChildren(...parts);
      box.hidden = false;
      const [width, height] = [box.offsetWidth, box.offsetHeight];
      const room = Math.max(frame.closest(".chart")?.clientWidth ?? 0, frame.clientWidth);
      const left = x + 16 + width <= room ? x + 16 : x - 16 - width;
      box.style.left = `${Math.min(Math.max(left, 0), Math.max(room - width, 0))}px`;
      box.style.top = `${Math.max(Math.min(y - height / 2, frame.clientHeight - height), 0)}px`;
    };
    const hide = () => {
      box.hidden = true;
    };
    return { show, hide };
  };
  runfolio.chartSwatch = swatch;
})();

// What tells what colours mean: a dot for a category, a ramp for a range of numbers.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { make } = runfolio;

  const drawn = (tag, attributes, ...children) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  };

  runfolio.chartDot = (color) => drawn("svg", { class: "chart-dot", viewBox: "0 0 10 10", width: 10, height: 10, "aria-hidden": "true" }, drawn("circle", { cx: 5, cy: 5, r: 5, fill: color }));

  // A ramp {title, low, high, colors} with its ends.
  runfolio.chartRamp = ({ title, low, high, colors }) => {
    const boxes = colors.map((color, index) => drawn("rect", { x: index * 10, width: 10.5, height: 10, fill: color }));
    const svg = drawn("svg", { viewBox: `0 0 ${colors.length * 10} 10`, width: 120, height: 10, preserveAspectRatio: "none", "aria-hidden": "true" }, ...boxes);
    return make("p", { class: "chart-ramp" }, make("span", {}, title), make("span", { class: "value" }, low), svg, make("span", { class: "value" }, high));
  };
})();

// The lines of a chart of curves: from runs to points in order, their rows, ends, gaps and neighbours.

(() => {
  "use strict";

  const { runColor, runDash, isFinite } = typeof module === "object" ? require("./chart-rows.js") : runfolio.chartRows;

  const isDrawable = (value, log) => isFinite(value) && (!log || value > 0);

  // The unit in which a span of seconds reads best.
  const timeUnit = (seconds) => {
    if (seconds < 180) return { size: 1, name: "s" };
    if (seconds < 3 * 3600) return { size: 60, name: "min" };
    if (seconds < 3 * 86400) return { size: 3600, name: "h" };
    return { size: 86400, name: "d" };
  };

  const ascends = (places) => places.every((place, index) => index === 0 || place >= places[index - 1]);

  // Each run with `x` and `y` lists: finite numbers, or null where the line breaks. A run's own
  // `places` come before its steps and times; on a logarithmic x axis only places above zero remain.
  const series = (runs, { log = false, xLog = false, xKind = "step", unit = { size: 1 } } = {}) =>
    runs.map((run) => {
      const places = Array.from(run.places ?? (xKind === "time" && run.time ? run.time : run.step), (place) => place / unit.size);
      const order = places.map((_, index) => index);
      if (!ascends(places)) order.sort((a, b) => places[a] - places[b] || a - b);
      const kept = xLog ? order.filter((index) => places[index] > 0) : order;
      const band = run.band && Object.fromEntries(Object.entries(run.band).map(([name, column]) => [name, kept.map((index) => column[index])]));
      const ghost = run.ghost && series([run.ghost], { log, xLog, unit })[0];
      return { ...run, x: kept.map((index) => places[index]), y: kept.map((index) => (isDrawable(run.value[index], log) ? run.value[index] : null)), band, ghost };
    });

  // The part of a series between two x, with one point more on each side so that lines reach the edge.
  const clip = (line, range) => {
    if (!range) return line;
    const [low, high] = range;
    let first = line.x.findIndex((x) => x >= low);
    if (first < 0) first = line.x.length;
    let end = line.x.findIndex((x) => x > high);
    if (end < 0) end = line.x.length;
    const [from, to] = [Math.max(first - 1, 0), Math.min(end + 1, line.x.length)];
    const band = line.band && Object.fromEntries(Object.entries(line.band).map(([name, column]) => [name, column.slice(from, to)]));
    return { ...line, x: line.x.slice(from, to), y: line.y.slice(from, to), band, ghost: line.ghost && clip(line.ghost, range) };
  };

  // One row per point; a missing value ends a piece of the line.
  const pieces = ({ x, y }, look) => {
    const rows = [];
    let piece = 0;
    for (let place = 0; place < x.length; place += 1) {
      if (y[place] === null) piece += 1;
      else rows.push({ ...look, piece, step: x[place], value: y[place] });
    }
    return rows;
  };

  const curveRows = (lines) => lines.flatMap((line) => pieces(line, { run: line.id, color: runColor(line.color), dash: runDash(line.dash || 0) }));
  const ghostRows = (lines) => lines.flatMap((line) => (line.ghost ? pieces(line.ghost, { run: line.id, color: runColor(line.color) }) : []));

  // The rows of pieces that are no wider than a point.
  const loneRows = (rows) => {
    const lone = [];
    for (let from = 0, to = 0; from < rows.length; from = to) {
      const { run, piece, step } = rows[from];
      while (to < rows.length && rows[to].run === run && rows[to].piece === piece) to += 1;
      if (rows[to - 1].step === step) lone.push(...rows.slice(from, to));
    }
    return lone;
  };

  // Bands end where they do not exist; on a logarithmic axis they reach down to the least value shown.
  const bandRows = (all, log) => {
    const lines = all.filter((line) => line.band?.low.some(isFinite));
    const shown = lines.flatMap((line) => [...line.y, ...line.band.low, ...line.band.high]);
    const floor = log ? shown.reduce((least, value) => (isDrawable(value, true) && value < least ? value : least), Infinity) : -Infinity;
    const row = (line, step, place) => {
      const [low, high] = [line.band.low[place], line.band.high[place]];
      const whole = isFinite(low) && isDrawable(high, log);
      return { run: line.id, step, low: whole ? Math.max(low, floor) : null, high: whole ? high : null, color: runColor(line.color) };
    };
    return lines.flatMap((line) => line.x.map((step, place) => row(line, step, place)));
  };

  // What a chart can't show, in words: values that are no numbers, or not positive on a log axis. A
  // reduced curve keeps one of several in a row, so they are not counted.
  const missingNotes = (runs, log) => {
    const values = runs.flatMap((run) => [...run.value]).filter((value) => value !== null);
    const broken = values.filter((value) => !isFinite(value)).length;
    const low = log ? values.filter((value) => isFinite(value) && value <= 0).length : 0;
    const are = (number) => (number === 1 ? "1 value is" : `${number} values are`);
    const notes = [];
    if (broken && runs.some((run) => run.total > run.value.length)) notes.push("Some values are NaN or infinite and left gaps.");
    else if (broken) notes.push(`${are(broken)} NaN or infinite and left${broken === 1 ? " a gap" : " gaps"}.`);
    if (low) notes.push(`${are(low)} not above zero and can’t be shown on a logarithmic axis.`);
    return notes;
  };

  // Each run's last value up to `end`, highest first: the order in which lines end on the right.
  const lineEnds = (lines, end = Infinity) => {
    const ends = lines.map((line) => ({ ...line, last: line.y.findLast((value, place) => value !== null && line.x[place] <= end) ?? null }));
    return ends.sort((a, b) => (a.last === null) - (b.last === null) || b.last - a.last);
  };

  // The place in a sorted list that is nearest to x, among those where `has` holds; -1 for none.
  const nearestPlace = (sorted, x, has = () => true) => {
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle] < x) low = middle + 1;
      else high = middle;
    }
    let [left, right] = [low - 1, low];
    while (left >= 0 && !has(left)) left -= 1;
    while (right < sorted.length && !has(right)) right += 1;
    if (left < 0) return right < sorted.length ? right : -1;
    if (right >= sorted.length) return left;
    return x - sorted[left] <= sorted[right] - x ? left : right;
  };

  // The point of each line nearest to x, if within `reach`; highest first.
  const pointsAt = (lines, x, reach) =>
    lines
      .map((line) => ({ line, place: nearestPlace(line.x, x, (place) => line.y[place] !== null) }))
      .filter(({ line, place }) => place >= 0 && Math.abs(line.x[place] - x) <= reach)
      .map(({ line, place }) => ({ line, x: line.x[place], y: line.y[place] }))
      .sort((a, b) => b.y - a.y);

  const lines = { timeUnit, series, clip, curveRows, loneRows, ghostRows, bandRows, missingNotes, lineEnds, nearestPlace, pointsAt };
  if (typeof runfolio !== "undefined") runfolio.chartLines = lines;
  if (typeof module === "object") module.exports = lines;
})();

// The crosshair of a chart of curves: a rule, a dot per line and a table of values. Charts that share
// an axis show it at the same place, with the values in their legends. It lies over the drawing, so
// that nothing is drawn again.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { make, chartLines, chartRows, chartText, format } = runfolio;
  const NEAR = 14; // pixels between the pointer and the end of a line it still reads
  const LISTED = 10; // rows of the table
  const LISTED_APART = 4; // and of one beside another chart's crosshair
  const sharing = new Map(); // name of an axis → the crosshairs on it

  // The points of the lines that pass x, highest first.
  const pointsNear = (lines, x, reach) =>
    chartLines.pointsAt(lines, x, Infinity).filter(({ line, x: at }) => Math.abs(at - x) <= reach || (line.x[0] <= x && x <= line.x.at(-1)));

  // "0.52", with the raw value of a smooth line, or the band and the number of runs of a group.
  const valueText = ({ line, x, y }) => {
    const value = format.number(y);
    const place = line.x.indexOf(x);
    if (line.band) {
      const [low, high, count] = [line.band.low[place], line.band.high[place], line.band.n[place]];
      return `${value} (${Number.isFinite(low) ? `${format.number(low)} to ${format.number(high)}, ` : ""}n ${count})`;
    }
    const raw = line.ghost?.y[line.ghost.x.indexOf(x)] ?? null;
    return raw === null ? value : `${value} (raw ${format.number(raw)})`;
  };

  const rowOf = (point, closest, xText) => {
    const apart = point.x === closest.x ? "" : ` at ${xText(point.x)}`;
    return { run: point.line, name: chartText.shortenMiddle(point.line.name, 180), value: valueText(point) + apart, near: point === closest };
  };

  // The values that a legend shows while a crosshair is elsewhere; its own come back without points.
  const readInto = (legend, points) => {
    const values = new Map(points?.map((point) => [point.line.id, format.number(point.y)]));
    legend.classList.toggle("reading", points !== null);
    for (const item of legend.querySelectorAll("[data-run]")) {
      item.dataset.last ??= item.querySelector(".value").textContent;
      item.querySelector(".value").textContent = points === null ? item.dataset.last : (values.get(item.dataset.run) ?? "—");
    }
  };

  // `unit` is how many seconds (or steps) one of the axis is; `title` and `xText` write a place on it
  // in a sentence and beside a value; `axis` names what is shared; `legend` may be missing.
  const wire = (chart, lines, { unit = 1, title, xText, axis, legend }) => {
    const rule = make("div", { class: "chart-rule", hidden: true });
    const dots = make("div", { class: "chart-dots" });
    chart.canvas.append(rule, dots);
    const peers = axis ? (sharing.get(axis) ?? sharing.set(axis, new Set()).get(axis)) : new Set();

    const hide = () => {
      chart.tooltip.hide();
      rule.hidden = true;
      dots.replaceChildren();
      if (legend) readInto(legend, null);
    };

    const dot = (point, [left, top]) => {
      const mark = make("i", {});
      mark.style.left = `${chart.view.scale("x")(point.x) + left}px`;
      mark.style.top = `${chart.view.scale("y")(point.y) + top}px`;
      mark.style.background = chartRows.runColor(point.line.color);
      return mark;
    };

    const draw = (near, closest) => {
      const [left, top] = chart.view.origin();
      rule.style.left = `${chart.view.scale("x")(closest.x) + left}px`;
      rule.style.top = `${top}px`;
      rule.style.height = `${chart.view.height()}px`;
      rule.hidden = false;
      dots.replaceChildren(...near.map((point) => dot(point, [left, top])));
    };

    const list = (near, closest, y, listed) => {
      const [left, top] = chart.view.origin();
      const from = Math.min(Math.max(near.indexOf(closest) - listed / 2, 0), Math.max(near.length - listed, 0));
      const rows = near.slice(from, from + listed).map((point) => rowOf(point, closest, xText));
      const note = near.length > listed ? `${near.length - listed} more` : null;
      chart.tooltip.show({ title: title(closest.x), rows, note }, chart.view.scale("x")(closest.x) + left, y + top);
    };

    // Shows the crosshair where another chart has it; `x` is in steps, seconds or milliseconds.
    const follow = (x) => {
      const place = x / unit;
      const pixel = chart.view.scale("x")(place);
      const near = pixel >= 0 && pixel <= chart.view.width() ? pointsNear(lines, place, 0) : [];
      if (!near.length) return hide();
      const closest = near.reduce((best, point) => (Math.abs(point.x - place) < Math.abs(best.x - place) ? point : best));
      draw(near, closest);
      return legend ? readInto(legend, near) : list(near, closest, chart.view.height() / 2, LISTED_APART);
    };

    const own = { chart, follow, hide };
    const tell = (call) => {
      for (const peer of peers) {
        if (!peer.chart.canvas.isConnected) peers.delete(peer);
        else if (peer !== own) call(peer);
      }
    };
    const clear = () => {
      hide();
      tell((peer) => peer.hide());
    };

    const move = (event) => {
      const { x, y } = chart.point(event);
      if (x < -4 || x > chart.view.width() + 4 || y < -8 || y > chart.view.height() + 8) return clear();
      const [across, down] = [chart.view.scale("x"), chart.view.scale("y")];
      const at = Number(across.invert(x));
      const near = pointsNear(lines, at, Math.abs(Number(across.invert(x + NEAR)) - at));
      if (!near.length) return clear();
      const distance = (point) => Math.hypot(across(point.x) - x, down(point.y) - y);
      const closest = near.reduce((best, point) => (distance(point) < distance(best) ? point : best));
      draw(near, closest);
      list(near, closest, y, LISTED);
      return tell((peer) => peer.follow(closest.x * unit));
    };

    if (axis) peers.add(own);
    chart.canvas.addEventListener("pointermove", move);
    chart.canvas.addEventListener("pointerdown", move);
    chart.canvas.addEventListener("pointerleave", clear);
  };

  runfolio.chartCrosshair = { wire };
})();

// Zoom and pan along x: by dragging, by the wheel with Ctrl or ⌘, and by keys. What is asked for is
// told in pixels of the plot, so that it works on any scale.

(() => {
  "use strict";

  const LEAST = 6; // pixels to drag before it counts
  const STEP = 0.2; // of the width, for a key

  // The part of a plot to show next: nearer to or farther from a place, or moved.
  const zoomed = (width, at, factor) => [at - at * factor, at + (width - at) * factor];
  const moved = (width, by) => [by, width + by];

  // What a key asks for: a part of the plot, "reset", or null.
  const forKey = (key, width) => {
    if (key === "+" || key === "=") return zoomed(width, width / 2, 0.5);
    if (key === "-" || key === "_") return zoomed(width, width / 2, 2);
    if (key === "ArrowLeft") return moved(width, -STEP * width);
    if (key === "ArrowRight") return moved(width, STEP * width);
    return key === "0" ? "reset" : null;
  };

  // A range within the whole one: null where it is all of it, moved back where it leaves it.
  const within = ([low, high], [least, most]) => {
    if (!(high - low < most - least)) return null;
    if (low < least) return [least, least + (high - low)];
    return high > most ? [most - (high - low), most] : [low, high];
  };

  const zoom = { zoomed, moved, forKey, within };
  if (typeof module === "object") module.exports = zoom;
  if (typeof document === "undefined") return;

  const { make } = runfolio;

  // Calls `onZoom(range)` with values of x, or with null for all of `whole`. With `log`, ranges that
  // leave the whole are cut off rather than moved.
  const wire = (chart, { whole, log, isZoomed, onZoom }) => {
    const { canvas, view } = chart;
    const veil = make("div", { class: "chart-zoom", hidden: true });
    canvas.append(veil);
    let asked = null; // what is drawn next
    const ask = (range) => {
      asked = range ?? whole;
      onZoom(range);
    };
    const show = (pixels) => {
      const scale = view.scale("x");
      const range = pixels.map((pixel) => Number(scale.invert(pixel)));
      if (log) range.splice(0, 2, Math.max(range[0], whole[0]), Math.min(range[1], whole[1]));
      ask(within(range, whole));
    };
    // Keys and wheels come faster than charts are drawn: each goes on from what the one before asked for.
    const goOn = (pixels) => {
      const [start, end] = asked ? asked.map((value) => view.scale("x")(value)) : [0, view.width()];
      show(pixels.map((pixel) => start + (pixel / view.width()) * (end - start)));
    };

    // Dragging picks a part; with Shift, or below the plot when zoomed, it moves the part shown. The
    // mouse only, so that a finger can scroll.
    let drag = null;
    const inside = (x) => Math.min(Math.max(x, 0), view.width());
    canvas.addEventListener("pointerdown", (event) => {
      if (event.pointerType !== "mouse" || event.button !== 0) return;
      const { x, y } = chart.point(event);
      if (x < 0 || x > view.width()) return;
      event.preventDefault();
      canvas.focus({ preventScroll: true });
      drag = { from: x, pans: event.shiftKey || (isZoomed && y > view.height()) };
      canvas.setPointerCapture(event.pointerId);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!drag) return;
      const { x } = chart.point(event);
      const [low, high] = [Math.min(drag.from, inside(x)), Math.max(drag.from, inside(x))];
      const [left, top] = view.origin();
      const svg = canvas.querySelector("svg");
      if (drag.pans) svg.style.translate = `${x - drag.from}px`;
      veil.hidden = drag.pans || high - low < LEAST;
      if (!veil.hidden) chart.tooltip.hide();
      veil.style.left = `${low + left}px`;
      veil.style.top = `${top}px`;
      veil.style.width = `${high - low}px`;
      veil.style.height = `${view.height()}px`;
    });
    const end = () => {
      drag = null;
      veil.hidden = true;
      canvas.querySelector("svg").style.translate = "";
    };
    canvas.addEventListener("pointerup", (event) => {
      if (!drag) return;
      const { from, pans } = drag;
      const { x } = chart.point(event);
      end();
      if (Math.abs(x - from) < LEAST) return;
      if (pans) show(moved(view.width(), from - x));
      else show([Math.min(from, inside(x)), Math.max(from, inside(x))]);
    });
    canvas.addEventListener("pointercancel", end);
    canvas.addEventListener("dblclick", () => ask(null));
    canvas.addEventListener(
      "wheel",
      (event) => {
        if (!event.ctrlKey && !event.metaKey) return;
        event.preventDefault();
        goOn(zoomed(view.width(), inside(chart.point(event).x), event.deltaY < 0 ? 0.8 : 1.25));
      },
      { passive: false },
    );
    canvas.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const part = forKey(event.key, view.width());
      if (!part) return;
      event.preventDefault();
      if (part === "reset") ask(null);
      else goOn(part);
    });
    canvas.setAttribute("tabindex", "0");
    canvas.setAttribute("aria-keyshortcuts", "+ - ArrowLeft ArrowRight 0");
  };

  runfolio.chartZoom = { wire };
})();

// Curves of several runs with a legend in the order in which the lines end, a crosshair and zoom.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { make, chartHost, chartLines, chartRows, chartText, format } = runfolio;
  const legendWidth = (width) => Math.min(Math.max(250, Math.round(width * 0.32)), 400); // pixels beside the chart
  const AROUND_NAME = 116; // pixels of a legend's line that are not its name
  const DOT = 0.03; // of an axis, for half a dot
  const BESIDE = 520; // from this width on
  const COMPACT_NAME = 150; // pixels of a name in a legend whose items share lines

  const legendItem = (run, emphasise, room) => {
    const text = chartText.shortenMiddle(run.name, (room * 12) / 13); // the legend is written at 13 px
    const name = run.href ? make("a", { href: run.href }, text) : make("span", {}, text);
    name.title = runfolio.marked(run.name);
    const on = () => emphasise([run.id]);
    const off = () => emphasise([]);
    const value = make("span", { class: "value", title: run.last === null ? null : String(run.last) }, format.number(run.last));
    return make("li", { "data-run": run.id, onmouseenter: on, onmouseleave: off, onfocusin: on, onfocusout: off }, runfolio.chartSwatch(run), name, value);
  };

  const legend = (ends, emphasise, room, compact) =>
    make("ul", { class: `chart-legend${compact ? " compact" : ""}`, "aria-label": "Runs, in the order in which their lines end" }, ...ends.map((run) => legendItem(run, emphasise, room)));

  const summary = (title, ends) => {
    const known = ends.filter((run) => run.last !== null);
    const listed = known.slice(0, 5).map((run) => `${run.name} ${format.number(run.last)}`);
    const more = known.length > 5 ? `, and ${known.length - 5} more` : "";
    return `${title}. Last values, highest first: ${listed.join(", ")}${more}.`;
  };

  const clock = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "medium", timeZone: "UTC" });

  const day = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeZone: "UTC" });
  const dayOf = (ends) => (day.format(ends[0]) === day.format(ends[1]) ? `time on ${day.format(ends[0])}, UTC` : "time, UTC");

  // How each kind of axis is titled, and how a place on it reads in a sentence and beside a value.
  const AXES = {
    step: () => ({ title: "step", sentence: (x) => `step ${format.number(x)}`, text: format.number }),
    time: (options, unit) => ({
      title: `time since start (${unit.name})`,
      sentence: (x) => `${format.duration(x * unit.size)} after the start`,
      text: (x) => format.duration(x * unit.size),
    }),
    wall: (options, unit, ends) => ({ title: dayOf(ends), sentence: (x) => clock.format(x), text: (x) => clock.format(x) }),
    version: () => ({ title: "version", sentence: (x) => `version ${format.number(x)}`, text: format.number }),
    metric: ({ xTitle }) => ({ title: xTitle, sentence: (x) => `${xTitle} ${format.number(x)}`, text: format.number }),
  };

  // What the chart leaves out, and the way back from a zoom that the chart keeps to itself.
  const caption = (options, notes, range, reset) => {
    const texts = [...notes, ...(options.note ? [options.note] : [])];
    const children = [texts.join(" ")];
    if (range) children.push(make("button", { type: "button", class: "quiet", onclick: reset }, "Show the whole range"));
    return texts.length || range ? make("p", { class: "hint" }, ...children) : "";
  };

  const specOf = ({ xKind, xLog }, { log }) => `curves${xKind === "wall" ? "-wall" : xLog ? "-logx" : ""}${log ? "-log" : ""}`;

  // From the first place to the last, with room for whole dots where points are marked.
  const span = (lines, dots) => {
    const all = lines.filter((line) => line.x.length).flatMap((line) => [line.x[0], line.x.at(-1)]);
    const [low, high] = [Math.min(...all), Math.max(...all)];
    const room = dots ? DOT * (high - low) : 0;
    return [low - room, high + room];
  };

  // What an export holds: the points in full, with the axis by its name.
  const table = (lines, xTitle, yTitle) => ({
    columns: ["run", "name", xTitle, yTitle || "value", ...(lines.some((line) => line.band) ? ["low", "high", "runs"] : [])],
    rows: lines.flatMap((line) => line.x.map((x, place) => [line.id, line.name, x, line.y[place], ...(line.band ? [line.band.low[place], line.band.high[place], line.band.n[place]] : [])])),
  });

  // What a chart is drawn from, whatever its size and zoom: lines in the unit of their axis.
  const prepare = (options) => {
    const xKind = options.xKind || "step";
    const xLog = options.xLog === true && xKind !== "wall";
    const drawable = options.runs.filter((run) => (run.places ?? run.step).length);
    const longest = drawable.reduce((most, run) => Math.max(most, (run.places ?? run.time ?? [0]).at(-1)), 0);
    const unit = xKind === "time" ? chartLines.timeUnit(longest) : { size: 1, name: "" };
    const lines = chartLines.series(drawable, { log: options.log, xLog, xKind, unit });
    const left = lines.reduce((sum, line, index) => sum + drawable[index].value.length - line.x.length, 0);
    const notes = chartLines.missingNotes(options.runs, options.log);
    if (left) notes.push(`${left === 1 ? "1 point is" : `${left} points are`} not above zero on x and can’t be shown there.`);
    const extent = options.whole && !xLog ? options.whole.map((x) => x / unit.size) : span(lines, options.dots && !xLog);
    return { xKind, xLog, unit, lines, notes, extent, axis: AXES[xKind](options, unit, options.range ?? extent) };
  };

  // The data, titles and parameters of the spec; `seen` is the part of the axis to show.
  const fill = ({ xKind, axis }, options, shown, seen) => {
    const rows = chartLines.curveRows(shown);
    return {
      titles: { __x__: axis.title, __y__: options.yTitle || "" },
      data: { rows, lones: options.dots ? rows : chartLines.loneRows(rows), ghosts: chartLines.ghostRows(shown), bands: chartLines.bandRows(shown, options.log), labels: [] },
      signals: { least_step: xKind === "step" || xKind === "version" ? 1 : 1e-9, x_low: seen[0], x_high: seen[1], emphasis: options.emphasis ?? [] },
    };
  };

  const aboutOf = ({ lines, axis }, options, ends) => ({
    title: options.title,
    legend: ends.map(({ name, color, dash }) => ({ name, color: chartRows.runColor(color), dash: chartRows.runDash(dash || 0) })),
    table: () => table(lines, axis.title, options.yTitle),
  });

  // Draws curves; options are described in templates/assets/js/README.md.
  const curves = (element, options) => {
    const view = prepare(options);
    const { lines, unit, extent, axis, xLog } = view;
    if (!lines.some((line) => line.y.some((value) => value !== null))) {
      const above = (options.log || xLog) && lines.length;
      chartHost.empty(element, `${options.title}: ${above ? "no value is above zero, so a logarithmic axis has nothing to show." : "no values to draw."}`);
      return Promise.resolve();
    }
    let range = options.range ?? null;
    const zoom = (next) => {
      const asked = next && next.map((x) => x * unit.size);
      if (options.onRange) return options.onRange(asked);
      range = asked;
      return redraw();
    };

    const draw = async (specs, width, fullHeight = null) => {
      const beside = options.legend !== false && width >= BESIDE;
      const compact = options.legend === "compact" && !beside;
      const seen = range && range.map((x) => (xLog ? Math.max(x / unit.size, extent[0]) : x / unit.size));
      const shown = lines.map((line) => chartLines.clip(line, seen));
      const ends = chartLines.lineEnds(lines, seen?.[1]);
      const filling = {
        ...fill(view, options, shown, seen ?? extent),
        width: beside ? width - legendWidth(width) : width,
        height: fullHeight ?? options.height ?? (width < BESIDE ? 220 : 300),
      };
      const chart = await chartHost.render(specs[specOf(view, options)], filling, summary(options.title, ends), aboutOf(view, options, ends));
      const room = compact ? COMPACT_NAME : beside ? legendWidth(width) - AROUND_NAME : width - 110;
      const emphasise = (ids) => chart.emphasise(ids.length ? ids : (options.emphasis ?? []));
      const list = options.legend === false ? [] : [legend(ends, emphasise, room, compact)];
      runfolio.chartCrosshair.wire(chart, shown, { unit: unit.size, title: axis.sentence, xText: axis.text, axis: options.sync, legend: list[0] });
      runfolio.chartZoom.wire(chart, { whole: extent, log: xLog, isZoomed: range !== null, onZoom: zoom });
      const title = options.legend === false || options.legend === "compact" ? [] : [make("p", { class: "chart-title" }, options.title)];
      const body = make("div", { class: beside ? "chart-body beside" : "chart-body" }, chart.canvas, ...list);
      const below = caption(options, view.notes, options.onRange ? null : range, () => zoom(null));
      return { content: make("div", { class: "chart" }, ...title, body, below), finalize: chart.finalize };
    };

    // A new drawing takes the place of one that had the focus, and the focus with it.
    const redraw = async () => {
      const focused = document.activeElement?.closest(".chart") && element.contains(document.activeElement);
      await chartHost.show(element, draw);
      if (focused && document.activeElement === document.body) element.querySelector(".chart-canvas")?.focus({ preventScroll: true });
    };
    return redraw();
  };

  runfolio.charts = { ...runfolio.charts, curves };
})();

// From runs to points: axes, colours, sizes, facets and a trend, as runfolio/charts/rows.py begins it.

(() => {
  "use strict";

  const node = typeof module === "object";
  const rows = node ? require("./chart-rows.js") : runfolio.chartRows;
  const format = node ? require("../site/format.js") : runfolio.format;
  const text = node ? require("./chart-text.js") : runfolio.chartText;
  const statistics = node ? require("./statistics.js") : runfolio.statistics;

  const LOG_RATIO = 50;
  const PLAIN_SIZE = 80; // as in runfolio/charts/rows.py
  const SIZES = [24, 320]; // the areas of points by size
  const FACETS = 12;
  const GHOSTS = 3000; // points of other facets that are drawn, at most
  const OTHER = "other";
  const NOT_SET = "not set";

  const isCategory = (axis) => axis.kind === "category";

  // "log" where asked for, or by itself where all numbers are positive and span a factor of 50.
  const scaleOf = (axis, values) => {
    if (isCategory(axis)) return "nominal";
    if (axis.kind === "time") return "time";
    const numbers = values.filter(rows.isFinite);
    const positive = numbers.filter((value) => value > 0);
    if (axis.scale) return axis.scale === "log" && positive.length ? "log" : "quantitative";
    const [low, high] = rows.extent(numbers) ?? [0, 0];
    const wide = numbers.length > 0 && positive.length === numbers.length && high / low >= LOG_RATIO;
    return axis.wide !== false && wide ? "log" : "quantitative";
  };

  const categoryOrder = (a, b) => {
    const [x, y] = [a, b].map((one) => (one.trim() === "" ? NaN : Number(one)));
    const [first, second] = [Number.isFinite(x), Number.isFinite(y)];
    if (first && second) return x - y || (a < b ? -1 : 1);
    if (first !== second) return first ? -1 : 1;
    return a < b ? -1 : a > b ? 1 : 0;
  };

  const categoriesOf = (values) => [...new Set(values.map(String))].sort(categoryOrder);

  const hasValue = (axis, scale, value) => {
    if (isCategory(axis)) return value !== null && value !== undefined;
    return rows.isFinite(value) && (scale !== "log" || value > 0);
  };

  // An axis with its scale, its categories, and where a value lies on it.
  const layAxis = (axis, values) => {
    const scale = scaleOf(axis, values);
    const has = (value) => hasValue(axis, scale, value);
    const categories = isCategory(axis) ? categoriesOf(values.filter(has)) : [];
    const places = new Map(categories.map((one, place) => [one, place]));
    return { ...axis, scale, categories, has, place: (value) => (isCategory(axis) ? places.get(String(value)) : value) };
  };

  // Both axes, the points that lie on them and how many don't.
  const layPoints = ({ x, y, points }) => {
    const across = layAxis(x, points.map((point) => point.x));
    const up = layAxis({ wide: false, ...y }, points.map((point) => point.y));
    const shown = points.filter((point) => across.has(point.x) && up.has(point.y));
    return {
      x: across,
      y: up,
      kind: `scatter-${across.scale}-${up.scale}`,
      shown,
      withoutX: points.filter((point) => !across.has(point.x)).length,
      withoutY: points.filter((point) => across.has(point.x) && !up.has(point.y)).length,
    };
  };

  // The colour of each point: its run's (or group's, with a legend given), one of ten by category, or
  // one of a ramp by number.
  const paint = (points, color) => {
    if (!color || color.kind === "given") {
      const legend = (color?.legend ?? []).map((one) => ({ ...one, color: rows.runColor(one.color), dash: [] }));
      return { of: (point) => rows.runColor(point.color), legend, ramp: null };
    }
    if (color.kind === "category") {
      const named = points.map((point) => (point.tint === null || point.tint === undefined ? NOT_SET : String(point.tint)));
      const seen = new Set(named);
      // Colours go by the place among all values, so that a filter doesn't move them.
      const order = color.order ?? categoriesOf(named.filter((one) => one !== NOT_SET));
      const placed = order.map((one, index) => [one === null ? null : String(one), rows.runColor(index)]).filter(([one]) => one !== null);
      const colors = new Map(placed.length > rows.COLORS ? placed.slice(0, rows.COLORS - 1) : placed);
      const nameOf = (one) => (colors.has(one) ? one : one === NOT_SET ? NOT_SET : OTHER);
      const legend = [...colors.keys()].filter((name) => seen.has(name)).sort(categoryOrder).map((name) => ({ name, color: colors.get(name), dash: [] }));
      for (const rest of [OTHER, NOT_SET]) if (named.some((one) => !colors.has(one) && nameOf(one) === rest)) legend.push({ name: rest, color: "var(--muted)", dash: [] });
      const of = (point) => colors.get(String(point.tint)) ?? "var(--muted)";
      return { of, legend, ramp: null };
    }
    const range = rows.valueRange(points.map((point) => ({ value: point.tint })));
    const write = color.format ?? format.number;
    const ramp = range && { title: color.title, low: write(range[0]), high: write(range[1]), colors: rows.sequenceColors() };
    return { of: (point) => rows.valueColor(point.tint, range), legend: [], ramp };
  };

  // Smaller where many would hide each other.
  const plainSize = (count) => (count > 400 ? 26 : count > 120 ? 46 : PLAIN_SIZE);

  const sizer = (points, size, drawn = points.length) => {
    const range = size && rows.valueRange(points.map((point) => ({ value: point.size })));
    if (!range) return { of: () => plainSize(drawn), range: null };
    const share = (value) => (range[1] > range[0] ? (value - range[0]) / (range[1] - range[0]) : 0.5);
    return { of: (point) => (rows.isFinite(point.size) ? SIZES[0] + share(point.size) * (SIZES[1] - SIZES[0]) : SIZES[0]), range };
  };

  const pointRows = ({ x, y }, points, color, size) => points.map((point) => ({ run: point.id, name: point.name, x: x.place(point.x), y: y.place(point.y), color: color.of(point), size: size.of(point) }));

  // The points by the value of a column, the most first; what is too rare is told in `left`.
  const facets = (points) => {
    const groups = new Map();
    for (const point of points) {
      const name = point.facet === null || point.facet === undefined ? NOT_SET : String(point.facet);
      if (groups.has(name)) groups.get(name).push(point);
      else groups.set(name, [point]);
    }
    const names = [...groups.keys()].sort((a, b) => groups.get(b).length - groups.get(a).length || categoryOrder(a, b));
    const kept = names.slice(0, FACETS).sort(categoryOrder);
    return { groups: kept.map((name) => ({ name, points: groups.get(name) })), left: names.length - kept.length };
  };

  // The other facets' points, faint, so that all facets share their axes; of very many the outermost.
  const ghosts = ({ x, y }, all, own) => {
    const ghost = (point) => ({ x: x.place(point.x), y: y.place(point.y), run: "", name: "", color: "var(--rule)", size: plainSize(all.length) / 2 });
    if (all.length > GHOSTS) {
      const ends = (axis, key) => [-1, 1].map((sign) => all.reduce((one, other) => (sign * axis.place(other[key]) > sign * axis.place(one[key]) ? other : one)));
      return [...ends(x, "x"), ...ends(y, "y")].map(ghost);
    }
    const mine = new Set(own);
    return all.filter((point) => !mine.has(point)).map(ghost);
  };

  const STRENGTHS = [[0.2, "no clear"], [0.4, "a weak"], [0.6, "a moderate"], [0.8, "a strong"], [Infinity, "a very strong"]];

  // Least squares over both axes as they are drawn: {ends: [{x, y}, {x, y}], r, n}; null without a line.
  const trend = ({ x, y, shown }) => {
    if (x.scale === "nominal" || y.scale === "nominal" || shown.length < 3) return null;
    const [toX, toY] = [x, y].map((axis) => (axis.scale === "log" ? Math.log10 : Number));
    const [xs, ys] = [shown.map((point) => toX(point.x)), shown.map((point) => toY(point.y))];
    const r = statistics.pearson(xs, ys);
    const [spreadX, spreadY] = [statistics.deviation(xs), statistics.deviation(ys)];
    if (r === null || !spreadX) return null;
    const slope = (r * spreadY) / spreadX;
    const [middleX, middleY] = [statistics.mean(xs), statistics.mean(ys)];
    const back = (axis, value) => (axis.scale === "log" ? 10 ** value : value);
    const ends = rows.extent(xs).map((at) => ({ x: back(x, at), y: back(y, middleY + slope * (at - middleX)) }));
    return { ends, r, n: shown.length };
  };

  const signed = (value, digits = 2) => (Math.round(value * 10 ** digits) / 10 ** digits + 0).toFixed(digits).replace("-", "−");

  // How a trend was found: "least squares, lr and loss logarithmic".
  const trendMethod = ({ x, y }) => {
    const logs = [x, y].filter((axis) => axis.scale === "log").map((axis) => text.plainTitle(axis.title));
    return `least squares${logs.length ? `, ${logs.join(" and ")} logarithmic` : ""}`;
  };

  const strengthOf = ({ r, n }) => {
    const strength = STRENGTHS.find(([limit]) => Math.abs(r) < limit)[1];
    const way = Math.abs(r) < 0.2 ? "trend" : r > 0 ? "rise" : "fall";
    return `${strength} ${way}, r = ${signed(r)} over ${n} runs`;
  };

  // "Trend: a strong fall, r = −0.71 over 24 runs (least squares, lr logarithmic)."
  const trendWords = (trend, laid) => `Trend: ${strengthOf(trend)} (${trendMethod(laid)}).`;

  // The same for the trend of each facet; null where none has one.
  const facetTrendWords = (parts, laid) => {
    const found = parts.filter((part) => part.trend).map(({ name, trend }) => `${name}: ${strengthOf(trend)}`);
    return found.length ? `Trends: ${found.join("; ")} (${trendMethod(laid)}).` : null;
  };

  const chartPoints = { PLAIN_SIZE, NOT_SET, scaleOf, layPoints, paint, sizer, pointRows, facets, ghosts, trend, trendWords, facetTrendWords, signed };
  if (typeof runfolio !== "undefined") runfolio.chartPoints = chartPoints;
  if (typeof module === "object") module.exports = chartPoints;
})();

// One point per run, anything by anything. The nearest point says its name; a click opens it.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { make, chartHost, chartPoints, chartRows, chartText, format } = runfolio;
  const LABELS = 12;
  const LABELLED = 200; // points; among more of them names would cover what they are of
  const REACH = 28; // pixels from the pointer to the nearest point
  const NARROW = 520;
  const FACET = 190; // pixels a facet needs

  const nearest = (chart, rows, { x, y }) => {
    const [across, down] = [chart.view.scale("x"), chart.view.scale("y")];
    let found = null;
    for (const row of rows) {
      const distance = Math.hypot(across(row.x) - x, down(row.y) - y);
      if (distance <= REACH && (!found || distance < found.distance)) found = { row, distance, x: across(row.x), y: down(row.y) };
    }
    return found;
  };

  // The best points say their names where there is room.
  const label = async (chart, rows, direction) => {
    const [across, down] = [chart.view.scale("x"), chart.view.scale("y")];
    const sign = direction === "up" ? -1 : 1;
    const ordered = [...rows].sort((a, b) => sign * (a.y - b.y));
    const placed = chartText.placeLabels(ordered.map((row) => ({ x: across(row.x), y: down(row.y), name: runfolio.marked(row.name) })), { width: chart.view.width(), widest: chart.view.width() / 3, most: LABELS });
    const labels = placed.map(({ index, text, side }) => ({ run: ordered[index].run, x: ordered[index].x, y: ordered[index].y, text, side }));
    await chart.view.data("labels", labels).runAsync();
  };

  const written = (axis, value) => {
    if (axis.format && chartRows.isFinite(value)) return axis.format(value);
    if (typeof value === "number") return format.number(value);
    return value === null || value === undefined ? chartPoints.NOT_SET : chartText.shortenMiddle(String(value), 160);
  };

  const missing = ({ points }, { x, y, withoutX, withoutY }) => {
    const lacking = [[withoutX, x], [withoutY, y]].filter(([number]) => number);
    return lacking.map(([number, axis], index) => {
      const what = `${chartText.plainTitle(axis.title)}${axis.scale === "log" ? " above 0" : ""}`;
      return `${number}${index ? "" : ` of ${format.count(points.length, "run")}`} ${number === 1 ? "has" : "have"} no ${what}`;
    });
  };

  const NO_TREND = "A trend line needs three runs and numbers on both axes.";

  const hint = (options, laid, { parts, sizes, left, drawn, among }) => {
    const lacking = missing(options, laid);
    const notes = lacking.length ? [`${lacking.join(", ")}.`] : [];
    if (drawn < among) notes.push(chartRows.thinWords(drawn, among));
    const [{ name, trend }] = parts;
    const trends = () => (name !== null ? chartPoints.facetTrendWords(parts, laid) : trend && chartPoints.trendWords(trend, laid));
    if (options.trend) notes.push(trends() ?? NO_TREND);
    if (sizes.range) notes.push(`Size: ${options.size.title} from ${written(options.size, sizes.range[0])} to ${written(options.size, sizes.range[1])}.`);
    if (left) notes.push(`${left} more ${left === 1 ? "value" : "values"} of ${options.facet.title} left out.`);
    return notes.length ? make("p", { class: "hint" }, notes.join(" ")) : "";
  };

  const tip = (point, { x, y, color, size, facet }) => {
    const extra = [[color, point.tint], [size, point.size], [facet, point.facet]].filter(([column]) => column && column.title !== x.title && column.title !== y.title);
    return {
      title: point.name,
      rows: [[x, point.x], [y, point.y], ...extra].map(([column, value]) => ({ name: column.title, value: written(column, value) })),
    };
  };

  const wire = (charts, options) => {
    const byId = new Map(charts.flatMap(({ points }) => points.map((point) => [point.id, point])));
    let current = null;
    const emphasise = (ids) => charts.forEach(({ chart }) => chart.emphasise(ids));
    const leave = () => {
      if (current !== null) emphasise([]);
      current = null;
      charts.forEach(({ chart }) => chart.tooltip.hide());
    };
    for (const { chart, rows } of charts) {
      const move = (event) => {
        const place = chart.point(event);
        const found = nearest(chart, rows, place);
        if (!found) return leave();
        if (current !== found.row.run) emphasise([found.row.run]);
        current = found.row.run;
        return chart.tooltip.show(tip(byId.get(current), options), found.x + place.left, found.y + place.top);
      };
      chart.canvas.addEventListener("pointermove", move);
      chart.canvas.addEventListener("pointerleave", leave);
      chart.canvas.addEventListener("click", (event) => {
        const found = nearest(chart, rows, chart.point(event));
        if (!found) return;
        if (event.detail && matchMedia("(hover: none)").matches && current !== found.row.run) move(event);
        else chartHost.open(byId.get(found.row.run).href, event);
      });
    }
  };

  const rangeWords = (axis, values) => {
    if (axis.scale === "nominal") return `${axis.title}: ${format.count(axis.categories.length, "value")}`;
    const [low, high] = chartRows.extent(values);
    return `${chartText.plainTitle(axis.title)} from ${written(axis, low)} to ${written(axis, high)}`;
  };

  // What the chart shows, for who can't see it.
  const summary = (title, laid, line) => {
    const { x, y, shown } = laid;
    const parts = [`${title}.`, `${rangeWords(x, shown.map((point) => point.x))}; ${rangeWords(y, shown.map((point) => point.y))}.`];
    const direction = y.direction ?? chartRows.titleDirection(y.title);
    if (direction && y.scale !== "nominal") {
      const best = shown.reduce((one, other) => ((direction === "down" ? other.y < one.y : other.y > one.y) ? other : one));
      parts.push(`Best: ${best.name}, ${written(y, best.y)} at ${written(x, best.x)}.`);
    }
    if (line) parts.push(chartPoints.trendWords(line, laid));
    return parts.join(" ");
  };

  const table = ({ x, y, color, size, facet, points }) => {
    const extra = [[color, "tint"], [size, "size"], [facet, "facet"]].filter(([column], place, all) => column && ![x, y, ...all.slice(0, place).map(([one]) => one)].some((one) => one?.title === column.title));
    const keys = ["id", "name", "x", "y", ...extra.map(([, key]) => key)];
    return { columns: ["run", "name", ...[x, y, ...extra.map(([column]) => column)].map((column) => chartText.plainTitle(column.title))], rows: points.map((point) => keys.map((key) => point[key])) };
  };

  const legendList = (legend) => make("ul", { class: "chart-key" }, ...legend.map(({ name, color }) => make("li", {}, runfolio.chartDot(color), name)));

  // Draws points; options are described in templates/assets/js/README.md.
  const scatter = (element, options) => {
    const laid = chartPoints.layPoints(options);
    const { x, y, shown } = laid;
    const title = `${chartText.plainTitle(y.title)} by ${chartText.plainTitle(x.title)}${options.facet ? `, for each ${options.facet.title}` : ""}, ${format.count(shown.length, "run")}`;
    if (!shown.length) {
      chartHost.empty(element, `No run has both ${x.title} and ${y.title}.`);
      return Promise.resolve();
    }
    const colors = chartPoints.paint(shown, options.color);
    const { groups, left } = options.facet ? chartPoints.facets(shown) : { groups: [{ name: null, points: shown }], left: 0 };
    const parts = groups.map(({ name, points }) => ({ name, points, trend: options.trend ? chartPoints.trend({ ...laid, shown: points }) : null, drawn: chartRows.thin(points, Math.ceil(chartRows.DRAWN / groups.length)) }));
    const [drawn, among] = ["drawn", "points"].map((key) => parts.reduce((sum, part) => sum + part[key].length, 0));
    const sizes = chartPoints.sizer(shown, options.size, drawn);
    const about = { title, legend: colors.legend, ramp: colors.ramp, table: () => table(options) };
    return chartHost.show(element, async (specs, width, tall) => {
      const columns = groups.length > 1 ? Math.max(1, Math.min(groups.length, Math.floor(width / FACET))) : 1;
      const cell = Math.floor((width - (columns - 1) * 16) / columns);
      const band = (cell - 64) / Math.max(x.categories.length, 1) - 8;
      const height = tall ? Math.max(tall / Math.ceil(groups.length / columns) - 24, 180) : groups.length > 1 ? 190 : width < NARROW ? 240 : (options.height ?? 280);
      const draw = async ({ name, points, trend: own, drawn: some }) => {
        const rows = chartPoints.pointRows(laid, some, colors, sizes);
        const filling = {
          titles: { __x__: x.title, __y__: y.title },
          data: { rows: [...(name === null ? [] : chartPoints.ghosts(laid, shown, points)), ...rows.map((row) => ({ ...row }))], labels: [], trend: own ? own.ends : [] },
          signals: { categories: x.categories.map((text) => chartText.shortenMiddle(text, Math.max(band, 40))), y_categories: y.categories.map((text) => chartText.shortenMiddle(text, cell / 4)) },
          width: cell,
          height: y.scale === "nominal" ? Math.max(height, y.categories.length * 18 + 60) : height,
        };
        const part = name === null ? null : `${options.facet.title} ${name}`;
        const chart = await chartHost.render(specs[laid.kind], filling, summary(part ? `${title}: ${part}` : title, { ...laid, shown: points }, own), { ...about, columns, part });
        if (cell >= NARROW && rows.length <= LABELLED) await label(chart, rows, y.direction ?? chartRows.titleDirection(y.title));
        return { chart, rows, name, points: some };
      };
      const charts = [];
      for (const part of parts) charts.push(await draw(part));
      wire(charts, options);
      const canvases = charts.map(({ chart, name }) => (name === null ? chart.canvas : make("div", {}, make("p", { class: "facet-title" }, make("span", {}, options.facet.title), ` ${name}`), chart.canvas)));
      const body = groups.length > 1 ? make("div", { class: "chart-facets" }, ...canvases) : canvases[0];
      if (groups.length > 1) body.style.gridTemplateColumns = `repeat(${columns}, minmax(0, 1fr))`;
      const content = make(
        "div",
        { class: "chart" },
        make("p", { class: "chart-title" }, title),
        ...(colors.legend.length ? [legendList(colors.legend)] : []),
        ...(colors.ramp ? [runfolio.chartRamp(colors.ramp)] : []),
        body,
        hint(options, laid, { parts, sizes, left, drawn, among }),
      );
      return { content, finalize: () => charts.forEach(({ chart }) => chart.finalize()) };
    });
  };

  runfolio.charts = { ...runfolio.charts, scatter };
})();

// Parallel coordinates: hovering brings a run forward, dragging along an axis picks runs.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { make, chartHost, chartRows, chartText, format } = runfolio;
  const ROOM = 92; // pixels an axis needs to stand beside the next one
  const REACH = 14;
  const BOLD = 1.15; // how much wider than other texts the titles of axes are
  const TITLE = 60; // pixels from the middle of an axis's title where it can be held
  const HEIGHT = 260;
  const LINE = 14; // pixels a label needs above and below the next one

  // Pixels of each run's line, and between pixels and (axis, level).
  const geometry = (chart, rows, narrow) => {
    const [across, along] = [chart.view.scale(narrow ? "y" : "x"), chart.view.scale(narrow ? "x" : "y")];
    const place = ({ at, level }) => (narrow ? [along(level), across(at)] : [across(at), along(level)]);
    const lines = new Map();
    for (const row of rows) {
      if (!lines.has(row.run)) lines.set(row.run, []);
      lines.get(row.run).push(place(row));
    }
    const closest = ({ x, y }, count) => Math.min(Math.max(Math.round(across.invert(narrow ? y : x)), 0), count - 1);
    const axisAt = (place, count) => {
      const at = closest(place, count);
      return Math.abs(across(at) - (narrow ? place.y : place.x)) <= 12 ? at : null;
    };
    // The axis whose title is there; titles stand above the axes, on a narrow screen above each.
    const titleAt = (place, count) => {
      const at = closest(place, count);
      const above = narrow ? across(at) - place.y : along(1) - place.y;
      const beside = narrow ? place.x - along(0) : Math.abs(across(at) - place.x);
      return above > 7 && above < 30 && beside < TITLE ? at : null;
    };
    return { lines, axisAt, titleAt, closest, levelAt: ({ x, y }) => along.invert(narrow ? x : y) };
  };

  const nearestRun = (lines, { x, y }, among) => {
    let found = null;
    for (const [id, line] of lines) {
      if (among && !among.has(id)) continue;
      const distance = chartRows.distanceTo(line, x, y);
      if (distance <= REACH && (!found || distance <= found.distance)) found = { id, distance };
    }
    return found && found.id;
  };

  const tip = (run, dimensions, colorTitle) => ({
    title: run.name,
    rows: [
      ...(run.texts ? dimensions.map((one, at) => ({ name: one.title, value: run.texts[at] ?? "not set" })) : []),
      ...(run.texts && dimensions.some((one) => one.title === colorTitle) ? [] : [{ name: colorTitle, value: format.number(run.value) }]),
    ],
  });

  const wire = (chart, shape, { dimensions, runs, colorTitle, onBrush, onMove }, brushes, note) => {
    const byId = new Map(runs.map((run) => [run.id, run]));
    let drag = null;
    let current = null;
    const picked = () => (brushes.length ? chartRows.brushedRuns(runs, brushes) : []);
    const rest = () => chart.emphasise(brushes.length ? [...picked(), ""] : []);
    const leave = () => {
      if (current !== null) rest();
      current = null;
      chart.tooltip.hide();
    };
    const paint = () => {
      chart.view.data("brushes", brushes.map((brush) => ({ ...brush })));
      rest();
      note();
    };
    const tell = () => onBrush?.(brushes.map((brush) => ({ ...brush })));
    const hover = (event) => {
      const place = chart.point(event);
      chart.canvas.classList.toggle("movable", Boolean(onMove) && shape.titleAt(place, dimensions.length) !== null);
      const id = nearestRun(shape.lines, place, brushes.length ? new Set(picked()) : null);
      if (id === null) return leave();
      if (current !== id) chart.emphasise([id]);
      current = id;
      return chart.tooltip.show(tip(byId.get(id), dimensions, colorTitle), place.x + place.left, place.y + place.top);
    };
    const setBrush = (at, low, high) => {
      const others = brushes.filter((brush) => brush.at !== at);
      brushes.splice(0, brushes.length, ...others, ...(low === null ? [] : [{ at, low, high }]));
    };
    const moveAxis = (place) => {
      const to = shape.closest(place, dimensions.length);
      const text = to === drag.move ? "Drag to another place" : `To place ${to + 1} of ${dimensions.length}`;
      chart.tooltip.show({ title: dimensions[drag.move].title, note: text }, place.x + place.left, place.y + place.top);
      drag.to = to;
    };
    chart.canvas.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      const place = chart.point(event);
      const move = onMove ? shape.titleAt(place, dimensions.length) : null;
      const at = shape.axisAt(place, dimensions.length);
      if (move !== null) drag = { move, to: move };
      else if (at !== null) drag = { at, from: shape.levelAt(place), moved: false };
      else return;
      event.preventDefault();
      chart.canvas.setPointerCapture(event.pointerId);
      chart.tooltip.hide();
    });
    chart.canvas.addEventListener("pointermove", (event) => {
      if (!drag) return hover(event);
      if (drag.move !== undefined) return moveAxis(chart.point(event));
      const level = Math.min(Math.max(shape.levelAt(chart.point(event)), chartRows.NOT_SET - 0.03), 1.02);
      drag.moved = drag.moved || Math.abs(level - drag.from) > 0.015;
      if (drag.moved) setBrush(drag.at, Math.min(drag.from, level), Math.max(drag.from, level));
      return paint();
    });
    const drop = () => {
      const dropped = drag;
      drag = null;
      if (!dropped) return;
      chart.tooltip.hide();
      if (dropped.move !== undefined) {
        if (dropped.to !== dropped.move) onMove(dropped.move, dropped.to);
        return;
      }
      const had = brushes.length;
      if (!dropped.moved) setBrush(dropped.at, null);
      paint();
      if (dropped.moved || had !== brushes.length) tell();
    };
    chart.canvas.addEventListener("pointerup", drop);
    chart.canvas.addEventListener("pointercancel", drop);
    chart.canvas.addEventListener("pointerleave", leave);
    return () => {
      brushes.splice(0);
      paint();
      tell();
    };
  };

  const labels = (dimensions, runs, direction, narrow, room) => {
    const best = chartRows.findBest(runs, direction);
    if (narrow || best === null || best.positions.at(-1) === null) return [];
    return [{ at: dimensions.length - 1, level: best.positions.at(-1), text: chartText.shortenMiddle(best.name, room) }];
  };

  const shorten = (rows, key, width) => rows.map((row) => ({ ...row, [key]: chartText.shortenMiddle(row[key], width) }));

  const axisLabels = (ticks, { narrow, width, between, height }) => {
    if (!narrow) return chartText.fitLabels(ticks, between - 26, (level) => [level * height, level * height + LINE]);
    const widest = Math.max(48, width / ticks.length - 10);
    const length = width * 0.84;
    return chartText.fitLabels(ticks, widest, (level, label) => {
      const room = chartText.textWidth(label) + 6;
      const start = level * length - (level > 0.9 ? room : level >= 0 && level < 0.1 ? 0 : room / 2);
      return [start, start + room];
    });
  };

  // What the chart shows, for who can't see it.
  const summary = (title, { dimensions, runs }, direction) => {
    const best = chartRows.findBest(runs, direction);
    const how = best?.texts ? `: ${dimensions.map((one, at) => `${chartText.plainTitle(one.title)} ${best.texts[at] ?? "not set"}`).join(", ")}` : "";
    return `${title}.${best ? ` Best: ${best.name}${how}.` : ""}`;
  };

  // Draws parallel coordinates; options are described in templates/assets/js/README.md.
  const parallel = (element, options) => {
    const { dimensions, runs, colorTitle, total = runs.length } = options;
    if (dimensions.length < 2 || !runs.length) {
      chartHost.empty(element, "There is nothing that differs between these runs to lay side by side.");
      return Promise.resolve();
    }
    const direction = options.direction ?? chartRows.titleDirection(colorTitle);
    const range = chartRows.valueRange(runs);
    const pickedIn = (brushes) => options.pickedIn?.(brushes) ?? chartRows.brushedRuns(runs, brushes).length;
    const ramp = range && { title: colorTitle, low: format.number(range[0]), high: format.number(range[1]), colors: chartRows.sequenceColors() };
    const params = dimensions.filter((one) => one.title !== colorTitle).length;
    const title = `${chartText.plainTitle(colorTitle)} across ${format.count(params, "parameter")}, ${format.count(total, "run")}`;
    const brushes = (options.brushes ?? []).map((brush) => ({ ...brush }));
    const listed = () => runs.map((run) => [run.id, run.name, ...(run.values ?? run.texts ?? run.positions)]);
    const table = () => ({ columns: ["run", "name", ...dimensions.map((one) => chartText.plainTitle(one.title))], rows: options.listed?.() ?? listed() });
    return chartHost.show(element, async (specs, width, tall) => {
      const narrow = width / dimensions.length < ROOM;
      const between = narrow ? width : (width - 64) / dimensions.length;
      const height = tall && !narrow ? tall - 60 : (options.height ?? HEIGHT + 60) - 60;
      const rows = chartRows.parallelRows(runs, direction);
      const ticks = chartRows.tickRows(dimensions, runs);
      const filling = {
        data: {
          rows: rows.map((row) => ({ ...row })),
          axes: shorten(chartRows.axisRows(dimensions), "title", between / BOLD - 8),
          ticks: dimensions.flatMap((_, at) => axisLabels(ticks.filter((tick) => tick.at === at), { narrow, width, between, height })),
          labels: labels(dimensions, runs, direction, narrow, width / 8),
          brushes: [],
        },
        signals: { opacity: runs.length > 300 ? 0.4 : runs.length > 100 ? 0.65 : 0.85 },
        width,
        height: narrow ? dimensions.length * 68 + 24 : height + 60,
      };
      const chart = await chartHost.render(specs[narrow ? "parallel-narrow" : "parallel"], filling, summary(title, options, direction), { title, ramp, table });
      const note = make("p", { class: "hint" });
      const hint = `Drag along an axis to pick the runs that pass there${options.onMove ? ", or drag its title to move it" : ""}.`;
      let clear = () => {};
      const drawn = chartRows.thinWords(runs.length, total);
      const say = () => {
        if (!brushes.length) note.replaceChildren(make("span", { class: "on-screen" }, hint), ` ${drawn}`);
        else note.replaceChildren(`${pickedIn(brushes).toLocaleString("en")} of ${format.count(total, "run")} picked. `, make("button", { type: "button", class: "quiet", onclick: () => clear() }, "Clear"));
      };
      clear = wire(chart, geometry(chart, rows, narrow), options, brushes, say);
      say();
      if (brushes.length) await chart.view.data("brushes", brushes.map((one) => ({ ...one }))).signal("emphasis", [...chartRows.brushedRuns(runs, brushes), ""]).runAsync();
      const head = make("p", { class: "chart-title" }, title);
      const content = make("div", { class: "chart" }, head, ...(ramp ? [runfolio.chartRamp(ramp)] : []), chart.canvas, note);
      return { content, finalize: chart.finalize };
    });
  };

  runfolio.charts = { ...runfolio.charts, parallel };
})();

// One bar per run in the order given, with its value at the end; a click opens the run.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { make, chartHost, chartRows, chartText } = runfolio;
  const NAMES = 0.42; // of the width, at most
  const STEP = 26; // pixels a bar and its gap take, as in runfolio/charts/bars.py

  const barAt = (chart, rows, { y }) => {
    const scale = chart.view.scale("y");
    return rows.find((row) => y >= scale(row.order) - 3 && y <= scale(row.order) + scale.bandwidth() + 3) || null;
  };

  const wire = (chart, rows, bars, xTitle) => {
    let current = null;
    const leave = () => {
      if (current !== null) chart.emphasise([]);
      current = null;
      chart.tooltip.hide();
    };
    chart.canvas.addEventListener("pointermove", (event) => {
      const place = chart.point(event);
      const row = barAt(chart, rows, place);
      if (!row) return leave();
      if (current !== row.run) chart.emphasise([row.run]);
      current = row.run;
      const bar = bars[row.order];
      const full = chartRows.isFinite(bar.value) ? String(bar.value) : "no value";
      return chart.tooltip.show({ title: bar.name, rows: [{ name: xTitle, value: full }], note: bar.note }, place.x + place.left, place.y + place.top);
    });
    chart.canvas.addEventListener("pointerleave", leave);
    chart.canvas.addEventListener("click", (event) => {
      const row = barAt(chart, rows, chart.point(event));
      if (row) chartHost.open(bars[row.order].href, event);
    });
  };

  // Draws bars; options are described in templates/assets/js/README.md.
  const bars = (element, { title, xTitle, note, what = "run", bars: given }) => {
    if (!given.length) {
      chartHost.empty(element, `${title}: no run has a value.`);
      return Promise.resolve();
    }
    const rows = chartRows.barRows(given);
    const label = `${title}. ${rows.slice(0, 5).map((row) => `${row.name} ${row.text}`).join(", ")}${rows.length > 5 ? `, and ${rows.length - 5} more` : ""}.`;
    const spans = given.some((bar) => chartRows.isFinite(bar.low));
    const table = () => ({ columns: [what, "name", chartText.plainTitle(xTitle), ...(spans ? ["low", "high"] : [])], rows: given.map((bar) => [bar.id, bar.name, bar.value, ...(spans ? [bar.low, bar.high] : [])]) });
    return chartHost.show(element, async (specs, width) => {
      const filling = {
        titles: { __x__: xTitle },
        data: { rows: rows.map((row) => ({ ...row, name: chartText.shortenMiddle(row.name, width * NAMES) })) },
        width,
        height: STEP * rows.length + 36,
      };
      const chart = await chartHost.render(specs.bars, filling, label, { title, table });
      wire(chart, rows, given, xTitle);
      const content = make("div", { class: "chart" }, make("p", { class: "chart-title" }, title), chart.canvas, note ? make("p", { class: "hint" }, note) : "");
      return { content, finalize: chart.finalize };
    });
  };

  runfolio.charts = { ...runfolio.charts, bars };
})();

// What charts of coloured cells share: round ticks, texts that fit, and reading cells and points.

(() => {
  "use strict";

  // Round numbers between two ends, about `count` of them.
  const roundTicks = (low, high, count) => {
    if (!(high > low)) return [low];
    const rough = (high - low) / Math.max(count, 1);
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].find((factor) => factor * power >= rough * 0.999) * power;
    const first = Math.ceil(low / step - 1e-9);
    const last = Math.floor(high / step + 1e-9);
    return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
  };

  if (typeof module === "object") module.exports = { roundTicks };
  if (typeof document === "undefined") return;

  const { chartHost, chartText } = runfolio;
  const REACH = 12;

  const cellAt = (cells, x, y) => cells.find((cell) => x >= cell.x && x <= cell.x2 && y >= cell.y && y <= cell.y2) ?? null;

  const wire = (chart, { cells, points }) => {
    const [across, down] = [chart.view.scale("x"), chart.view.scale("y")];
    let current = null;
    const leave = () => {
      if (current === null) return;
      current = null;
      chart.tooltip.hide();
      chart.view.data("marks", []).signal("emphasis", []).runAsync();
    };
    const find = ({ x, y }) => {
      const near = points.map((point) => ({ point, distance: Math.hypot(across(point.x) - x, down(point.y) - y) })).filter(({ distance }) => distance <= REACH);
      if (near.length) return near.reduce((best, one) => (one.distance < best.distance ? one : best)).point;
      return cellAt(cells, across.invert(x), down.invert(y));
    };
    chart.canvas.addEventListener("pointermove", (event) => {
      const place = chart.point(event);
      const found = find(place);
      if (!found) return leave();
      if (found !== current) {
        const { x, x2, y, y2 } = found;
        const mark = found.run === undefined && !found.smooth ? [{ x, x2, y, y2 }] : [];
        chart.view.data("marks", mark).signal("emphasis", found.run === undefined ? [] : [found.run]).runAsync();
      }
      current = found;
      return chart.tooltip.show(found.tip(), place.x + place.left, place.y + place.top);
    });
    chart.canvas.addEventListener("pointerleave", leave);
    chart.canvas.addEventListener("click", (event) => {
      const found = find(chart.point(event));
      if (found?.href) chartHost.open(found.href, event);
    });
  };

  const bare = ({ tip, href, smooth, ...row }) => row;

  // Draws cells {x, x2, y, y2, color, tip()}, points {run, x, y, color, href, tip()}, texts and names.
  const draw = async (specs, { x, y, cells, points = [], texts = [], names = [], width, height }, label, about) => {
    const filling = {
      titles: { __x__: x.title, __y__: y.title },
      data: { rows: cells.map(bare), points: points.map(bare), texts: texts.map((row) => ({ ...row })), names: names.map((row) => ({ ...row })), marks: [] },
      signals: Object.fromEntries(Object.entries({ x, y }).flatMap(([name, axis]) => [[`${name}_low`, axis.low], [`${name}_high`, axis.high], [`${name}_ticks`, axis.ticks], [`${name}_labels`, axis.labels]])),
      width,
      height,
    };
    const chart = await chartHost.render(specs.cells, filling, label, about);
    wire(chart, { cells, points });
    return chart;
  };

  // The labels of places along an axis, each shortened to what it has of `length` pixels.
  const shortLabels = (labels, length) => labels.map((label) => chartText.shortenMiddle(label, Math.max(length / labels.length - 6, 16)));

  runfolio.chartCells = { draw, roundTicks, shortLabels };
})();

// How a distribution moves over the steps of a run: a column of cells for each histogram.

(() => {
  "use strict";

  const { COUNTS: SHADES, thin } = typeof module === "object" ? require("./chart-rows.js") : runfolio.chartRows;

  const BINS = 40;
  const COLUMNS = 64;

  // Counts spread over other edges in proportion to how far the bins overlap, as shares of all.
  const rebin = ({ edges, counts }, targets) => {
    const total = counts.reduce((sum, count) => sum + count, 0);
    const shares = new Array(targets.length - 1).fill(0);
    counts.forEach((count, index) => {
      const [low, high] = [edges[index], edges[index + 1]];
      for (let at = 0; at < shares.length; at += 1) {
        const overlap = Math.min(high, targets[at + 1]) - Math.max(low, targets[at]);
        if (overlap > 0 && high > low) shares[at] += (count / total) * (overlap / (high - low));
      }
    });
    return shares;
  };

  // From where to where the column of each step reaches: halfway to its neighbours.
  const spans = (steps) =>
    steps.map((step, index) => {
      const before = index ? (step - steps[index - 1]) / 2 : null;
      const after = index < steps.length - 1 ? (steps[index + 1] - step) / 2 : null;
      return [step - (before ?? after ?? 0.5), step + (after ?? before ?? 0.5)];
    });

  // The cells of histograms in the order of their steps: {x, x2, y, y2, share, step}, with the edges.
  const layHistograms = (histograms) => {
    const shown = thin([...histograms].filter(({ counts }) => counts.some((count) => count > 0)).sort((a, b) => a.step - b.step), COLUMNS);
    const low = Math.min(...shown.map(({ edges }) => edges[0]));
    const high = Math.max(...shown.map(({ edges }) => edges.at(-1)));
    const edges = Array.from({ length: BINS + 1 }, (_, index) => low + ((high - low) * index) / BINS);
    const reach = spans(shown.map(({ step }) => step));
    const cells = shown.flatMap((one, index) => rebin(one, edges).map((share, at) => ({ x: reach[index][0], x2: reach[index][1], y: edges[at], y2: edges[at + 1], share, step: one.step })));
    return { shown, low, high, reach, cells: cells.filter(({ share }) => share > 0) };
  };

  if (typeof module === "object") module.exports = { rebin, spans, layHistograms };
  if (typeof document === "undefined") return;

  const { make, chartHost, chartCells, format } = runfolio;
  const percent = (share) => `${format.number(share * 100, 2)} %`;

  // Draws histograms over steps; options are described in templates/assets/js/README.md.
  const histograms = (element, { title, xTitle = "step", yTitle = "", histograms: given }) => {
    const laid = layHistograms(given);
    if (!laid.shown.length) {
      chartHost.empty(element, `${title}: no values to draw.`);
      return Promise.resolve();
    }
    const most = Math.max(...laid.cells.map(({ share }) => share));
    const cells = laid.cells.map((cell) => ({
      ...cell,
      color: SHADES[Math.min(Math.floor(Math.sqrt(cell.share / most) * SHADES.length), SHADES.length - 1)],
      tip: () => ({ title: `${xTitle} ${format.number(cell.step)}`, rows: [{ name: `${format.number(cell.y, 3)} – ${format.number(cell.y2, 3)}`, value: percent(cell.share) }] }),
    }));
    const middle = ({ edges, counts }) => {
      const half = counts.reduce((sum, count) => sum + count, 0) / 2;
      let sum = 0;
      const at = counts.findIndex((count) => (sum += count) >= half);
      return (edges[at] + edges[at + 1]) / 2;
    };
    const [first, last] = [laid.shown[0], laid.shown.at(-1)];
    const summary = `${title}, ${format.count(given.length, "histogram")}. Median about ${format.number(middle(first), 3)} at ${xTitle} ${first.step}, ${format.number(middle(last), 3)} at ${xTitle} ${last.step}; values from ${format.number(laid.low)} to ${format.number(laid.high)}.`;
    const table = () => ({ columns: [xTitle, "from", "to", "count"], rows: given.flatMap(({ step, edges, counts }) => counts.map((count, index) => [step, edges[index], edges[index + 1], count])) });
    const ramp = { title: "share of values", low: "0", high: percent(most), colors: SHADES };
    return chartHost.show(element, async (specs, width, tall) => {
      const steps = laid.shown.map(({ step }) => step);
      const [from, to] = [laid.reach[0][0], laid.reach.at(-1)[1]];
      const fits = Math.max(2, Math.floor(width / 90));
      const xTicks = steps.length <= fits ? steps : chartCells.roundTicks(steps[0], steps.at(-1), fits);
      const yTicks = chartCells.roundTicks(laid.low, laid.high, 5);
      const axes = {
        x: { title: xTitle, low: from, high: to, ticks: xTicks, labels: xTicks.map((tick) => format.number(tick)) },
        y: { title: yTitle, low: laid.low, high: laid.high, ticks: yTicks, labels: yTicks.map((tick) => format.number(tick)) },
      };
      const chart = await chartCells.draw(specs, { ...axes, cells, width, height: tall ?? 220 }, summary, { title, table, ramp });
      const content = make("div", { class: "chart" }, make("p", { class: "chart-title" }, title), runfolio.chartRamp(ramp), chart.canvas);
      return { content, finalize: chart.finalize };
    });
  };

  runfolio.charts = { ...runfolio.charts, histograms };
})();

// Smooth curves. Each takes all values of a curve, in order, and skips what is no finite number: such
// a place stays empty (NaN) and its neighbours are smoothed as if it were not there.

(() => {
  "use strict";

  // An exponential mean without the pull to zero at the start, as TensorBoard and W&B draw it: the
  // weight (0 to 1) is that of the past.
  const exponential = (values, weight) => {
    const smooth = new Float64Array(values.length).fill(NaN);
    let [sum, share] = [0, 0];
    for (let place = 0; place < values.length; place += 1) {
      if (!Number.isFinite(values[place])) continue;
      sum = sum * weight + values[place] * (1 - weight);
      share = share * weight + (1 - weight);
      smooth[place] = sum / share;
    }
    return smooth;
  };

  // The mean of the values around each place; fewer at the ends. Sums run within blocks of the
  // window's width, forwards and backwards, so that nothing is ever subtracted: a large value
  // changes only the means it belongs to.
  const centredMean = (values, points) => {
    const half = Math.floor(points / 2);
    const width = 2 * half + 1;
    const length = values.length + 2 * half;
    const [ahead, back] = [1, -1].map((step) => {
      const [sums, counts] = [new Float64Array(length), new Uint32Array(length)];
      for (let index = 0; index < length; index += 1) {
        const at = step > 0 ? index : length - 1 - index;
        const starts = index === 0 || (step > 0 ? at % width === 0 : (at + 1) % width === 0);
        const known = Number.isFinite(values[at - half]);
        sums[at] = (starts ? 0 : sums[at - step]) + (known ? values[at - half] / width : 0);
        counts[at] = (starts ? 0 : counts[at - step]) + (known ? 1 : 0);
      }
      return { sums, counts };
    });
    return Float64Array.from(values, (value, place) => {
      if (!Number.isFinite(value)) return NaN;
      const end = place + width - 1;
      const whole = place % width === 0; // the window is one block
      const sum = ahead.sums[end] + (whole ? 0 : back.sums[place]);
      return sum * (width / (ahead.counts[end] + (whole ? 0 : back.counts[place])));
    });
  };

  // A mean weighted by a normal curve whose standard deviation is so many points.
  const gaussian = (values, deviation) => {
    const reach = Math.ceil(4 * deviation);
    const weights = Float64Array.from({ length: reach + 1 }, (_, away) => Math.exp(-0.5 * (away / deviation) ** 2));
    return Float64Array.from(values, (value, place) => {
      if (!Number.isFinite(value)) return NaN;
      let [sum, share] = [0, 0];
      const end = Math.min(place + reach, values.length - 1);
      for (let other = Math.max(place - reach, 0); other <= end; other += 1) {
        if (!Number.isFinite(values[other])) continue;
        const weight = weights[Math.abs(other - place)];
        sum += weight * values[other];
        share += weight;
      }
      return sum / share;
    });
  };

  const KINDS = {
    ema: { name: "exponential", smooth: exponential, least: 0, most: 0.99, step: 0.01, usual: 0.6, words: (amount) => `weight ${amount}` },
    mean: { name: "centred mean", smooth: centredMean, least: 3, most: 201, step: 2, usual: 9, words: (amount) => `${amount} points` },
    gauss: { name: "Gaussian", smooth: gaussian, least: 1, most: 100, step: 1, usual: 3, words: (amount) => `σ ${amount} points` },
  };

  // "ema-0.6" as {kind, amount}; null for none and for what is none.
  const read = (text) => {
    const [kind, number] = (text || "").split("-");
    const amount = Number(number);
    if (!Object.hasOwn(KINDS, kind) || !number || !Number.isFinite(amount)) return null;
    return { kind, amount: Math.min(Math.max(amount, KINDS[kind].least), KINDS[kind].most) };
  };

  const smooth = (values, { kind, amount }) => KINDS[kind].smooth(values, amount);

  const words = ({ kind, amount }) => `${KINDS[kind].name}, ${KINDS[kind].words(amount)}`;

  const smoothing = { exponential, centredMean, gaussian, kinds: KINDS, read, smooth, words };
  if (typeof runfolio !== "undefined") runfolio.curveSmoothing = smoothing;
  if (typeof module === "object") module.exports = smoothing;
})();

// What a curve is drawn over: its steps, the time since its run's start, the time of day, or another
// metric that was logged at the same steps.

(() => {
  "use strict";

  const METRIC = "metric.";
  const isMetric = (kind) => kind.startsWith(METRIC);
  const metricOf = (kind) => kind.slice(METRIC.length);

  // The axis a fragment asks for, or the one given.
  const readKind = (text, usual) => (["step", "time", "wall"].includes(text) || (text || "").startsWith(METRIC) ? text : usual);

  const word = (kind) => (isMetric(kind) ? metricOf(kind) : { step: "step", time: "time since start", wall: "time of day, UTC" }[kind]);

  // The values of another curve at these steps: its last one of that step, else, between two steps,
  // along the line. Beyond its ends, and beside what is no number, there is none.
  const join = (steps, other) => {
    let next = 0;
    return Float64Array.from(steps, (step) => {
      while (next < other.step.length && other.step[next] <= step) next += 1;
      const [left, right] = [next - 1, next];
      if (left >= 0 && other.step[left] === step) return other.value[left];
      if (left < 0 || right >= other.step.length) return NaN;
      const share = (step - other.step[left]) / (other.step[right] - other.step[left]);
      return other.value[left] * (1 - share) + other.value[right] * share;
    });
  };

  // Where the points of a curve lie: steps, seconds, milliseconds since 1970, or another's values.
  const places = (curve, kind, { start = 0, other = null } = {}) => {
    if (kind === "time") return Float64Array.from(curve.time);
    if (kind === "wall") return Float64Array.from(curve.time, (time) => start / 1000 + time * 1000);
    if (isMetric(kind)) return other ? join(curve.step, other) : new Float64Array(curve.step.length).fill(NaN);
    return Float64Array.from(curve.step);
  };

  const ascends = (x) => {
    for (let place = 1; place < x.length; place += 1) if (!(x[place] >= x[place - 1])) return false;
    return true;
  };

  // Points from left to right, those without a place left out.
  const arrange = (x, y) => {
    if (ascends(x) && !Number.isNaN(x[0])) return { x, y: Float64Array.from(y) };
    const order = [...x.keys()].filter((place) => Number.isFinite(x[place])).sort((a, b) => x[a] - x[b] || a - b);
    return { x: Float64Array.from(order, (place) => x[place]), y: Float64Array.from(order, (place) => y[place]) };
  };

  // A part of an axis in the fragment, "10~200~step"; null for none, and for another axis.
  const readRange = (text, kind) => {
    const [low, high, ...rest] = (text || "").split("~");
    const range = [low, high].map(Number);
    return low && high && rest.join("~") === kind && range.every(Number.isFinite) && range[0] < range[1] ? range : null;
  };
  const writeRange = (range, kind) => (range ? [...range.map((end) => String(Number(end.toPrecision(kind === "wall" ? 15 : 7)))), kind].join("~") : null);

  const axes = { isMetric, metricOf, readKind, word, join, places, arrange, readRange, writeRange, METRIC };
  if (typeof runfolio !== "undefined") runfolio.curveAxes = axes;
  if (typeof module === "object") module.exports = axes;
})();

// From an overview of a curve to all its points: which parts a range needs, how they fit into the
// overview, and which points to draw where there are more than a screen can show.

(() => {
  "use strict";

  const { unpack } = typeof module === "object" ? require("../site/packed.js") : runfolio.packed;

  // The columns of a part's two shards.
  const decode = (axis, values) => ({ step: unpack(axis.step), time: unpack(axis.time), value: unpack(values.value) });

  // The numbers of the parts that hold points of a range, on steps or on seconds.
  const partsWithin = (parts, kind, [low, high]) => {
    const [from, to] = kind === "time" ? [2, 3] : [0, 1];
    return parts.flatMap((part, index) => (part[from] <= high && part[to] >= low ? [index] : []));
  };

  // The steps between which a curve crosses a part of an axis, with one point more on each side.
  const stepsWithin = (steps, x, [low, high]) => {
    const inside = [...x.keys()].filter((place) => x[place] >= low && x[place] <= high);
    if (!inside.length) {
      const next = x.findIndex((value) => value > high);
      return next > 0 ? [steps[next - 1], steps[next]] : null;
    }
    return [steps[Math.max(inside[0] - 1, 0)], steps[Math.min(inside.at(-1) + 1, steps.length - 1)]];
  };

  // The curve with the points of the loaded parts (a Map by number), and of the overview elsewhere.
  const merge = (overview, parts, loaded) => {
    if (!loaded.size) return overview;
    const merged = { step: [], time: [], value: [] };
    const add = (source, from, to) => {
      for (const column of ["step", "time", "value"]) for (let place = from; place < to; place += 1) merged[column].push(source[column][place]);
    };
    let place = 0;
    parts.forEach(([, last], number) => {
      const from = place;
      while (place < overview.step.length && (overview.step[place] <= last || number === parts.length - 1)) place += 1;
      const part = loaded.get(number);
      if (part) add(part, 0, part.step.length);
      else add(overview, from, place);
    });
    return merged;
  };

  // The first place of each run of values that can't be drawn.
  const gapStarts = (y) => {
    const starts = [];
    for (let place = 0; place < y.length; place += 1) if (!Number.isFinite(y[place]) && (place === 0 || Number.isFinite(y[place - 1]))) starts.push(place);
    return starts;
  };

  // The places of about `points` values that draw the same line, in order: the ends, the least and
  // the greatest of equal parts, and one of each gap (as runfolio/analysis/curves.py does it).
  const reduce = (y, points) => {
    if (y.length <= points) return [...y.keys()];
    const gaps = gapStarts(y).slice(0, Math.floor(points / 3));
    const kept = new Set([0, y.length - 1, ...gaps]);
    const buckets = Math.max(Math.floor((points - kept.size) / 2), 1);
    for (let bucket = 0; bucket < buckets; bucket += 1) {
      const end = Math.floor(((bucket + 1) * y.length) / buckets);
      let [least, greatest] = [-1, -1];
      for (let place = Math.floor((bucket * y.length) / buckets); place < end; place += 1) {
        if (!Number.isFinite(y[place])) continue;
        if (least < 0 || y[place] < y[least]) least = place;
        if (greatest < 0 || y[place] > y[greatest]) greatest = place;
      }
      if (least >= 0) kept.add(least).add(greatest);
    }
    return [...kept].sort((a, b) => a - b);
  };

  // From where to where a sorted list lies in a range, with one more on each side so that a line
  // reaches the edge.
  const clip = (x, range) => {
    if (!range) return [0, x.length];
    const first = (holds) => {
      let [low, high] = [0, x.length];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (holds(x[middle])) high = middle;
        else low = middle + 1;
      }
      return low;
    };
    return [Math.max(first((at) => at >= range[0]) - 1, 0), Math.min(first((at) => at > range[1]) + 1, x.length)];
  };

  const ranges = { decode, partsWithin, stepsWithin, merge, reduce, clip };
  if (typeof runfolio !== "undefined") runfolio.curveRanges = ranges;
  if (typeof module === "object") module.exports = ranges;
})();

// Several runs as one curve: the mean or median of those that have a value at each place, with a band.

(() => {
  "use strict";

  const statistics = typeof module === "object" ? require("../charts/statistics.js") : runfolio.statistics;

  const CENTRES = { mean: "mean", median: "median" };
  const BANDS = { ci: "95 % interval", std: "± standard deviation", se: "± standard error", range: "min to max", none: "no band" };
  // How much wider the error of a median is than that of a mean, where values are spread normally.
  const MEDIAN_ERROR = Math.sqrt(Math.PI / 2);

  // Half the width of the mean's 95 % interval in standard errors, by the number of values.
  const widths = new Map();
  const intervalWidth = (count) => {
    if (!widths.has(count)) {
      const values = Array.from({ length: count }, (_, place) => place % 2);
      const { high } = statistics.interval95(values);
      widths.set(count, (high - statistics.mean(values)) / statistics.standardError(values));
    }
    return widths.get(count);
  };

  const union = (lists) => {
    const all = Float64Array.from(lists.flatMap((list) => [...list])).sort();
    return all.filter((value, place) => place === 0 || value !== all[place - 1]);
  };

  // The value of a line at each of these places, which ascend: its own (the last one logged there), or
  // along the line between two neighbours. None before its start, after its end and within its gaps.
  const valuesAt = ({ x, y }, places) => {
    let next = 0;
    return Float64Array.from(places, (place) => {
      while (next < x.length && x[next] <= place) next += 1;
      const left = next - 1;
      if (left >= 0 && x[left] === place) return y[left];
      if (left < 0 || next >= x.length) return NaN;
      const share = (place - x[left]) / (x[next] - x[left]);
      return y[left] * (1 - share) + y[next] * share;
    });
  };

  const spread = (values, count, mean) => {
    if (count < 2) return NaN;
    let sum = 0;
    for (let place = 0; place < count; place += 1) sum += (values[place] - mean) ** 2;
    return Math.sqrt(sum / (count - 1));
  };

  const meanOf = (values, count) => {
    let mean = 0;
    for (let place = 0; place < count; place += 1) mean += values[place] / count;
    return mean;
  };

  const medianOf = (sorted) => (sorted.length % 2 ? sorted[(sorted.length - 1) / 2] : (sorted[sorted.length / 2 - 1] + sorted[sorted.length / 2]) / 2);

  // How far a band reaches from the centre to each side.
  const reach = (band, centre, values, count, mean) => {
    const deviation = spread(values, count, mean);
    if (band === "std") return deviation;
    const error = (deviation / Math.sqrt(count)) * (centre === "median" ? MEDIAN_ERROR : 1);
    return band === "se" ? error : count < 2 ? NaN : error * intervalWidth(count);
  };

  // One curve of the members, each {x, y} with x ascending: {x, y, low, high, n}, where n counts the
  // runs that have a value there. A band needs two of them, but for the range.
  const gather = (members, { centre = "mean", band = "ci" } = {}) => {
    const x = union(members.map((member) => member.x));
    const columns = members.map((member) => valuesAt(member, x));
    const [y, low, high] = [0, 1, 2].map(() => new Float64Array(x.length).fill(NaN));
    const n = new Uint32Array(x.length);
    const values = new Float64Array(members.length);
    for (let place = 0; place < x.length; place += 1) {
      let count = 0;
      for (const column of columns) {
        if (!Number.isFinite(column[place])) continue;
        values[count] = column[place];
        count += 1;
      }
      n[place] = count;
      if (!count) continue;
      const mean = meanOf(values, count);
      const sorted = centre === "median" || band === "range" ? values.slice(0, count).sort() : null;
      y[place] = centre === "median" ? medianOf(sorted) : mean;
      if (band === "none") continue;
      const away = band === "range" ? 0 : reach(band, centre, values, count, mean);
      low[place] = band === "range" ? sorted[0] : y[place] - away;
      high[place] = band === "range" ? sorted[count - 1] : y[place] + away;
    }
    return { x, y, low, high, n };
  };

  const groups = { centres: CENTRES, bands: BANDS, gather, union, valuesAt };
  if (typeof runfolio !== "undefined") runfolio.curveGroups = groups;
  if (typeof module === "object") module.exports = groups;
})();

// What the fragment says about panels of curves, how metrics are gathered in sections, and what a
// panel says about the points it shows.

(() => {
  "use strict";

  const inNode = typeof module === "object";
  const smoothing = inNode ? require("./curve-smoothing.js") : runfolio.curveSmoothing;
  const groups = inNode ? require("./curve-groups.js") : runfolio.curveGroups;
  const axes = inNode ? require("./curve-axes.js") : runfolio.curveAxes;

  const SYSTEM = "system";
  const SIZES = { small: [280, 150], medium: [400, 240], large: [640, 320] }; // pixels, at least wide and high
  const RUNS = 10; // runs shown before more are asked for

  const among = (wanted, choices, usual) => (Object.hasOwn(choices, wanted || "") ? wanted : usual);

  const readSize = (text) => {
    const [width, height] = (text || "").split("x").map(Number);
    if (width >= 200 && height >= 100 && width <= 4000 && height <= 2000) return [width, height];
    return SIZES[among(text, SIZES, "medium")];
  };

  // Settings by name from those of the fragment that start with `prefix`.
  const read = (state, prefix) => {
    const get = (name) => state[prefix + name] || "";
    const count = Number(get("runs"));
    return {
      x: axes.readKind(get("x"), null),
      xLog: get("xscale") === "log",
      log: get("scale") === "log",
      smoothing: smoothing.read(get("smooth")),
      centre: among(get("centre"), groups.centres, "mean"),
      band: among(get("band"), groups.bands, "ci"),
      search: get("q"),
      sizeName: get("size") || "medium",
      size: readSize(get("size")),
      folds: new Set(get("fold") ? get("fold").split(",").map(decodeURIComponent) : []),
      range: get("range"),
      runs: Number.isInteger(count) && count > 0 ? Math.min(count, 1000) : RUNS,
    };
  };

  // A section's name in the fragment; metrics without a prefix have the empty one.
  const writeFolds = (folds) => [...folds].sort().map((one) => encodeURIComponent(one)).join(",");

  const prefixOf = (metric) => metric.slice(0, Math.max(metric.lastIndexOf("/"), 0));
  const isSystem = (metric) => metric.startsWith(`${SYSTEM}/`);

  // Metrics by what stands before their last "/": the section of `first` is first and begins with it,
  // what the machine did is last.
  const sections = (metrics, first = null) => {
    const found = new Map();
    for (const metric of metrics) {
      const prefix = isSystem(metric) ? SYSTEM : prefixOf(metric);
      found.set(prefix, [...(found.get(prefix) ?? []), metric]);
    }
    const place = (prefix, members) => (members.includes(first) ? 0 : prefix === SYSTEM ? 2 : 1);
    return [...found]
      .map(([prefix, members]) => ({ prefix, metrics: members.sort((a, b) => (b === first) - (a === first) || (a < b ? -1 : 1)) }))
      .sort((a, b) => place(a.prefix, a.metrics) - place(b.prefix, b.metrics) || (a.prefix < b.prefix ? -1 : 1));
  };

  // Whether a name has all words of a search, in any order and case.
  const matches = (name, search) => {
    const lower = name.toLowerCase();
    return search.toLowerCase().split(/\s+/).every((word) => lower.includes(word));
  };

  const whole = (number) => number.toLocaleString("en");

  // What is drawn of what there is: `drawn` of `total` points, all of them read or (`reduced`) only an
  // overview, in the whole or in a part of it.
  const pointsText = ({ drawn, total, reduced, long, zoomed }) => {
    if (!long) return "";
    const within = zoomed ? " in this range" : "";
    if (drawn === total) return `full data: ${whole(total)} points${within}`;
    return `${whole(drawn)} of ${whole(total)} points${within}${reduced ? ", highs and lows kept" : ", reduced from the full data, highs and lows kept"}`;
  };

  const settings = { SYSTEM, SIZES, RUNS, read, readSize, writeFolds, prefixOf, isSystem, sections, matches, pointsText };
  if (typeof runfolio !== "undefined") runfolio.curveSettings = settings;
  if (typeof module === "object") module.exports = settings;
})();

// From the runs of a panel to the lines of its chart: loads their curves, of long ones the points of
// the range in view (all of them where smoothing or groups need it), and reduces what is drawn.

(() => {
  "use strict";

  const inNode = typeof module === "object";
  const smoothing = inNode ? require("./curve-smoothing.js") : runfolio.curveSmoothing;
  const groups = inNode ? require("./curve-groups.js") : runfolio.curveGroups;
  const axes = inNode ? require("./curve-axes.js") : runfolio.curveAxes;
  const ranges = inNode ? require("./curve-ranges.js") : runfolio.curveRanges;

  const DRAWN = 1000; // points of a line
  const MOST = 4e6; // points that are read in full for one chart

  const curveOf = (shard, metric) => (Object.hasOwn(shard.curves, metric) ? shard.curves[metric] : null);

  const read = new WeakMap(); // curve → its loaded parts by number
  const loadParts = async (curve, wanted, load) => {
    if (!read.has(curve)) read.set(curve, new Map());
    const known = read.get(curve);
    const missing = wanted.filter((part) => !known.has(part));
    const names = (part) => [`${curve.points.axis}-${part}`, `${curve.points.values}-${part}`];
    const loaded = await Promise.all(missing.map((part) => Promise.all(names(part).map(load))));
    missing.forEach((part, index) => known.set(part, ranges.decode(...loaded[index])));
    return new Map(wanted.map((part) => [part, known.get(part)]));
  };

  // The parts to read for a range of an axis: all of them where everything is wanted.
  const partsFor = (curve, x, { kind, range, start, everything }) => {
    if (!curve.parts) return [];
    if (everything) return [...curve.parts.keys()];
    if (!range) return [];
    if (kind === "time") return ranges.partsWithin(curve.parts, "time", range);
    if (kind === "wall") return ranges.partsWithin(curve.parts, "time", range.map((at) => (at - start / 1000) / 1000));
    const steps = ranges.stepsWithin(curve.step, x, range);
    return steps ? ranges.partsWithin(curve.parts, "step", steps) : [];
  };

  // One run's curve on an axis, as far in full as wanted: {x, y} from left to right, or null.
  const readCurve = async (shard, metric, view, load) => {
    const curve = curveOf(shard, metric);
    const over = axes.isMetric(view.kind) ? curveOf(shard, axes.metricOf(view.kind)) : null;
    if (!curve || (axes.isMetric(view.kind) && !over)) return null;
    const asked = { ...view, start: shard.start };
    const place = (points, other) => axes.places(points, view.kind, { start: shard.start, other });
    const rough = place(curve, over);
    const wanted = partsFor(curve, rough, asked);
    const points = ranges.merge(curve, curve.parts ?? [], wanted.length ? await loadParts(curve, wanted, load) : new Map());
    if (!wanted.length && !over) return axes.arrange(rough, points.value);
    const steps = wanted.length && [curve.parts[wanted[0]][0], curve.parts[wanted.at(-1)][1]];
    const beside = over?.parts && steps ? ranges.partsWithin(over.parts, "step", steps) : [];
    const other = over && ranges.merge(over, over.parts ?? [], beside.length ? await loadParts(over, beside, load) : new Map());
    return axes.arrange(place(points, other), points.value);
  };

  const pick = (column, places) => Float64Array.from(places, (place) => column[place]);
  const slice = (line, from, to) => Object.fromEntries(Object.entries(line).map(([name, column]) => [name, column?.slice(from, to)]));

  const countWithin = (x, range) => (range ? x.reduce((count, at) => count + (at >= range[0] && at <= range[1]), 0) : x.length);

  // The part of a line that is in view, with no more points than can be seen.
  const fit = (line, range) => {
    const seen = slice(line, ...ranges.clip(line.x, range));
    const columns = seen.low ? [seen.y, seen.low, seen.high] : [seen.y];
    const points = Math.floor(DRAWN / columns.length);
    const kept = seen.y.length <= DRAWN ? [...seen.y.keys()] : [...new Set(columns.flatMap((column) => ranges.reduce(column, points)))].sort((a, b) => a - b);
    const fitted = Object.fromEntries(Object.entries(seen).map(([name, column]) => [name, column && pick(column, kept)]));
    return { fitted, drawn: countWithin(fitted.x, range), there: countWithin(seen.x, range) };
  };

  const asValues = (column) => Array.from(column, (value) => (Number.isNaN(value) ? null : value));

  // A line of the chart from one curve or from a group's: smoothed (and its band with it), with what
  // it was made of as its ghost, cut to the range.
  const finish = (line, source, view) => {
    const smoothed = (column) => column && smoothing.smooth(column, view.smoothing);
    const smooth = view.smoothing ? { ...source, y: smoothed(source.y), low: smoothed(source.low), high: smoothed(source.high) } : source;
    const { fitted, drawn, there } = fit(smooth, view.range);
    const made = { ...line, places: fitted.x, value: source.n ? asValues(fitted.y) : Array.from(fitted.y), drawn, there };
    if (source.n) made.band = { low: fitted.low, high: fitted.high, n: fitted.n };
    if (view.smoothing) {
      const raw = fit({ x: source.x, y: source.y }, view.range).fitted;
      made.ghost = { places: raw.x, value: Array.from(raw.y) };
    }
    return made;
  };

  const sum = (list) => list.reduce((total, one) => total + one, 0);
  const span = (curves) => [Math.min(...curves.map(({ x }) => x[0])), Math.max(...curves.map(({ x }) => x.at(-1)))];

  // The axis a metric names as its own, in the first of the runs that does.
  const ownAxis = (shards, metric) => {
    const named = shards.map((shard) => curveOf(shard, metric)?.x).find(Boolean);
    return named ? axes.METRIC + named : null;
  };

  const lineOf = async ({ members, ...line }, metric, view, shards, load) => {
    const curves = await Promise.all(members.map((id) => readCurve(shards.get(id), metric, view, load)));
    const found = curves.filter((curve) => curve?.x.length);
    if (!found.length) return null;
    return { ends: span(found), ...finish(line, view.grouped ? groups.gather(found, view) : found[0], view) };
  };

  // The lines of a chart, over what, and how many points they show. `choice.lines` name the runs to
  // show, one or, when `grouped`, several each; `settings` are those of curve-settings.js, `usual` is
  // the axis where neither they nor the metric name one, and `load` reads a shard.
  const makeLines = async (choice, metric, settings, { usual, load }) => {
    const ids = [...new Set(choice.lines.flatMap(({ members }) => members))];
    const shards = new Map(await Promise.all(ids.map(async (id) => [id, await load(`runs/${id}`)])));
    const all = [...shards.values()];
    const kind = settings.x ?? ownAxis(all, metric) ?? usual;
    const range = axes.readRange(settings.range, kind);
    const total = sum(all.map((shard) => curveOf(shard, metric)?.total ?? 0));
    const whole = Boolean(settings.smoothing || choice.grouped);
    const everything = whole && total <= MOST;
    const view = { ...settings, kind, range, everything, grouped: choice.grouped };
    const lines = (await Promise.all(choice.lines.map((line) => lineOf(line, metric, view, shards, load)))).filter(Boolean);
    const long = all.some((shard) => curveOf(shard, metric)?.parts);
    const reduced = long && !everything && !range;
    const [drawn, there] = [sum(lines.map((line) => line.drawn)), reduced ? total : sum(lines.map((line) => line.there))];
    return {
      kind,
      range,
      lines,
      whole: lines.length ? [Math.min(...lines.map(({ ends }) => ends[0])), Math.max(...lines.map(({ ends }) => ends[1]))] : null,
      points: { drawn, total: there, reduced, long: long || drawn < there, zoomed: range !== null },
      partial: whole && long && !everything,
    };
  };

  const data = { makeLines, fit, curveOf };
  if (typeof runfolio !== "undefined") runfolio.curveData = data;
  if (typeof module === "object") module.exports = data;
})();

// One panel: the place of a metric's chart, drawn when it is near the view.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { make, curveAxes, curveData, curveSettings, curveSmoothing } = runfolio;

  // A panel for a metric: {element, refresh(choice, settings), near}. `tools` has title(metric),
  // legend, usual (axis), prefix, and onRange(range, kind) and onSize(width, height).
  const makePanel = (metric, tools) => {
    const plot = make("div", { class: "plot" });
    const note = make("p", { class: "hint points" });
    const grip = make("span", { class: "grip", title: "Drag to change the size of the panels", "aria-hidden": "true" });
    const element = make("figure", { class: "curve-panel", "data-metric": metric }, make("figcaption", {}, tools.title(metric)), plot, note, grip);
    const panel = { metric, element, near: false, mark: null };

    // What machines did belongs to times rather than to steps.
    const usual = tools.usual === "step" && curveSettings.isSystem(metric) ? "time" : tools.usual;

    const draw = async (choice, settings, mark) => {
      const made = await curveData.makeLines(choice, metric, settings, { usual, load: runfolio.loadShard });
      const { kind, range, lines } = made;
      const smooth = settings.smoothing;
      const notes = [];
      if (made.partial) notes.push(`${choice.grouped ? "Groups" : "Smooth lines"} are of the reduced curves: all points are too many to read here.`);
      await runfolio.charts.curves(plot, {
        title: `${metric} by ${curveAxes.word(kind)}${smooth ? `, smoothed (${curveSmoothing.words(smooth)})` : ""}`,
        legend: tools.legend,
        height: settings.size[1],
        runs: lines.map((line) => ({ ...line, total: made.points.reduced ? Infinity : line.there })),
        log: settings.log,
        xLog: settings.xLog,
        xKind: curveAxes.isMetric(kind) ? "metric" : kind,
        xTitle: curveAxes.isMetric(kind) ? curveAxes.metricOf(kind) : null,
        range,
        whole: made.whole,
        onRange: (next) => tools.onRange(next, kind),
        sync: `${tools.prefix} ${kind}`,
        emphasis: choice.emphasis,
        note: notes.join(" "),
      });
      if (panel.mark !== mark) return;
      const back = make("button", { type: "button", class: "quiet", onclick: () => tools.onRange(null, kind) }, "Reset zoom");
      note.replaceChildren(curveSettings.pointsText(made.points), ...(range ? [back] : []));
      element.classList.add("drawn");
    };

    // Draws what changed since the last time; the latest request wins.
    panel.refresh = async (choice, settings, mark) => {
      if (panel.mark === mark) return;
      panel.mark = mark;
      element.setAttribute("aria-busy", "true");
      try {
        await draw(choice, settings, mark);
      } catch (error) {
        if (panel.mark === mark) plot.replaceChildren(make("p", { class: "warning slim" }, error.message));
      }
      if (panel.mark === mark) element.removeAttribute("aria-busy");
    };

    panel.resize = ([, height]) => {
      plot.style.minHeight = `${height}px`;
      plot.style.setProperty("--tall", `${height}px`);
    };

    grip.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      event.preventDefault();
      const box = plot.getBoundingClientRect();
      const from = [event.clientX, event.clientY];
      const height = tools.size()[1];
      grip.setPointerCapture(event.pointerId);
      const size = (now) => [Math.round(Math.max(box.width + now.clientX - from[0], 200)), Math.round(Math.max(height + now.clientY - from[1], 100))];
      const follow = (now) => {
        const [width, tall] = size(now);
        element.style.outline = "1px dashed var(--muted)";
        plot.style.width = `${width}px`;
        plot.style.minHeight = `${tall}px`;
      };
      const stop = (now) => {
        grip.removeEventListener("pointermove", follow);
        element.style.outline = "";
        plot.style.width = "";
        if (now.type === "pointerup") tools.onSize(...size(now));
      };
      grip.addEventListener("pointermove", follow);
      for (const type of ["pointerup", "pointercancel"]) grip.addEventListener(type, stop, { once: true });
    });
    return panel;
  };

  runfolio.curvePanel = makePanel;
})();

// Panels of curves, one per metric, in sections by the metrics' prefixes, with their settings. What
// they show is in the fragment; templates/assets/js/README.md describes the source they draw from.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { make, pace, state, controls, curveAxes, curveGroups, curveSettings, curveSmoothing } = runfolio;

  const REST = 150; // milliseconds after the last change until charts follow it
  const STEP_RUNS = 2.5; // how many times as many runs "more" shows

  // How curves are smoothed and, where they are, how much.
  const smoothingControls = (prefix, smoothing) => {
    const smoothers = [["", "none"], ...Object.entries(curveSmoothing.kinds).map(([kind, one]) => [`${kind}-${one.usual}`, one.name])];
    const chosen = smoothing ? smoothers.find(([value]) => value.startsWith(`${smoothing.kind}-`))[0] : "";
    const box = controls.select("smoothing", `${prefix}smooth`, smoothers, chosen);
    if (!smoothing) return [box];
    const kind = curveSmoothing.kinds[smoothing.kind];
    const words = make("output", {}, kind.words(smoothing.amount));
    const slider = make("input", { type: "range", min: kind.least, max: kind.most, step: kind.step, value: smoothing.amount, "data-control": `${prefix}amount`, "aria-label": `Amount of smoothing (${kind.name})` });
    slider.addEventListener("input", () => (words.textContent = kind.words(Number(slider.value))));
    slider.addEventListener("change", () => state.update({ [`${prefix}smooth`]: `${smoothing.kind}-${slider.value}` }));
    return [box, make("span", { class: "control" }, slider, words)];
  };

  // The select boxes and the slider above the panels.
  const settingsRow = (source, prefix, settings, grouped) => {
    const named = (name) => prefix + name;
    const metrics = source.metrics.map((metric) => [curveAxes.METRIC + metric, metric]);
    const kinds = [["", source.usual === "wall" ? "time of day" : "step, or their own axis"], ["step", "step"], ["time", "time since start"], ["wall", "time of day, UTC"], ...metrics];
    const row = [
      controls.select("over", named("x"), kinds, settings.x ?? ""),
      controls.select("x scale", named("xscale"), [["", "linear"], "log"], settings.xLog ? "log" : ""),
      controls.select("y scale", named("scale"), [["", "linear"], "log"], settings.log ? "log" : ""),
      ...smoothingControls(prefix, settings.smoothing),
    ];
    if (grouped) {
      row.push(controls.select("groups as", named("centre"), Object.entries(curveGroups.centres), settings.centre));
      row.push(controls.select("band", named("band"), Object.entries(curveGroups.bands), settings.band));
    }
    const sizes = Object.keys(curveSettings.SIZES).map((name) => [name, name]);
    if (!Object.hasOwn(curveSettings.SIZES, settings.sizeName)) sizes.push([settings.sizeName, settings.sizeName.replace("x", " × ")]);
    row.push(controls.select("size", named("size"), sizes, settings.sizeName));
    return row;
  };

  // Puts new controls in place of old ones and keeps the focus on the one that had it.
  const replaceControls = (place, fresh) => {
    const focused = place.contains(document.activeElement) && document.activeElement.dataset.control;
    place.replaceChildren(...fresh);
    if (focused) place.querySelector(`[data-control="${focused}"]`)?.focus();
  };

  const searchBox = (prefix) => {
    const box = make("input", { type: "search", placeholder: "Search metrics", autocomplete: "off", "aria-label": "Search the metrics" });
    box.addEventListener("input", () => state.update({ [`${prefix}q`]: box.value }));
    return box;
  };

  const curvePanels = (element, source) => {
    const prefix = source.prefix ?? "curve";
    let settings = curveSettings.read(state.read(), prefix);
    const tools = {
      title: source.title,
      legend: source.legend ?? "compact",
      usual: source.usual,
      prefix,
      size: () => settings.size,
      onRange: (range, kind) => state.update({ [`${prefix}range`]: curveAxes.writeRange(range, kind) }),
      onSize: (width, height) => state.update({ [`${prefix}size`]: `${width}x${height}` }),
    };
    const search = searchBox(prefix);
    const row = make("div", { class: "controls curve-settings" });
    const shown = make("p", { class: "hint shown", role: "status" });
    const body = make("div", {});
    const nothing = make("p", { class: "empty", hidden: true });
    const panels = [];

    const near = pace.watcher((target, isNear) => {
      const panel = panels.find((one) => one.element === target);
      panel.near = isNear;
      if (isNear) drawSoon(0);
    });

    // What a panel draws depends on; while it is the same, nothing is drawn again.
    const refresh = (panel) => {
      const choice = source.choose(panel.metric, settings.runs);
      const { x, xLog, log, smoothing, centre, band, size, range } = settings;
      return panel.refresh(choice, settings, JSON.stringify([choice.lines, choice.emphasis, x, xLog, log, smoothing, centre, band, size[1], range]));
    };

    const drawNear = () => panels.filter((panel) => panel.near && !panel.element.hidden).forEach(refresh);
    const drawSoon = pace.settled(() => pace.idle(REST).then(drawNear));

    // What the machine did is folded at first, unless there is nothing else.
    const opensFirst = (name) => name !== curveSettings.SYSTEM || source.metrics.every(curveSettings.isSystem);
    const isOpen = (name) => settings.folds.has(name) !== opensFirst(name);
    const keepFold = (name, open) => {
      const folds = new Set(settings.folds);
      if (open === opensFirst(name)) folds.delete(name);
      else folds.add(name);
      state.update({ [`${prefix}fold`]: curveSettings.writeFolds(folds) });
    };

    const groups = curveSettings.sections(source.metrics, source.first).map(({ prefix: name, metrics }) => {
      const made = metrics.map((metric) => makePanel(metric));
      const grid = make("div", { class: "curve-grid" }, ...made.map((panel) => panel.element));
      const count = make("span", { class: "aside" });
      const summary = make("summary", {}, make("h3", {}, name || "metrics"), count);
      const details = make("details", { class: "curve-section", "data-section": name }, summary, grid);
      const group = { name, panels: made, details, grid, count, shown: null };
      details.addEventListener("toggle", () => {
        if (details.open !== group.shown) keepFold(name, details.open);
      });
      body.append(details);
      return group;
    });

    function makePanel(metric) {
      const panel = runfolio.curvePanel(metric, tools);
      panels.push(panel);
      near.observe(panel.element);
      return panel;
    }

    // The sections, without what the search leaves out.
    const layOut = () => {
      let found = 0;
      for (const group of groups) {
        const kept = group.panels.filter((panel) => {
          panel.element.hidden = !curveSettings.matches(panel.metric, settings.search);
          return !panel.element.hidden;
        });
        found += kept.length;
        group.details.hidden = kept.length === 0;
        group.shown = isOpen(group.name) || (settings.search !== "" && kept.length > 0);
        group.details.open = group.shown;
        group.count.textContent = kept.length === group.panels.length ? String(kept.length) : `${kept.length} of ${group.panels.length}`;
        group.grid.style.setProperty("--panel", `${settings.size[0]}px`);
        for (const panel of kept) panel.resize(settings.size);
      }
      nothing.hidden = found > 0;
      nothing.textContent = `No metric matches “${runfolio.marked(settings.search)}”.`;
    };

    const describe = () => {
      const choice = source.choose(null, settings.runs);
      const more = () => state.update({ [`${prefix}runs`]: String(Math.round(settings.runs * STEP_RUNS)) });
      replaceControls(shown, [choice.text ?? "", ...(choice.more ? [" · ", make("button", { type: "button", class: "quiet", "data-control": `${prefix}runs`, onclick: more }, "more")] : [])]);
      return choice.grouped;
    };

    // All of it, once per frame however often it is asked for; the charts after the shortest wait.
    let least = null;
    const update = (wait) => {
      const asked = least !== null;
      least = Math.min(least ?? wait, wait);
      if (asked) return;
      requestAnimationFrame(() => {
        const soon = least;
        least = null;
        settings = curveSettings.read(state.read(), prefix);
        if (document.activeElement !== search) search.value = settings.search;
        layOut();
        replaceControls(row, settingsRow(source, prefix, settings, describe()));
        if (soon) drawSoon(soon);
        else drawNear();
      });
    };

    const singles = source.singles?.length ? [make("p", { class: "hint" }, `One value each, see the table: ${source.singles.join(", ")}.`)] : [];
    if (!panels.length) {
      element.replaceChildren(make("p", { class: "empty" }, "No metric has more than one step yet, so there is no curve to draw."), ...singles);
      return;
    }
    const keys = make("p", { class: "hint keys" }, "Drag to zoom, with Shift to move, double click for all. Or: Ctrl (⌘) and wheel; keys + − ← → 0.");
    element.replaceChildren(make("div", { class: "bar-of-tools" }, search, shown), row, body, nothing, ...singles, keys);
    // Its own settings show at once, other runs after the table has shown them.
    let seen = null;
    state.follow((values) => {
      const own = JSON.stringify(Object.entries(values).filter(([name]) => name.startsWith(prefix)));
      if (own === seen) return;
      seen = own;
      update(0);
    });
    source.follow?.(() => update(REST));
  };

  Object.assign(runfolio, { curvePanels, smoothingControls });
})();
