// The search over the whole site: a dialog that opens by Ctrl-K or by its button in the header.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { make, shortcuts } = runfolio;
  let entries = null;

  // Everything to search in, made ready once.
  const load = async () => (entries ??= runfolio.finder.prepare(await runfolio.loadShard("finder")));

  const option = (entry, place) =>
    make(
      "li",
      { role: "option", id: `found-${place}`, "aria-selected": "false" },
      make("a", { href: runfolio.site().root + entry.href, tabindex: "-1" }, make("span", { class: "kind" }, entry.kind), make("span", { class: "what" }, entry.text), make("span", { class: "aside" }, entry.detail)),
    );

  const open = (query = "") => {
    if (document.querySelector("dialog[open]")) return;
    const list = make("ul", { role: "listbox", id: "found", class: "found", "aria-label": "Found" });
    const told = make("p", { class: "hint", role: "status" });
    const box = make("input", {
      type: "search", role: "combobox", "aria-expanded": "false", "aria-controls": "found", "aria-autocomplete": "list", "aria-label": "Search the site",
      placeholder: "Reports, experiments, models, runs, parameters, metrics, tags", autocomplete: "off", spellcheck: "false",
    });
    let chosen = -1;

    const choose = (place) => {
      const options = [...list.children];
      chosen = options.length ? (place + options.length) % options.length : -1;
      options.forEach((one, index) => one.setAttribute("aria-selected", String(index === chosen)));
      if (chosen < 0) box.removeAttribute("aria-activedescendant");
      else {
        box.setAttribute("aria-activedescendant", options[chosen].id);
        options[chosen].scrollIntoView({ block: "nearest" });
      }
    };

    const show = async () => {
      const wanted = box.value;
      try {
        const found = runfolio.finder.search(await load(), wanted);
        if (box.value !== wanted) return;
        list.replaceChildren(...found.map(option));
        box.setAttribute("aria-expanded", String(found.length > 0));
        if (!wanted.trim()) told.textContent = "Type a name, or a value such as ridge. Arrows choose, Enter opens.";
        else told.textContent = found.length ? "" : `Nothing here is called “${runfolio.marked(wanted.trim())}”.`;
        choose(found.length ? 0 : -1);
      } catch (error) {
        told.textContent = error.message;
      }
    };

    box.addEventListener("input", show);
    box.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) choose(chosen + step);
      else if (event.key === "Enter") list.children[chosen]?.querySelector("a").click();
      else return;
      event.preventDefault();
    });
    const dialog = shortcuts.openDialog("Search", box, told, list);
    dialog.classList.add("finder");
    // A link into the page one is on changes only the fragment, so the dialog would stay.
    list.addEventListener("click", (event) => event.target.closest("a") && !event.ctrlKey && !event.metaKey && dialog.close());
    box.value = query;
    box.focus();
    show();
  };

  runfolio.onPage("[data-find]", (button) => {
    const key = button.querySelector("kbd");
    if (key) key.textContent = shortcuts.label("Ctrl+k");
    button.addEventListener("click", () => open());
  });
  if (!runfolio.standsAlone()) shortcuts.add("Ctrl+k", "search the whole site", () => open());
  shortcuts.add("/", "search on this page, else the whole site", () => {
    const box = document.querySelector("[data-search]");
    if (box?.checkVisibility()) box.focus();
    else if (!runfolio.standsAlone()) open();
  });
  runfolio.finder.load = load;
})();
