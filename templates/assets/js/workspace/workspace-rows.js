// Which runs a view of an experiment has and in which order: search, selection, nesting, groups. Pure.

(() => {
  "use strict";

  const format = typeof module === "object" ? require("../site/format.js") : runfolio.format;

  // Whether a text in lower case holds every word of a query.
  const matcher = (query) => {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    return (text) => words.every((word) => text.includes(word));
  };

  // Finds runs by id or by its unique first digits; -1 where no or several runs are meant.
  const finder = (ids) => {
    const known = new Map();
    for (let index = 0; index < ids.length; index += 1) {
      const short = ids[index].slice(0, 8);
      known.set(short, known.has(short) ? -1 : index);
      known.set(ids[index], index);
    }
    return (text) => known.get(text) ?? -1;
  };

  // The runs that a list in the fragment names: ids, "*" for all of `rows`, "-id" for one left out of these.
  const pick = (texts, rows, find) => {
    const named = texts.filter((text) => text !== "*" && !text.startsWith("-")).map(find);
    if (!texts.includes("*")) return [...new Set(named)].filter((index) => index >= 0);
    const without = new Set(texts.filter((text) => text.startsWith("-")).map((text) => find(text.slice(1))));
    return rows.filter((index) => !without.has(index));
  };

  // Nested runs under their parent: lines of {run, depth, children, context} in the order of `sorted`.
  // A parent that does not match stays as context of its children. A family stands where its head
  // stands, or its best-placed member where `counts` says that the head has nothing to sort by.
  const nest = (sorted, parents, matches, counts) => {
    const kept = new Uint8Array(parents.length);
    for (const index of sorted) {
      if (!matches(index)) continue;
      for (let at = index, depth = 0; at >= 0 && !kept[at] && depth < 100; at = parents[at], depth += 1) kept[at] = 1;
    }
    const place = new Int32Array(parents.length).fill(-1);
    sorted.forEach((index, at) => (place[index] = at));
    const children = new Map();
    for (const index of sorted) {
      if (!kept[index]) continue;
      const parent = parents[index] >= 0 && place[parents[index]] >= 0 ? parents[index] : -1;
      if (children.has(parent)) children.get(parent).push(index);
      else children.set(parent, [index]);
    }
    const seen = new Set();
    const positions = new Map();
    const position = (index) => {
      if (positions.has(index)) return positions.get(index);
      positions.set(index, place[index]);
      const below = children.get(index) || [];
      const found = counts(index) ? place[index] : below.reduce((least, one) => Math.min(least, position(one)), below.length ? Infinity : place[index]);
      positions.set(index, found);
      return found;
    };
    const lines = [];
    const add = (indices, depth) => {
      const ordered = [...indices].sort((a, b) => position(a) - position(b) || place[a] - place[b]);
      for (const run of ordered) {
        if (seen.has(run)) continue;
        seen.add(run);
        const below = children.get(run) || [];
        lines.push({ run, depth, children: below.length, context: !matches(run) });
        add(below, depth + 1);
      }
    };
    add(children.get(-1) || [], 0);
    add([...sorted].filter((index) => kept[index] && !seen.has(index)), 0);
    return lines;
  };

  // The runs of `rows` by what they have in common: {key, values, members}, in the order they appear.
  const group = (rows, columns) => {
    const known = columns.map(() => new Map());
    const numberOf = (place, value) => {
      if (!known[place].has(value)) known[place].set(value, known[place].size);
      return known[place].get(value);
    };
    const found = new Map();
    for (const index of rows) {
      let mark = numberOf(0, columns[0].values[index]);
      for (let place = 1; place < columns.length; place += 1) mark = `${mark} ${numberOf(place, columns[place].values[index])}`;
      const members = found.get(mark);
      if (members) members.push(index);
      else found.set(mark, [index]);
    }
    return [...found.values()].map((members) => {
      const values = columns.map((column) => column.values[members[0]]);
      const key = JSON.stringify(values.map((value) => (Number.isFinite(value) || value === null ? value : String(value))));
      return { key, values, members };
    });
  };

  // Mean and sample standard deviation of the finite values among some runs, and how many there are.
  const spread = (values, members) => {
    let count = 0;
    let mean = 0;
    let squares = 0;
    for (const index of members) {
      const value = values[index];
      if (!Number.isFinite(value)) continue;
      count += 1;
      const off = value - mean;
      mean += off / count;
      squares += off * (value - mean);
    }
    return { count, mean: count ? mean : null, deviation: count > 1 ? Math.sqrt(squares / (count - 1)) : null };
  };

  const BROKE_OFF = ["FAILED", "KILLED"];
  const broken = (status) => BROKE_OFF.includes(status);

  // What counts of some runs: those that did not break off, unless all of them did.
  const sound = (indices, statuses) => {
    const whole = indices.filter((index) => !broken(statuses[index]));
    return whole.length ? whole : indices;
  };

  // "20 runs, 4 broke off": how many runs there are, and how many of them do not count.
  const countRuns = (indices, statuses) => {
    const count = indices.length;
    const off = indices.reduce((sum, index) => sum + broken(statuses[index]), 0);
    const runs = format.count(count, "run");
    if (!off) return runs;
    return count > 1 && off === count ? `${runs}, all broke off` : `${runs}, ${off.toLocaleString("en")} broke off`;
  };

  const rows = { matcher, finder, pick, nest, group, spread, broken, sound, countRuns };
  if (typeof runfolio !== "undefined") runfolio.rows = rows;
  if (typeof module === "object") module.exports = rows;
})();
