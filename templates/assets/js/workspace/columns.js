// Columns of runs as src/runfolio/site/workspace.py writes them: read, ranked and put in order.

(() => {
  "use strict";

  const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const PLACES = new Map([...LETTERS].map((letter, place) => [letter.charCodeAt(0), place]));
  const NAMED = { NaN, Infinity, "-Infinity": -Infinity };
  const named = (value) => (typeof value === "string" ? NAMED[value] : value);

  // One value a run, null where it has none; texts of numeric columns are numbers that are not finite.
  const decode = (encoded, count, numeric) => {
    if (encoded === null || encoded === undefined) return new Array(count).fill(null);
    const read = numeric ? named : (value) => value;
    if (Object.hasOwn(encoded, "same")) return new Array(count).fill(read(encoded.same));
    if (encoded.values) return numeric && encoded.values.some((value) => typeof value === "string") ? encoded.values.map(read) : encoded.values;
    const words = encoded.words.map(read);
    if (encoded.places) return encoded.places.map((place) => (place === null ? null : words[place]));
    const values = new Array(count);
    for (let index = 0; index < count; index += 1) {
      const place = PLACES.get(encoded.letters.charCodeAt(index));
      values[index] = place === undefined ? null : words[place];
    }
    return values;
  };

  // Times from the first and the steps between them.
  const decodeStarts = ({ first, steps }) => {
    let now = first;
    return [first, ...steps].map((step, index) => (now = index ? now + step : first));
  };

  const natural = new Intl.Collator("en", { numeric: true });
  const NOT_A_NUMBER = 2 ** 30; // after all numbers and texts, whatever the direction; what is missing comes last
  const MISSING = NOT_A_NUMBER + 1;

  // The place of each value among the different values: numbers by size, texts with 2 before 10.
  const rank = (values, numeric) => {
    const known = new Set(values);
    const words = [...known].filter((value) => value !== null && !Number.isNaN(value));
    if (numeric) {
      const sorted = Float64Array.from(words).sort();
      words.forEach((_, place) => (words[place] = sorted[place]));
    } else words.sort(natural.compare);
    const places = new Map(words.map((word, place) => [word, place]));
    return Int32Array.from(values, (value) => (value === null ? MISSING : (places.get(value) ?? NOT_A_NUMBER)));
  };

  // The indices of `start` in the order of `keys`, first things first; equal ones keep their places.
  const order = (keys, start) => {
    let indices = start;
    for (const { ranks, descending } of [...keys].reverse()) indices = orderBy(indices, ranks, descending);
    return indices;
  };

  const orderBy = (indices, ranks, descending) => {
    let highest = -1;
    for (const index of indices) if (ranks[index] < NOT_A_NUMBER && ranks[index] > highest) highest = ranks[index];
    const size = highest + 1;
    const bucket = (index) => {
      const place = ranks[index];
      if (place >= NOT_A_NUMBER) return size + place - NOT_A_NUMBER;
      return descending ? highest - place : place;
    };
    const ends = new Int32Array(size + 3);
    for (const index of indices) ends[bucket(index) + 1] += 1;
    for (let place = 1; place < ends.length; place += 1) ends[place] += ends[place - 1];
    const sorted = new Array(indices.length);
    for (const index of indices) sorted[ends[bucket(index)]++] = index;
    return sorted;
  };

  const isMissing = (place) => place >= NOT_A_NUMBER;

  // Keys in one text, separated by commas, as the fragment keeps them; a comma within one is escaped.
  const joinKeys = (keys) => keys.map((key) => key.replace(/[%,]/g, encodeURIComponent)).join(",");
  const splitKeys = (text) => (text ? text.split(",").filter(Boolean).map((key) => key.replace(/%25|%2C/g, decodeURIComponent)) : []);

  const columns = { decode, decodeStarts, rank, order, isMissing, joinKeys, splitKeys };
  if (typeof runfolio !== "undefined") runfolio.columns = columns;
  if (typeof module === "object") module.exports = columns;
})();
