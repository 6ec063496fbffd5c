// Tables as text: Markdown and LaTeX, with everything escaped that would mean something there. Pure.

(() => {
  "use strict";

  // One line: what breaks lines or turns the direction of reading becomes a space.
  const flat = (text) => String(text).replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu, " ").trim();

  // Signs of Markdown, and links that it would make by itself.
  const markdown = (text) =>
    flat(text)
      .replace(/[\\`*_[\]<>|~&$]/g, "\\$&")
      .replace(/:(?=\/\/)|(?<=\bwww)\./gi, "\\$&");

  const TEX = new Map([
    ["\\", "\\textbackslash{}"],
    ["~", "\\textasciitilde{}"],
    ["^", "\\textasciicircum{}"],
    ["<", "\\textless{}"],
    [">", "\\textgreater{}"],
    ["|", "\\textbar{}"],
    ['"', "''"],
    ["↓", "$\\downarrow$"],
    ["↑", "$\\uparrow$"],
    ["—", "---"],
    ["±", "$\\pm$"],
    ["×", "$\\times$"],
    ["∞", "$\\infty$"],
    ...[..."{}$&#%_"].map((sign) => [sign, `\\${sign}`]),
    ...[..."-[*`"].map((sign) => [sign, `{${sign}}`]), // no dash of two, no option of the command before
  ]);
  const latex = (text) => flat(text).replace(/[\\~^<>|"↓↑—±×∞{}$&#%_[*`]|-(?=-)/g, (sign) => TEX.get(sign));

  // Lines of cells, already escaped, as a Markdown table; `right` says which columns stand to the right.
  const markdownTable = (head, lines, right) => {
    const widths = head.map((_, place) => [head, ...lines].reduce((most, line) => Math.max(most, [...line[place]].length), 3));
    const pad = (cell, place) => {
      const room = " ".repeat(widths[place] - [...cell].length);
      return right[place] ? room + cell : cell + room;
    };
    const rule = widths.map((width, place) => (right[place] ? `${"-".repeat(width - 1)}:` : "-".repeat(width)));
    return [head.map(pad), rule, ...lines.map((line) => line.map(pad))].map((line) => `| ${line.join(" | ")} |\n`).join("");
  };

  // A number with all its digits: an integer too long for JavaScript's numbers as it was logged.
  const exact = (value, text) => (typeof value === "number" && /^-?\d{16,}$/.test(text) ? BigInt(text) : value);

  const texts = { flat, markdown, latex, markdownTable, exact };
  if (typeof runfolio !== "undefined") runfolio.tableTexts = texts;
  if (typeof module === "object") module.exports = texts;
})();
