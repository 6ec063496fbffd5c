// Which columns of the runs table show, in which order, and which stay in sight. Pure.

(() => {
  "use strict";

  const { joinKeys, splitKeys } = typeof module === "object" ? require("../workspace/columns.js") : runfolio.columns;

  const NAME = "attributes.name"; // always first, and always in sight

  const usual = (columns) => columns.filter(({ key, shown }) => shown && key !== NAME).map(({ key }) => key);

  // The keys of the columns shown, without the name: those pinned first.
  const choose = (columns, state) => {
    const known = new Set(columns.map(({ key }) => key));
    const kept = (text) => [...new Set(splitKeys(text))].filter((key) => known.has(key) && key !== NAME);
    const pinned = kept(state.pin);
    const shown = state.cols ? kept(state.cols) : usual(columns);
    return { pinned, shown: [...pinned, ...shown.filter((key) => !pinned.includes(key))] };
  };

  // What a phone shows beside the name: the status and the primary metric.
  const chooseNarrow = (columns, primary) => {
    const keys = ["attributes.status", `metrics.${primary}`];
    return { pinned: [], shown: keys.filter((key) => columns.some((column) => column.key === key)) };
  };

  // What the fragment says of the columns shown; nothing where they are the usual ones.
  const write = (columns, { pinned, shown }) => {
    const plain = usual(columns);
    const same = shown.length === plain.length && shown.every((key, place) => key === plain[place]);
    return { cols: same ? "" : joinKeys(shown) || "-", pin: joinKeys(pinned) };
  };

  // A column at another place: before or after the one that stands there.
  const move = (keys, key, place) => {
    const rest = keys.filter((one) => one !== key);
    rest.splice(Math.max(0, Math.min(rest.length, place)), 0, key);
    return rest;
  };

  // Columns of one value in all of `rows` that have any, where there are several rows.
  const constant = (columns, rows) => {
    const isConstant = ({ values }) => {
      const [first, ...rest] = rows.map((index) => values[index]).filter((value) => value !== null);
      return rest.every((value) => Object.is(value, first));
    };
    return rows.length > 1 ? columns.filter(isConstant).map(({ key }) => key) : [];
  };

  // "metrics.loss:120" and so on, as widths by key.
  const parseWidths = (text) => {
    const pairs = splitKeys(text).map((one) => [one.slice(0, one.lastIndexOf(":")), Number(one.slice(one.lastIndexOf(":") + 1))]);
    return new Map(pairs.filter(([, width]) => width > 0 && width < 2000));
  };
  const formatWidths = (widths) => joinKeys([...widths].map(([key, width]) => `${key}:${Math.round(width)}`));

  const columns = { NAME, usual, choose, chooseNarrow, write, move, constant, parseWidths, formatWidths };
  if (typeof runfolio !== "undefined") runfolio.tableColumns = columns;
  if (typeof module === "object") module.exports = columns;
})();
