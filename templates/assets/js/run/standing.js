// The place of a run of a large experiment: its page leaves ranks and neighbours to this script, so
// that the pages of thousands of runs need not be written again with each new value.

(() => {
  "use strict";

  // How many of `values`, which ascend, are better than `own`.
  const countBetter = (values, own, direction) =>
    values.filter((value) => (direction === "down" ? value < own : value > own)).length;

  const rankText = (values, own, direction) => {
    const better = countBetter(values, own, direction);
    return better === 0 ? `best of ${values.length}` : `rank ${better + 1} of ${values.length}`;
  };

  // The run to compare `id` with: the best one, or the baseline when it is the best itself.
  const chooseOther = ({ best, baseline }, id) => [best, baseline].find((one) => one && one !== id) ?? null;

  // What the link to the compare page says; runs may share their name.
  const compareText = (shard, other, id) => {
    const nameOf = (one) => shard.name[shard.id.indexOf(one)];
    const role = other === shard.best ? "the best run" : "the baseline";
    return `Compare with ${nameOf(other) === nameOf(id) ? role : nameOf(other)}`;
  };

  if (typeof module === "object") module.exports = { rankText, chooseOther, compareText };
  if (typeof document === "undefined") return;

  const tell = (shard, nav) => {
    const id = nav.dataset.run;
    runfolio.onPage(".rank[data-rank]", (element) => {
      const { rank, value, direction } = element.dataset;
      if (shard.values[rank]) element.textContent = rankText(shard.values[rank], Number(value), direction);
    });
    const other = chooseOther(shard, id);
    const link = document.querySelector("[data-compare]");
    if (other && link) {
      link.href = link.getAttribute("href").replace(/#.*/, `#runs=${other},${id}`);
      link.textContent = runfolio.marked(compareText(shard, other, id));
    }
    runfolio.order.showRanked(nav, shard);
  };

  runfolio.onPage("[data-order][data-large]", async (nav) => {
    try {
      tell(await runfolio.loadShard(`experiments/${nav.dataset.order}-order`), nav);
    } catch {
      // The link to the experiment stays.
    }
  });
})();
