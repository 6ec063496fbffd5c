// Smooth curves. Each takes all values of a curve, in order, and skips what is no finite number: such
// a place stays empty (NaN) and its neighbours are smoothed as if it were not there.

(() => {
  "use strict";

  // An exponential mean without the pull to zero at the start, as TensorBoard and W&B draw it: the
  // weight (0 to 1) is that of the past.
  const exponential = (values, weight) => {
    const smooth = new Float64Array(values.length).fill(NaN);
    let [sum, share] = [0, 0];
    for (let place = 0; place < values.length; place += 1) {
      if (!Number.isFinite(values[place])) continue;
      sum = sum * weight + values[place] * (1 - weight);
      share = share * weight + (1 - weight);
      smooth[place] = sum / share;
    }
    return smooth;
  };

  // The mean of the values around each place; fewer at the ends. Sums run within blocks of the
  // window's width, forwards and backwards, so that nothing is ever subtracted: a large value
  // changes only the means it belongs to.
  const centredMean = (values, points) => {
    const half = Math.floor(points / 2);
    const width = 2 * half + 1;
    const length = values.length + 2 * half;
    const [ahead, back] = [1, -1].map((step) => {
      const [sums, counts] = [new Float64Array(length), new Uint32Array(length)];
      for (let index = 0; index < length; index += 1) {
        const at = step > 0 ? index : length - 1 - index;
        const starts = index === 0 || (step > 0 ? at % width === 0 : (at + 1) % width === 0);
        const known = Number.isFinite(values[at - half]);
        sums[at] = (starts ? 0 : sums[at - step]) + (known ? values[at - half] / width : 0);
        counts[at] = (starts ? 0 : counts[at - step]) + (known ? 1 : 0);
      }
      return { sums, counts };
    });
    return Float64Array.from(values, (value, place) => {
      if (!Number.isFinite(value)) return NaN;
      const end = place + width - 1;
      const whole = place % width === 0; // the window is one block
      const sum = ahead.sums[end] + (whole ? 0 : back.sums[place]);
      return sum * (width / (ahead.counts[end] + (whole ? 0 : back.counts[place])));
    });
  };

  // A mean weighted by a normal curve whose standard deviation is so many points.
  const gaussian = (values, deviation) => {
    const reach = Math.ceil(4 * deviation);
    const weights = Float64Array.from({ length: reach + 1 }, (_, away) => Math.exp(-0.5 * (away / deviation) ** 2));
    return Float64Array.from(values, (value, place) => {
      if (!Number.isFinite(value)) return NaN;
      let [sum, share] = [0, 0];
      const end = Math.min(place + reach, values.length - 1);
      for (let other = Math.max(place - reach, 0); other <= end; other += 1) {
        if (!Number.isFinite(values[other])) continue;
        const weight = weights[Math.abs(other - place)];
        sum += weight * values[other];
        share += weight;
      }
      return sum / share;
    });
  };

  const KINDS = {
    ema: { name: "exponential", smooth: exponential, least: 0, most: 0.99, step: 0.01, usual: 0.6, words: (amount) => `weight ${amount}` },
    mean: { name: "centred mean", smooth: centredMean, least: 3, most: 201, step: 2, usual: 9, words: (amount) => `${amount} points` },
    gauss: { name: "Gaussian", smooth: gaussian, least: 1, most: 100, step: 1, usual: 3, words: (amount) => `σ ${amount} points` },
  };

  // "ema-0.6" as {kind, amount}; null for none and for what is none.
  const read = (text) => {
    const [kind, number] = (text || "").split("-");
    const amount = Number(number);
    if (!Object.hasOwn(KINDS, kind) || !number || !Number.isFinite(amount)) return null;
    return { kind, amount: Math.min(Math.max(amount, KINDS[kind].least), KINDS[kind].most) };
  };

  const smooth = (values, { kind, amount }) => KINDS[kind].smooth(values, amount);

  const words = ({ kind, amount }) => `${KINDS[kind].name}, ${KINDS[kind].words(amount)}`;

  const smoothing = { exponential, centredMean, gaussian, kinds: KINDS, read, smooth, words };
  if (typeof runfolio !== "undefined") runfolio.curveSmoothing = smoothing;
  if (typeof module === "object") module.exports = smoothing;
})();
