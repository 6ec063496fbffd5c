// What the experiment and the compare page share: settings kept in the fragment, names, addresses.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { make, state } = runfolio;

  const makeOption = (one, chosen) => {
    const [value, text] = Array.isArray(one) ? one : [one, one];
    const option = make("option", { value }, text);
    option.selected = value === chosen;
    return option;
  };

  // A labelled select that keeps its choice in the fragment under `name`. A choice may be [value, text],
  // or {group, choices} for several under a heading.
  const select = (label, name, choices, chosen) => {
    const box = make("select", { "data-control": name });
    for (const one of choices) {
      if (one.group) box.append(make("optgroup", { label: one.group }, ...one.choices.map((choice) => makeOption(choice, chosen))));
      else box.append(makeOption(one, chosen));
    }
    box.addEventListener("change", () => state.update({ [name]: box.value }));
    return make("label", { class: "control" }, label, box);
  };

  // A labelled box to tick, which the fragment keeps as 1.
  const tick = (label, name, chosen) => {
    const box = make("input", { type: "checkbox", "data-control": name });
    box.checked = chosen;
    box.addEventListener("change", () => state.update({ [name]: box.checked ? "1" : "" }));
    return make("label", { class: "control" }, box, label);
  };

  // Controls that are there when asked for, behind a button of that name.
  const menu = (label, ...children) => make("details", { class: "menu", "data-menu": label }, make("summary", {}, label), make("fieldset", {}, make("legend", { class: "hidden" }, label), ...children));

  const address = (id) => `${runfolio.site().root}runs/${id}.html`;

  // A metric's name with the arrow of its better direction.
  const directed = (key, direction) => (direction === "down" ? `${key} ↓` : direction === "up" ? `${key} ↑` : key);

  runfolio.controls = { select, tick, menu, address, directed };
})();
