// What changed between two texts, two JSON values or two sets of names; pure.
// Lines: Myers, "An O(ND) Difference Algorithm" (1986), after equal ends are cut off; where that
// would take too long, unique lines that both have hold the texts together, as patience diff does.

(() => {
  "use strict";

  const MOST_EDITS = 1200; // beyond, Myers' search takes too much time and memory
  const CONTEXT = 3;

  const linesOf = (text) => {
    const lines = text.split("\n");
    if (lines.at(-1) === "") lines.pop();
    return lines;
  };

  // The pairs of places that Myers' shortest edit keeps, or null when it has too many edits.
  const myers = (a, b) => {
    const most = Math.min(a.length + b.length, MOST_EDITS);
    const reach = new Int32Array(2 * most + 3);
    const middle = most + 1;
    const steps = [];
    for (let edits = 0; edits <= most; edits += 1) {
      steps.push(reach.slice(middle - edits - 1, middle + edits + 2));
      for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
        const at = middle + diagonal;
        const down = diagonal === -edits || (diagonal !== edits && reach[at - 1] < reach[at + 1]);
        let x = down ? reach[at + 1] : reach[at - 1] + 1;
        while (x < a.length && x - diagonal < b.length && a[x] === b[x - diagonal]) x += 1;
        reach[at] = x;
        if (x >= a.length && x - diagonal >= b.length) return walkBack(a, b, steps);
      }
    }
    return null;
  };

  const walkBack = (a, b, steps) => {
    const pairs = [];
    let [x, y] = [a.length, b.length];
    for (let edits = steps.length - 1; edits >= 0; edits -= 1) {
      const reach = (diagonal) => steps[edits][diagonal + edits + 1];
      const diagonal = x - y;
      const down = diagonal === -edits || (diagonal !== edits && reach(diagonal - 1) < reach(diagonal + 1));
      const before = down ? diagonal + 1 : diagonal - 1;
      const start = edits === 0 ? 0 : reach(before);
      while (x > start && y > start - before && x > 0 && y > 0 && a[x - 1] === b[y - 1]) {
        x -= 1;
        y -= 1;
        pairs.push([x, y]);
      }
      [x, y] = [start, start - before];
    }
    return pairs.reverse();
  };

  const placesOfUnique = (lines) => {
    const places = new Map();
    lines.forEach((line, place) => places.set(line, places.has(line) ? null : place));
    return places;
  };

  // Of pairs in the order of their first places, the longest run whose second places rise too.
  const longestRising = (pairs) => {
    const piles = [];
    const before = new Map();
    for (const pair of pairs) {
      let [low, high] = [0, piles.length];
      while (low < high) {
        const half = (low + high) >> 1;
        if (piles[half][1] < pair[1]) low = half + 1;
        else high = half;
      }
      before.set(pair, piles[low - 1]);
      piles[low] = pair;
    }
    const found = [];
    for (let pair = piles.at(-1); pair; pair = before.get(pair)) found.push(pair);
    return found.reverse();
  };

  const anchors = (a, b) => {
    const other = placesOfUnique(b);
    const shared = [...placesOfUnique(a)].filter(([line, place]) => place !== null && Number.isInteger(other.get(line)));
    return longestRising(shared.map(([line, place]) => [place, other.get(line)]));
  };

  // The pairs of places of equal lines that a difference keeps, in order.
  const match = (a, b) => {
    let start = 0;
    while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
    let end = 0;
    while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1;
    const inner = matchInner(a.slice(start, a.length - end), b.slice(start, b.length - end));
    const same = (count, x, y) => Array.from({ length: count }, (_, place) => [x + place, y + place]);
    return [...same(start, 0, 0), ...inner.map(([x, y]) => [x + start, y + start]), ...same(end, a.length - end, b.length - end)];
  };

  const matchInner = (a, b) => {
    if (!a.length || !b.length) return [];
    const found = myers(a, b);
    if (found) return found;
    const pairs = [];
    let [x, y] = [0, 0];
    const fixed = anchors(a, b);
    if (!fixed.length) return [];
    for (const [nextX, nextY] of [...fixed, [a.length, b.length]]) {
      for (const [left, right] of match(a.slice(x, nextX), b.slice(y, nextY))) pairs.push([left + x, right + y]);
      if (nextX < a.length) pairs.push([nextX, nextY]);
      [x, y] = [nextX + 1, nextY + 1];
    }
    return pairs;
  };

  // The lines of both texts in order: kind "same", "removed" (only in a) or "added" (only in b), the
  // text and the line's number in each text, from 1.
  const lines = (before, after) => {
    const [a, b] = [linesOf(before), linesOf(after)];
    const rows = [];
    let [x, y] = [0, 0];
    for (const [nextX, nextY] of [...match(a, b), [a.length, b.length]]) {
      for (; x < nextX; x += 1) rows.push({ kind: "removed", text: a[x], a: x + 1, b: null });
      for (; y < nextY; y += 1) rows.push({ kind: "added", text: b[y], a: null, b: y + 1 });
      if (nextX < a.length) rows.push({ kind: "same", text: a[x], a: x + 1, b: y + 1 });
      [x, y] = [nextX + 1, nextY + 1];
    }
    return rows;
  };

  const countChanges = (rows) => {
    const count = (kind) => rows.filter((row) => row.kind === kind).length;
    return { added: count("added"), removed: count("removed") };
  };

  // Rows with the equal ones far from any change folded away, as {kind: "fold", count}.
  const fold = (rows, context = CONTEXT) => {
    const near = new Uint8Array(rows.length);
    rows.forEach((row, place) => {
      if (row.kind !== "same") near.fill(1, Math.max(0, place - context), place + context + 1);
    });
    const shown = [];
    rows.forEach((row, place) => {
      if (near[place]) shown.push(row);
      else if (shown.at(-1)?.kind === "fold") shown.at(-1).count += 1;
      else shown.push({ kind: "fold", count: 1 });
    });
    return shown;
  };

  // Rows as pairs of what stands left and right; a removed line faces the added one in its place.
  const sides = (rows) => {
    const pairs = [];
    for (let place = 0; place < rows.length; ) {
      if (rows[place].kind === "fold" || rows[place].kind === "same") {
        pairs.push([rows[place], rows[place]]);
        place += 1;
        continue;
      }
      const block = { removed: [], added: [] };
      for (; place < rows.length && rows[place].kind in block; place += 1) block[rows[place].kind].push(rows[place]);
      const height = Math.max(block.removed.length, block.added.length);
      for (let at = 0; at < height; at += 1) pairs.push([block.removed[at] ?? null, block.added[at] ?? null]);
    }
    return pairs;
  };

  const isBranch = (value) => typeof value === "object" && value !== null;
  const step = (path, key, isList) => {
    if (isList) return `${path}[${key}]`;
    if (/^[\w-]+$/.test(key)) return path ? `${path}.${key}` : key;
    return `${path}[${JSON.stringify(key)}]`;
  };

  // Where two JSON values differ: [{path, a, b}], the values as JSON text, null where there is none.
  const json = (before, after, path = "") => {
    if (isBranch(before) && isBranch(after) && Array.isArray(before) === Array.isArray(after)) {
      const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
      return keys.flatMap((key) => {
        const [a, b] = [before, after].map((one) => (Object.hasOwn(one, key) ? one[key] : undefined));
        return json(a, b, step(path, key, Array.isArray(before)));
      });
    }
    const [a, b] = [before, after].map((value) => (value === undefined ? null : JSON.stringify(value)));
    return a === b ? [] : [{ path: path || "(all of it)", a, b }];
  };

  // Where two objects of texts differ: [{key, a, b}], null where there is none; `all` keeps the rest.
  const names = (before, after, { all = false } = {}) => {
    const value = (object, key) => (Object.hasOwn(object, key) ? object[key] : null);
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    const rows = keys.map((key) => ({ key, a: value(before, key), b: value(after, key) }));
    return all ? rows : rows.filter((row) => row.a !== row.b);
  };

  const diff = { lines, countChanges, fold, sides, json, names };
  if (typeof runfolio !== "undefined") runfolio.diff = diff;
  if (typeof module === "object") module.exports = diff;
})();

// What stands in the rows of the compare page: values, whether they differ, changes from the baseline.

