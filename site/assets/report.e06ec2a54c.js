// The table of contents of a report: unfolded beside the text where there is room for it.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { onPage } = runfolio;

  onPage("[data-contents]", (contents) => {
    const narrow = matchMedia("(max-width: 999px)");
    const fold = () => {
      contents.open = !narrow.matches;
    };
    narrow.addEventListener("change", fold);
    fold();
    contents.addEventListener("click", (event) => {
      if (event.target.closest("a") && narrow.matches) contents.open = false;
    });
  });
})();

// Tables that sort by a click on a heading. Pure functions first, wiring below.

(() => {
  "use strict";

  const NONE = new Set(["", "—", "NaN", "nan", "null", "None"]);
  const INFINITE = new Map([["∞", Infinity], ["-∞", -Infinity], ["inf", Infinity], ["-inf", -Infinity]]);
  const SIZES = ["B", "kB", "MB", "GB", "TB", "PB"];

  const toBytes = (text) => {
    const found = /^([\d.]+) ([kMGTP]?B)$/.exec(text);
    return found ? Number(found[1]) * 1000 ** SIZES.indexOf(found[2]) : null;
  };

  // A cell's text as a number: "1.5 kB" is 1500, "1,234" and "6, 1 NaN" begin with theirs.
  const toNumber = (text) => INFINITE.get(text) ?? toBytes(text) ?? Number(text.replace(/(\d),(?=\d{3})/g, "$1").replace(/,? .*/, "").replace("−", "-"));

  // Numbers before texts, texts in natural order (2 before 10), nothing last whatever the direction.
  const compare = (a, b, descending) => {
    if (NONE.has(a) || NONE.has(b)) return NONE.has(a) - NONE.has(b);
    const x = toNumber(a);
    const y = toNumber(b);
    const texts = Number.isNaN(x) - Number.isNaN(y);
    if (texts) return texts;
    const order = Number.isNaN(x) ? a.localeCompare(b, "en", { numeric: true }) : x === y ? 0 : x - y;
    return descending ? -order : order;
  };

  // The order of texts as indices; equal ones keep their places.
  const order = (texts, descending) =>
    texts
      .map((text, index) => ({ text, index }))
      .sort((a, b) => compare(a.text, b.text, descending) || a.index - b.index)
      .map((one) => one.index);

  const pure = { compare, order, toNumber };
  if (typeof module === "object") module.exports = pure;
  if (typeof document === "undefined") return;

  // The whole number of a cell, where the text is rounded.
  const valueOf = (cell) => (cell.title || (cell.querySelector("[title]")?.title ?? cell.textContent)).trim();

  const wire = (table) => {
    const body = table.tBodies[0];
    const rows = [...body.rows];
    for (const [index, header] of [...table.tHead.rows[0].cells].entries()) {
      const button = runfolio.make("button", { type: "button" }, ...header.childNodes);
      header.replaceChildren(button);
      button.addEventListener("click", () => {
        const now = header.getAttribute("aria-sort");
        for (const one of table.querySelectorAll("[aria-sort]")) one.removeAttribute("aria-sort");
        if (now === "descending") return body.append(...rows);
        header.setAttribute("aria-sort", now ? "descending" : "ascending");
        const texts = rows.map((row) => valueOf(row.cells[index]));
        body.append(...order(texts, Boolean(now)).map((place) => rows[place]));
      });
    }
  };

  runfolio.sortable = { ...pure, wire };
  runfolio.onPage("table.sortable", wire);
})();

// The live panels of a report: each takes the place of its pictures once it is drawn, so that without
// it, or should it fail, the pictures stay. What is drawn lies in the page's shard.

(() => {
  "use strict";

  const KINDS = ["curves", "scatter", "parallel", "bars"];

  // The charts of a panel by its number on the page, from 1; what can't be drawn here is null.
  const chartsOf = (shard, number) => {
    const charts = shard.panels?.[number - 1]?.charts ?? [];
    return charts.map(({ kind, options }) => (KINDS.includes(kind) ? { kind, options } : null));
  };

  const pure = { chartsOf };
  if (typeof module === "object") module.exports = pure;
  if (typeof document === "undefined") return;

  // The text beside keeps its place while a chart takes the place of a picture.
  const draw = async (plot, { kind, options }) => {
    plot.style.minHeight = `${plot.offsetHeight}px`;
    await runfolio.charts[kind](plot, options);
    plot.classList.add("drawn");
    plot.style.minHeight = "";
  };

  const drawAll = async (panel) => {
    const plots = [...panel.querySelectorAll("[data-plot]")];
    const shard = await runfolio.loadShard(runfolio.site().shard);
    const charts = chartsOf(shard, Number(panel.dataset.panel));
    for (const [place, plot] of plots.entries()) if (charts[place]) await draw(plot, charts[place]);
  };

  const wire = (panel) =>
    runfolio.pace.whenNear(panel, () =>
      drawAll(panel).catch((error) => {
        const note = runfolio.make("p", { class: "hint", role: "status" }, `The chart could not be loaded; this is its picture. ${error.message}`);
        panel.querySelector(".panel-plots").after(note);
      }),
    );

  runfolio.narrative = pure;
  runfolio.onPage("[data-panel][data-live]", wire);
})();
