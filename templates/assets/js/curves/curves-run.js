// The curves of one run: those it logged itself, or (data-system) what its machine did, over the time
// of day.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { controls, curveSettings } = runfolio;

  runfolio.onPage('[data-curves="run"]', async (element) => {
    try {
      const shard = await runfolio.loadShard(element.dataset.shard);
      const machine = element.dataset.system !== undefined;
      const line = { id: shard.id, name: shard.name, color: shard.color, dash: 0, href: null, members: [shard.id] };
      runfolio.curvePanels(element, {
        metrics: Object.keys(shard.curves).filter((metric) => curveSettings.isSystem(metric) === machine),
        first: shard.primary,
        prefix: machine ? "system" : "curve",
        legend: false,
        usual: machine ? "wall" : "step",
        title: (metric) => controls.directed(machine ? metric.slice(curveSettings.SYSTEM.length + 1) : metric, Object.hasOwn(shard.metrics, metric) ? shard.metrics[metric].direction : null),
        choose: () => ({ lines: [line], grouped: false, emphasis: [], more: false }),
      });
    } catch (error) {
      element.append(runfolio.make("p", { class: "warning slim" }, error.message));
    }
  });
})();