(() => {
  "use strict";

  const { broken, countRuns, sound } = typeof module === "object" ? require("../workspace/workspace-rows.js") : runfolio.rows;

  const own = (object, key) => Object.hasOwn(object, key);
  const keysOf = (runs, part) => [...new Set(runs.flatMap((run) => Object.keys(run[part])))].sort();
  const number = (value) => (typeof value === "string" ? Number(value) : value);

  // Rows of texts with whether they differ; those that differ come first.
  const textRows = (runs, part) => {
    const rows = keysOf(runs, part).map((key) => {
      const values = runs.map((run) => (own(run[part], key) ? run[part][key] : null));
      return { key, values, differs: new Set(values).size > 1 };
    });
    return rows.sort((a, b) => b.differs - a.differs);
  };

  const differingKeys = (runs, part) => textRows(runs, part).filter((row) => row.differs).map((row) => row.key);

  const verdictOf = (amount, direction) => (amount === 0 ? "same" : !direction ? null : amount < 0 === (direction === "down") ? "better" : "worse");

  // The change from `base` to `value`: amount, share of the base if that makes sense, and verdict.
  const change = (value, base, direction) => {
    if (typeof value !== "number" || typeof base !== "number" || !Number.isFinite(value) || !Number.isFinite(base)) return null;
    const amount = value - base;
    return { amount, share: base === 0 ? null : amount / Math.abs(base), verdict: verdictOf(amount, direction) };
  };

  const directionOf = (runs, key) => runs.map((run) => own(run.metrics, key) && run.metrics[key].direction).find(Boolean) || null;

  const lastOf = (run, key) => (own(run.metrics, key) ? number(run.metrics[key].last) : null);

  // The best of some values, or null where none stands out or the direction is not known.
  const bestOf = (values, direction) => {
    const finite = values.filter(Number.isFinite);
    if (!direction || new Set(finite).size < 2) return null;
    return direction === "down" ? Math.min(...finite) : Math.max(...finite);
  };

  // Those of some runs that count: without those that broke off, unless all did.
  const counted = (runs) => sound([...runs.keys()], runs.map((run) => run.status)).map((place) => runs[place]);

  const countWords = (runs) => countRuns([...runs.keys()], runs.map((run) => run.status));

  // A metric's values in the runs with their changes from the baseline at `base`. Of runs that broke
  // off none is best: `counts` tells which can be.
  const metricRows = (runs, base) =>
    keysOf(runs, "metrics").map((key) => {
      const direction = directionOf(runs, key);
      const values = runs.map((run) => lastOf(run, key));
      const changes = values.map((value, index) => (index === base ? null : change(value, values[base], direction)));
      const among = new Set(counted(runs));
      const counts = runs.map((run) => among.has(run));
      return { key, direction, values, changes, counts, best: bestOf(values.filter((_, index) => counts[index]), direction) };
    });

  // The metric that the verdict is about: of those that tell better from worse between two runs the one
  // that most of them logged, rather one that is primary for a run, and rather none of training.
  const leadMetric = (runs) => {
    const count = (fits) => runs.filter(fits).length;
    const rated = keysOf(runs, "metrics").map((key) => ({ key, logged: count((run) => own(run.metrics, key)), primary: runs.findIndex((run) => run.primary === key) }));
    const rank = ({ primary }) => (primary < 0 ? runs.length : primary);
    const ofTraining = ({ key }) => /(^|[^a-z])train/i.test(key);
    const telling = ({ key, primary }) => (primary >= 0 || directionOf(runs, key)) && count((run) => Number.isFinite(lastOf(run, key))) >= Math.min(runs.length, 2);
    return rated.filter(telling).sort((a, b) => b.logged - a.logged || rank(a) - rank(b) || ofTraining(a) - ofTraining(b))[0]?.key ?? null;
  };

  // Runs that share their name are told apart by how their ids begin.
  const tellApart = (runs) => runs.map((run) => (runs.some((other) => other !== run && other.name === run.name) ? { ...run, name: `${run.name} · ${run.id.slice(0, 8)}` } : run));

  const percent = (share) => {
    const size = Math.abs(100 * share);
    return `${size >= 9.95 ? Math.round(size) : Number(size.toFixed(1))} %`;
  };

  const FATES = { FAILED: "failed", KILLED: "was stopped" };

  // What became of the runs that don't count, in words; nothing where all do.
  const fateWords = (runs) => {
    const off = runs.filter((run) => broken(run.status));
    if (!off.length) return "";
    if (off.length === runs.length) return off.length === 1 ? ` It ${FATES[off[0].status]}.` : " All of these runs broke off.";
    if (off.length === 1) return ` ${off[0].name} ${FATES[off[0].status]} and does not count.`;
    return ` ${off.length} of ${runs.length} runs broke off and do not count.`;
  };

  // "22 % lower than", "0.4 higher than": a change in words; `write` writes numbers.
  const changeWords = ({ amount, share }, write) => {
    if (amount === 0) return "the same as";
    const size = share === null || Math.abs(share) > 10 ? write(Math.abs(amount)) : percent(share);
    return `${size} ${amount < 0 ? "lower" : "higher"} than`;
  };

  const rows = { textRows, differingKeys, change, metricRows, leadMetric, tellApart, changeWords, countWords, fateWords, counted, broken, verdictOf, directionOf, lastOf, bestOf, keysOf, own };
  if (typeof runfolio !== "undefined") runfolio.compare = { rows };
  if (typeof module === "object") module.exports = rows;
})();

// What the parts of the compare page are built of: sections, tables, changes, panels, choices.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { make, state, compare } = runfolio;
  const { address, select } = runfolio.controls;

  const format = (value) => runfolio.format.number(value);
  const signed = (value, text) => (value > 0 ? `+${text}` : text.replace(/^-/, "−"));
  const signedNumber = (value) => signed(value, format(value));
  const { count: plural } = runfolio.format;

  const deltaText = ({ amount, share }) => {
    const percent = share === null || Math.abs(share) > 10 ? "" : ` (${signed(share, `${(100 * share).toFixed(1)} %`)})`;
    return signedNumber(amount) + percent;
  };

  // A change from the baseline, marked as better or worse by a sign as well as a colour.
  const delta = (one) => {
    if (!one) return "";
    if (one.verdict === "same") return make("span", { class: "delta aside" }, "same");
    const mark = { better: "▲ ", worse: "▼ " }[one.verdict] || "";
    return make("span", { class: `delta ${one.verdict || "aside"}`, title: String(one.amount) }, mark + deltaText(one));
  };

  const runName = (run) => make("a", { class: "run-name", href: address(run.id), title: run.name }, run.name);

  // What is to be said of a run that did not come to its end, with the mark that tables have.
  const statusMark = (run) => {
    if (run.status === "FINISHED") return "";
    const [word, mark] = runfolio.cells.status(run.status);
    return make("span", { class: `status status-${word}` }, make("span", { class: "mark", "aria-hidden": "true" }, mark), ` ${word}`);
  };

  const runLabel = (run) => make("span", { class: "run-label" }, runfolio.chartSwatch(run), runName(run), statusMark(run));

  // The head of a table with a column for each run, or for each group as {label, color, dash}.
  const headRow = (columns, base) => {
    const cells = columns.map((column, index) => {
      const label = column.id ? runLabel(column) : make("span", { class: "run-label", title: column.label }, runfolio.chartSwatch(column), column.label);
      const below = [column.note, index === base ? "baseline" : ""].filter(Boolean).join(", ");
      return make("th", { scope: "col", class: `run${index === base ? " baseline" : ""}` }, label, make("div", { class: "aside" }, below));
    });
    return make("thead", {}, make("tr", {}, make("td", {}), ...cells));
  };

  const scroller = (label, content) => make("div", { class: "scroller", tabindex: "0", role: "region", "aria-label": label }, content);

  const table = (label, head, rows) => scroller(label, make("table", { class: "listing compare-table" }, head, make("tbody", {}, ...rows)));

  const textTable = (label, columns, base, rows) =>
    table(
      label,
      headRow(columns, base),
      rows.map((row) =>
        make(
          "tr",
          { class: row.differs ? "differs" : "" },
          make("th", { scope: "row" }, row.key),
          ...row.values.map((value, index) => make("td", { class: index === base ? "text baseline" : "text", title: value }, value ?? "—")),
        ),
      ),
    );

  const section = (title, ...content) => make("section", {}, make("h2", {}, title), ...content);
  const hint = (text) => make("p", { class: "hint" }, text);
  const controls = (...content) => make("div", { class: "controls" }, ...content.filter(Boolean));

  // A chart with its choices above it; `draw` is called once the panel is on the page.
  const panel = (title, choices, draw, { wide = false, note = null } = {}) => {
    const plot = make("div", { class: "plot" });
    const parts = [make("h3", {}, title), controls(...choices), plot, ...(note ? [hint(note)] : [])];
    return { whole: make("section", { class: wide ? "panel wide" : "panel", "aria-label": title }, ...parts), draw: () => runfolio.pace.whenNear(plot, () => draw(plot)) };
  };

  // A check box that keeps its choice in the fragment: "1" or nothing.
  const toggle = (label, name, checked, stateOf) => {
    const box = make("input", { type: "checkbox", "data-control": name });
    box.checked = checked;
    box.addEventListener("change", () => state.update({ [name]: stateOf(box.checked) }));
    return make("label", { class: "control" }, box, label);
  };

  // Which run is looked at beside the baseline, where a part shows two: the one chosen, else the best.
  const otherRun = ({ runs, base, lead }, view) => {
    const others = runs.filter((run) => run !== base);
    const counted = compare.rows.counted(others);
    const values = others.map((run) => (lead && counted.includes(run) ? compare.rows.lastOf(run, lead) : null));
    const best = values.indexOf(compare.rows.bestOf(values, compare.rows.directionOf(runs, lead)));
    return others.find((run) => run.id === view.with) || others[Math.max(best, 0)] || null;
  };

  const otherSelect = (context, other) => {
    const choices = context.runs.filter((run) => run !== context.base).map((run) => [run.id, run.name]);
    return choices.length > 1 ? select("beside the baseline", "with", choices, other.id) : null;
  };

  compare.view = { format, signedNumber, plural, delta, deltaText, runLabel, headRow, scroller, table, textTable, section, hint, controls, panel, toggle, otherRun, otherSelect };
})();

// Runs in groups, such as the seeds of one setting: means with intervals, and what is within noise.

