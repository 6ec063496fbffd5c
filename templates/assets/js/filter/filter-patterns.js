// LIKE and ILIKE in bounded time: the same as runfolio/query/language/patterns.py.

(() => {
  "use strict";

  const LONG = 200; // code points from which on a pattern is matched by an automaton

  const known = new Map();
  const first = new Map();

  // One character for all that are the same but for case. Where their upper case is several, as of ß,
  // it is the one of them that came first.
  const findFold = (character) => {
    const [small] = character.toLowerCase();
    const large = small.toUpperCase();
    if ([...large].length === 1) return large;
    if (!first.has(large)) first.set(large, character);
    return first.get(large);
  };

  const fold = (character) => {
    if (!known.has(character)) known.set(character, findFold(character));
    return known.get(character);
  };

  const foldText = (text) => {
    if (/^[\x00-\x7f]*$/.test(text)) return text.toUpperCase();
    return text.replace(/[a-z]+/g, (small) => small.toUpperCase()).replace(/[^\x00-\x7f]/gu, fold);
  };

  const stretch = (text) => text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&").replaceAll("_", "[^\\n]");

  // Each % takes the shortest text that works and is never tried again: a lookahead is not left twice.
  const expression = (pattern) => {
    const [first, ...others] = pattern.split("%").map(stretch);
    if (!others.length) return `^${first}\\n?$`;
    const last = others.pop();
    const middle = others.filter((part) => part).map((part, place) => `(?=([^\\n]*?${part}))(?:\\${place + 1})`);
    return `^${first}${middle.join("")}${last && `[^\\n]*${last}\\n?$`}`;
  };

  const bitsOf = (places) => places.reduce((bits, place) => bits | (1n << BigInt(place)), 0n);

  // Where each character stands in the pattern without %, and where a % would stand in it.
  const placesOf = (pattern) => {
    const places = new Map([["%", []], ["_", []]]);
    let place = 0;
    for (const character of pattern) {
      if (!places.has(character)) places.set(character, []);
      places.get(character).push(place);
      if (character !== "%") place += 1;
    }
    return { places, length: place };
  };

  // A pattern as a machine whose states are the bits of one integer: bit i is set while the first i
  // characters of the pattern, without %, may have been read.
  const automaton = (pattern) => {
    const { places, length } = placesOf(pattern);
    const steps = new Map([...places].map(([one, found]) => [one, bitsOf(found)]));
    const [loops, any] = [steps.get("%"), steps.get("_")];
    steps.delete("%");
    steps.delete("_");
    const open = pattern.endsWith("%");
    const end = 1n << BigInt(length);
    return (text) => {
      const read = [...text];
      if (read.length < length) return false;
      let state = 1n;
      for (const [place, character] of read.entries()) {
        if (state & end && (open || (place === read.length - 1 && character === "\n"))) return true;
        const onward = (steps.get(character) ?? 0n) | (character === "\n" ? 0n : any);
        state = ((state & onward) << 1n) | (character === "\n" ? 0n : state & loops);
        if (!state) return false;
      }
      return (state & end) !== 0n;
    };
  };

  // A function that tells whether a text matches the pattern of a LIKE, or of an ILIKE.
  const compileLike = (pattern, ignoreCase = false) => {
    if (ignoreCase) {
      const match = compileLike(foldText(pattern));
      return (text) => match(foldText(text));
    }
    if ([...pattern].length > LONG) return automaton(pattern);
    const regex = new RegExp(expression(pattern), "u");
    return (text) => regex.test(text);
  };

  const patterns = { compileLike, automaton };
  if (typeof runfolio !== "undefined") runfolio.filterPatterns = patterns;
  if (typeof module === "object") module.exports = patterns;
})();
