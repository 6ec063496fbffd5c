// Which runs are compared: they can be added by name, taken out, and one is the baseline.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { make, state, compare } = runfolio;
  const { plural, runLabel } = compare.view;

  const FOUND = 12;

  const chosenIds = () => [...new Set(state.list(state.read().runs))];
  const add = (ids) => state.update({ runs: [...new Set([...chosenIds(), ...ids])].join(",") });

  const remove = (id) => {
    const rest = chosenIds().filter((one) => one !== id);
    state.update({ runs: rest.join(","), ...(state.read().base === id ? { base: "" } : {}) });
  };

  const button = (attributes, text) => make("button", { type: "button", class: "quiet", ...attributes }, text);

  const chosenRun = (run, isBase, from) => {
    const base = isBase
      ? make("span", { class: "aside" }, "baseline")
      : button({ onclick: () => state.update({ base: run.id }), "aria-label": `set as baseline: ${run.name}` }, "set as baseline");
    const out = button({ onclick: () => remove(run.id), "aria-label": `Take ${run.name} out of the comparison`, title: "Take it out of the comparison" }, "✕");
    return make("li", { class: isBase ? "baseline" : "" }, make("div", {}, runLabel(run), from && make("div", { class: "aside" }, from)), make("span", { class: "run-tools" }, base, out));
  };

  // Each with its experiment, where that is not the same for all.
  const chosenList = ({ drawn, base }) => {
    const mixed = new Set(drawn.map((run) => run.experiment.id)).size > 1;
    return make("ul", { class: "chosen-runs", "aria-label": "Runs compared" }, ...drawn.map((run) => chosenRun(run, run.id === base.id, mixed ? run.experiment.name : "")));
  };

  // The runs of an experiment (or of all) whose names hold all words, but those already chosen.
  const findRuns = (shard, experiment, query) => {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    const taken = new Set(chosenIds());
    const names = shard.runs.name;
    const fits = (place) =>
      !taken.has(shard.runs.id[place]) && (experiment === "" || shard.experiments.id[shard.runs.experiment[place]] === experiment) && words.every((word) => names[place].toLowerCase().includes(word));
    return names.map((_, place) => place).filter(fits);
  };

  // The tool that adds runs; it stays on the page while runs come and go.
  const adder = () => {
    const search = make("input", { type: "search", placeholder: "Name of a run", "aria-label": "Name of a run", autocomplete: "off", "data-add-run": true });
    const experiment = make("select", { "data-add-experiment": true }, make("option", { value: "" }, "all experiments"));
    const results = make("ul", { class: "found-runs", "aria-label": "Runs to add" });
    const told = make("p", { class: "aside", role: "status" });
    let shard = null;

    const show = () => {
      if (!shard) return;
      const found = findRuns(shard, experiment.value, search.value);
      const shown = found.slice(0, FOUND).map((place) => {
        const [id, name] = [shard.runs.id[place], shard.runs.name[place]];
        const from = shard.experiments.name[shard.runs.experiment[place]];
        return make("li", {}, button({ onclick: () => add([id]), "aria-label": `Add ${name} of ${from}` }, `+ ${name}`), " ", make("span", { class: "aside" }, from));
      });
      const all = found.length > 1 && found.length <= 50 ? [make("li", {}, button({ onclick: () => add(found.map((place) => shard.runs.id[place])) }, `+ all ${found.length}`))] : [];
      results.replaceChildren(...shown, ...all);
      told.textContent = found.length ? `${plural(found.length, "run")} found${found.length > FOUND ? `, the first ${FOUND} shown` : ""}.` : "No other run has such a name.";
    };

    const open = async () => {
      if (shard) return show();
      try {
        shard = await runfolio.loadShard("finder");
        experiment.append(...shard.experiments.id.map((id, place) => make("option", { value: id }, `${shard.experiments.name[place]} (${shard.experiments.runs[place]})`)));
        return show();
      } catch (error) {
        told.textContent = error.message;
        return null;
      }
    };

    search.addEventListener("input", show);
    search.addEventListener("keydown", (event) => {
      if (event.key === "Enter") results.querySelector("button")?.click();
    });
    experiment.addEventListener("change", show);
    const whole = make("details", { class: "add-runs" }, make("summary", {}, "Add runs"), make("div", { class: "controls" }, search, make("label", { class: "control" }, "of", experiment)), told, results);
    whole.addEventListener("toggle", () => whole.open && open());
    state.follow(show);
    return whole;
  };

  compare.choose = { chosenList, adder, chosenIds };
})();
