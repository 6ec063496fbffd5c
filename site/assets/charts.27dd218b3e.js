// What the experiment and the compare page share: settings kept in the fragment, names, addresses.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { make, state } = runfolio;

  // A labelled select that keeps its choice in the fragment under `name`; a choice may be [value, text].
  const select = (label, name, choices, chosen) => {
    const box = make("select", { "data-control": name });
    for (const one of choices) {
      const [value, text] = Array.isArray(one) ? one : [one, one];
      const option = make("option", { value }, text);
      option.selected = value === chosen;
      box.append(option);
    }
    box.addEventListener("change", () => state.update({ [name]: box.value }));
    return make("label", { class: "control" }, label, box);
  };

  const address = (id) => `${runfolio.site().root}runs/${id}.html`;

  // A metric's name with the arrow of its better direction.
  const directed = (key, direction) => (direction === "down" ? `${key} ↓` : direction === "up" ? `${key} ↑` : key);

  runfolio.controls = { select, address, directed };
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

  const count = (number, noun) => `${number} ${noun}${number === 1 ? "" : "s"}`;

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
  // {index, text, side} of those that fit.
  const placeLabels = (points, { width, widest = 150 }) => {
    const taken = points.map(({ x, y }) => ({ left: x - 5, right: x + 5, top: y - 5, bottom: y + 5 }));
    const placed = [];
    points.forEach(({ x, y, name }, index) => {
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

  const text = { textWidth, shortenMiddle, count, plainTitle, fitLabels, placeLabels };
  if (typeof runfolio !== "undefined") runfolio.chartText = text;
  if (typeof module === "object") module.exports = text;
})();

// From runs, points and bars to the rows that the specs draw, as runfolio/charts/rows.py does it.

(() => {
  "use strict";

  const format = typeof module === "object" ? require("./format.js") : runfolio.format;

  const COLORS = 10;
  const DASHES = [[], [7, 3], [2, 3], [9, 3, 2, 3]];
  const SEQUENCE = 12;
  const NOT_SET = -0.14;
  const LOG_RATIO = 50;

  const runColor = (index) => `var(--run-${index % COLORS})`;
  const runDash = (index) => [...DASHES[index % DASHES.length]];
  const sequenceColor = (share) => `var(--seq-${Math.min(Math.max(Math.floor(share * (SEQUENCE - 1) + 0.5), 0), SEQUENCE - 1)})`;
  const isFinite = (value) => typeof value === "number" && Number.isFinite(value);
  const isDrawable = (value, log) => isFinite(value) && (!log || value > 0);

  // The unit in which a span of seconds reads best.
  const timeUnit = (seconds) => {
    if (seconds < 180) return { size: 1, name: "s" };
    if (seconds < 3 * 3600) return { size: 60, name: "min" };
    if (seconds < 3 * 86400) return { size: 3600, name: "h" };
    return { size: 86400, name: "d" };
  };

  // Each run with `x` and `y` lists: finite numbers, or null where the line breaks.
  const series = (runs, { log = false, xKind = "step", unit = { size: 1 } } = {}) =>
    runs.map((run) => {
      const places = xKind === "time" && run.time ? run.time.map((time) => time / unit.size) : run.step;
      const order = places.map((_, index) => index).sort((a, b) => places[a] - places[b] || a - b);
      return { ...run, x: order.map((index) => places[index]), y: order.map((index) => (isDrawable(run.value[index], log) ? run.value[index] : null)) };
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
    return { ...line, x: line.x.slice(from, to), y: line.y.slice(from, to) };
  };

  const isLone = (values, place) => values[place] !== null && (values[place - 1] ?? null) === null && (values[place + 1] ?? null) === null;

  const curveRows = (lines) =>
    lines.flatMap((line) =>
      line.x.map((step, place) => ({ run: line.id, step, value: line.y[place], color: runColor(line.color), dash: runDash(line.dash || 0), lone: isLone(line.y, place) })),
    );

  // What a chart can't show, in words: values that are no numbers, or not positive on a log axis.
  const missingNotes = (runs, log) => {
    const values = runs.flatMap((run) => run.value).filter((value) => value !== null);
    const broken = values.filter((value) => !isFinite(value)).length;
    const low = log ? values.filter((value) => isFinite(value) && value <= 0).length : 0;
    const are = (number) => (number === 1 ? "1 value is" : `${number} values are`);
    const notes = [];
    if (broken) notes.push(`${are(broken)} NaN or infinite and left${broken === 1 ? " a gap" : " gaps"}.`);
    if (low) notes.push(`${are(low)} not above zero and can’t be shown on a logarithmic axis.`);
    return notes;
  };

  // Each run's last value, highest first: the order in which lines end on the right.
  const lineEnds = (lines) => {
    const ends = lines.map((line) => ({ ...line, last: line.y.findLast((value) => value !== null) ?? null }));
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

  const scatterKind = (kind, xs) => {
    if (kind !== "number") return "scatter-nominal";
    const numbers = xs.filter(isFinite);
    const wide = numbers.length > 0 && Math.min(...numbers) > 0 && Math.max(...numbers) / Math.min(...numbers) >= LOG_RATIO;
    return wide ? "scatter-log" : "scatter-quantitative";
  };

  const categoryOrder = (a, b) => {
    const [x, y] = [a, b].map((text) => (text.trim() === "" ? NaN : Number(text)));
    const [first, second] = [Number.isFinite(x), Number.isFinite(y)];
    if (first && second) return x - y || (a < b ? -1 : 1);
    if (first !== second) return first ? -1 : 1;
    return a < b ? -1 : a > b ? 1 : 0;
  };

  // The points that have both values, how many lack one, and the categories when x is one.
  const scatterRows = (points, kind) => {
    const hasX = (point) => (kind === "number" ? isFinite(point.x) : point.x !== null && point.x !== undefined);
    const shown = points.filter((point) => hasX(point) && isFinite(point.y));
    const categories = kind === "number" ? [] : [...new Set(shown.map((point) => String(point.x)))].sort(categoryOrder);
    const places = new Map(categories.map((text, place) => [text, String(place)]));
    const rows = shown.map((point) => ({ run: point.id, name: point.name, x: kind === "number" ? point.x : places.get(String(point.x)), y: point.y, color: runColor(point.color) }));
    if (kind !== "number") rows.sort((a, b) => a.x - b.x);
    return { rows, categories, withoutX: points.filter((point) => !hasX(point)).length, withoutY: points.filter((point) => hasX(point) && !isFinite(point.y)).length };
  };

  const barRows = (bars) =>
    bars.map((bar, order) => {
      const value = isFinite(bar.value) ? bar.value : null;
      return { run: bar.id, order, name: bar.name, color: runColor(bar.color), value, end: value ?? 0, text: format.number(bar.value), side: value !== null && value < 0 ? -1 : 1 };
    });

  // The better direction that a metric's title ends with: "rmse ↓" is "down".
  const titleDirection = (title) => ({ "↓": "down", "↑": "up" })[title.trim().slice(-1)] ?? null;

  // The runs as they are drawn: those without a value first, the best on top.
  const parallelOrder = (runs, direction) => {
    const sign = direction === "down" ? -1 : 1;
    const known = runs.filter((run) => isFinite(run.value)).sort((a, b) => sign * (a.value - b.value));
    return [...runs.filter((run) => !isFinite(run.value)), ...known];
  };

  const valueRange = (runs) => {
    const values = runs.map((run) => run.value).filter(isFinite);
    return values.length ? [Math.min(...values), Math.max(...values)] : null;
  };

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
    COLORS, DASHES, SEQUENCE, NOT_SET,
    runColor, runDash, sequenceColor, isFinite, timeUnit, series, clip, curveRows, missingNotes, lineEnds, nearestPlace, pointsAt,
    scatterKind, scatterRows, barRows, titleDirection, parallelOrder, valueRange, findBest, parallelRows, axisRows, tickRows, brushedRuns, distanceTo,
  };
  if (typeof runfolio !== "undefined") runfolio.chartRows = rows;
  if (typeof module === "object") module.exports = rows;
})();

// Draws a kind of chart into an element: loads Vega and the specs, fills a spec, follows the size.

(() => {
  "use strict";

  // A copy of a spec with its titles, data and parameters filled in, of the given size.
  const fillSpec = (spec, { titles = {}, data = {}, signals = {}, width, height }) => {
    const place = (node) => {
      if (typeof node === "string") return Object.hasOwn(titles, node) ? titles[node] : node;
      if (Array.isArray(node)) return node.map(place);
      if (node && typeof node === "object") return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, place(value)]));
      return node;
    };
    const filled = { ...place(spec), width, height };
    filled.data = filled.data.map((source) => (Object.hasOwn(data, source.name) ? { ...source, values: data[source.name] } : source));
    filled.signals = (filled.signals || []).map((signal) => (Object.hasOwn(signals, signal.name) ? { ...signal, value: signals[signal.name] } : signal));
    return filled;
  };

  if (typeof module === "object") module.exports = { fillSpec };
  if (typeof document === "undefined") return;

  const { make } = runfolio;
  const live = new WeakMap(); // element → what is drawn in it and how to end it

  const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve));

  const ready = async () => {
    const [specs] = await Promise.all([runfolio.loadShard("specs"), runfolio.loadScript(runfolio.site().vega)]);
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

  // Calls `draw(specs, width)` now and whenever the element's width changes. It returns the content
  // to show and how to end it; what was there stays until the new content is complete.
  const show = async (element, draw) => {
    const drawn = { ended: false };
    const before = live.get(element);
    if (before) {
      before.ended = true;
      before.observer?.disconnect();
    }
    live.set(element, drawn);
    drawn.finalize = before?.finalize;
    const specs = await ready();
    let width = 0;
    let busy = null;
    const redraw = async () => {
      if (drawn.ended || element.clientWidth === 0) return;
      width = element.clientWidth;
      const { content, finalize } = await draw(specs, width);
      if (drawn.ended) {
        finalize();
        return;
      }
      drawn.finalize?.();
      drawn.finalize = finalize;
      element.replaceChildren(content);
    };
    const follow = async () => {
      if (busy) return;
      busy = nextFrame();
      await busy;
      while (!drawn.ended && element.clientWidth !== width && element.clientWidth > 0) await redraw();
      busy = null;
    };
    await redraw();
    if (drawn.ended) return;
    drawn.observer = new ResizeObserver(follow);
    drawn.observer.observe(element);
  };

  // A drawn spec: the element that shows it, Vega's view of it, and where a pointer is in the plot.
  const render = async (spec, filling, label) => {
    const canvas = make("div", { class: "chart-canvas" });
    const { view, finalize } = await runfolio.vega.render(canvas, fillSpec(spec, filling));
    // Vega calls it a document of graphics and takes the label away.
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", label);
    canvas.removeAttribute("aria-roledescription");
    // The label of the canvas says what the chart shows; Vega's own roles inside say nothing more.
    canvas.querySelector("svg").setAttribute("aria-hidden", "true");
    const tooltip = runfolio.chartTooltip(canvas);
    const point = (event) => {
      const box = canvas.querySelector("svg").getBoundingClientRect();
      const [left, top] = view.origin();
      return { x: event.clientX - box.left - left, y: event.clientY - box.top - top, left, top };
    };
    const emphasise = (ids) => view.signal("emphasis", ids).runAsync();
    return { canvas, view, tooltip, point, emphasise, finalize };
  };

  // Opens a run's page as a link would: in a new tab with Ctrl, Cmd or the middle button.
  const open = (href, event) => {
    if (!href || /^\s*[a-z][a-z0-9+.-]*:/i.test(href)) return;
    if (event.ctrlKey || event.metaKey) window.open(href, "_blank", "noopener");
    else location.assign(href);
  };

  runfolio.chartHost = { show, empty, render, open };
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

// Curves of several runs with a legend in the order in which the lines end, a crosshair and zoom.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { make, chartHost, chartRows, chartText, format } = runfolio;
  const legendWidth = (width) => Math.min(Math.max(208, Math.round(width * 0.32)), 400); // pixels beside the chart
  const AROUND_NAME = 116; // pixels of a legend's line that are not its name
  const BESIDE = 520; // from this width on
  const NEAR = 14; // pixels between the pointer and the points it reads
  const LISTED = 10; // rows of the tooltip

  const legendItem = (run, emphasise, room) => {
    const text = chartText.shortenMiddle(run.name, (room * 12) / 13); // the legend is written at 13 px
    const name = run.href ? make("a", { href: run.href }, text) : make("span", {}, text);
    name.title = run.name;
    const on = () => emphasise([run.id]);
    const off = () => emphasise([]);
    const value = make("span", { class: "value", title: run.last === null ? null : String(run.last) }, format.number(run.last));
    return make("li", { onmouseenter: on, onmouseleave: off, onfocusin: on, onfocusout: off }, runfolio.chartSwatch(run), name, value);
  };

  const legend = (ends, emphasise, room) => make("ul", { class: "chart-legend", "aria-label": "Runs, in the order in which their lines end" }, ...ends.map((run) => legendItem(run, emphasise, room)));

  const summary = (title, ends) => {
    const known = ends.filter((run) => run.last !== null);
    const listed = known.slice(0, 5).map((run) => `${run.name} ${format.number(run.last)}`);
    const more = known.length > 5 ? `, and ${known.length - 5} more` : "";
    return `${title}. Last values, highest first: ${listed.join(", ")}${more}.`;
  };

  const xText = (options, unit, x) => (options.xKind === "time" ? `${format.duration(x * unit.size)} after the start` : `step ${format.number(x)}`);

  const readPointer = (chart, lines, { x, y }) => {
    const scale = chart.view.scale("x");
    const at = scale.invert(x);
    const near = chartRows.pointsAt(lines, at, Math.abs(scale.invert(x + NEAR) - at));
    if (!near.length) return null;
    const down = chart.view.scale("y");
    const distance = (point) => Math.hypot(scale(point.x) - x, down(point.y) - y);
    const closest = near.reduce((best, point) => (distance(point) < distance(best) ? point : best));
    return { near, closest };
  };

  const listing = ({ near, closest }) => {
    const from = Math.min(Math.max(near.indexOf(closest) - LISTED / 2, 0), Math.max(near.length - LISTED, 0));
    return near.slice(from, from + LISTED).map((point) => {
      const apart = point.x === closest.x ? "" : ` at ${format.number(point.x)}`;
      return { run: point.line, name: chartText.shortenMiddle(point.line.name, 180), value: format.number(point.y) + apart, near: point === closest };
    });
  };

  // The crosshair: a rule, a dot per line and a table of values.
  const wireCrosshair = (chart, lines, options, unit) => {
    const clear = () => {
      chart.tooltip.hide();
      chart.view.data("cursor", []).data("marks", []).runAsync();
    };
    const move = (event) => {
      const place = chart.point(event);
      const inside = place.x >= -4 && place.x <= chart.view.width() + 4 && place.y >= -8 && place.y <= chart.view.height() + 8;
      const found = inside ? readPointer(chart, lines, place) : null;
      if (!found) return clear();
      const marks = found.near.map((point) => ({ run: point.line.id, step: point.x, value: point.y, color: chartRows.runColor(point.line.color) }));
      chart.view.data("cursor", [{ step: found.closest.x }]).data("marks", marks).runAsync();
      const hidden = found.near.length - LISTED;
      const note = hidden > 0 ? `${hidden} more` : null;
      const [x, y] = [chart.view.scale("x")(found.closest.x) + place.left, place.y + place.top];
      return chart.tooltip.show({ title: xText(options, unit, found.closest.x), rows: listing(found), note }, x, y);
    };
    chart.canvas.addEventListener("pointermove", move);
    chart.canvas.addEventListener("pointerdown", move);
    chart.canvas.addEventListener("pointerleave", clear);
  };

  // Dragging across the chart zooms to that part; the mouse only, so that a finger can scroll.
  const wireZoom = (chart, onZoom) => {
    let from = null;
    const veil = make("div", { class: "chart-zoom", hidden: true });
    chart.canvas.append(veil);
    const ends = (event) => {
      const x = Math.min(Math.max(chart.point(event).x, 0), chart.view.width());
      return [Math.min(from, x), Math.max(from, x)];
    };
    chart.canvas.addEventListener("pointerdown", (event) => {
      if (event.pointerType !== "mouse" || event.button !== 0) return;
      const { x } = chart.point(event);
      if (x < 0 || x > chart.view.width()) return;
      event.preventDefault();
      from = x;
      chart.canvas.setPointerCapture(event.pointerId);
    });
    chart.canvas.addEventListener("pointermove", (event) => {
      if (from === null) return;
      const [low, high] = ends(event);
      const [left, top] = chart.view.origin();
      veil.hidden = high - low < 6;
      if (!veil.hidden) chart.tooltip.hide();
      veil.style.left = `${low + left}px`;
      veil.style.top = `${top}px`;
      veil.style.width = `${high - low}px`;
      veil.style.height = `${chart.view.height()}px`;
    });
    chart.canvas.addEventListener("pointerup", (event) => {
      if (from === null) return;
      const [low, high] = ends(event);
      from = null;
      veil.hidden = true;
      const scale = chart.view.scale("x");
      if (high - low >= 6) onZoom([scale.invert(low), scale.invert(high)]);
    });
    chart.canvas.addEventListener("pointercancel", () => {
      from = null;
      veil.hidden = true;
    });
  };

  const caption = (options, range, reset) => {
    const notes = chartRows.missingNotes(options.runs, options.log);
    const children = [notes.join(" ")];
    if (range) children.push(make("button", { type: "button", class: "quiet", onclick: reset }, "Show the whole range"));
    return notes.length || range ? make("p", { class: "hint" }, ...children) : "";
  };

  // Draws curves; options are described in templates/assets/js/README.md.
  const curves = (element, options) => {
    const drawable = options.runs.filter((run) => run.step.length);
    const whole = Math.max(0, ...drawable.flatMap((run) => (run.time ? [run.time.at(-1)] : [])));
    const unit = options.xKind === "time" ? chartRows.timeUnit(whole) : { size: 1, name: "" };
    const lines = chartRows.series(drawable, { log: options.log, xKind: options.xKind, unit });
    if (!lines.some((line) => line.y.some((value) => value !== null))) {
      const reason = options.log && drawable.length ? "no value is above zero, so a logarithmic axis has nothing to show." : "no values to draw.";
      chartHost.empty(element, `${options.title}: ${reason}`);
      return Promise.resolve();
    }
    const withLegend = options.legend !== false;
    let range = null;
    const redraw = () =>
      chartHost.show(element, async (specs, width) => {
        const beside = withLegend && width >= BESIDE;
        const shown = lines.map((line) => chartRows.clip(line, range));
        const ends = chartRows.lineEnds(lines);
        const filling = {
          titles: { __x__: options.xKind === "time" ? `time since start (${unit.name})` : "step", __y__: options.yTitle || "" },
          data: { rows: chartRows.curveRows(shown), labels: [], cursor: [], marks: [] },
          signals: { least_step: options.xKind === "time" ? 1e-9 : 1, x_low: range && range[0], x_high: range && range[1] },
          width: beside ? width - legendWidth(width) : width,
          height: options.height || (width < BESIDE ? 220 : 300),
        };
        const chart = await chartHost.render(specs[options.log ? "curves-log" : "curves"], filling, summary(options.title, ends));
        const zoom = (next) => {
          range = next;
          redraw();
        };
        wireCrosshair(chart, shown, options, unit);
        wireZoom(chart, zoom);
        const parts = withLegend ? [make("p", { class: "chart-title" }, options.title)] : [];
        const body = make("div", { class: beside ? "chart-body beside" : "chart-body" }, chart.canvas, ...(withLegend ? [legend(ends, chart.emphasise, beside ? legendWidth(width) - AROUND_NAME : width - 110)] : []));
        const content = make("div", { class: "chart" }, ...parts, body, caption(options, range, () => zoom(null)));
        return { content, finalize: chart.finalize };
      });
    return redraw();
  };

  runfolio.charts = { ...runfolio.charts, curves };
})();

