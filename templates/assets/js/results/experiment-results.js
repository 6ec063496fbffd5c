// The confusion matrices and result curves of the runs an experiment's charts show, side by side.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { make } = runfolio;
  const SHOWN = 6;

  const wire = async (section) => {
    const place = section.querySelector("[data-run-results-place]");
    const note = section.querySelector("[data-run-results-note]");
    const workspace = await runfolio.workspace.open(section.dataset.shard);
    let [near, drawn] = [false, null];

    const refresh = async () => {
      if (!near) return;
      const having = new Set(workspace.results);
      const able = workspace.drawn(Infinity, workspace.primary).filter((run) => having.has(run));
      const shown = able.slice(0, SHOWN).map((run) => workspace.ids[run]);
      if (drawn === shown.join()) return;
      drawn = shown.join();
      note.textContent = able.length > shown.length ? `The first ${shown.length} of ${able.length} runs; tick others to see theirs.` : "";
      if (!shown.length) {
        place.replaceChildren(make("p", { class: "empty" }, "None of the runs shown logged results."));
        return;
      }
      const shards = await Promise.all(shown.map((id) => runfolio.loadShard(`runs/${id}`)));
      await runfolio.results.draw(place, shards);
    };

    const tell = (error) => place.replaceChildren(make("p", { class: "warning slim" }, error.message));
    const watcher = new IntersectionObserver(
      (entries) => {
        near = entries.at(-1).isIntersecting;
        refresh().catch(tell);
      },
      { rootMargin: "200px" },
    );
    watcher.observe(section);
    workspace.follow(() => refresh().catch(tell));
  };

  runfolio.onPage("[data-run-results]", wire);
})();