(() => {
  "use strict";

  const node = typeof module === "object";
  const rows = node ? require("./compare-rows.js") : runfolio.compare.rows;
  const { joinKeys, splitKeys } = node ? require("../workspace/columns.js") : runfolio.columns;
  const statistics = node ? require("../charts/statistics.js") : runfolio.statistics;

  const SEED = /(^|[._/-])(random_?)?seed$|random_?state$/i;
  const COLORS = 10;
  const LISTED = 6;
  const MOST_KEYS = 3; // that one groups by

  const EXPERIMENT = { part: "experiment", key: "name" };
  const STATUS = "attributes.status";

  const read = (run, part, key) => (part === "attributes" ? run[key] : rows.own(run[part], key) ? run[part][key] : null);

  // One key of a choice as its field; null where the runs have nothing of the kind.
  const fieldOf = (runs, text) => {
    if (text === "experiment" || text === "attributes.experiment") return EXPERIMENT;
    if (text === STATUS) return { part: "attributes", key: "status" };
    const parts = /^(params|tags)\.(.+)$/s.exec(text);
    return parts && runs.some((run) => rows.own(run[parts[1]], parts[2])) ? { part: parts[1], key: parts[2] } : null;
  };

  // What a choice groups by: [{part, key}] — keys as the experiment's table has them, separated by
  // commas ("params.model,tags.team"), "experiment", or with a minus ahead all parameters that differ
  // but this one. Null where the runs have nothing of the kind.
  const fieldsOf = (runs, choice) => {
    if (!choice?.startsWith("-")) {
      const fields = splitKeys(choice).map((text) => fieldOf(runs, text));
      return fields.length && fields.every(Boolean) ? fields : null;
    }
    const field = fieldOf(runs, splitKeys(choice.slice(1))[0] ?? "");
    if (!field || !["params", "tags"].includes(field.part)) return null;
    const { part, key } = field;
    const others = rows.differingKeys(runs, part).filter((one) => one !== key);
    const experiments = new Set(runs.map((run) => run.experiment.name)).size > 1 ? [EXPERIMENT] : [];
    return [...experiments, ...others.map((one) => ({ part, key: one }))];
  };

  const labelOf = (fields, values) => fields.map(({ part, key }, place) => `${part === "experiment" ? "experiment" : key} = ${values[place] ?? "not set"}`).join(", ") || "all runs";

  // The number that each group's colour is by, as in the experiment's table: which of all groups there
  // it is, as `numbers` has it by run; else which of these, by the earliest of their runs.
  const numberGroups = (groups, numbers) => {
    const starts = groups.map((group) => Math.min(...group.runs.map((run) => run.start ?? 0)));
    const order = [...groups.keys()].sort((a, b) => starts[a] - starts[b]);
    return groups.map((group, index) => numbers?.get(group.runs[0].id) ?? order.indexOf(index));
  };

  // The runs in groups in the order in which these first come, each with those of its runs that count
  // in means; null without a choice that groups.
  const groupRuns = (runs, choice, numbers = null) => {
    const fields = fieldsOf(runs, choice);
    if (!fields) return null;
    const groups = new Map();
    for (const run of runs) {
      const values = fields.map(({ part, key }) => read(run, part, key));
      const mark = JSON.stringify(values);
      if (!groups.has(mark)) groups.set(mark, { label: labelOf(fields, values), values, runs: [] });
      groups.get(mark).runs.push(run);
    }
    const found = [...groups.values()];
    const order = numberGroups(found, numbers);
    return found.map((group, index) => ({ ...group, counted: rows.counted(group.runs), fields, color: order[index] % COLORS, dash: Math.floor(order[index] / COLORS) % 4 }));
  };

  // Runs that differ in a seed are repetitions, so they are grouped unless someone says otherwise.
  const usualChoice = (runs) => {
    for (const key of rows.differingKeys(runs, "params").filter((one) => SEED.test(one))) {
      const choice = `-${joinKeys([`params.${key}`])}`;
      if (groupRuns(runs, choice).some((group) => group.runs.length > 1)) return choice;
    }
    return "none";
  };

  // A row of texts with one text a group: the value, or the several that its runs have.
  const gather = (row, { runs, groups }) => {
    const values = groups.map((group) => {
      const held = [...new Set(runs.map((run, index) => (group.runs.includes(run) ? row.values[index] : undefined)).filter((value) => value !== undefined))];
      if (held.length > LISTED) return `${held.length} values`;
      return held.length === 1 ? held[0] : held.map((value) => value ?? "not set").join(", ");
    });
    return { ...row, values };
  };

  const choices = (runs) => {
    const params = rows.differingKeys(runs, "params");
    const tags = rows.differingKeys(runs, "tags");
    const seeds = params.filter((key) => SEED.test(key));
    const several = new Set(runs.map((run) => run.experiment.name)).size > 1;
    return [
      ["none", "nothing: single runs"],
      ...seeds.map((key) => [`-${joinKeys([`params.${key}`])}`, `all but ${key}`]),
      ...params.filter((key) => !SEED.test(key)).map((key) => [joinKeys([`params.${key}`]), key]),
      ...(params.length > 1 ? params.filter((key) => !SEED.test(key)).map((key) => [`-${joinKeys([`params.${key}`])}`, `all but ${key}`]) : []),
      ...tags.map((key) => [joinKeys([`tags.${key}`]), `tag ${key}`]),
      ...(several ? [["experiment", "experiment"]] : []),
    ];
  };

  // What a chosen grouping can be made finer by: for each place after the first the choices that stand
  // there, as [prefix, [[choice, text]]]. Only keys can be put together, and at most three.
  const furtherChoices = (all, choice) => {
    const keys = splitKeys(choice).map((key) => joinKeys([key]));
    if (choice === "none" || choice.startsWith("-")) return [];
    return keys.slice(0, MOST_KEYS - 1).map((_, place) => {
      const before = keys.slice(0, place + 1);
      const rest = all.filter(([key]) => key !== "none" && !key.startsWith("-") && !before.includes(key));
      return [before.join(","), rest.map(([key, text]) => [[...before, key].join(","), text])];
    });
  };

  // A metric in the groups: a summary of each, and its difference from the group at `base`, with a
  // verdict only where that is not within noise.
  const groupRow = (groups, base, key) => {
    const runs = groups.flatMap((group) => group.runs);
    const direction = rows.directionOf(runs, key);
    const values = groups.map((group) => group.counted.map((run) => rows.lastOf(run, key)));
    const summaries = values.map(statistics.summary);
    const differences = values.map((one, index) => {
      const found = index === base ? null : statistics.difference(values[base], one);
      if (!found) return null;
      const from = summaries[base].mean;
      const told = found.withinNoise === false;
      return { ...found, share: from === 0 ? null : found.difference / Math.abs(from), verdict: told ? rows.verdictOf(found.difference, direction) : null };
    });
    const whole = groups.map((group) => !rows.broken(group.counted[0].status));
    const counts = whole.includes(true) ? whole : groups.map(() => true);
    return { key, direction, summaries, differences, counts, best: rows.bestOf(summaries.map((one) => one.mean).filter((_, index) => counts[index]), direction) };
  };

  const groupRows = (groups, base) => rows.keysOf(groups.flatMap((group) => group.runs), "metrics").map((key) => groupRow(groups, base, key));

  const pure = { groupRuns, gather, usualChoice, choices, furtherChoices, groupRow, groupRows };
  if (node) module.exports = pure;
  if (typeof document === "undefined") return;

  const { make, compare } = runfolio;
  const { directed } = runfolio.controls;
  const view = compare.view;
  const { format, signedNumber } = view;

  const interval = ({ low, high }) => `${signedNumber(low)} to ${signedNumber(high)}`;

  // "−0.052 (−8.1 %), 95 %: −0.07 to −0.03", and in words whether that is more than noise.
  const differenceCell = (one) => {
    if (!one) return [];
    const { difference, share, verdict, withinNoise, method, low } = one;
    const mark = { better: "▲ ", worse: "▼ " }[verdict] || "";
    const lines = [make("span", { class: `delta ${verdict && verdict !== "same" ? verdict : "aside"}`, title: String(difference) }, mark + view.deltaText({ amount: difference, share }))];
    if (low === null) lines.push(make("span", { class: "delta aside" }, method));
    else lines.push(make("span", { class: "delta aside", title: `${method}: ${low} to ${one.high}` }, `95 %: ${interval(one)}`));
    if (withinNoise) lines.push(make("strong", { class: "delta noise" }, "within noise"));
    return lines;
  };

  const meanCell = (summary, classes, difference) => {
    if (summary.mean === null) return make("td", { class: classes }, "—");
    const about = summary.deviation === null ? "one value" : `standard deviation ${format(summary.deviation)}, 95 % interval of the mean ${format(summary.low)} to ${format(summary.high)}`;
    const spread = summary.deviation === null ? "" : make("span", { class: "aside" }, ` ± ${format(summary.deviation)}`);
    return make("td", { class: classes, title: `${summary.mean}, ${about}` }, format(summary.mean), spread, ...differenceCell(difference));
  };

  const METHOD =
    "Means with standard deviations. Differences are from the baseline’s group, with 95 % intervals: Welch’s t where both have 5 runs or more; " +
    "for 3 or 4 the bootstrap with 10,000 draws, its percentiles widened for few runs; below that there are too few runs to tell. Within noise: the interval contains 0.";

  const columns = (groups) => groups.map((group) => ({ ...group, note: rows.countWords(group.runs) }));

  const metricTable = (context) => {
    const { groups, baseGroup, lead } = context;
    const found = groupRows(groups, baseGroup).sort((a, b) => (b.key === lead) - (a.key === lead));
    const body = found.map((row) =>
      make(
        "tr",
        {},
        make("th", { scope: "row" }, directed(row.key, row.direction)),
        ...row.summaries.map((summary, index) => {
          const best = row.best !== null && row.counts[index] && summary.mean === row.best ? " best" : "";
          return meanCell(summary, `num${best}${index === baseGroup ? " baseline" : ""}`, row.differences[index]);
        }),
      ),
    );
    return [view.table("Metrics of groups", view.headRow(columns(groups), baseGroup), body), view.hint(METHOD)];
  };

  // How the difference of the verdict is to be taken, in words.
  const certainty = (difference) => {
    if (!difference) return "";
    if (difference.low === null) return ` There are too few runs to tell whether that is more than noise.`;
    const told = difference.withinNoise ? "That is within noise" : "That is more than noise";
    return ` ${told}: the 95 % interval of the difference is ${interval(difference)} (${difference.method.replace(/, 95 % interval$/, "")}).`;
  };

  compare.groups = { ...pure, columns, metricTable, certainty };
})();

// The charts of a comparison: curves, their difference from the baseline's, scatter, parallel coordinates.