// One point per run: a metric by a parameter. The nearest point says its name; a click opens it.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { make, chartHost, chartRows, chartText, format } = runfolio;
  const LABELS = 12;
  const REACH = 28; // pixels from the pointer to the nearest point

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
    const placed = chartText.placeLabels(ordered.map((row) => ({ x: across(row.x), y: down(row.y), name: row.name })), { width: chart.view.width(), widest: chart.view.width() / 3 });
    const labels = placed.slice(0, LABELS).map(({ index, text, side }) => ({ run: ordered[index].run, x: ordered[index].x, y: ordered[index].y, text, side }));
    await chart.view.data("labels", labels).runAsync();
  };

  const caption = (points, { x, y, withoutX, withoutY }) => {
    const lacking = [[withoutX, x], [withoutY, y]].filter(([number]) => number);
    const notes = lacking.map(([number, one], index) => `${number}${index ? "" : ` of ${chartText.count(points.length, "run")}`} ${number === 1 ? "has" : "have"} no ${chartText.plainTitle(one.title)}`);
    return notes.length ? make("p", { class: "hint" }, `${notes.join(", ")}.`) : "";
  };

  const wire = (chart, rows, points, { x, y }) => {
    const byId = new Map(points.map((point) => [point.id, point]));
    let current = null;
    const leave = () => {
      if (current !== null) chart.emphasise([]);
      current = null;
      chart.tooltip.hide();
    };
    const move = (event) => {
      const place = chart.point(event);
      const found = nearest(chart, rows, place);
      if (!found) return leave();
      if (current !== found.row.run) chart.emphasise([found.row.run]);
      current = found.row.run;
      const point = byId.get(current);
      const value = typeof point.x === "number" ? format.number(point.x) : String(point.x);
      const list = [
        { name: x.title, value: chartText.shortenMiddle(value, 160) },
        { name: y.title, value: format.number(point.y) },
      ];
      return chart.tooltip.show({ title: point.name, rows: list }, found.x + place.left, found.y + place.top);
    };
    chart.canvas.addEventListener("pointermove", move);
    chart.canvas.addEventListener("pointerleave", leave);
    chart.canvas.addEventListener("click", (event) => {
      const found = nearest(chart, rows, chart.point(event));
      if (!found) return;
      if (event.detail && matchMedia("(hover: none)").matches && current !== found.row.run) move(event);
      else chartHost.open(byId.get(found.row.run).href, event);
    });
  };

  // Draws points; options are described in templates/assets/js/README.md.
  const scatter = (element, { x, y, points }) => {
    const { rows, categories, ...missing } = chartRows.scatterRows(points, x.kind);
    const title = `${chartText.plainTitle(y.title)} by ${x.title}, ${chartText.count(rows.length, "run")}`;
    if (!rows.length) {
      chartHost.empty(element, `No run has both ${x.title} and ${y.title}.`);
      return Promise.resolve();
    }
    return chartHost.show(element, async (specs, width) => {
      const band = (width - 64) / Math.max(categories.length, 1) - 8;
      const filling = {
        titles: { __x__: x.title, __y__: y.title },
        data: { rows: rows.map((row) => ({ ...row })), labels: [] },
        signals: { categories: categories.map((text) => chartText.shortenMiddle(text, Math.max(band, 40))) },
        width,
        height: width < 520 ? 240 : 280,
      };
      const chart = await chartHost.render(specs[chartRows.scatterKind(x.kind, rows.map((row) => row.x))], filling, `${title}.`);
      if (width >= 520) await label(chart, rows, y.direction ?? chartRows.titleDirection(y.title));
      wire(chart, rows, points, { x, y });
      const content = make("div", { class: "chart" }, make("p", { class: "chart-title" }, title), chart.canvas, caption(points, { x, y, ...missing }));
      return { content, finalize: chart.finalize };
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
  const HEIGHT = 260;
  const LINE = 14; // pixels a label needs above and below the next one

  const ramp = (title, range) => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    for (const [name, value] of Object.entries({ viewBox: `0 0 ${chartRows.SEQUENCE * 10} 10`, width: 120, height: 10, preserveAspectRatio: "none", "aria-hidden": "true" })) svg.setAttribute(name, value);
    for (let index = 0; index < chartRows.SEQUENCE; index += 1) {
      const box = document.createElementNS("http://www.w3.org/2000/svg", "rect");
      for (const [name, value] of Object.entries({ x: index * 10, width: 10.5, height: 10, fill: `var(--seq-${index})` })) box.setAttribute(name, value);
      svg.append(box);
    }
    return make("p", { class: "chart-ramp" }, make("span", {}, title), make("span", { class: "value" }, format.number(range[0])), svg, make("span", { class: "value" }, format.number(range[1])));
  };

  // Pixels of each run's line, and between pixels and (axis, level).
  const geometry = (chart, rows, narrow) => {
    const [across, along] = [chart.view.scale(narrow ? "y" : "x"), chart.view.scale(narrow ? "x" : "y")];
    const place = ({ at, level }) => (narrow ? [along(level), across(at)] : [across(at), along(level)]);
    const lines = new Map();
    for (const row of rows) lines.set(row.run, [...(lines.get(row.run) || []), place(row)]);
    const axisAt = ({ x, y }, count) => {
      const at = Math.round(across.invert(narrow ? y : x));
      const inside = at >= 0 && at < count && Math.abs(across(at) - (narrow ? y : x)) <= 12;
      return inside ? at : null;
    };
    return { lines, axisAt, levelAt: ({ x, y }) => along.invert(narrow ? x : y) };
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

  const wire = (chart, shape, { dimensions, runs, colorTitle }, brushes, onBrush) => {
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
      onBrush(picked());
    };
    const hover = (event) => {
      const place = chart.point(event);
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
    chart.canvas.addEventListener("pointerdown", (event) => {
      const place = chart.point(event);
      const at = shape.axisAt(place, dimensions.length);
      if (at === null || event.button !== 0) return;
      event.preventDefault();
      drag = { at, from: shape.levelAt(place), moved: false };
      chart.canvas.setPointerCapture(event.pointerId);
      chart.tooltip.hide();
    });
    chart.canvas.addEventListener("pointermove", (event) => {
      if (!drag) return hover(event);
      const level = Math.min(Math.max(shape.levelAt(chart.point(event)), chartRows.NOT_SET - 0.03), 1.02);
      drag.moved = drag.moved || Math.abs(level - drag.from) > 0.015;
      if (drag.moved) setBrush(drag.at, Math.min(drag.from, level), Math.max(drag.from, level));
      return paint();
    });
    const drop = () => {
      if (drag && !drag.moved) {
        setBrush(drag.at, null);
        paint();
      }
      drag = null;
    };
    chart.canvas.addEventListener("pointerup", drop);
    chart.canvas.addEventListener("pointercancel", drop);
    chart.canvas.addEventListener("pointerleave", leave);
    return () => {
      brushes.splice(0);
      paint();
    };
  };

  const labels = (dimensions, runs, direction, narrow, room) => {
    const best = chartRows.findBest(runs, direction);
    if (narrow || best === null || best.positions.at(-1) === null) return [];
    return [{ at: dimensions.length - 1, level: best.positions.at(-1), text: chartText.shortenMiddle(best.name, room) }];
  };

  const shorten = (rows, key, width) => rows.map((row) => ({ ...row, [key]: chartText.shortenMiddle(row[key], width) }));

  const axisLabels = (ticks, { narrow, width, between }) => {
    if (!narrow) return chartText.fitLabels(ticks, between - 26, (level) => [level * HEIGHT, level * HEIGHT + LINE]);
    const widest = Math.max(48, width / ticks.length - 10);
    const length = width * 0.84;
    return chartText.fitLabels(ticks, widest, (level, label) => {
      const room = chartText.textWidth(label) + 6;
      const start = level * length - (level > 0.9 ? room : level >= 0 && level < 0.1 ? 0 : room / 2);
      return [start, start + room];
    });
  };

  // Draws parallel coordinates; options are described in templates/assets/js/README.md.
  const parallel = (element, options) => {
    const { dimensions, runs, colorTitle } = options;
    if (dimensions.length < 2 || !runs.length) {
      chartHost.empty(element, "There is nothing that differs between these runs to lay side by side.");
      return Promise.resolve();
    }
    const direction = options.direction ?? chartRows.titleDirection(colorTitle);
    const range = chartRows.valueRange(runs);
    const params = dimensions.filter((one) => one.title !== colorTitle).length;
    const title = `${chartText.plainTitle(colorTitle)} across ${chartText.count(params, "parameter")}, ${chartText.count(runs.length, "run")}`;
    const brushes = [];
    return chartHost.show(element, async (specs, width) => {
      const narrow = width / dimensions.length < ROOM;
      const between = narrow ? width : (width - 64) / dimensions.length;
      const rows = chartRows.parallelRows(runs, direction);
      const ticks = chartRows.tickRows(dimensions, runs);
      const filling = {
        data: {
          rows: rows.map((row) => ({ ...row })),
          axes: shorten(chartRows.axisRows(dimensions), "title", between - 8),
          ticks: dimensions.flatMap((_, at) => axisLabels(ticks.filter((tick) => tick.at === at), { narrow, width, between })),
          labels: labels(dimensions, runs, direction, narrow, width / 8),
          brushes: [],
        },
        width,
        height: narrow ? dimensions.length * 68 + 24 : HEIGHT + 60,
      };
      const chart = await chartHost.render(specs[narrow ? "parallel-narrow" : "parallel"], filling, `${title}.`);
      const note = make("p", { class: "hint" });
      const hint = "Drag along an axis to pick the runs that pass there.";
      let clear = () => {};
      const onBrush = (ids) => {
        if (!brushes.length) note.replaceChildren(hint);
        else note.replaceChildren(`${ids.length} of ${chartText.count(runs.length, "run")} picked. `, make("button", { type: "button", class: "quiet", onclick: () => clear() }, "Clear"));
      };
      clear = wire(chart, geometry(chart, rows, narrow), options, brushes, onBrush);
      onBrush(chartRows.brushedRuns(runs, brushes));
      if (brushes.length) await chart.view.data("brushes", brushes.map((one) => ({ ...one }))).signal("emphasis", [...chartRows.brushedRuns(runs, brushes), ""]).runAsync();
      const head = make("p", { class: "chart-title" }, title);
      const content = make("div", { class: "chart" }, head, ...(range ? [ramp(colorTitle, range)] : []), chart.canvas, note);
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
      return chart.tooltip.show({ title: bar.name, rows: [{ name: xTitle, value: full }] }, place.x + place.left, place.y + place.top);
    });
    chart.canvas.addEventListener("pointerleave", leave);
    chart.canvas.addEventListener("click", (event) => {
      const row = barAt(chart, rows, chart.point(event));
      if (row) chartHost.open(bars[row.order].href, event);
    });
  };

  // Draws bars; options are described in templates/assets/js/README.md.
  const bars = (element, { title, xTitle, bars: given }) => {
    if (!given.length) {
      chartHost.empty(element, `${title}: no run has a value.`);
      return Promise.resolve();
    }
    const rows = chartRows.barRows(given);
    const label = `${title}. ${rows.slice(0, 5).map((row) => `${row.name} ${row.text}`).join(", ")}${rows.length > 5 ? `, and ${rows.length - 5} more` : ""}.`;
    return chartHost.show(element, async (specs, width) => {
      const filling = {
        titles: { __x__: xTitle },
        data: { rows: rows.map((row) => ({ ...row, name: chartText.shortenMiddle(row.name, width * NAMES) })) },
        width,
        height: STEP * rows.length + 36,
      };
      const chart = await chartHost.render(specs.bars, filling, label);
      wire(chart, rows, given, xTitle);
      const content = make("div", { class: "chart" }, make("p", { class: "chart-title" }, title), chart.canvas);
      return { content, finalize: chart.finalize };
    });
  };

  runfolio.charts = { ...runfolio.charts, bars };
})();
