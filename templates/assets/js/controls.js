// What the experiment and the compare page share: settings kept in the fragment, names, addresses.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { make, state } = runfolio;

  // A labelled select that keeps its choice in the fragment under `name`; a choice may be [value, text].
  const select = (label, name, choices, chosen) => {
    const box = make("select", { "data-control": name });
    for (const one of choices) {
      const [value, text] = Array.isArray(one) ? one : [one, one];
      const option = make("option", { value }, text);
      option.selected = value === chosen;
      box.append(option);
    }
    box.addEventListener("change", () => state.update({ [name]: box.value }));
    return make("label", { class: "control" }, label, box);
  };

  const address = (id) => `${runfolio.site().root}runs/${id}.html`;

  // A metric's name with the arrow of its better direction.
  const directed = (key, direction) => (direction === "down" ? `${key} ↓` : direction === "up" ? `${key} ↑` : key);

  runfolio.controls = { select, address, directed };
})();
