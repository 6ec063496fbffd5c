// A pivot table as text: its numbers, its headings, and the whole of it as Markdown, LaTeX and CSV. Pure.
//
// A table is what pivot-rows.js makes, with the names of its sides: {rowNames, columnNames, title}, the
// title that of the metric, such as "rmse ↓".

(() => {
  "use strict";

  const inNode = typeof module === "object";
  const { number } = inNode ? require("../site/format.js") : runfolio.format;
  const { decimals, deviationText } = inNode ? require("./table-cells.js") : runfolio.cells;
  const { markdown, latex, markdownTable, exact } = inNode ? require("./table-texts.js") : runfolio.tableTexts;
  const { csv } = inNode ? require("../charts/chart-export.js") : runfolio.chartExport;

  const MISSING = "—";

  // Writes the numbers of a table: means with the same decimals, each deviation with as many or more.
  const formatter = (cells) => {
    const written = cells.flat().filter(({ mean }) => mean !== null).map(({ mean }) => decimals(number(mean)));
    const isPlain = written.every((places) => places >= 0);
    const widest = Math.max(0, ...written);
    // {mean, deviation, count} as texts, the deviation null where one run has none; null without a mean.
    return ({ mean, deviation, count }) =>
      mean === null ? null : { mean: isPlain ? mean.toFixed(widest) : number(mean), deviation: deviation === null ? null : deviationText(deviation, isPlain ? widest : -1), count: String(count) };
  };

  const listed = (names) => (names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)}` : names.join(""));

  // "rmse ↓ by model and depth", the sides apart where there are two.
  const describe = ({ title, rowNames, columnNames }) => `${title} by ${listed(rowNames)}${columnNames.length ? ` × ${listed(columnNames)}` : ""}`;

  const MEANING = "mean ± standard deviation (runs)";

  // How many runs count nowhere.
  const brokeOff = ({ off }) => (off ? `, ${off.toLocaleString("en")} broke off` : "");

  // The headings over the columns, one line for each of their parameters: equal neighbours are one of several columns.
  const headings = ({ columns, columnNames }) =>
    columnNames.map((_, level) => {
      const found = [];
      columns.forEach(({ texts }, place) => {
        const sameAbove = place > 0 && texts.slice(0, level + 1).every((text, at) => text === columns[place - 1].texts[at]);
        if (sameAbove) found.at(-1).span += 1;
        else found.push({ text: texts[level], span: 1 });
      });
      return found;
    });

  const columnTitle = ({ columnNames, title }, { texts }) => columnNames.map((name, place) => `${name} = ${texts[place]}`).join(", ") || title;

  const toMarkdown = (table) => {
    const format = formatter(table.cells);
    const cell = (one) => {
      const written = format(one);
      if (!written) return MISSING;
      const value = written.mean + (written.deviation === null ? "" : ` ± ${written.deviation}`);
      return `${one.best ? `**${value}**` : value} (${written.count})`;
    };
    const head = [...table.rowNames.map(markdown), ...table.columns.map((column) => markdown(columnTitle(table, column)))];
    const lines = table.rows.map(({ texts }, place) => [...texts.map(markdown), ...table.cells[place].map(cell)]);
    return `${markdown(describe(table))}, ${MEANING}${brokeOff(table)}\n\n${markdownTable(head, lines, head.map((_, place) => place >= table.rowNames.length))}`;
  };

  const toTex = (text) => text.replace("∞", "\\infty").replace(/e(-?\d+)$/, " \\times 10^{$1}");

  const texCell = (format, one) => {
    const written = format(one);
    if (!written) return "---";
    const value = toTex(written.mean) + (written.deviation === null ? "" : ` \\pm ${toTex(written.deviation)}`);
    return `$${one.best ? `\\mathbf{${value}}` : value}$ (${written.count})`;
  };

  // The lines of the heads, with rules under those that span columns.
  const texHead = (table) => {
    const { rowNames, columnNames, columns, title } = table;
    const own = rowNames.map(latex);
    if (!columnNames.length) return [`${[...own, latex(title)].join(" & ")} \\\\`];
    const empty = own.map(() => "");
    const over = `${[...empty, `\\multicolumn{${columns.length}}{c}{${latex(`${title} by ${listed(columnNames)}`)}}`].join(" & ")} \\\\`;
    const lines = headings(table).map((line, level) => {
      const isLast = level === columnNames.length - 1;
      const cells = line.map(({ text, span }) => (span > 1 ? `\\multicolumn{${span}}{c}{${latex(text)}}` : latex(text)));
      return `${[...(isLast ? own : empty), ...cells].join(" & ")} \\\\`;
    });
    return [over, `\\cmidrule(l){${own.length + 1}-${own.length + columns.length}}`, ...lines];
  };

  const toLatex = (table) => {
    const format = formatter(table.cells);
    const body = table.rows.map(({ texts }, place) => `${[...texts.map(latex), ...table.cells[place].map((one) => texCell(format, one))].join(" & ")} \\\\`);
    return [
      `% ${latex(describe(table))}, mean and standard deviation (runs)${brokeOff(table)}; needs \\usepackage{booktabs}`,
      `\\begin{tabular}{${"l".repeat(table.rowNames.length)}${"r".repeat(table.columns.length)}}`,
      "\\toprule",
      ...texHead(table),
      "\\midrule",
      ...body,
      "\\bottomrule",
      "\\end{tabular}",
      "",
    ].join("\n");
  };

  // Full numbers: three columns for each of the table's, mean, standard deviation and number of runs.
  const toCsv = (table) => {
    const parts = ["mean", "std", "runs"];
    const columns = [...table.rowNames, ...table.columns.flatMap((column) => parts.map((part) => `${columnTitle(table, column)}, ${part}`))];
    const rows = table.rows.map(({ values, texts }, place) => [
      ...values.map((value, at) => (value === null ? null : exact(value, texts[at]))),
      ...table.cells[place].flatMap(({ mean, deviation, count }) => [mean, deviation, count]),
    ]);
    return csv({ columns, rows });
  };

  const pure = { MISSING, MEANING, brokeOff, formatter, describe, listed, headings, toMarkdown, toLatex, toCsv };
  if (typeof runfolio !== "undefined") runfolio.pivotTexts = pure;
  if (inNode) module.exports = pure;
})();
