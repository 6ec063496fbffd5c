// Pictures of the runs side by side at one step, or two of them laid over each other.

(() => {
  "use strict";

  const MOST_RUNS = 24;
  const MOST_AT_ONCE = 100;

  // The keys of pictures, those that most runs have first.
  const imageKeys = (extras) => {
    const counts = new Map();
    for (const one of extras) for (const key of Object.keys(one?.images || {})) counts.set(key, (counts.get(key) || 0) + 1);
    return [...counts.keys()].sort((a, b) => counts.get(b) - counts.get(a) || (a < b ? -1 : 1));
  };

  const itemsOf = (extra, key) => (extra?.images && Object.hasOwn(extra.images, key) ? extra.images[key] : []);

  // All steps of all series, ascending; pictures that stand alone have none.
  const allSteps = (extras) => {
    const items = extras.flatMap((one) => Object.values(one?.images || {}).flat());
    return [...new Set(items.map((item) => item.step).filter((step) => step !== null))].sort((a, b) => a - b);
  };

  // The picture to show at a step: the last one up to it, else the first.
  const itemAt = (items, step) => items.findLast((item) => item.step === null || step === null || item.step <= step) || items[0] || null;

  const pure = { imageKeys, itemsOf, allSteps, itemAt };
  if (typeof module === "object") module.exports = pure;
  if (typeof document === "undefined") return;

  const { make, state, compare } = runfolio;
  const { select } = runfolio.controls;
  const { section, controls, hint, plural, runLabel, otherRun, otherSelect } = compare.view;

  const MODES = [["side", "side by side"], ["wipe", "wipe"], ["difference", "difference"]];

  const picture = (alt, loading = "eager") => make("img", { alt, loading, decoding: "async" });

  const showItem = (image, item) => {
    const source = item.src.startsWith("data:") ? item.src : runfolio.site().root + item.src;
    if (image.getAttribute("src") !== source) image.src = source;
  };

  const stepNote = (item, step) => (item.step === null || item.step === step ? "" : `step ${item.step}`);

  // One run's picture; `show(step)` brings the one of a step.
  const figure = (run, key, items, loading) => {
    const image = picture(`${key} of ${run.name}`, loading);
    const note = make("span", { class: "aside" });
    const whole = make("figure", {}, image, make("figcaption", {}, runLabel(run), note));
    const show = (step) => {
      const item = itemAt(items, step);
      showItem(image, item);
      note.textContent = stepNote(item, step);
    };
    return { whole, show };
  };

  // A range that acts while it moves and keeps its value in the fragment once it rests.
  const slider = (label, name, most, value, act) => {
    const box = make("input", { type: "range", min: "0", max: String(most), step: "1", "data-control": name });
    box.value = String(value);
    box.addEventListener("input", () => act(Number(box.value)));
    return { box, whole: make("label", { class: "control slider" }, label, box) };
  };

  // Two pictures over each other: the upper one is cut off along a line that a slider moves.
  const wipe = (pair, key, view) => {
    const images = pair.map(({ run }) => picture(`${key} of ${run.name}`));
    images[1].classList.add("over");
    const line = make("span", { class: "wipe-line", "aria-hidden": "true" });
    const place = (percent) => {
      images[1].style.clipPath = `inset(0 0 0 ${percent}%)`;
      line.style.left = `${percent}%`;
    };
    const { box, whole: range } = slider(`wipe ${key}`, `wipe:${key}`, 100, 50, place);
    box.addEventListener("change", () => state.update({ wipe: box.value }));
    const follow = (next) => {
      box.value = /^\d+$/.test(next.wipe || "") ? next.wipe : "50";
      place(Number(box.value));
    };
    follow(view);
    const names = make("div", { class: "wipe-names" }, runLabel(pair[0].run), runLabel(pair[1].run));
    return { images, follow, whole: make("figure", { class: "laid" }, make("div", { class: "stack" }, ...images, line), range, names) };
  };

  // Blending shows where two pictures differ without reading their pixels, which a page opened from
  // disk may not do: equal pixels turn black.
  const difference = (pair, key) => {
    const images = pair.map(({ run }) => picture(`${key} of ${run.name}`));
    images[1].classList.add("over", "blend");
    const names = make("figcaption", {}, "Difference of ", runLabel(pair[0].run), " and ", runLabel(pair[1].run), ", black where they are the same");
    return { images, follow: () => {}, whole: make("figure", { class: "laid" }, make("div", { class: "stack" }, ...images), names) };
  };

  const laidOver = (mode, pair, key, view) => {
    const missing = pair.filter((one) => !one.items.length);
    if (missing.length) return { show: () => {}, follow: () => {}, whole: hint(`${missing.map((one) => one.run.name).join(" and ")} has no such picture.`) };
    const made = mode === "wipe" ? wipe(pair, key, view) : difference(pair, key);
    const show = (step) => pair.forEach((one, index) => showItem(made.images[index], itemAt(one.items, step)));
    return { ...made, show };
  };

  const sideBySide = (runs, key, extraOf, loading) => {
    const having = runs.map((run) => ({ run, items: itemsOf(extraOf(run), key) })).filter((one) => one.items.length);
    const figures = having.map((one) => figure(one.run, key, one.items, loading));
    const lacking = runs.filter((run) => !having.some((one) => one.run === run)).map((run) => run.name);
    const note = lacking.length ? hint(`Without such a picture: ${lacking.join(", ")}.`) : "";
    // Scrolled by keyboard at the links in it, or where it has none, at itself.
    const shelf = make("div", { class: "pictures", tabindex: runfolio.standsAlone() ? "0" : null }, ...figures.map((one) => one.whole));
    return { whole: make("div", {}, shelf, note), show: (step) => figures.forEach((one) => one.show(step)), follow: () => {} };
  };

  const makeImages = (context, view) => {
    const runs = context.drawn.slice(0, MOST_RUNS);
    const extraOf = (run) => context.extras.get(run.id);
    const extras = runs.map(extraOf);
    const keys = imageKeys(extras);
    if (!keys.length) return null;
    const other = otherRun(context, view);
    const mode = other && MODES.some(([name]) => name === view.images) ? view.images : "side";
    const pair = [context.base, other].map((one) => one && runs.find((run) => run.id === one.id));
    const laid = mode !== "side" && pair.every(Boolean);
    const loading = runs.length * keys.length > MOST_AT_ONCE ? "lazy" : "eager"; // lazy ones may be missing on paper
    const rowsOf = keys.map((key) => {
      const row = laid ? laidOver(mode, pair.map((run) => ({ run, items: itemsOf(extraOf(run), key) })), key, view) : sideBySide(runs, key, extraOf, loading);
      return { ...row, whole: make("section", { class: "picture-row", "aria-label": key }, make("h3", {}, key), row.whole) };
    });

    const steps = allSteps(extras);
    const told = make("output", {});
    const showStep = (place) => {
      told.textContent = `step ${steps[place]}`;
      stepper?.box.setAttribute("aria-valuetext", told.textContent);
      for (const row of rowsOf) row.show(steps[place] ?? null);
    };
    const stepper = steps.length > 1 ? slider("step", "step", steps.length - 1, steps.length - 1, showStep) : null;
    stepper?.box.addEventListener("change", () => state.update({ step: String(steps[Number(stepper.box.value)]) }));
    const follow = (next) => {
      const wanted = next.step ? steps.findLastIndex((step) => step <= Number(next.step)) : steps.length - 1;
      const place = Math.max(wanted, 0);
      if (stepper) stepper.box.value = String(place);
      showStep(place);
      for (const row of rowsOf) row.follow(next);
    };
    follow(view);
    stepper?.whole.append(told);

    const choices = [other && select("show", "images", MODES, mode), laid && otherSelect(context, other), stepper?.whole];
    const notes = [context.runs.length > MOST_RUNS ? hint(`The pictures of the first ${plural(MOST_RUNS, "run")} of ${context.runs.length}.`) : ""];
    return { whole: section("Images", controls(...choices), ...notes, ...rowsOf.map((row) => row.whole)), follow };
  };

  compare.images = { make: makeImages, MOST_RUNS };
})();