(() => {
  "use strict";

  const node = typeof module === "object";
  const rows = node ? require("./compare-rows.js") : runfolio.compare.rows;
  const groups = node ? require("../curves/curve-groups.js") : runfolio.curveGroups;
  const smoothing = node ? require("../curves/curve-smoothing.js") : runfolio.curveSmoothing;

  const DIMENSIONS = 7;
  const WIDE_FROM = 5; // more axes than this take the whole width, and so does what stands beside them

  // A curve as {x, y} by step; values that are no finite number leave gaps.
  const byStep = ({ step, value }) => {
    const order = step.map((_, index) => index).sort((a, b) => step[a] - step[b] || a - b);
    return { x: order.map((index) => step[index]), y: order.map((index) => (Number.isFinite(value[index]) ? value[index] : NaN)) };
  };

  // `curve` minus `base` on the steps of `base` within both; null where one of them has no value.
  const curveDifference = (base, curve) => {
    const [first, second] = [byStep(base), byStep(curve)];
    const step = [...new Set(first.x)].filter((one) => second.x[0] <= one && one <= second.x.at(-1));
    const [low, high] = [first, second].map((one) => groups.valuesAt(one, step));
    return { step, value: step.map((_, index) => (Number.isFinite(high[index] - low[index]) ? high[index] - low[index] : null)) };
  };

  // The curves of groups as one line each: the mean of the runs that count and have a value, with its
  // 95 % interval.
  const groupLines = (grouped, runs) =>
    grouped
      .map((group) => {
        const members = runs.filter((run) => group.counted.some((one) => one.id === run.id));
        const { x, y, low, high, n } = groups.gather(members.map(byStep), { centre: "mean", band: "ci" });
        return { id: group.label, name: group.label, color: group.color, dash: group.dash, href: null, step: [...x], value: [...y], band: { low, high, n } };
      })
      .filter((line) => line.step.length);

  // A line smoothed, and its band with it, above what it was made of; as it is where nothing is to be.
  const smooth = (line, xKind, how) => {
    if (!how) return line;
    const over = (column) => Array.from(smoothing.smooth(column, how));
    const places = xKind === "time" && line.time ? line.time : line.step;
    const value = over(line.value).map((one) => (Number.isFinite(one) ? one : null));
    const band = line.band && { ...line.band, low: over(line.band.low), high: over(line.band.high) };
    return { ...line, value, band, ghost: { places, value: line.value } };
  };

  const asNumber = (text) => (typeof text === "number" ? text : text.trim() === "" ? NaN : Number(text));
  const areNumbers = (values) => values.every((value) => value === null || Number.isFinite(asNumber(value)));
  const numbersOrTexts = (values) => (areNumbers(values) ? values.map((value) => (value === null ? null : asNumber(value))) : values);

  const pure = { curveDifference, groupLines, smooth, numbersOrTexts };
  if (node) module.exports = pure;
  if (typeof document === "undefined") return;

  const { compare } = runfolio;
  const { select, address, directed } = runfolio.controls;
  const { panel, plural } = compare.view;
  const valid = (wanted, among, usual) => (among.includes(wanted) ? wanted : usual);

  const curveMetrics = (runs) => rows.keysOf(runs, "curves");

  const chosenCurve = ({ runs, lead }, view) => {
    const metrics = curveMetrics(runs);
    const usual = metrics.includes(lead) ? lead : metrics.find((key) => !key.startsWith("system/")) || metrics[0];
    return valid(view.curve, metrics, usual);
  };

  const titled = (context, key) => directed(key, rows.directionOf(context.runs, key));

  const drawnRuns = ({ drawn }, metric) =>
    drawn
      .filter((run) => rows.own(run.curves, metric))
      .map((run) => ({ ...run, ...run.curves[metric], href: address(run.id) }));

  const showMeans = ({ groups: grouped }, view) => Boolean(grouped) && view.curvelines !== "runs";

  const curves = (context, view) => {
    const metrics = curveMetrics(context.runs);
    if (!metrics.length) return null;
    const metric = chosenCurve(context, view);
    const x = valid(view.curvex, ["step", "time"], "step");
    const scale = valid(view.curvescale, ["linear", "log"], "linear");
    const runs = drawnRuns(context, metric);
    const means = showMeans(context, view);
    const how = smoothing.read(view.curvesmooth);
    const choices = [
      select("metric", "curve", metrics, metric),
      context.groups && select("lines", "curvelines", [["means", "means of groups"], ["runs", "single runs"]], means ? "means" : "runs"),
      !means && select("over", "curvex", [["step", "step"], ["time", "time since start"]], x),
      select("scale", "curvescale", ["linear", "log"], scale),
      ...runfolio.smoothingControls("curve", how),
    ];
    const plain = means ? groupLines(context.groups, runs) : runs;
    const lines = plain.map((line) => smooth(line, means ? "step" : x, how));
    const counted = means ? new Set(context.groups.flatMap((group) => group.counted.map((run) => run.id))) : null;
    const shown = counted ? runs.filter((run) => counted.has(run.id)) : runs;
    const off = runs.length - shown.length;
    const title = `${metric} by ${means ? "step" : x}${how ? `, smoothed (${smoothing.words(how)})` : ""}, ${means ? `${plural(lines.length, "group")} of ` : ""}${plural(shown.length, "run")}`;
    const note = means ? `Lines are means of the runs that have a value there, bands their 95 % intervals.${off ? ` ${plural(off, "run")} that broke off ${off === 1 ? "is" : "are"} left out.` : ""}` : context.groups ? "Runs of one group share a colour." : null;
    const draw = (plot) => runfolio.charts.curves(plot, { title, yTitle: titled(context, metric), direction: rows.directionOf(runs, metric), runs: lines, log: scale === "log", xKind: means ? "step" : x });
    return panel("Curves", choices, draw, { wide: true, note });
  };

  const difference = (base, { id, name, color, dash, href, step, value }) => ({ id, name, color, dash, href, ...curveDifference(base, { step, value }) });

  const differences = (context, view) => {
    const metric = context.runs.length > 1 && chosenCurve(context, view);
    if (!metric) return null;
    const drawn = drawnRuns(context, metric);
    const means = showMeans(context, view);
    const lines = means ? groupLines(context.groups, drawn) : drawn;
    const wanted = means ? context.groups[context.baseGroup].label : context.base.id;
    const base = lines.find((line) => line.id === wanted);
    if (!base) return null;
    const runs = lines.filter((line) => line !== base).map((line) => difference(base, line)).filter((line) => line.value.some((one) => one !== null));
    if (!runs.length) return null;
    const title = `${metric} minus that of ${base.name}, by step`;
    const note = `Read at the steps of ${base.name}: between its own steps a curve is taken as a straight line, and there is no difference where one of the two has no value.`;
    const draw = (plot) => runfolio.charts.curves(plot, { title, yTitle: `Δ ${titled(context, metric)}`, runs, log: false, xKind: "step" });
    return panel("Difference from the baseline", [], draw, { wide: true, note });
  };

  // What an axis can show: parameters that differ by their name, and metrics.
  const axisChoices = ({ runs }) => [
    ...rows.differingKeys(runs, "params").map((key) => [key, key]),
    ...rows.keysOf(runs, "metrics").map((key) => [`metrics.${key}`, `metric ${key}`]),
  ];

  const axisValues = (runs, choice) => {
    const text = (run) => (rows.own(run.params, choice) ? run.params[choice] : null);
    if (runs.some((run) => text(run) !== null)) return runs.map(text);
    return runs.map((run) => rows.lastOf(run, choice.replace(/^metrics\./, "")));
  };

  // The axis that sets apart most runs with a value of `y`, with how many it places; none where it is 0.
  const usualAxis = (runs, choices, y) => {
    const reach = (choice) => {
      const known = axisValues(runs, choice).filter((value, index) => value !== null && Number.isFinite(rows.lastOf(runs[index], y)));
      return new Set(known).size > 1 ? known.length : 0;
    };
    return choices.map((choice) => [choice, reach(choice)]).sort((a, b) => b[1] - a[1])[0] ?? [null, 0];
  };

  const isLong = (runs) => rows.differingKeys(runs, "params").length > WIDE_FROM;

  const scatter = (context, view) => {
    const metrics = rows.keysOf(context.runs, "metrics");
    if (!metrics.length || context.runs.length < 2) return null;
    const y = valid(view.y, metrics, context.lead || metrics[0]);
    const choices = axisChoices(context);
    const [usual, reach] = usualAxis(context.runs, choices.map(([value]) => value).filter((value) => value !== `metrics.${y}`), y);
    const x = valid(view.x, choices.map(([value]) => value), usual);
    if (!reach && x === usual) return null;
    const values = axisValues(context.drawn, x);
    const numeric = areNumbers(values);
    const places = numbersOrTexts(values);
    const points = context.drawn.map((run, index) => ({ ...run, href: address(run.id), x: places[index], y: rows.lastOf(run, y) }));
    const draw = (plot) =>
      runfolio.charts.scatter(plot, { x: { title: x.replace(/^metrics\./, ""), kind: numeric ? "number" : "category" }, y: { title: titled(context, y) }, points });
    return panel("Scatter", [select("x", "x", choices, x), select("y", "y", metrics, y)], draw, { wide: isLong(context.runs) });
  };

  const parallel = (context, view) => {
    const params = rows.differingKeys(context.runs, "params").slice(0, DIMENSIONS);
    const metrics = rows.keysOf(context.runs, "metrics");
    if (!params.length || !metrics.length || context.runs.length < 2) return null;
    const metric = valid(view.par, metrics, context.lead || metrics[0]);
    const columns = [...params.map((key) => axisValues(context.runs, key)), context.runs.map((run) => rows.lastOf(run, metric)).map((value) => (Number.isFinite(value) ? value : null))];
    const placed = columns.map((values) => runfolio.chartDimensions.place(numbersOrTexts(values)));
    const title = titled(context, metric);
    const dimensions = [...params, title].map((key, index) => ({ key, title: key, ticks: placed[index].ticks }));
    const runs = context.drawn.map((run, index) => ({
      id: run.id,
      name: run.name,
      color: run.color,
      dash: run.dash,
      href: address(run.id),
      positions: placed.map((one) => one.positions[index]),
      value: columns.at(-1)[index],
    }));
    const draw = (plot) => runfolio.charts.parallel(plot, { dimensions, runs, colorTitle: title, direction: rows.directionOf(context.runs, metric) });
    return panel("Parallel coordinates", [select("colour by", "par", metrics, metric)], draw, { wide: isLong(context.runs) });
  };

  compare.charts = { curves, differences, scatter, parallel };
})();

// Pictures of the runs side by side at one step, or two of them laid over each other.

