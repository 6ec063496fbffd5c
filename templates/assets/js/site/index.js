// The index: its search narrows the list of experiments and leads on to runs, parameters and tags.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { make, state } = runfolio;

  runfolio.onPage("[data-index]", (table) => {
    const search = document.querySelector("[data-search]");
    const more = document.querySelector("[data-more]");
    const told = document.querySelector("[data-told]");
    const rows = [...table.tBodies[0].rows];
    const texts = rows.map((row) => row.textContent.toLowerCase());

    const link = (entry) => make("li", {}, make("a", { href: entry.href }, entry.text), " ", make("span", { class: "aside" }, entry.kind === "run" ? `run of ${entry.detail}` : `${entry.kind}, ${entry.detail}`));

    const show = async ({ q = "" }) => {
      if (search.value !== q) search.value = q;
      const words = q.toLowerCase().split(/\s+/).filter(Boolean);
      rows.forEach((row, place) => (row.hidden = !words.every((word) => texts[place].includes(word))));
      const shown = rows.filter((row) => !row.hidden).length;
      table.closest(".scroller").hidden = shown === 0;
      told.textContent = words.length ? `${shown} of ${rows.length} experiments` : "";
      if (!words.length) return more.replaceChildren();
      const entries = await runfolio.finder.load();
      if ((state.read().q || "") !== q) return undefined;
      const found = runfolio.finder.search(entries, q, { experiment: 0, model: 8, run: 20, parameter: 8, metric: 8, tag: 8 });
      if (!found.length && shown) return more.replaceChildren();
      const list = found.length ? make("ul", { class: "plain" }, ...found.map(link)) : make("p", { class: "empty" }, `No experiment, run, parameter or tag is called “${q}”.`);
      return more.replaceChildren(make("h2", {}, "In the experiments"), list);
    };

    search.addEventListener("input", () => state.update({ q: search.value.trim() ? search.value : "" }));
    state.follow(show);
  });
})();
