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
    if (!id) return make("span", { class: "end", "aria-hidden": "true" }, mark);
    return make("a", { href: `${id}.html`, rel, title: text }, shown, make("span", { class: "hidden" }, text));
  };

  const follow = (nav) => {
    const found = around(recall(nav.dataset.order), nav.dataset.run);
    if (!found) return;
    nav.setAttribute("aria-label", "Runs in the order of the table");
    const place = runfolio.make("span", { title: "in the order of the table" }, `${found.place} of ${found.count}`);
    nav.replaceChildren(
      link(found.previous, "prev", "Previous run in the table", "◀"),
      place,
      link(found.next, "next", "Next run in the table", "▶"),
    );
  };

  runfolio.order = { remember, recall, ...pure };
  runfolio.onPage("[data-order]", follow);
  // A page that the browser kept is shown again as it was, though the table may have changed since.
  addEventListener("pageshow", (event) => event.persisted && runfolio.onPage("[data-order]", follow));
})();