(() => {
  "use strict";

  const MOST_RUNS = 24;
  const MOST_AT_ONCE = 100;

  // The keys of pictures, those that most runs have first.
  const imageKeys = (extras) => {
    const counts = new Map();
    for (const one of extras) for (const key of Object.keys(one?.images || {})) counts.set(key, (counts.get(key) || 0) + 1);
    return [...counts.keys()].sort((a, b) => counts.get(b) - counts.get(a) || (a < b ? -1 : 1));
  };

  const itemsOf = (extra, key) => (extra?.images && Object.hasOwn(extra.images, key) ? extra.images[key] : []);

  // All steps of all series, ascending; pictures that stand alone have none.
  const allSteps = (extras) => {
    const items = extras.flatMap((one) => Object.values(one?.images || {}).flat());
    return [...new Set(items.map((item) => item.step).filter((step) => step !== null))].sort((a, b) => a - b);
  };

  // The picture to show at a step: the last one up to it, else the first.
  const itemAt = (items, step) => items.findLast((item) => item.step === null || step === null || item.step <= step) || items[0] || null;

  const pure = { imageKeys, itemsOf, allSteps, itemAt };
  if (typeof module === "object") module.exports = pure;
  if (typeof document === "undefined") return;

  const { make, state, compare } = runfolio;
  const { select } = runfolio.controls;
  const { section, controls, hint, plural, runLabel, otherRun, otherSelect } = compare.view;

  const MODES = [["side", "side by side"], ["wipe", "wipe"], ["difference", "difference"]];

  const picture = (alt, loading = "eager") => make("img", { alt, loading, decoding: "async" });

  const showItem = (image, item) => {
    const source = item.src.startsWith("data:") ? item.src : runfolio.site().root + item.src;
    if (image.getAttribute("src") !== source) image.src = source;
  };

  const stepNote = (item, step) => (item.step === null || item.step === step ? "" : `step ${item.step}`);

  // One run's picture; `show(step)` brings the one of a step.
  const figure = (run, key, items, loading) => {
    const image = picture(`${key} of ${run.name}`, loading);
    const note = make("span", { class: "aside" });
    const whole = make("figure", {}, image, make("figcaption", {}, runLabel(run), note));
    const show = (step) => {
      const item = itemAt(items, step);
      showItem(image, item);
      note.textContent = stepNote(item, step);
    };
    return { whole, show };
  };

  // A range that acts while it moves and keeps its value in the fragment once it rests.
  const slider = (label, name, most, value, act) => {
    const box = make("input", { type: "range", min: "0", max: String(most), step: "1", "data-control": name });
    box.value = String(value);
    box.addEventListener("input", () => act(Number(box.value)));
    return { box, whole: make("label", { class: "control slider" }, label, box) };
  };

  // Two pictures over each other: the upper one is cut off along a line that a slider moves.
  const wipe = (pair, key, view) => {
    const images = pair.map(({ run }) => picture(`${key} of ${run.name}`));
    images[1].classList.add("over");
    const line = make("span", { class: "wipe-line", "aria-hidden": "true" });
    const place = (percent) => {
      images[1].style.clipPath = `inset(0 0 0 ${percent}%)`;
      line.style.left = `${percent}%`;
    };
    const { box, whole: range } = slider(`wipe ${key}`, `wipe:${key}`, 100, 50, place);
    box.addEventListener("change", () => state.update({ wipe: box.value }));
    const follow = (next) => {
      box.value = /^\d+$/.test(next.wipe || "") ? next.wipe : "50";
      place(Number(box.value));
    };
    follow(view);
    const names = make("div", { class: "wipe-names" }, runLabel(pair[0].run), runLabel(pair[1].run));
    return { images, follow, whole: make("figure", { class: "laid" }, make("div", { class: "stack" }, ...images, line), range, names) };
  };

  // Blending shows where two pictures differ without reading their pixels, which a page opened from
  // disk may not do: equal pixels turn black.
  const difference = (pair, key) => {
    const images = pair.map(({ run }) => picture(`${key} of ${run.name}`));
    images[1].classList.add("over", "blend");
    const names = make("figcaption", {}, "Difference of ", runLabel(pair[0].run), " and ", runLabel(pair[1].run), ", black where they are the same");
    return { images, follow: () => {}, whole: make("figure", { class: "laid" }, make("div", { class: "stack" }, ...images), names) };
  };

  const laidOver = (mode, pair, key, view) => {
    const missing = pair.filter((one) => !one.items.length);
    if (missing.length) return { show: () => {}, follow: () => {}, whole: hint(`${missing.map((one) => one.run.name).join(" and ")} has no such picture.`) };
    const made = mode === "wipe" ? wipe(pair, key, view) : difference(pair, key);
    const show = (step) => pair.forEach((one, index) => showItem(made.images[index], itemAt(one.items, step)));
    return { ...made, show };
  };

  const sideBySide = (runs, key, extraOf, loading) => {
    const having = runs.map((run) => ({ run, items: itemsOf(extraOf(run), key) })).filter((one) => one.items.length);
    const figures = having.map((one) => figure(one.run, key, one.items, loading));
    const lacking = runs.filter((run) => !having.some((one) => one.run === run)).map((run) => run.name);
    const note = lacking.length ? hint(`Without such a picture: ${lacking.join(", ")}.`) : "";
    // Scrolled by keyboard at the links in it, or where it has none, at itself.
    const shelf = make("div", { class: "pictures", tabindex: runfolio.standsAlone() ? "0" : null }, ...figures.map((one) => one.whole));
    return { whole: make("div", {}, shelf, note), show: (step) => figures.forEach((one) => one.show(step)), follow: () => {} };
  };

  const makeImages = (context, view) => {
    const runs = context.drawn.slice(0, MOST_RUNS);
    const extraOf = (run) => context.extras.get(run.id);
    const extras = runs.map(extraOf);
    const keys = imageKeys(extras);
    if (!keys.length) return null;
    const other = otherRun(context, view);
    const mode = other && MODES.some(([name]) => name === view.images) ? view.images : "side";
    const pair = [context.base, other].map((one) => one && runs.find((run) => run.id === one.id));
    const laid = mode !== "side" && pair.every(Boolean);
    const loading = runs.length * keys.length > MOST_AT_ONCE ? "lazy" : "eager"; // lazy ones may be missing on paper
    const rowsOf = keys.map((key) => {
      const row = laid ? laidOver(mode, pair.map((run) => ({ run, items: itemsOf(extraOf(run), key) })), key, view) : sideBySide(runs, key, extraOf, loading);
      return { ...row, whole: make("section", { class: "picture-row", "aria-label": key }, make("h3", {}, key), row.whole) };
    });

    const steps = allSteps(extras);
    const told = make("output", {});
    const showStep = (place) => {
      told.textContent = `step ${steps[place]}`;
      stepper?.box.setAttribute("aria-valuetext", told.textContent);
      for (const row of rowsOf) row.show(steps[place] ?? null);
    };
    const stepper = steps.length > 1 ? slider("step", "step", steps.length - 1, steps.length - 1, showStep) : null;
    stepper?.box.addEventListener("change", () => state.update({ step: String(steps[Number(stepper.box.value)]) }));
    const follow = (next) => {
      const wanted = next.step ? steps.findLastIndex((step) => step <= Number(next.step)) : steps.length - 1;
      const place = Math.max(wanted, 0);
      if (stepper) stepper.box.value = String(place);
      showStep(place);
      for (const row of rowsOf) row.follow(next);
    };
    follow(view);
    stepper?.whole.append(told);

    const choices = [other && select("show", "images", MODES, mode), laid && otherSelect(context, other), stepper?.whole];
    const notes = [context.runs.length > MOST_RUNS ? hint(`The pictures of the first ${plural(MOST_RUNS, "run")} of ${context.runs.length}.`) : ""];
    return { whole: section("Images", controls(...choices), ...notes, ...rowsOf.map((row) => row.whole)), follow };
  };

  compare.images = { make: makeImages, MOST_RUNS };
})();

// Tables of two runs joined by a key: which rows were fixed, broken or changed.

(() => {
  "use strict";

  const SHOWN = 200;
  const RIGHT = /^(is_?)?(correct|right|hit|match|passed|ok)$/i;
  const PREDICTION = /^(y_?)?(pred(icted|iction)?s?|output|answer|guess|hat)$|^(predicted|pred)_(label|class)$/i;
  const LABEL = /^(y_?)?(true|label|target|truth|expected|actual|gold|reference)s?$|^(true|actual)_(label|class)$/i;

  const isNumberText = (value) => typeof value === "string" && value.trim() !== "" && Number.isFinite(Number(value));

  // Values as one compares them: "1.0" and 1 are the same number.
  const plain = (value) => (isNumberText(value) ? Number(value) : (value ?? null));
  const isSame = (a, b) => plain(a) === plain(b);

  const column = (table, name) => table.rows.map((row) => row[table.columns.indexOf(name)]);

  const isUnique = (values) => values.every((value) => value !== null && value !== "") && new Set(values.map((value) => String(plain(value)))).size === values.length;

  const shared = (a, b) => a.columns.filter((name, place) => a.columns.indexOf(name) === place && b.columns.includes(name));

  // The columns that two tables can be joined by: each of their values is there once.
  const keyColumns = (a, b) => shared(a, b).filter((name) => isUnique(column(a, name)) && isUnique(column(b, name)));

  const TRUTHS = new Map([[true, true], [false, false], [1, true], [0, false], ["true", true], ["false", false], ["yes", true], ["no", false]]);
  const truth = (value) => TRUTHS.get(typeof value === "string" && !isNumberText(value) ? value.toLowerCase() : plain(value)) ?? null;

  // How a row tells whether it is right: {words, of(row of values by name)}; null where nothing tells.
  const rightness = (a, b) => {
    const names = shared(a, b);
    const marked = names.find((name) => RIGHT.test(name) && [...column(a, name), ...column(b, name)].every((value) => truth(value) !== null));
    if (marked) return { words: `“${marked}” says which rows are right`, of: (read) => truth(read(marked)) };
    const [prediction, label] = [names.find((name) => PREDICTION.test(name)), names.find((name) => LABEL.test(name))];
    if (!prediction || !label) return null;
    const of = (read) => isSame(read(prediction), read(label));
    const someRight = [a, b].some((table) => column(table, prediction).some((value, place) => isSame(value, column(table, label)[place])));
    return someRight ? { words: `a row is right where “${prediction}” equals “${label}”`, of } : null;
  };

  const reader = (table, row) => (name) => row[table.columns.indexOf(name)];

  const verdictOf = (told, kind, before, after) => {
    if (!told || kind === "added" || kind === "removed") return null;
    const [was, is] = [told.of(before), told.of(after)];
    return was === is ? null : is ? "fixed" : "broken";
  };

  // Two tables joined by the column `key`, or by the number of the row without one. Rows come as
  // {key, kind, cells}: kind is "fixed", "broken", "changed", "added", "removed" or "same", cells are the
  // columns that changed with their values before and after.
  const joinTables = (a, b, key = null) => {
    const names = shared(a, b).filter((name) => name !== key);
    const told = rightness(a, b);
    const place = (table) => new Map(table.rows.map((row, index) => [String(key === null ? index + 1 : plain(reader(table, row)(key))), row]));
    const [left, right] = [place(a), place(b)];
    const rows = [...new Set([...left.keys(), ...right.keys()])].map((one) => {
      const [before, after] = [left.get(one), right.get(one)];
      if (!before || !after) return { key: one, kind: before ? "removed" : "added", cells: [] };
      const [was, is] = [reader(a, before), reader(b, after)];
      const cells = names.filter((name) => !isSame(was(name), is(name))).map((name) => ({ name, a: was(name), b: is(name) }));
      return { key: one, kind: verdictOf(told, "both", was, is) || (cells.length ? "changed" : "same"), cells };
    });
    const counts = Object.fromEntries(["fixed", "broken", "changed", "added", "removed", "same"].map((kind) => [kind, rows.filter((row) => row.kind === kind).length]));
    return { rows, counts, told: told?.words ?? null, names };
  };

  const pure = { keyColumns, rightness, joinTables, isSame };
  if (typeof module === "object") module.exports = pure;
  if (typeof document === "undefined") return;

  const { make, compare } = runfolio;
  const { select } = runfolio.controls;
  const { section, controls, hint, plural, format, scroller, otherRun, otherSelect } = compare.view;

  const SIGNS = { fixed: "▲ fixed", broken: "▼ broken", changed: "≠ changed", added: "+ only in", removed: "− only in" };
  const ORDER = ["broken", "fixed", "changed", "removed", "added"];

  const written = (value) => (value === null || value === undefined || value === "" ? "—" : typeof value === "number" ? format(value) : String(value));

  const change = (cell) => {
    const [before, after] = [cell.a, cell.b].map((value) => make("span", { title: String(value ?? "") }, written(value)));
    return make("span", { class: "cell-change" }, make("span", { class: "aside" }, `${cell.name}: `), before, " → ", after);
  };

  const countLine = ({ counts, told }) => {
    const kinds = told ? ["fixed", "broken", "changed"] : ["changed"];
    const shown = [...kinds, ...["added", "removed"].filter((kind) => counts[kind]), "same"];
    return shown.map((kind) => `${counts[kind].toLocaleString("en")} ${kind}`).join(" · ");
  };

  const rowsTable = (path, joined, names) => {
    const ordered = ORDER.flatMap((kind) => joined.rows.filter((row) => row.kind === kind));
    if (!ordered.length) return [];
    const body = ordered.slice(0, SHOWN).map((row) => {
      const sign = SIGNS[row.kind] + (row.kind === "added" ? ` ${names[1]}` : row.kind === "removed" ? ` ${names[0]}` : "");
      return make("tr", { class: `row-${row.kind}` }, make("th", { scope: "row" }, row.key), make("td", { class: "row-kind" }, sign), make("td", {}, ...row.cells.map(change)));
    });
    const head = make("thead", {}, make("tr", {}, ...["row", "what", "changes"].map((text) => make("th", { scope: "col" }, text))));
    const left = ordered.length - SHOWN;
    return [scroller(`Changed rows of ${path}`, make("table", { class: "listing rows-table" }, head, make("tbody", {}, ...body))), left > 0 ? hint(`And ${plural(left, "row")} more.`) : ""];
  };

  const cutNote = (table, name) => (table.total > table.rows.length ? `Of ${name} the first ${table.rows.length.toLocaleString("en")} of ${plural(table.total, "row")}.` : "");

  const oneTable = (path, a, b, names, view) => {
    const keys = keyColumns(a, b);
    const key = keys.includes(view.key) ? view.key : (keys[0] ?? null);
    const joined = joinTables(a, b, key);
    const how = key === null ? "Rows are joined by their number, since no column has a value of its own in each row" : `Rows are joined by “${key}”`;
    const gone = [...a.columns.filter((name) => !b.columns.includes(name)).map((name) => `“${name}” only in ${names[0]}`), ...b.columns.filter((name) => !a.columns.includes(name)).map((name) => `“${name}” only in ${names[1]}`)];
    const notes = [`${how}${joined.told ? `; ${joined.told}` : ""}.`, gone.length ? `Columns: ${gone.join(", ")}.` : "", cutNote(a, names[0]), cutNote(b, names[1])];
    return make(
      "section",
      { class: "joined", "aria-label": path },
      make("h3", {}, path),
      make("p", { class: "counts" }, countLine(joined)),
      controls(keys.length > 1 ? select("joined by", "key", keys, key) : null),
      hint(notes.filter(Boolean).join(" ")),
      ...rowsTable(path, joined, names),
    );
  };

  const makeTables = (context, view) => {
    const other = otherRun(context, view);
    if (!other) return null;
    const [first, second] = [context.base, other].map((run) => context.extras.get(run.id)?.tables || {});
    const paths = Object.keys(first).filter((path) => Object.hasOwn(second, path)).sort();
    if (!paths.length) return null;
    const names = [context.base.name, other.name];
    return { whole: section("Tables", hint(`From ${names[0]} (baseline) to ${names[1]}.`), controls(otherSelect(context, other)), ...paths.map((path) => oneTable(path, first[path], second[path], names, view))) };
  };

  compare.tables = { make: makeTables };
})();

