// What stands in a cell of the runs table: texts, decimals under each other, heat, differences. Pure.

(() => {
  "use strict";

  const { number, duration } = typeof module === "object" ? require("../site/format.js") : runfolio.format;

  const { spread } = typeof module === "object" ? require("../workspace/workspace-rows.js") : runfolio.rows;

  const STATUSES = new Map([["RUNNING", ["running", "◌"]], ["FINISHED", ["finished", "✓"]], ["FAILED", ["failed", "✕"]], ["KILLED", ["stopped", "■"]]]);
  const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  const FIGURE_SPACE = "\u2007";
  const POINT_SPACE = "\u2008";
  const SAMPLE = 2000;

  const status = (value) => STATUSES.get(value) ?? [String(value).toLowerCase(), "?"];

  // "23 Nov 2026 10:12", in UTC.
  const time = (microseconds) => {
    const moment = new Date(microseconds / 1000);
    if (Number.isNaN(moment.getTime())) return "—";
    const two = (value) => String(value).padStart(2, "0");
    return `${moment.getUTCDate()} ${MONTHS[moment.getUTCMonth()]} ${moment.getUTCFullYear()} ${two(moment.getUTCHours())}:${two(moment.getUTCMinutes())}`;
  };

  const iso = (microseconds) => {
    const moment = new Date(microseconds / 1000);
    return Number.isNaN(moment.getTime()) ? null : `${moment.toISOString().slice(0, 19)}Z`;
  };

  // {text, full}: what a column shows of a run, and the whole of it where that is more.
  const show = (column, index) => {
    const value = column.values[index];
    if (column.kind === "number") {
      if (value === null) return { text: column.texts?.[index] ?? (column.group === "Metrics" ? "—" : ""), full: null };
      const text = number(value);
      return { text, full: String(value) === text ? null : (column.texts?.[index] ?? String(value)) };
    }
    if (value === null) return { text: "", full: null };
    if (column.kind === "duration") return { text: duration(value), full: `${value} s` };
    if (column.kind === "time") return { text: time(value), full: iso(value) };
    if (column.kind === "status") return { text: status(value)[0], full: null };
    return { text: value, full: value.length > 20 ? value : null };
  };

  // How many decimals a plain number has; -1 for anything else.
  const decimals = (text) => {
    const found = /^[-−]?\d+(?:\.(\d+))?$/.exec(text);
    return found ? (found[1] || "").length : -1;
  };

  // A number padded so that its decimal point stands under the others', which have up to `widest` decimals.
  const align = (text, widest) => {
    const own = decimals(text);
    if (own < 0 || own >= widest) return text;
    return text + (own === 0 ? POINT_SPACE : "") + FIGURE_SPACE.repeat(widest - own);
  };

  // Some of the values of some runs, evenly.
  const sample = (values, indices) => {
    const found = [];
    const step = Math.max(1, Math.floor(indices.length / SAMPLE));
    for (let place = 0; place < indices.length; place += step) found.push(values[indices[place]]);
    return found;
  };

  // The most decimals that a column shows, judged by some values and by the smallest one.
  const widest = (values, indices) => {
    let smallest = Infinity;
    for (const value of values) {
      const size = Math.abs(value);
      if (value !== null && size < smallest && size >= 1e-4) smallest = size;
    }
    const known = [...sample(values, indices), smallest].filter((value) => value !== null);
    return known.reduce((most, value) => Math.max(most, decimals(number(value))), 0);
  };

  // What all cells of a column share: the decimals, and the best value of `contenders`.
  const describe = (column, indices, contenders) =>
    column.kind === "number" ? { widest: widest(column.values, indices), best: best(column, contenders) } : { widest: 0, best: null };

  // The range of values that heat tells apart; a few outliers lie beyond it.
  const range = ({ values }, contenders) => {
    const finite = sample(values, contenders).filter(Number.isFinite).sort((a, b) => a - b);
    const at = (share) => finite[Math.round(share * (finite.length - 1))];
    return { low: at(0.02), high: at(0.98) };
  };

  // The best value of a column with a direction; null when there is none or all are alike.
  const best = ({ values, direction }, contenders) => {
    if (!direction) return null;
    let low = Infinity;
    let high = -Infinity;
    for (const index of contenders) {
      const value = values[index];
      if (!Number.isFinite(value)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
    if (low >= high) return null;
    return direction === "down" ? low : high;
  };

  // How strongly a value is coloured, 0 to 1: the best most, without a direction the largest.
  const heat = ({ low, high }, value, direction) => {
    if (!Number.isFinite(value) || !(high > low)) return null;
    const share = Math.min(1, Math.max(0, (value - low) / (high - low)));
    return direction === "down" ? 1 - share : share;
  };

  // The difference to a baseline: {text, better}, better null where that can't be said; null without one.
  const delta = (value, base, direction) => {
    if (!Number.isFinite(value) || !Number.isFinite(base) || value === base) return null;
    const signed = (text, change) => `${change > 0 ? "+" : "−"}${text}`;
    const change = value - base;
    const share = base === 0 ? "" : ` ${signed((Math.abs(change / base) * 100).toFixed(1), change)} %`;
    return { text: signed(number(Math.abs(change)), change) + share, better: direction ? change < 0 === (direction === "down") : null };
  };

  // A deviation with as many decimals as its mean, `places`, or more where these show less than two digits.
  const deviationText = (deviation, places) => {
    if (places < 0) return number(deviation);
    const needed = deviation > 0 ? 1 - Number(deviation.toExponential(1).split("e")[1]) : 0;
    return needed > places ? number(Number(deviation.toPrecision(2))) : deviation.toFixed(places);
  };

  // "0.612 ± 0.013" of the values of a group.
  const spreadText = ({ mean, deviation }) => {
    if (mean === null) return "";
    const text = number(mean);
    return deviation === null ? text : `${text} ± ${deviationText(deviation, decimals(text))}`;
  };

  // What a column shows of a group {members, counted}: {text, full} as of a run, the mean of its numbers, and
  // whether its runs have all the same.
  const summarize = (column, { members, counted }) => {
    if (column.kind !== "number" && column.kind !== "duration") {
      const texts = new Set(members.map((index) => show(column, index).text));
      const isShared = texts.size === 1;
      return { text: isShared ? [...texts][0] : `${texts.size} values`, full: isShared ? show(column, members[0]).full : null, mean: null, isShared };
    }
    const { count, mean, deviation } = spread(column.values, counted);
    if (!count) return { text: "", full: null, mean, isShared: false };
    const isSame = column.group === "Parameters" && !deviation; // what a group has in common needs no deviation
    const text = column.kind === "duration" ? duration(mean) : spreadText({ mean, deviation: isSame ? null : deviation });
    const full = deviation === null ? `${mean}: mean of ${count}` : `${mean} ± ${deviation}: mean ± standard deviation of ${count}`;
    return { text, full, mean, isShared: false };
  };

  const cells = { summarize, show, status, time, align, decimals, describe, range, best, heat, delta, deviationText, spreadText };
  if (typeof runfolio !== "undefined") runfolio.cells = cells;
  if (typeof module === "object") module.exports = cells;
})();
