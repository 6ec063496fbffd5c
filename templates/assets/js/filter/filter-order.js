// The order of runs: the same as runfolio/query/language/ordering.py.

(() => {
  "use strict";

  const inNode = typeof module === "object";
  const { kindOf } = inNode ? require("./filter-rules.js") : runfolio.filterRules;
  const { columnOf, compareTexts, has, resolve } = inNode ? require("./filter-evaluate.js") : runfolio.filterEvaluate;

  // Numbers and texts, 0 and 1 or the other way round, come before these.
  const NAN = 2;
  const MISSING = 3;

  const LAST_KEYS = [
    { field: { entity: "attribute", key: "start_time" }, descending: true },
    { field: { entity: "attribute", key: "run_id" }, descending: false },
  ];

  // The places of texts in their order, so that each text is compared with others only once.
  const rank = (texts) => new Map([...new Set(texts)].filter(has).sort(compareTexts).map((text, place) => [text, place]));

  // Of each run its group, NUMBERS, TEXTS, NAN or MISSING, and the number or rank within it.
  const criteria = ({ field: asked, descending }, source) => {
    const field = resolve(asked, source);
    const column = columnOf(field, source);
    const groups = new Uint8Array(source.count).fill(MISSING);
    const values = new Float64Array(source.count);
    const sign = descending ? -1 : 1;
    const texts = column && kindOf(field) !== "number" && column.texts;
    const numbers = column && kindOf(field) !== "text" && column.numbers;
    const ranks = texts && rank(texts);
    for (let index = 0; index < source.count; index += 1) {
      const number = numbers ? numbers[index] : null;
      if (has(number)) {
        groups[index] = Number.isNaN(number) ? NAN : Number(descending);
        values[index] = Number.isNaN(number) ? 0 : sign * number;
      } else if (texts && has(texts[index])) {
        groups[index] = Number(!descending);
        values[index] = sign * ranks.get(texts[index]);
      }
    }
    return { groups, values };
  };

  // The indices of all runs in the order that the keys of `parseOrder` ask for.
  const order = (keys, source) => {
    const all = [...keys, ...LAST_KEYS].map((key) => criteria(key, source));
    return Array.from({ length: source.count }, (_, index) => index).sort((a, b) => {
      for (const { groups, values } of all) {
        if (groups[a] !== groups[b]) return groups[a] - groups[b];
        if (values[a] !== values[b]) return values[a] < values[b] ? -1 : 1;
      }
      return a - b;
    });
  };

  if (typeof runfolio !== "undefined") runfolio.filterOrder = { order };
  if (inNode) module.exports = { order };
})();
