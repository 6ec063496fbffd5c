// The table of runs: sort, search, choose columns, select runs. Pure functions first, wiring below.

(() => {
  "use strict";

  // Numbers before texts, texts in natural order (2 before 10), nothing last whatever the direction.
  const compareValues = (a, b, descending) => {
    const empty = (value) => value === "" || value === null || value === undefined || value === "nan";
    if (empty(a) || empty(b)) return empty(a) - empty(b);
    const x = toNumber(a);
    const y = toNumber(b);
    const bothNumbers = !Number.isNaN(x) && !Number.isNaN(y);
    const order = bothNumbers ? x - y : String(a).localeCompare(String(b), "en", { numeric: true });
    return descending ? -order : order;
  };

  const toNumber = (text) => {
    const infinite = { inf: Infinity, "-inf": -Infinity }[text];
    return infinite === undefined ? Number(text) : infinite;
  };

  // The order of `values` as indices; equal ones keep their places.
  const sortOrder = (values, descending) =>
    values
      .map((value, index) => ({ value, index }))
      .sort((a, b) => compareValues(a.value, b.value, descending) || a.index - b.index)
      .map((one) => one.index);

  // Whether a text holds every word of a query, in any case and order.
  const matches = (text, query) => {
    const found = text.toLowerCase();
    return query
      .toLowerCase()
      .split(/\s+/)
      .every((word) => found.includes(word));
  };

  const pure = { compareValues, sortOrder, matches };
  if (typeof module === "object") module.exports = pure;
  if (typeof document === "undefined") return;

  const { make, state } = runfolio;

  const wire = (table) => {
    const body = table.tBodies[0];
    const rows = [...body.rows];
    const headers = [...table.tHead.rows[0].cells];
    const search = document.querySelector("[data-search]");
    const selection = document.querySelector("[data-selection]");
    const columns = headers.map((header, index) => ({ header, index, key: header.dataset.key })).filter((one) => one.key);
    const usual = columns.filter((one) => !one.header.classList.contains("off")).map((one) => one.key);
    const texts = rows.map((row) => [...row.cells].map((cell) => cell.textContent).join(" "));
    const home = new Map(rows.map((row, index) => [row, index]));

    const cellValue = (row, index) => {
      const cell = row.cells[index];
      return cell.dataset.sort ?? (cell.querySelector("a, .status") ?? cell).textContent.trim();
    };

    const sort = (key, descending) => {
      const column = columns.find((one) => one.key === key);
      for (const one of columns) one.header.removeAttribute("aria-sort");
      const ordered = [...rows].sort((a, b) => home.get(a) - home.get(b));
      if (!column) {
        body.append(...ordered);
        return;
      }
      column.header.setAttribute("aria-sort", descending ? "descending" : "ascending");
      const values = ordered.map((row) => cellValue(row, column.index));
      body.append(...sortOrder(values, descending).map((index) => ordered[index]));
    };

    const filter = (query) => {
      let shown = 0;
      rows.forEach((row, index) => {
        row.hidden = Boolean(query) && !matches(texts[index], query);
        shown += !row.hidden;
      });
      return shown;
    };

    const showColumns = (keys) => {
      for (const { header, index, key } of columns) {
        const off = !keys.includes(key);
        if (header.classList.contains("off") === off) continue;
        header.classList.toggle("off", off);
        for (const row of rows) row.cells[index].classList.toggle("off", off);
      }
      for (const box of document.querySelectorAll("[data-column]")) box.checked = keys.includes(box.dataset.column);
    };

    const pick = (ids) => {
      for (const row of rows) {
        const picked = ids.includes(row.dataset.run);
        row.classList.toggle("picked", picked);
        row.querySelector("[data-pick]").checked = picked;
      }
      const all = table.querySelector("[data-pick-all]");
      const shown = rows.filter((row) => !row.hidden);
      const count = shown.filter((row) => row.classList.contains("picked")).length;
      all.checked = count > 0 && count === shown.length;
      all.indeterminate = count > 0 && count < shown.length;
    };

    const tell = (ids, shown, query) => {
      const parts = [];
      if (query) parts.push(shown === 1 ? "1 run found." : `${shown} runs found.`);
      if (ids.length) {
        const link = make("a", { href: `${runfolio.site().root}compare.html#runs=${ids.join(",")}` }, "Compare");
        const clear = make("button", { type: "button", class: "quiet", onclick: () => state.update({ runs: "" }) }, "Clear");
        parts.push(`${ids.length} selected:`, link, clear);
      } else if (!query) {
        parts.push("Tick runs to compare them.");
      }
      selection.replaceChildren(...parts.map((part) => (typeof part === "string" ? make("span", {}, part) : part)));
    };

    const chosen = () => state.list(state.read().runs);
    const known = new Set(rows.map((row) => row.dataset.run));

    for (const { header, key } of columns) {
      const button = make("button", { type: "button", title: header.title || null }, header.textContent);
      header.removeAttribute("title");
      header.replaceChildren(button);
      button.addEventListener("click", () => {
        const now = header.getAttribute("aria-sort");
        const next = now === null ? key : now === "ascending" ? `-${key}` : "";
        state.update({ sort: next });
      });
    }

    const chooser = document.querySelector("[data-columns]");
    const groupOf = ({ header }) => header.dataset.group || "Run";
    const choices = columns.filter((one) => one.key !== "name");
    const groups = [...new Set(choices.map(groupOf))];
    choices.sort((a, b) => groups.indexOf(groupOf(a)) - groups.indexOf(groupOf(b)));
    let group = "";
    for (const { header, key } of choices) {
      const name = groupOf({ header });
      if (name !== group) chooser.append(make("p", {}, name));
      group = name;
      const box = make("input", { type: "checkbox", "data-column": key });
      box.addEventListener("change", () => {
        const keys = [...chooser.querySelectorAll("[data-column]")].filter((one) => one.checked).map((one) => one.dataset.column);
        const same = keys.length + 1 === usual.length && keys.every((one) => usual.includes(one));
        state.update({ columns: same ? "" : JSON.stringify(keys) });
      });
      chooser.append(make("label", {}, box, header.dataset.title));
    }

    search.addEventListener("input", () => state.update({ q: search.value }));
    table.addEventListener("change", (event) => {
      const boxes = rows.filter((row) => !row.hidden);
      if (event.target.matches("[data-pick-all]")) {
        state.update({ runs: event.target.checked ? boxes.map((row) => row.dataset.run).join(",") : "" });
      } else if (event.target.matches("[data-pick]")) {
        const id = event.target.closest("tr").dataset.run;
        const others = chosen().filter((one) => one !== id);
        state.update({ runs: (event.target.checked ? [...others, id] : others).join(",") });
      }
    });

    for (const row of rows) {
      const button = make("button", { type: "button", class: "unfold", "aria-expanded": "false", "aria-label": "Show all values" }, "⋯");
      button.addEventListener("click", () => {
        const open = row.classList.toggle("open");
        button.setAttribute("aria-expanded", String(open));
        for (const { header, index } of columns) row.cells[index].dataset.label = header.dataset.title;
      });
      row.querySelector("th.name").append(button);
    }

    const parseColumns = (text) => {
      try {
        const keys = JSON.parse(text);
        return Array.isArray(keys) ? ["name", ...keys] : usual;
      } catch {
        return usual;
      }
    };

    state.follow((view) => {
      const query = view.q || "";
      if (search.value !== query) search.value = query;
      const shown = filter(query.trim());
      const key = view.sort || "";
      sort(key.replace(/^-/, ""), key.startsWith("-"));
      showColumns(view.columns ? parseColumns(view.columns) : usual);
      const ids = state.list(view.runs).filter((id) => known.has(id));
      pick(ids);
      tell(ids, shown, query.trim());
    });
  };

  runfolio.onPage("[data-runs-table]", wire);
})();
