// The crosshair of a chart of curves: a rule, a dot per line and a table of values. Charts that share
// an axis show it at the same place, with the values in their legends. It lies over the drawing, so
// that nothing is drawn again.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { make, chartLines, chartRows, chartText, format } = runfolio;
  const NEAR = 14; // pixels between the pointer and the end of a line it still reads
  const LISTED = 10; // rows of the table
  const LISTED_APART = 4; // and of one beside another chart's crosshair
  const sharing = new Map(); // name of an axis → the crosshairs on it

  // The points of the lines that pass x, highest first.
  const pointsNear = (lines, x, reach) =>
    chartLines.pointsAt(lines, x, Infinity).filter(({ line, x: at }) => Math.abs(at - x) <= reach || (line.x[0] <= x && x <= line.x.at(-1)));

  // "0.52", with the raw value of a smooth line, or the band and the number of runs of a group.
  const valueText = ({ line, x, y }) => {
    const value = format.number(y);
    const place = line.x.indexOf(x);
    if (line.band) {
      const [low, high, count] = [line.band.low[place], line.band.high[place], line.band.n[place]];
      return `${value} (${Number.isFinite(low) ? `${format.number(low)} to ${format.number(high)}, ` : ""}n ${count})`;
    }
    const raw = line.ghost?.y[line.ghost.x.indexOf(x)] ?? null;
    return raw === null ? value : `${value} (raw ${format.number(raw)})`;
  };

  const rowOf = (point, closest, xText) => {
    const apart = point.x === closest.x ? "" : ` at ${xText(point.x)}`;
    return { run: point.line, name: chartText.shortenMiddle(point.line.name, 180), value: valueText(point) + apart, near: point === closest };
  };

  // The values that a legend shows while a crosshair is elsewhere; its own come back without points.
  const readInto = (legend, points) => {
    const values = new Map(points?.map((point) => [point.line.id, format.number(point.y)]));
    legend.classList.toggle("reading", points !== null);
    for (const item of legend.querySelectorAll("[data-run]")) {
      item.dataset.last ??= item.querySelector(".value").textContent;
      item.querySelector(".value").textContent = points === null ? item.dataset.last : (values.get(item.dataset.run) ?? "—");
    }
  };

  // `unit` is how many seconds (or steps) one of the axis is; `title` and `xText` write a place on it
  // in a sentence and beside a value; `axis` names what is shared; `legend` may be missing.
  const wire = (chart, lines, { unit = 1, title, xText, axis, legend }) => {
    const rule = make("div", { class: "chart-rule", hidden: true });
    const dots = make("div", { class: "chart-dots" });
    chart.canvas.append(rule, dots);
    const peers = axis ? (sharing.get(axis) ?? sharing.set(axis, new Set()).get(axis)) : new Set();

    const hide = () => {
      chart.tooltip.hide();
      rule.hidden = true;
      dots.replaceChildren();
      if (legend) readInto(legend, null);
    };

    const dot = (point, [left, top]) => {
      const mark = make("i", {});
      mark.style.left = `${chart.view.scale("x")(point.x) + left}px`;
      mark.style.top = `${chart.view.scale("y")(point.y) + top}px`;
      mark.style.background = chartRows.runColor(point.line.color);
      return mark;
    };

    const draw = (near, closest) => {
      const [left, top] = chart.view.origin();
      rule.style.left = `${chart.view.scale("x")(closest.x) + left}px`;
      rule.style.top = `${top}px`;
      rule.style.height = `${chart.view.height()}px`;
      rule.hidden = false;
      dots.replaceChildren(...near.map((point) => dot(point, [left, top])));
    };

    const list = (near, closest, y, listed) => {
      const [left, top] = chart.view.origin();
      const from = Math.min(Math.max(near.indexOf(closest) - listed / 2, 0), Math.max(near.length - listed, 0));
      const rows = near.slice(from, from + listed).map((point) => rowOf(point, closest, xText));
      const note = near.length > listed ? `${near.length - listed} more` : null;
      chart.tooltip.show({ title: title(closest.x), rows, note }, chart.view.scale("x")(closest.x) + left, y + top);
    };

    // Shows the crosshair where another chart has it; `x` is in steps, seconds or milliseconds.
    const follow = (x) => {
      const place = x / unit;
      const pixel = chart.view.scale("x")(place);
      const near = pixel >= 0 && pixel <= chart.view.width() ? pointsNear(lines, place, 0) : [];
      if (!near.length) return hide();
      const closest = near.reduce((best, point) => (Math.abs(point.x - place) < Math.abs(best.x - place) ? point : best));
      draw(near, closest);
      return legend ? readInto(legend, near) : list(near, closest, chart.view.height() / 2, LISTED_APART);
    };

    const own = { chart, follow, hide };
    const tell = (call) => {
      for (const peer of peers) {
        if (!peer.chart.canvas.isConnected) peers.delete(peer);
        else if (peer !== own) call(peer);
      }
    };
    const clear = () => {
      hide();
      tell((peer) => peer.hide());
    };

    const move = (event) => {
      const { x, y } = chart.point(event);
      if (x < -4 || x > chart.view.width() + 4 || y < -8 || y > chart.view.height() + 8) return clear();
      const [across, down] = [chart.view.scale("x"), chart.view.scale("y")];
      const at = Number(across.invert(x));
      const near = pointsNear(lines, at, Math.abs(Number(across.invert(x + NEAR)) - at));
      if (!near.length) return clear();
      const distance = (point) => Math.hypot(across(point.x) - x, down(point.y) - y);
      const closest = near.reduce((best, point) => (distance(point) < distance(best) ? point : best));
      draw(near, closest);
      list(near, closest, y, LISTED);
      return tell((peer) => peer.follow(closest.x * unit));
    };

    if (axis) peers.add(own);
    chart.canvas.addEventListener("pointermove", move);
    chart.canvas.addEventListener("pointerdown", move);
    chart.canvas.addEventListener("pointerleave", clear);
  };

  runfolio.chartCrosshair = { wire };
})();