// Texts, JSON, code, packages and environment of two runs, as differences.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { make, compare, diff } = runfolio;
  const { section, controls, hint, plural, scroller, toggle, otherRun, otherSelect } = compare.view;

  const SIGNS = { added: "+", removed: "−", same: "" };
  const WORDS = { added: "added: ", removed: "removed: " };
  const OPEN = 4; // differences that stand open at first

  const spoken = (kind) => (WORDS[kind] ? make("span", { class: "hidden" }, WORDS[kind]) : "");
  const lineNumber = (number) => make("td", { class: "line-number" }, number === null ? "" : String(number));
  const sign = (kind) => make("td", { class: "sign", "aria-hidden": "true" }, SIGNS[kind]);
  const code = (row) => make("td", { class: "line" }, spoken(row.kind), row.text || " ");
  const foldRow = (count, columns) => make("tr", { class: "fold" }, make("td", { colspan: String(columns) }, `${plural(count, "equal line")}`));

  const unified = (rows) =>
    rows.map((row) => (row.kind === "fold" ? foldRow(row.count, 4) : make("tr", { class: row.kind }, lineNumber(row.a), lineNumber(row.b), sign(row.kind), code(row))));

  const half = (row, number) => (row === null ? [make("td", { class: "line-number none" }), make("td", { class: "sign none" }), make("td", { class: "line none" })] : [lineNumber(number), sign(row.kind), code(row)]);

  // The classes of the two halves are on their cells, since one row may have a line removed and one added.
  const split = (rows) =>
    diff.sides(rows).map(([left, right]) => {
      if (left?.kind === "fold") return foldRow(left.count, 6);
      const mark = (row, cells) => {
        if (row) for (const cell of cells) cell.classList.add(row.kind);
        return cells;
      };
      return make("tr", {}, ...mark(left, half(left, left?.a ?? null)), ...mark(right, half(right, right?.b ?? null)));
    });

  const lineTable = (path, rows, sideBySide) => {
    const folded = diff.fold(rows);
    const widths = sideBySide ? ["line-number", "sign", "line", "line-number", "sign", "line"].map((name) => make("col", { class: name })) : [];
    return scroller(`Difference of ${path}`, make("table", { class: sideBySide ? "diff split" : "diff" }, ...widths, make("tbody", {}, ...(sideBySide ? split(folded) : unified(folded)))));
  };

  const pairTable = (label, names, rows, keyTitle) => {
    const cell = (value, kind) => make("td", { class: `text ${kind}` }, value ?? "—");
    const body = rows.map((row) => {
      const kind = row.a === row.b ? "same" : row.a === null ? "added" : row.b === null ? "removed" : "changed";
      const signs = { added: "+", removed: "−", changed: "≠", same: "" };
      const words = { added: "added", removed: "removed", changed: "changed", same: "the same" };
      const mark = make("td", { class: "sign" }, make("span", { "aria-hidden": "true" }, signs[kind]), make("span", { class: "hidden" }, words[kind]));
      return make("tr", { class: kind }, make("th", { scope: "row" }, row.key ?? row.path), mark, cell(row.a, row.a === row.b ? "" : "removed"), cell(row.b, row.a === row.b ? "" : "added"));
    });
    const head = make("thead", {}, make("tr", {}, make("th", { scope: "col" }, keyTitle), make("td", {}), ...names.map((name) => make("th", { scope: "col" }, name))));
    return scroller(label, make("table", { class: "listing pairs-table" }, head, make("tbody", {}, ...body)));
  };

  // JSON by path; null where one of the texts is no JSON after all.
  const jsonRows = (a, b) => {
    try {
      return diff.json(JSON.parse(a.text), JSON.parse(b.text));
    } catch {
      return null;
    }
  };

  const summaryOf = (path, note) => make("summary", {}, make("span", { class: "path" }, path), " ", make("span", { class: "aside" }, note));

  // One text of both runs: how it differs in numbers, and the difference itself.
  const textDifference = (path, a, b, names, sideBySide) => {
    if (a.text === b.text) return { path, same: true };
    const found = a.kind === "json" && b.kind === "json" ? jsonRows(a, b) : null;
    if (found) return { path, note: found.length ? plural(found.length, "value") + " differ" + (found.length === 1 ? "s" : "") : "written differently, the same values", content: () => (found.length ? pairTable(`Difference of ${path}`, names, found, "path") : "") };
    const rows = diff.lines(a.text, b.text);
    const { added, removed } = diff.countChanges(rows);
    const note = added || removed ? `+${added} −${removed}` : "differs in its line ends only";
    return { path, note, content: () => (added || removed ? lineTable(path, rows, sideBySide) : "") };
  };

  const own = (object, key) => (Object.hasOwn(object, key) ? object[key] : null);

  const texts = ([first, second], names, view) => {
    const [left, right] = [first.texts || {}, second.texts || {}];
    const paths = [...new Set([...Object.keys(left), ...Object.keys(right)])].sort();
    const both = paths.filter((path) => own(left, path) && own(right, path));
    const found = both.map((path) => textDifference(path, left[path], right[path], names, view.diff === "split"));
    const differing = found.filter((one) => !one.same);
    const same = found.filter((one) => one.same).map((one) => one.path);
    const lone = (mine, others, name) => {
      const kept = Object.keys(mine).filter((path) => !Object.hasOwn(others, path)).sort();
      return kept.length ? hint(`Only in ${name}: ${kept.join(", ")}.`) : "";
    };
    return [
      ...differing.map((one, index) => make("details", { class: "difference", open: index < OPEN }, summaryOf(one.path, one.note), one.content())),
      lone(left, right, names[0]),
      lone(right, left, names[1]),
      same.length ? hint(`The same in both: ${same.join(", ")}.`) : "",
    ];
  };

  // Files that are shown neither as text nor as table or picture, and differ.
  const otherFiles = ([first, second]) => {
    const shown = (path) => [first, second].some((one) => ["texts", "tables", "images"].some((part) => own(one[part] || {}, path)));
    const rows = diff.names(
      Object.fromEntries(Object.entries(first.files || {}).map(([path, [size, digest]]) => [path, `${size}, ${digest.slice(0, 8)}`])),
      Object.fromEntries(Object.entries(second.files || {}).map(([path, [size, digest]]) => [path, `${size}, ${digest.slice(0, 8)}`])),
    );
    return rows.filter((row) => !shown(row.key));
  };

  const facts = (title, names, rows, keyTitle) => {
    const changed = rows.filter((row) => row.a !== row.b).length;
    return make("details", { class: "difference", open: changed > 0 }, summaryOf(title, changed ? `${changed} of ${rows.length} shown ${changed === 1 ? "differs" : "differ"}` : "no difference"), pairTable(title, names, rows, keyTitle));
  };

  const makeTexts = (context, view) => {
    const other = otherRun(context, view);
    if (!other) return null;
    const pair = [context.base, other].map((run) => context.extras.get(run.id) || {});
    const names = [context.base.name, other.name];
    const all = { all: view.same === "1" };
    const textParts = texts(pair, names, view).filter(Boolean);
    const files = otherFiles(pair);
    const groups = [
      ["Git", diff.names(pair[0].git || {}, pair[1].git || {}, all), "fact"],
      ["Packages", diff.names(pair[0].packages || {}, pair[1].packages || {}, all), "package"],
      ["Environment", diff.names(pair[0].environment || {}, pair[1].environment || {}, all), "fact"],
    ].filter(([, rows]) => rows.length);
    const left = pair.flatMap((one, index) => (one.left || []).map((text) => `${names[index]}: ${text}`));
    const captured = pair.every((one) => one.packages || one.git || one.environment);
    if (!textParts.length && !files.length && !groups.length && !captured && !left.length) return null;
    const same = ["Git", "Packages", "Environment"].filter((title) => !groups.some(([one]) => one === title) && pair.every((one) => one[title.toLowerCase()]));
    return {
      whole: section(
        "Code, texts and environment",
        hint(`From ${names[0]} (baseline, −) to ${names[1]} (+).`),
        controls(otherSelect(context, other), textParts.length ? toggle("side by side", "diff", view.diff === "split", (on) => (on ? "split" : "")) : null),
        ...textParts,
        ...(files.length ? [make("h3", {}, "Other files"), pairTable("Other files", names, files, "file")] : []),
        ...groups.map(([title, rows, keyTitle]) => facts(title, names, rows, keyTitle)),
        same.length ? hint(`No difference in ${same.join(", ").toLowerCase()}.`) : "",
        left.length ? hint(`Too large to be shown here: ${left.join("; ")}.`) : "",
      ),
    };
  };

  compare.texts = { make: makeTexts };
})();

