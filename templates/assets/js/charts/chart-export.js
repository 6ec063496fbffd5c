// A drawn chart as files: its data as CSV, its Vega-Lite spec, and one picture with title and legend.

(() => {
  "use strict";

  const text = typeof module === "object" ? require("./chart-text.js") : runfolio.chartText;
  const { marked } = typeof module === "object" ? require("../site/core.js") : runfolio;

  const PICTURE_FONT = "Arial, Helvetica, 'Liberation Sans', Arimo, sans-serif"; // as in runfolio/charts/theme.py
  const SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json";
  const LOOKS = new Set(["color", "ink", "dash", "width", "lone", "order", "side", "end", "text"]);
  const PADDING = 16;
  const LINE = 20;
  const SWATCH = 22;

  // Text that a spreadsheet would run as a formula begins with a quote, the same as runfolio/spreadsheets.py writes.
  const FORMULA = /^'*[=+\-@\t\r\n＝＋－＠]/;
  const NUMBER = /^[+-](?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$|^[+-](?:inf|infinity|nan)$/i;

  const cell = (value) => {
    if (value === null || value === undefined) return "";
    const isFormula = typeof value === "string" && FORMULA.test(value) && !NUMBER.test(value);
    const written = isFormula ? `'${value}` : String(value);
    return /[",\n\r]/.test(written) ? `"${written.replaceAll('"', '""')}"` : written;
  };

  const csv = ({ columns, rows }) => [columns, ...rows].map((line) => `${line.map(cell).join(",")}\n`).join("");

  // What a chart was drawn from, without how it looks, for charts that give no table of their own.
  const tableOf = (rows) => {
    const columns = [...new Set(rows.flatMap(Object.keys))].filter((name) => !LOOKS.has(name));
    return { columns, rows: rows.map((row) => columns.map((name) => row[name])) };
  };

  // A title as a file's name.
  const stem = (title) =>
    title
      .normalize("NFKD")
      .replace(/[^\p{L}\p{N}]+/gu, "-")
      .replace(/^-+|-+$/g, "")
      .toLowerCase()
      .slice(0, 60) || "chart";

  // Each text of a tree through `change`.
  const mapTexts = (node, change) => {
    if (typeof node === "string") return change(node);
    if (Array.isArray(node)) return node.map((one) => mapTexts(one, change));
    if (node && typeof node === "object") return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, mapTexts(value, change)]));
    return node;
  };

  // The same with real colours and a font that other programs know; `color` reads a CSS variable.
  const resolve = (spec, color) =>
    mapTexts(spec, (one) => (one.startsWith("system-ui") ? PICTURE_FONT : one.replace(/var\(--([a-z0-9-]+)\)/g, (_, name) => color(name))));

  // Rows carry colours too; a run whose name looks like one keeps it.
  const resolveRows = (rows, color) =>
    rows.map((row) => {
      const colors = ["color", "ink"].filter((name) => typeof row[name] === "string");
      return { ...row, ...Object.fromEntries(colors.map((name) => [name, resolve(row[name], color)])) };
    });

  const renameData = (node, names) => {
    if (Array.isArray(node)) return node.map((one) => renameData(one, names));
    if (!node || typeof node !== "object") return node;
    const entries = Object.entries(node).map(([key, value]) => {
      if (key === "data" && value && names.has(value.name)) return [key, { name: names.get(value.name) }];
      return [key, renameData(value, names)];
    });
    return Object.fromEntries(entries);
  };

  // One Vega-Lite document of the parts of a chart, each {spec, titles, data, signals, width, height, title}.
  const vegaLite = (parts, { title, background, columns }) => {
    const datasets = {};
    const views = parts.map((part, index) => {
      const { config, params, $schema, ...body } = part.spec;
      const names = new Map(Object.keys(part.data).map((name) => [name, parts.length > 1 ? `${name}-${index + 1}` : name]));
      for (const [name, key] of names) datasets[key] = part.data[name];
      const titles = part.titles ?? {};
      const filled = mapTexts(renameData(body, names), (one) => (Object.hasOwn(titles, one) ? titles[one] : one));
      return { ...filled, width: part.width, height: part.height, ...(part.title ? { title: part.title } : {}) };
    });
    const [first] = parts;
    const params = (first.spec.params ?? []).map((param) => ({ ...param, ...(Object.hasOwn(first.signals ?? {}, param.name) ? { value: first.signals[param.name] } : {}) }));
    const head = { $schema: SCHEMA, title: { text: title, anchor: "start" }, background, config: first.spec.config, params, datasets };
    return views.length === 1 ? { ...views[0], ...head } : { ...head, columns, concat: views };
  };

  const escape = (written) => marked(written).replace(/[&<>"]/g, (letter) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[letter]);

  // Legend entries in lines no wider than `width`: {name, color, dash, x, line}.
  const layLegend = (legend, width) => {
    let [x, line] = [0, 0];
    return legend.map((one) => {
      const name = text.shortenMiddle(one.name, width - SWATCH);
      const room = SWATCH + text.textWidth(name) + 18;
      if (x > 0 && x + room > width) [x, line] = [0, line + 1];
      const placed = { ...one, name, x, line };
      x += room;
      return placed;
    });
  };

  const legendEntry = ({ name, color, dash, x, line }, top, ink) => {
    const y = top + line * LINE + LINE / 2;
    const dashes = dash?.length ? ` stroke-dasharray="${dash.join(" ")}"` : "";
    return `<line x1="${PADDING + x}" x2="${PADDING + x + 16}" y1="${y}" y2="${y}" stroke="${color}" stroke-width="3"${dashes}/><text x="${PADDING + x + SWATCH}" y="${y + 4}" font-size="12" fill="${ink}">${escape(name)}</text>`;
  };

  const rampEntry = ({ title, low, high, colors }, top, ink) => {
    const [start, y] = [PADDING + text.textWidth(`${title}  ${low}`) + 16, top + LINE / 2];
    const boxes = colors.map((color, index) => `<rect x="${start + index * 10}" y="${y - 5}" width="10.5" height="10" fill="${color}"/>`).join("");
    return `<text x="${PADDING}" y="${y + 4}" font-size="12" fill="${ink}" xml:space="preserve">${escape(`${title}  ${low}`)}</text>${boxes}<text x="${start + colors.length * 10 + 8}" y="${y + 4}" font-size="12" fill="${ink}">${escape(high)}</text>`;
  };

  // One SVG of the parts {svg, width, height, title} side by side, below the title, legend and ramp.
  const compose = (parts, { title, legend = [], ramp = null, columns = 1, ink, background }) => {
    const gap = parts.length > 1 ? LINE : 0;
    const [wide, high] = [Math.max(...parts.map((part) => part.width)), Math.max(...parts.map((part) => part.height)) + gap];
    const inner = wide * Math.min(columns, parts.length);
    const entries = layLegend(legend, inner);
    let top = PADDING + LINE + 4;
    const head = [`<text x="${PADDING}" y="${PADDING + 13}" font-size="14" font-weight="600" fill="${ink}">${escape(text.shortenMiddle(title, (inner * 12) / 15))}</text>`];
    if (ramp) {
      head.push(rampEntry(ramp, top, ink));
      top += LINE + 4;
    }
    head.push(...entries.map((one) => legendEntry(one, top, ink)));
    if (entries.length) top += (entries.at(-1).line + 1) * LINE + 4;
    const body = parts.map((part, index) => {
      const [x, y] = [PADDING + (index % columns) * wide, top + Math.floor(index / columns) * high];
      const name = part.title ? `<text x="${x}" y="${y + 13}" font-size="12" font-weight="600" fill="${ink}">${escape(text.shortenMiddle(part.title, wide))}</text>` : "";
      return `${name}<g transform="translate(${x},${y + gap})">${part.svg}</g>`;
    });
    const size = { width: Math.ceil(inner + 2 * PADDING), height: Math.ceil(top + Math.ceil(parts.length / columns) * high + PADDING) };
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${size.width}" height="${size.height}" viewBox="0 0 ${size.width} ${size.height}" font-family="${escape(PICTURE_FONT)}"><title>${escape(title)}</title><rect width="100%" height="100%" fill="${background}"/>${head.join("")}${body.join("")}</svg>`;
    return { svg, ...size };
  };

  const chartExport = { csv, tableOf, stem, resolve, resolveRows, vegaLite, layLegend, compose };
  if (typeof runfolio !== "undefined") runfolio.chartExport = chartExport;
  if (typeof module === "object") module.exports = chartExport;
})();
