// The order in which a table listed an experiment's runs, for going from one run to the next.
// This tab's own order comes first; a page opened in another tab finds the last one of any.

(() => {
  "use strict";

  const LIMIT = 20000;

  const key = (experiment) => `runfolio-order-${experiment}`;
  const pack = (ids) => ids.slice(0, LIMIT).join(",");

  // The place of a run among `ids` with the runs around it, or null when it isn't there.
  const around = (ids, id) => {
    const place = ids.indexOf(id);
    if (place < 0) return null;
    return { place: place + 1, count: ids.length, previous: ids[place - 1] ?? null, next: ids[place + 1] ?? null };
  };

  const known = (text) => (text ? text.split(",").filter((id) => /^[0-9a-f]{16}$/.test(id)) : []);

  const pure = { around, pack, known };
  if (typeof module === "object") module.exports = pure;
  if (typeof document === "undefined") return;

  // Some browsers keep nothing for files: then the order by rank stays.
  const attempt = (use) => {
    try {
      return use();
    } catch {
      return null;
    }
  };

  const remember = (experiment, ids) => {
    attempt(() => sessionStorage.setItem(key(experiment), pack(ids)));
    attempt(() => localStorage.setItem(key(experiment), pack(ids)));
  };

  const recall = (experiment) =>
    known(attempt(() => sessionStorage.getItem(key(experiment))) ?? attempt(() => localStorage.getItem(key(experiment))));

  const link = (id, rel, text, mark) => {
    const { make } = runfolio;
    const shown = make("span", { "aria-hidden": "true" }, mark);
    if (!id || runfolio.isElsewhere(`${id}.html`)) return make("span", { class: "end", "aria-hidden": "true" }, mark);
    return make("a", { href: `${id}.html`, rel, title: text }, shown, make("span", { class: "hidden" }, text));
  };

  const show = (nav, found, [previous, next], title) => {
    const place = runfolio.make("span", title ? { title } : {}, `${found.place} of ${found.count}`);
    nav.replaceChildren(link(found.previous, "prev", previous, "◀"), place, link(found.next, "next", next, "▶"));
  };

  const follow = (nav) => {
    const found = around(recall(nav.dataset.order), nav.dataset.run);
    if (!found) return;
    nav.setAttribute("aria-label", "Runs in the order of the table");
    nav.removeAttribute("data-ranked");
    show(nav, found, ["Previous run in the table", "Next run in the table"], "in the order of the table");
  };

  // Shows the neighbours by rank, as {id, name} of the ranked runs tell, unless a table told others.
  const showRanked = (nav, ranked) => {
    const found = nav.hasAttribute("data-ranked") && around(ranked.id, nav.dataset.run);
    if (!found) return;
    const nameOf = (id) => ranked.name[ranked.id.indexOf(id)] ?? "";
    show(nav, found, [nameOf(found.previous), nameOf(found.next)].map((name, at) => `${at ? "Next" : "Previous"} run: ${name}`));
  };

  runfolio.order = { remember, recall, showRanked, ...pure };
  runfolio.onPage("[data-order]", follow);
  // A page that the browser kept is shown again as it was, though the table may have changed since.
  addEventListener("pageshow", (event) => event.persisted && runfolio.onPage("[data-order]", follow));
})();