// Which runs are compared: they can be added by name, taken out, and one is the baseline.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { make, state, compare } = runfolio;
  const { plural, runLabel } = compare.view;

  const FOUND = 12;

  const chosenIds = () => [...new Set(state.list(state.read().runs))];
  const add = (ids) => state.update({ runs: [...new Set([...chosenIds(), ...ids])].join(",") });

  const remove = (id) => {
    const rest = chosenIds().filter((one) => one !== id);
    state.update({ runs: rest.join(","), ...(state.read().base === id ? { base: "" } : {}) });
  };

  const button = (attributes, text) => make("button", { type: "button", class: "quiet", ...attributes }, text);

  const chosenRun = (run, isBase, from) => {
    const base = isBase
      ? make("span", { class: "aside" }, "baseline")
      : button({ onclick: () => state.update({ base: run.id }), "aria-label": `set as baseline: ${run.name}` }, "set as baseline");
    const out = button({ onclick: () => remove(run.id), "aria-label": `Take ${run.name} out of the comparison`, title: "Take it out of the comparison" }, "✕");
    return make("li", { class: isBase ? "baseline" : "" }, make("div", {}, runLabel(run), from && make("div", { class: "aside" }, from)), make("span", { class: "run-tools" }, base, out));
  };

  // Each with its experiment, where that is not the same for all.
  const chosenList = ({ drawn, base }) => {
    const mixed = new Set(drawn.map((run) => run.experiment.id)).size > 1;
    return make("ul", { class: "chosen-runs", "aria-label": "Runs compared" }, ...drawn.map((run) => chosenRun(run, run.id === base.id, mixed ? run.experiment.name : "")));
  };

  // The runs of an experiment (or of all) whose names hold all words, but those already chosen.
  const findRuns = (shard, experiment, query) => {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    const taken = new Set(chosenIds());
    const names = shard.runs.name;
    const fits = (place) =>
      !taken.has(shard.runs.id[place]) && (experiment === "" || shard.experiments.id[shard.runs.experiment[place]] === experiment) && words.every((word) => names[place].toLowerCase().includes(word));
    return names.map((_, place) => place).filter(fits);
  };

  // The tool that adds runs; it stays on the page while runs come and go.
  const adder = () => {
    const search = make("input", { type: "search", placeholder: "Name of a run", "aria-label": "Name of a run", autocomplete: "off", "data-add-run": true });
    const experiment = make("select", { "data-add-experiment": true }, make("option", { value: "" }, "all experiments"));
    const results = make("ul", { class: "found-runs", "aria-label": "Runs to add" });
    const told = make("p", { class: "aside", role: "status" });
    let shard = null;

    const show = () => {
      if (!shard) return;
      const found = findRuns(shard, experiment.value, search.value);
      const shown = found.slice(0, FOUND).map((place) => {
        const [id, name] = [shard.runs.id[place], shard.runs.name[place]];
        const from = shard.experiments.name[shard.runs.experiment[place]];
        return make("li", {}, button({ onclick: () => add([id]), "aria-label": `Add ${name} of ${from}` }, `+ ${name}`), " ", make("span", { class: "aside" }, from));
      });
      const all = found.length > 1 && found.length <= 50 ? [make("li", {}, button({ onclick: () => add(found.map((place) => shard.runs.id[place])) }, `+ all ${found.length}`))] : [];
      results.replaceChildren(...shown, ...all);
      told.textContent = found.length ? `${plural(found.length, "run")} found${found.length > FOUND ? `, the first ${FOUND} shown` : ""}.` : "No other run has such a name.";
    };

    const open = async () => {
      if (shard) return show();
      try {
        shard = await runfolio.loadShard("finder");
        experiment.append(...shard.experiments.id.map((id, place) => make("option", { value: id }, `${shard.experiments.name[place]} (${shard.experiments.runs[place]})`)));
        return show();
      } catch (error) {
        told.textContent = error.message;
        return null;
      }
    };

    search.addEventListener("input", show);
    search.addEventListener("keydown", (event) => {
      if (event.key === "Enter") results.querySelector("button")?.click();
    });
    experiment.addEventListener("change", show);
    const whole = make("details", { class: "add-runs" }, make("summary", {}, "Add runs"), make("div", { class: "controls" }, search, make("label", { class: "control" }, "of", experiment)), told, results);
    whole.addEventListener("toggle", () => whole.open && open());
    state.follow(show);
    return whole;
  };

  compare.choose = { chosenList, adder, chosenIds };
})();

