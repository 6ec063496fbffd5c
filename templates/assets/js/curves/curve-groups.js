// Several runs as one curve: the mean or median of those that have a value at each place, with a band.

(() => {
  "use strict";

  const statistics = typeof module === "object" ? require("../charts/statistics.js") : runfolio.statistics;

  const CENTRES = { mean: "mean", median: "median" };
  const BANDS = { ci: "95 % interval", std: "± standard deviation", se: "± standard error", range: "min to max", none: "no band" };
  // How much wider the error of a median is than that of a mean, where values are spread normally.
  const MEDIAN_ERROR = Math.sqrt(Math.PI / 2);

  // Half the width of the mean's 95 % interval in standard errors, by the number of values.
  const widths = new Map();
  const intervalWidth = (count) => {
    if (!widths.has(count)) {
      const values = Array.from({ length: count }, (_, place) => place % 2);
      const { high } = statistics.interval95(values);
      widths.set(count, (high - statistics.mean(values)) / statistics.standardError(values));
    }
    return widths.get(count);
  };

  const union = (lists) => {
    const all = Float64Array.from(lists.flatMap((list) => [...list])).sort();
    return all.filter((value, place) => place === 0 || value !== all[place - 1]);
  };

  // The value of a line at each of these places, which ascend: its own (the last one logged there), or
  // along the line between two neighbours. None before its start, after its end and within its gaps.
  const valuesAt = ({ x, y }, places) => {
    let next = 0;
    return Float64Array.from(places, (place) => {
      while (next < x.length && x[next] <= place) next += 1;
      const left = next - 1;
      if (left >= 0 && x[left] === place) return y[left];
      if (left < 0 || next >= x.length) return NaN;
      const share = (place - x[left]) / (x[next] - x[left]);
      return y[left] * (1 - share) + y[next] * share;
    });
  };

  const spread = (values, count, mean) => {
    if (count < 2) return NaN;
    let sum = 0;
    for (let place = 0; place < count; place += 1) sum += (values[place] - mean) ** 2;
    return Math.sqrt(sum / (count - 1));
  };

  const meanOf = (values, count) => {
    let mean = 0;
    for (let place = 0; place < count; place += 1) mean += values[place] / count;
    return mean;
  };

  const medianOf = (sorted) => (sorted.length % 2 ? sorted[(sorted.length - 1) / 2] : (sorted[sorted.length / 2 - 1] + sorted[sorted.length / 2]) / 2);

  // How far a band reaches from the centre to each side.
  const reach = (band, centre, values, count, mean) => {
    const deviation = spread(values, count, mean);
    if (band === "std") return deviation;
    const error = (deviation / Math.sqrt(count)) * (centre === "median" ? MEDIAN_ERROR : 1);
    return band === "se" ? error : count < 2 ? NaN : error * intervalWidth(count);
  };

  // One curve of the members, each {x, y} with x ascending: {x, y, low, high, n}, where n counts the
  // runs that have a value there. A band needs two of them, but for the range.
  const gather = (members, { centre = "mean", band = "ci" } = {}) => {
    const x = union(members.map((member) => member.x));
    const columns = members.map((member) => valuesAt(member, x));
    const [y, low, high] = [0, 1, 2].map(() => new Float64Array(x.length).fill(NaN));
    const n = new Uint32Array(x.length);
    const values = new Float64Array(members.length);
    for (let place = 0; place < x.length; place += 1) {
      let count = 0;
      for (const column of columns) {
        if (!Number.isFinite(column[place])) continue;
        values[count] = column[place];
        count += 1;
      }
      n[place] = count;
      if (!count) continue;
      const mean = meanOf(values, count);
      const sorted = centre === "median" || band === "range" ? values.slice(0, count).sort() : null;
      y[place] = centre === "median" ? medianOf(sorted) : mean;
      if (band === "none") continue;
      const away = band === "range" ? 0 : reach(band, centre, values, count, mean);
      low[place] = band === "range" ? sorted[0] : y[place] - away;
      high[place] = band === "range" ? sorted[count - 1] : y[place] + away;
    }
    return { x, y, low, high, n };
  };

  const groups = { centres: CENTRES, bands: BANDS, gather, union, valuesAt };
  if (typeof runfolio !== "undefined") runfolio.curveGroups = groups;
  if (typeof module === "object") module.exports = groups;
})();
