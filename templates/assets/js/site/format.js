// Numbers and durations as text, the same as runfolio/charts/numbers.py writes them.

(() => {
  "use strict";

  const DIGITS = 4;
  const SMALLEST = -4; // the powers of ten between which a number is written without exponent
  const LARGEST = 6;

  const strip = (text) => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);

  // "0.6121", "1.235e-7", or with other than four significant digits; whole numbers below a million in full; null as "—".
  const number = (value, digits = DIGITS) => {
    if (value === null || value === undefined) return "—";
    if (Number.isNaN(value)) return "NaN";
    if (!Number.isFinite(value)) return value > 0 ? "∞" : "-∞";
    if (value === 0) return "0";
    if (Math.abs(value) < 10 ** LARGEST && Number.isInteger(value)) return String(value);
    const [mantissa, exponent] = value.toExponential(digits - 1).split("e");
    const power = Number(exponent);
    if (power >= SMALLEST && power < LARGEST) return strip(value.toFixed(Math.max(digits - 1 - power, 0)));
    return `${strip(mantissa)}e${power}`;
  };

  // Seconds a unit has, its name, those of the next smaller unit, and where the next larger begins.
  const UNITS = [
    [60, "min", 1, "s", 3600],
    [3600, "h", 60, "min", 86400],
    [86400, "d", 3600, "h", Infinity],
  ];

  const halfUp = (value) => Math.floor(value + 0.5);
  const tenths = (value) => strip(value.toFixed(1));

  // The two largest units: "0.5 s", "12 s", "3 min 5 s", "2 h 10 min", "1 d 4 h".
  const duration = (seconds) => {
    if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return "—";
    if (seconds < 0) return `-${duration(-seconds)}`;
    if (seconds === 0) return "0 s";
    if (seconds < 0.0995) return tenths(seconds * 1000) === "0" ? "< 0.1 ms" : `${tenths(seconds * 1000)} ms`;
    if (seconds < 9.95) return `${tenths(seconds)} s`;
    if (halfUp(seconds) < 60) return `${halfUp(seconds)} s`;
    for (const [size, unit, minor, small, limit] of UNITS) {
      const whole = halfUp(seconds / minor) * minor;
      if (whole >= limit) continue;
      const rest = (whole % size) / minor;
      return `${Math.floor(whole / size)} ${unit}${rest ? ` ${rest} ${small}` : ""}`;
    }
    return "—";
  };

  // "1 run", "0 runs", "1,250 selected runs".
  const count = (amount, noun) => `${amount.toLocaleString("en")} ${noun}${amount === 1 ? "" : "s"}`;

  const format = { number, duration, count };
  if (typeof runfolio !== "undefined") runfolio.format = format;
  if (typeof module === "object") module.exports = format;
})();