// Runs side by side, as the fragment names them: "#runs=<id>,<id>&base=<id>&group=params.model,params.lr".

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { make, state, compare } = runfolio;
  const { rows, view: parts, groups: grouping, charts, choose } = compare;
  const { directed, select } = runfolio.controls;
  const [COLORS, DASHES] = [10, 4];
  const { section, table, textTable, headRow, toggle, controls, delta, deltaText, format, plural, hint } = parts;

  // Runs keep their colours, but for those of which another run here has the same: these take the next
  // free one, and a dash where there are more runs than colours.
  const distinct = (runs) => {
    const taken = new Set();
    return runs.map((run) => {
      let { color, dash } = run;
      for (let step = 1; taken.has(`${color}/${dash}`) && step < COLORS * DASHES; step += 1) {
        color = (run.color + step) % COLORS;
        dash = (run.dash + Math.floor(step / COLORS)) % DASHES;
      }
      if (runs.length <= COLORS) for (let dashes = 0; dashes < DASHES; dashes += 1) taken.add(`${color}/${dashes}`);
      taken.add(`${color}/${dash}`);
      return { ...run, color, dash };
    });
  };

  // What all parts are made from: the runs, the baseline, the groups, and what else the runs have.
  const contextOf = (loaded, numbers, view) => {
    const runs = distinct(rows.tellApart(loaded));
    const base = runs.find((run) => run.id === view.base) || runs[0];
    const choices = grouping.choices(runs);
    const choice = view.group === "none" || grouping.groupRuns(runs, view.group) ? view.group : grouping.usualChoice(runs);
    const groups = grouping.groupRuns(runs, choice, numbers);
    const groupOf = new Map((groups || []).flatMap((group) => group.runs.map((run) => [run.id, group])));
    const drawn = runs.map((run) => (groups ? { ...run, color: groupOf.get(run.id).color, dash: groupOf.get(run.id).dash } : run));
    return { runs, base, baseIndex: runs.indexOf(base), lead: rows.leadMetric(runs), choices, choice, groups, baseGroup: groups ? groups.indexOf(groupOf.get(base.id)) : -1, drawn, extras: null };
  };

  // Which of the values that count is best, and which of the others is next: for a best baseline the
  // verdict tells how far ahead of that it is.
  const winners = ({ best, counts, direction }, values, base) => {
    const winner = values.findIndex((value, index) => counts[index] && value === best);
    const others = values.map((value, index) => (index === winner || !counts[index] ? null : value));
    const finite = others.filter(Number.isFinite);
    const next = others.indexOf(direction === "down" ? Math.min(...finite) : Math.max(...finite));
    return { winner, told: winner === base ? next : winner };
  };

  // "gb has the best rmse ↓: 0.585, 22 % lower than the baseline linear (0.751)."
  const sentence = ({ names, values, base, winner, told, metric, direction, more = "" }, from) => {
    const lead = [make("strong", {}, names[winner]), ` has the best ${metric}: `, make("strong", {}, format(values[winner])), more];
    if (!from || from.amount === 0) return [...lead, "."];
    const words = make("strong", { class: rows.verdictOf(from.amount, direction) || "", title: deltaText(from) }, rows.changeWords(from, format).replace(/ than$/, ""));
    if (winner === base) return [...lead, `, and is the baseline; next is ${names[told]}, `, words, ` (${format(values[told])}).`];
    return [...lead, ", ", words, ` than the baseline ${names[base]} (${format(values[base])}).`];
  };

  const groupVerdict = ({ runs, groups, baseGroup, lead }) => {
    const row = grouping.groupRow(groups, baseGroup, lead);
    const { direction, differences, summaries } = row;
    if (row.best === null) return null;
    const values = summaries.map((one) => one.mean);
    const { winner, told } = winners(row, values, baseGroup);
    const found = differences[told];
    const { length } = groups[winner].counted;
    const about = { names: groups.map((group) => group.label), values, base: baseGroup, winner, told, metric: directed(lead, direction), direction, more: length > 1 ? ` on average of ${length} runs` : "" };
    return [...sentence(about, found && { amount: found.difference, share: found.share }), grouping.certainty(found), rows.fateWords(runs)];
  };

  // Where all runs with a value but one broke off, there is no best one.
  const onlyVerdict = ({ key, values, counts, direction }, runs) => {
    const whole = values.flatMap((value, index) => (counts[index] && Number.isFinite(value) ? [index] : []));
    if (whole.length !== 1 || values.filter(Number.isFinite).length < 2 || !counts.includes(false)) return null;
    return [make("strong", {}, runs[whole[0]].name), ` has ${directed(key, direction)} `, make("strong", {}, format(values[whole[0]])), " and nothing to be compared with.", rows.fateWords(runs)];
  };

  const runVerdict = ({ runs, baseIndex, lead }) => {
    const row = rows.metricRows(runs, baseIndex).find((one) => one.key === lead);
    if (!row || row.best === null) return row ? onlyVerdict(row, runs) : null;
    const { values, direction, changes } = row;
    const { winner, told } = winners(row, values, baseIndex);
    const lacking = values.filter((value) => value === null).length;
    const words = sentence({ names: runs.map((run) => run.name), values, base: baseIndex, winner, told, metric: directed(lead, direction), direction }, changes[told]);
    const running = runs[winner].status === "RUNNING" ? ` ${runs[winner].name} is still running.` : "";
    return [...words, lacking ? ` ${plural(lacking, "run")} of ${runs.length} logged none.` : "", rows.fateWords(runs), running];
  };

  const verdict = (context) => {
    const told = context.lead && context.runs.length > 1 ? (context.groups ? groupVerdict(context) : runVerdict(context)) : null;
    if (told) return make("p", { class: "verdict-line" }, ...told);
    const why = context.runs.length < 2 ? " Add another one to compare it with." : context.lead ? "" : " They share no metric that is known to be better when it is lower or higher.";
    return make("p", { class: "facts" }, `${plural(context.runs.length, "run")}.${rows.fateWords(context.runs)}${why}`);
  };

  // Rows of texts for what stands side by side: the runs, or groups with the values of their runs.
  const shownRows = (context, part) => {
    const list = rows.textRows(context.runs, part);
    return context.groups ? list.map((row) => grouping.gather(row, context)) : list;
  };

  const differing = (context, view) => {
    const all = view.same === "1";
    const [params, tags] = ["params", "tags"].map((part) => shownRows(context, part));
    const [columns, base] = context.groups ? [grouping.columns(context.groups), context.baseGroup] : [context.runs, context.baseIndex];
    const shown = (list) => list.filter((row) => all || row.differs);
    const same = params.filter((row) => !row.differs).length;
    const title = all ? "Parameters" : "Parameters that differ";
    const content = [];
    if (shown(params).length) content.push(textTable(title, columns, base, shown(params)));
    else content.push(make("p", { class: "empty" }, params.length ? "These runs have the same parameters." : "These runs have no parameters."));
    if (!all && same) content.push(hint(`${same} the same in all; untick “only differences” to see ${same === 1 ? "it" : "them"}.`));
    const label = all ? "Tags" : "Tags that differ";
    if (shown(tags).length) content.push(make("h3", {}, label), textTable(label, columns, base, shown(tags)));
    return section(title, controls(toggle("only differences", "same", !all, (on) => (on ? "" : "1"))), ...content);
  };

  const runMetrics = (context) => {
    const found = rows.metricRows(context.runs, context.baseIndex).sort((a, b) => (b.key === context.lead) - (a.key === context.lead));
    const body = found.map((row) => {
      const cells = row.values.map((value, index) => {
        const best = row.best !== null && row.counts[index] && value === row.best ? " best" : "";
        const number = make("span", { title: value === null ? null : String(value) }, format(value));
        return make("td", { class: `num${best}${index === context.baseIndex ? " baseline" : ""}` }, number, delta(row.changes[index]));
      });
      return make("tr", {}, make("th", { scope: "row" }, directed(row.key, row.direction)), ...cells);
    });
    return found.length ? table("Metrics", headRow(context.drawn, context.baseIndex), body) : make("p", { class: "empty" }, "These runs have no metrics.");
  };

  // What the runs are grouped by: one select for each key, and one more for a further key.
  const groupBar = ({ choices, choice }) => {
    const further = grouping.furtherChoices(choices, choice).filter(([, rest]) => rest.length);
    const chosen = (prefix) => (choice === prefix || choice.startsWith(`${prefix},`) ? prefix : null);
    const among = (list) => list.find(([key]) => chosen(key))?.[0];
    const first = further.length && !among(choices) ? [[further[0][0], further[0][0]]] : [];
    const boxes = further.map(([prefix, rest]) => select("and by", "group", [[prefix, "nothing else"], ...rest], among(rest) ?? prefix));
    return controls(select("group runs by", "group", [...choices, ...first], among(choices) ?? further[0]?.[0] ?? choice), ...boxes);
  };

  const metrics = (context) => {
    const bar = context.runs.length > 1 && context.choices.length > 1 ? groupBar(context) : "";
    if (!context.groups) return section("Metrics", bar, runMetrics(context));
    return section("Metrics", bar, ...grouping.metricTable(context), make("details", { class: "single-runs" }, make("summary", {}, "Single runs"), runMetrics(context)));
  };

  // Confusion matrices side by side and result curves over each other, always in the same place.
  const resultsPlace = make("div", {});
  const results = ({ drawn }) => (drawn.some((run) => run.results) ? { whole: section("Results", resultsPlace), draw: () => runfolio.results.draw(resultsPlace, drawn) } : null);

  // The parts of the page in order. Each is made again only when one of the names in the fragment
  // that it follows changes, so that what one does in it stays as it is.
  const chart = (draw) => (context, view) => {
    const made = draw(context, view);
    return made && { whole: made.whole, draw: made.draw };
  };
  const whole = (build) => (context, view) => ({ whole: build(context, view) });
  const PARTS = [
    { name: "verdict", follows: ["group"], build: whole(verdict) },
    { name: "chosen", follows: ["group"], build: whole((context) => choose.chosenList(context)) },
    { name: "adder" },
    { name: "differing", follows: ["same", "group"], build: whole(differing) },
    { name: "metrics", follows: ["group"], build: whole(metrics) },
    { name: "curves", follows: ["group", "curve", "curvex", "curvescale", "curvelines", "curvesmooth"], build: chart(charts.curves), charts: true },
    { name: "differences", follows: ["group", "curve", "curvelines"], build: chart(charts.differences), charts: true },
    { name: "scatter", follows: ["group", "x", "y"], build: chart(charts.scatter), charts: true },
    { name: "parallel", follows: ["group", "par"], build: chart(charts.parallel), charts: true },
    { name: "results", follows: ["group"], build: results },
    { name: "images", follows: ["group", "images", "with"], build: compare.images.make, extras: true },
    { name: "tables", follows: ["with", "key"], build: compare.tables.make, extras: true },
    { name: "texts", follows: ["with", "same", "diff"], build: compare.texts.make, extras: true },
  ];

  // The places of the parts: charts share a grid under one heading.
  const layOut = (place) => {
    const slots = new Map(PARTS.map((part) => [part.name, { ...part, element: make("div", { class: "compare-part", "data-part": part.name }), mark: null, made: null }]));
    const grid = make("div", { class: "panels" });
    const chartsSection = make("section", { class: "compare-part", "aria-label": "Charts" }, make("h2", {}, "Charts"), grid);
    if (!runfolio.standsAlone()) slots.get("adder").element.append(choose.adder());
    const notes = make("div", {});
    const body = make("div", { hidden: true });
    for (const slot of slots.values()) {
      if (slot.charts) grid.append(slot.element);
      else body.append(slot.element);
      if (slot.name === "metrics") body.append(chartsSection);
    }
    place.append(notes, body);
    return { slots, notes, body, chartsSection };
  };

  const refresh = (slot, context, view) => {
    const mark = [context.mark, slot.extras && context.extras.size, ...slot.follows.map((name) => view[name] || "")].join("\n");
    if (slot.mark === mark) {
      slot.made?.follow?.(view);
      return null;
    }
    slot.mark = mark;
    const focused = slot.element.contains(document.activeElement) ? document.activeElement : null;
    const place = focused ? namedLike(slot.element, focused).indexOf(focused) : -1;
    slot.made = slot.build(context, view);
    slot.element.replaceChildren(...(slot.made ? [slot.made.whole] : []));
    slot.element.classList.toggle("wide", Boolean(slot.made?.whole.classList.contains("wide")));
    if (focused) refocus(slot.element, focused, place);
    return slot.made?.draw ?? null;
  };

  // The same control again, else the first one of its part.
  const namedLike = (element, { dataset }) => [...element.querySelectorAll("[data-control]")].filter((one) => one.dataset.control === dataset.control);
  const refocus = (element, focused, place) => {
    const same = namedLike(element, focused);
    (same[place] || same[0] || element.querySelector("a, button, input, select"))?.focus();
  };

  const loadAll = async (names) => {
    const done = await Promise.allSettled(names.map((name) => runfolio.loadShard(name)));
    return done.map((one) => (one.status === "fulfilled" ? one.value : null));
  };

  // What the runs have besides numbers: of all runs where there are pictures, else of the two looked at.
  const loadExtras = async (context, view) => {
    const other = parts.otherRun(context, view);
    const has = (run) => (run.extras || []).length > 0;
    const pictured = context.runs.slice(0, compare.images.MOST_RUNS).filter((run) => (run.extras || []).includes("images"));
    const wanted = [...new Set([...pictured, ...[context.base, other].filter((run) => run && has(run))])];
    const shards = await loadAll(wanted.map((run) => `compare/${run.id}`));
    const lists = [...new Set(shards.map((shard) => shard?.packages).filter(Boolean))];
    const packages = new Map((await loadAll(lists)).map((list, index) => [lists[index], list?.packages]));
    return new Map(wanted.map((run, index) => [run.id, { ...shards[index], packages: packages.get(shards[index]?.packages) }]));
  };

  // Writes shortened ids in the fragment in full where the site has one such run.
  const lengthen = async (view) => {
    const isShort = (id) => /^[0-9a-f]{8,15}$/.test(id);
    const named = state.list(view.runs);
    const short = [...named, view.base || ""].filter(isShort);
    if (!short.length) return;
    const [finder] = await loadAll(["finder"]);
    const full = new Map(short.map((id) => [id, (finder?.runs.id ?? []).filter((one) => one.startsWith(id))]));
    const whole = (id) => (full.get(id)?.length === 1 ? full.get(id)[0] : id);
    state.update({ runs: named.map(whole).join(","), base: whole(view.base || "") });
  };

  // Which group of its experiment each run is in, as the table there counts them by a choice of keys;
  // null where that has no such groups.
  const groupNumbers = async (runs, choice) => {
    const keys = choice && !choice.startsWith("-") ? runfolio.columns.splitKeys(choice) : [];
    const { id } = runs[0].experiment;
    if (!keys.length || !grouping.groupRuns(runs, choice) || runs.some((run) => run.experiment.id !== id)) return null;
    const enough = (all) => keys.every((key) => all.column(key));
    const all = await runfolio.workspaceModel.loadWhole(`experiments/${id}`, runfolio.loadShard, enough).catch(() => null);
    if (!all) return null;
    const columns = keys.map((key) => all.column(key));
    if (!columns.every(Boolean)) return null;
    return new Map(runfolio.rows.group(all.indices, columns).flatMap(({ members }, number) => members.map((index) => [all.ids[index], number])));
  };

  runfolio.onPage("[data-compare]", (place) => {
    const empty = place.querySelector("[data-empty]");
    const page = layOut(place);
    let turn = 0;

    // What stands below the comparison comes when it is there, so that nothing jumps.
    const started = () => place.classList.add("ready");

    const show = async (context, view) => {
      const draws = [...page.slots.values()].filter((slot) => slot.build).map((slot) => (slot.extras && !context.extras ? null : refresh(slot, context, view)));
      page.chartsSection.hidden = ![...page.slots.values()].some((slot) => slot.charts && slot.made);
      started();
      for (const draw of draws) await draw?.();
    };

    state.follow(async (view) => {
      turn += 1;
      const mine = turn;
      await lengthen(view);
      if (mine !== turn) return undefined;
      const named = choose.chosenIds();
      const ids = named.filter((id) => /^[0-9a-f]{16}$/.test(id));
      const loaded = await loadAll(ids.map((id) => `runs/${id}`));
      if (mine !== turn) return undefined;
      const found = loaded.filter(Boolean);
      const missing = named.filter((id) => !loaded[ids.indexOf(id)]);
      page.notes.replaceChildren(...missing.map((id) => make("p", { class: "warning slim" }, `This report has no run ${id}.`)));
      empty.hidden = found.length > 0;
      page.body.hidden = false;
      place.classList.toggle("no-runs", !found.length);
      for (const slot of page.slots.values()) slot.element.hidden = !found.length && slot.name !== "adder";
      page.chartsSection.hidden = !found.length;
      if (!found.length) return started();
      const numbers = await groupNumbers(found, view.group);
      if (mine !== turn) return undefined;
      const context = { ...contextOf(found, numbers, view), mark: `${found.map((run) => run.id).join()} ${view.base || ""}` };
      await show(context, view);
      const extras = await loadExtras(context, view);
      return mine === turn ? show({ ...context, extras }, view) : undefined;
    });
  });
})();
