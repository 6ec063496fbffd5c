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
