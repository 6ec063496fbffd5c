// The runs of an experiment by two sets of parameters: what each cell of a pivot table holds. Pure.

(() => {
  "use strict";

  const inNode = typeof module === "object";
  const { spread, sound, broken } = inNode ? require("../workspace/workspace-rows.js") : runfolio.rows;
  const { best } = inNode ? require("./table-cells.js") : runfolio.cells;

  const AGGREGATES = ["last", "min", "max", "best"];
  const SCOPES = ["table", "column"]; // among which cells the best is marked
  const AXIS = 3; // parameters a side at most
  const MAX_ROWS = 200;
  const MAX_COLUMNS = 40;
  const HANDY = 12; // values of a parameter that make a good side of a table
  const SEED = /(^|[._/-])(random_?)?seed$|random_?state$/i;

  // --- the state: "params.model;params.depth,params.lr;rmse;last;column" ---

  const escape = (key) => key.replace(/[%,;]/g, encodeURIComponent);
  const unescape = (text) => text.replace(/%25|%2C|%3B/g, decodeURIComponent);
  const pickKnown = (text, known) => (known.includes(text) ? text : known[0]);

  // {rows, cols, metric, aggregate, scope}, or null where no pivot is asked for.
  const parse = (text) => {
    if (!text) return null;
    const [rows = "", cols = "", metric = "", aggregate, scope] = text.split(";");
    const keys = (part) => part.split(",").filter(Boolean).slice(0, AXIS).map(unescape);
    return { rows: keys(rows), cols: keys(cols), metric: unescape(metric), aggregate: pickKnown(aggregate, AGGREGATES), scope: pickKnown(scope, SCOPES) };
  };

  const write = ({ rows, cols, metric, aggregate, scope }) =>
    [rows.map(escape).join(","), cols.map(escape).join(","), escape(metric), aggregate, ...(scope === SCOPES[0] ? [] : [scope])].join(";");

  // --- values of parameters ---

  // What tells runs apart by a column: its value, or the text of one that is none of its kind.
  const valueOf = ({ values, texts }, index) => values[index] ?? texts?.[index] ?? null;
  const textOf = ({ values, texts }, index) => texts?.[index] ?? (values[index] === null ? "not set" : String(values[index]));

  const natural = new Intl.Collator("en", { numeric: true });
  const kindOf = (value) => (value === null ? 3 : Number.isNaN(value) ? 2 : typeof value === "number" ? 0 : 1);
  const compareValues = (a, b) => kindOf(a) - kindOf(b) || (typeof a === "string" ? natural.compare(a, b) : a - b || 0);

  // The place of each run's value among the different values of a column, in order.
  const placesOf = (column, runs) => {
    const numbers = new Map();
    const found = runs.map((index) => {
      const value = valueOf(column, index);
      if (!numbers.has(value)) numbers.set(value, numbers.size);
      return numbers.get(value);
    });
    const sorted = [...numbers.keys()].sort(compareValues);
    const places = new Map(sorted.map((value, place) => [value, place]));
    const placeOf = [...numbers.keys()].map((value) => places.get(value));
    return { count: sorted.length, places: found.map((number) => placeOf[number]) };
  };

  // The combinations of values that some runs have, in order and at most `limit`: {sides: [{values, texts, members}], left}.
  const combine = (columns, runs, limit) => {
    const read = columns.map((column) => placesOf(column, runs));
    const found = new Map();
    runs.forEach((index, at) => {
      const key = read.reduce((sum, { count, places }) => sum * count + places[at], 0);
      const members = found.get(key);
      if (members) members.push(index);
      else found.set(key, [index]);
    });
    const keys = Float64Array.from(found.keys()).sort();
    const sides = [...keys.subarray(0, limit)].map((key) => {
      const members = found.get(key);
      return { values: columns.map((column) => valueOf(column, members[0])), texts: columns.map((column) => textOf(column, members[0])), members };
    });
    return { sides, left: keys.length - sides.length };
  };

  // --- the table ---

  // The places of the best means: of all cells, or of each column. A cell of runs that all broke off is best
  // only where all are such.
  const markBest = (cells, direction, scope) => {
    const groups = scope === "column" ? cells[0].map((_, place) => cells.map((line) => line[place])) : [cells.flat()];
    for (const group of groups) {
      const whole = group.filter(({ count, cut }) => count && !cut);
      const contenders = whole.length ? whole : group;
      const values = contenders.map(({ mean }) => mean);
      const found = best({ values, direction }, values.keys());
      for (const cell of contenders) cell.best = found !== null && cell.mean === found;
    }
  };

  // The pivot of `runs` by columns of a workspace and the values of a metric: rows and columns as {values, texts},
  // cells as {mean, deviation, count, off, cut, best}; `off` is how many runs do not count since they broke off,
  // `cut` tells that all of a cell did, `left` how many rows and columns there was no room for.
  const pivot = ({ rows, columns, values, direction, scope, runs, statuses }) => {
    const measured = runs.filter((index) => values[index] !== null);
    const down = combine(rows, measured, MAX_ROWS);
    const across = combine(columns, measured, MAX_COLUMNS);
    const place = new Int32Array(values.length).fill(-1);
    across.sides.forEach(({ members }, at) => members.forEach((index) => (place[index] = at)));
    const cells = down.sides.map(({ members }) => {
      const parts = across.sides.map(() => []);
      for (const index of members) parts[place[index]]?.push(index);
      return parts.map((part) => {
        const counted = sound(part, statuses);
        const cut = counted.length > 0 && broken(statuses[counted[0]]);
        return { ...spread(values, counted), off: part.length - counted.length, cut, best: false };
      });
    });
    if (cells.length) markBest(cells, direction, scope);
    const plain = ({ sides }) => sides.map(({ values: own, texts }) => ({ values: own, texts }));
    return { rows: plain(down), columns: plain(across), cells, runs: measured.length, off: cells.flat().reduce((sum, cell) => sum + cell.off, 0), left: [down.left, across.left] };
  };

  // --- what to begin with ---

  // How many different values some runs have of a column, counted up to one more than is handy.
  const countValues = (column, runs) => {
    const known = new Set();
    for (const index of runs) {
      const value = valueOf(column, index);
      if (value !== null) known.add(value);
      if (known.size > HANDY) break;
    }
    return known.size;
  };

  // How much a second column varies within the values of a first one.
  const varies = (first, second, runs) => {
    const [pairs, alone] = [new Set(), new Set()];
    for (const index of runs) {
      const [one, other] = [valueOf(first, index), valueOf(second, index)];
      if (one === null || other === null) continue;
      alone.add(one);
      pairs.add(`${one}\n${other}`);
    }
    return pairs.size - alone.size;
  };

  // Two parameters with some values each, a text first where there is one, and across it what varies most with it;
  // a seed is what to take the mean over.
  const usual = (columns, runs) => {
    const varying = columns
      .filter(({ group, constant, name }) => group === "Parameters" && !constant && !SEED.test(name))
      .map((column) => ({ column, size: countValues(column, runs) }))
      .filter(({ size }) => size > 1);
    const handy = varying.filter(({ size }) => size <= HANDY).map(({ column }) => column);
    const first = handy.find(({ kind }) => kind === "text") ?? handy[0] ?? varying[0]?.column ?? columns[0];
    const across = handy.filter((column) => column !== first).map((column) => ({ column, score: varies(first, column, runs) }));
    const second = across.reduce((most, one) => (one.score > most.score ? one : most), { score: 0 }).column;
    return { rows: [first.key], cols: second ? [second.key] : [] };
  };

  const pure = { AGGREGATES, SCOPES, AXIS, parse, write, pivot, usual };
  if (typeof runfolio !== "undefined") runfolio.pivotRows = pure;
  if (inNode) module.exports = pure;
})();
