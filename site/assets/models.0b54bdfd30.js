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

// A button that copies the code beside it, or selects it where the browser refuses.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  runfolio.onPage("[data-copy-code]", (button) => {
    const text = button.firstChild.data;
    button.addEventListener("click", async () => {
      const code = button.parentElement.querySelector("code");
      try {
        await navigator.clipboard.writeText(code.textContent);
        button.firstChild.data = "Copied";
      } catch {
        getSelection().selectAllChildren(code);
        button.firstChild.data = "Selected: copy it with the keyboard";
      }
      setTimeout(() => (button.firstChild.data = text), 2000);
    });
  });
})();

// The metrics of a registered model over its versions, drawn in the place of their picture; "metric=r2"
// in the address chooses one. Pure functions first, wiring below.

(() => {
  "use strict";

  const isKnown = (value) => typeof value === "number";

  // One metric as lines: all versions, and a point of its own for each version with aliases.
  const linesOf = ({ numbers, aliases }, { values }) => {
    const places = numbers.map((_, place) => place).filter((place) => isKnown(values[place]));
    const line = (id, name, color, chosen) => ({ id, name, color, dash: 0, href: null, step: chosen.map((place) => numbers[place]), value: chosen.map((place) => values[place]) });
    const named = places.filter((place) => aliases[place].length);
    return [line("versions", "latest", 0, places), ...named.map((place, index) => line(`version ${numbers[place]}`, aliases[place].join(", "), index + 1, [place]))];
  };

  const pure = { linesOf };
  if (typeof module === "object") module.exports = pure;
  if (typeof document === "undefined") return;

  const { controls, state } = runfolio;

  const wire = async (place) => {
    const history = await runfolio.loadShard(runfolio.site().shard);
    const tools = document.querySelector("[data-history-tools]");
    const draw = async ({ metric }) => {
      const shown = history.metrics.find((one) => one.key === metric) ?? history.metrics[0];
      if (history.metrics.length > 1) tools.replaceChildren(controls.select("Metric", "metric", history.metrics.map((one) => [one.key, one.label]), shown.key));
      const runs = linesOf(history, shown);
      place.style.minHeight = `${place.offsetHeight}px`;
      await runfolio.charts.curves(place, { title: `${shown.key} over ${runs[0].step.length} versions`, yTitle: shown.label, xKind: "version", dots: true, height: 260, runs });
      place.style.minHeight = "";
    };
    state.follow(draw);
  };

  runfolio.modelHistory = pure;
  runfolio.onPage("[data-history]", (place) =>
    runfolio.pace.whenNear(place, () => wire(place).catch((error) => place.after(runfolio.make("p", { class: "hint", role: "status" }, `The chart could not be loaded; this is its picture. ${error.message}`)))),
  );
})();
