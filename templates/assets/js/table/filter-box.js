// The box for filters over the runs table: completes names and values, applies what can be read, shows mistakes.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { make, state, filter, filterHelp } = runfolio;
  const WAIT = 150; // milliseconds after the last key until a filter is applied

  const KINDS = { entity: "names of", keyword: "", operator: "", value: "value" };

  const option = ({ label, kind }, place) =>
    make(
      "li",
      { role: "option", id: `filter-option-${place}`, class: `of-${kind}`, "aria-selected": "false" },
      make("span", { class: "what", title: label.length > 40 ? label : null }, label),
      make("span", { class: "kind" }, KINDS[kind] ?? kind),
    );

  const build = (slot) => {
    const box = make("input", {
      type: "text", role: "combobox", class: "filter-text", "aria-label": "Filter the runs", "aria-expanded": "false", "aria-controls": "filter-options",
      "aria-autocomplete": "list", "aria-describedby": "filter-told", autocomplete: "off", autocapitalize: "off", spellcheck: "false", "data-filter": true,
    });
    const mirror = make("div", { class: "filter-mirror", "aria-hidden": "true" });
    const matches = make("span", { class: "filter-matches" });
    const clear = make("button", { type: "button", class: "quiet", "aria-label": "Clear the filter", title: "Clear the filter", hidden: true }, "✕");
    const options = make("ul", { role: "listbox", id: "filter-options", class: "filter-options", "aria-label": "What may come here", hidden: true });
    const told = make("p", { class: "filter-told", id: "filter-told", role: "status" });
    box.value = state.read().filter ?? "";
    slot.append(make("div", { class: "filter-field" }, make("div", { class: "filter-line" }, box, mirror), matches, clear, options), told);
    return { box, mirror, matches, clear, options, told };
  };

  // The list of suggestions: which are open, and which of them is chosen.
  const lister = ({ box, options }) => {
    let found = { suggestions: [] };
    let chosen = -1;

    const choose = (place) => {
      const all = [...options.children];
      chosen = all.length ? (place + all.length) % all.length : -1;
      all.forEach((one, index) => one.setAttribute("aria-selected", String(index === chosen)));
      if (chosen < 0) box.removeAttribute("aria-activedescendant");
      else {
        box.setAttribute("aria-activedescendant", all[chosen].id);
        all[chosen].scrollIntoView({ block: "nearest" });
      }
    };

    const show = (next) => {
      found = next;
      chosen = -1;
      box.removeAttribute("aria-activedescendant");
      options.replaceChildren(...found.suggestions.map(option));
      options.scrollTop = 0;
      options.hidden = !found.suggestions.length;
      box.setAttribute("aria-expanded", String(!options.hidden));
    };

    return {
      show,
      close: () => show({ suggestions: [] }),
      isOpen: () => !options.hidden,
      step: (by) => choose(chosen < 0 && by < 0 ? -1 : chosen + by),
      chosen: () => found.suggestions[chosen] ?? null,
      first: () => found.suggestions[0] ?? null,
      at: (place) => found.suggestions[place],
      replaced: () => found,
    };
  };

  const start = async (slot, parts) => {
    const workspace = await runfolio.workspace.open(document.querySelector("[data-runs-table]").dataset.shard);
    const { box, mirror, matches, clear, told } = parts;
    const list = lister(parts);
    const early = box.value; // may be typed before the runs were there
    const names = filterHelp.namesOf(workspace.columns);
    const known = new Map(); // values by column, once the columns are all there
    let written = null; // the filter that the fragment and the box agreed on last
    let insists = true; // whether a mistake at the end counts, though it may only not be finished
    let timer = null;

    const values = (...field) => {
      const key = JSON.stringify(field);
      if (!known.has(key) && workspace.complete()) known.set(key, filterHelp.valuesOf(workspace.source().column(...field), field[0]));
      return known.get(key) ?? [];
    };

    // --- what is said of the text ---

    let underlined = "";

    const underline = (error) => {
      const parts = error ? filterHelp.splitAt(box.value, error) : [];
      const now = JSON.stringify(parts);
      if (now === underlined) return;
      underlined = now;
      const [before, marked, behind] = parts;
      mirror.replaceChildren(...(error ? [before, make("mark", {}, marked || "\u00a0"), behind] : []));
      mirror.scrollLeft = box.scrollLeft;
    };

    const tell = () => {
      const text = box.value;
      const { tree, error } = filter.parse(text);
      const isMistake = error !== null && (insists || !filterHelp.isUnfinished(text, error));
      const note = tree && workspace.complete() ? filterHelp.unknownFields(tree, workspace.source(), names) : null;
      box.setAttribute("aria-invalid", String(isMistake));
      underline(isMistake ? error : null);
      told.classList.toggle("bad", isMistake);
      const words = runfolio.marked(isMistake ? error.message : (note ?? ""));
      if (told.textContent !== words) told.textContent = words; // said aloud once
      clear.hidden = text === "";
      const { view } = workspace;
      const isApplied = tree !== null && text.trim() === (state.read().filter ?? "").trim();
      matches.textContent = isApplied ? `${view.rows.length.toLocaleString("en")} of ${runfolio.format.count(workspace.count - view.hidden.size, "run")} match` : "";
      return error;
    };

    // --- what is done with it ---

    const apply = () => {
      clearTimeout(timer);
      const text = box.value.trim();
      if (tell() || text === written) return;
      written = text;
      state.update({ filter: text });
    };

    const examples = () => filterHelp.examplesOf(workspace).map((text) => ({ text, label: text, kind: "example" }));

    const suggest = () => {
      const found = filter.complete(box.value, box.selectionStart, { ...names, values });
      list.show(box.value.trim() ? found : { ...found, suggestions: [...examples(), ...found.suggestions] });
    };

    const take = ({ text }) => {
      const after = filterHelp.take(box.value, list.replaced(), text);
      box.value = after.text;
      box.setSelectionRange(after.caret, after.caret);
      box.focus();
      edited();
    };

    const edited = () => {
      insists = false;
      tell();
      suggest();
      clearTimeout(timer);
      timer = setTimeout(apply, WAIT);
    };

    const finish = () => {
      insists = true;
      list.close();
      apply();
    };

    // Tab takes what completes the word at the caret, though not a number that may be complete; else it goes on
    // to the next control.
    const completion = () => {
      const { from, to } = list.replaced();
      const begun = from < to && /^[^\d.+-]/.test(box.value.slice(from, to));
      return list.chosen() ?? (begun ? list.first() : null);
    };

    const keys = {
      ArrowDown: () => (list.isOpen() ? list.step(1) : suggest()),
      ArrowUp: () => list.isOpen() && list.step(-1),
      Enter: () => (list.chosen() ? take(list.chosen()) : finish()),
      Tab: (event) => {
        const found = event.shiftKey || !list.isOpen() ? null : completion();
        return found ? take(found) : false;
      },
      Escape: () => (list.isOpen() ? list.close() : false),
    };

    box.addEventListener("keydown", (event) => {
      if (event.altKey || event.ctrlKey || event.metaKey || event.isComposing || !Object.hasOwn(keys, event.key)) return;
      if (keys[event.key](event) !== false) event.preventDefault();
    });
    box.addEventListener("input", edited);
    box.addEventListener("focus", async () => {
      if (!box.value) suggest();
      await workspace.load();
      if (list.isOpen() && !list.chosen()) suggest();
    });
    box.addEventListener("click", () => list.isOpen() || suggest());
    box.addEventListener("blur", finish);
    for (const moved of ["scroll", "keyup", "click", "blur"]) box.addEventListener(moved, () => requestAnimationFrame(() => (mirror.scrollLeft = box.scrollLeft)));
    parts.options.addEventListener("mousedown", (event) => event.preventDefault());
    parts.options.addEventListener("click", ({ target }) => {
      const place = [...parts.options.children].indexOf(target.closest("[role=option]"));
      if (place >= 0) take(list.at(place));
    });
    clear.addEventListener("click", () => {
      box.value = "";
      apply();
      box.focus();
    });

    const [example] = filterHelp.examplesOf(workspace);
    box.placeholder = example ? `Filter, such as ${runfolio.marked(example)}` : "Filter, such as status = 'FINISHED'";
    runfolio.shortcuts.add("f", "filter the runs", () => box.focus());
    // A link or another part of the page may set the filter; what is being written here stays.
    state.follow(({ filter: text = "" }) => {
      if (text.trim() === written) return;
      written = text.trim();
      insists = true;
      box.value = text;
      list.close();
      tell();
    });
    workspace.follow(() => tell());
    if (early === box.value) return;
    box.value = early;
    edited();
  };

  runfolio.onPage("[data-filter-box]", (slot) => start(slot, build(slot)));
})();
