// Columns of numbers as src/runfolio/site/packed.py writes them: lists, or four letters a number.

(() => {
  "use strict";

  const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const NO_LETTER = 255;
  const PLACES = new Uint8Array(128).fill(NO_LETTER);
  [...LETTERS].forEach((letter, place) => (PLACES[letter.charCodeAt(0)] = place));

  const SPECIAL = new Map([
    [0xffffff, NaN],
    [0xfffffe, Infinity],
    [0xfffffd, -Infinity],
  ]);
  const MOST = 1e6; // numbers of a column

  // Powers of ten that are exact, so that what is divided by one is rounded once: 1 / 10 is 0.1.
  const TENS = Array.from({ length: 23 }, (_, power) => Number(`1e${power}`));
  const shift = (whole, digits) => (digits < 0 ? whole * TENS[-digits] : whole / TENS[digits]);
  const canShift = (digits) => Number.isInteger(digits) && Math.abs(digits) < TENS.length;

  const number = (value) => (typeof value === "string" ? Number(value) : typeof value === "number" ? value : NaN);

  const fill = (count, read) => {
    const numbers = new Array(count);
    for (let place = 0; place < count; place += 1) numbers[place] = read(place);
    return numbers;
  };

  // The codes of a text, three bytes each, or null where it is none.
  const readCodes = (text) => {
    if (text.length % 4 || text.length > 4 * MOST) return null;
    const codes = new Uint32Array(text.length / 4);
    for (let at = 0; at < text.length; at += 1) {
      const place = PLACES[text.charCodeAt(at)] ?? NO_LETTER;
      if (place === NO_LETTER) return null;
      codes[at >> 2] = (codes[at >> 2] << 6) | place;
    }
    return codes;
  };

  // A code of a number with six digits: a sign, how many more digits stand behind the point, and the digits.
  const readSix = (code, digits) => {
    const size = shift(code & 0xfffff, digits + ((code >> 20) & 7));
    return code >> 23 ? -size : size;
  };

  const readText = ({ text, from, digits }) => {
    const codes = readCodes(text);
    const known = from === undefined ? canShift(digits) && canShift(digits + 7) : canShift(digits) && Number.isFinite(from);
    if (!codes || !known) return [];
    const read = from === undefined ? (code) => readSix(code, digits) : (code) => shift(from + code, digits);
    return fill(codes.length, (place) => (codes[place] < 0xfffffd ? read(codes[place]) : SPECIAL.get(codes[place])));
  };

  const readEven = ({ from, by, count, digits }) => {
    const known = [from, by].every(Number.isFinite) && Number.isInteger(count) && count >= 0 && count <= MOST && canShift(digits);
    return known ? fill(count, (place) => shift(from + by * place, digits)) : [];
  };

  // The numbers of a column; none where it can't be read.
  const unpack = (column) => {
    if (Array.isArray(column)) return column.map(number);
    if (typeof column !== "object" || column === null) return [];
    const whole = { ...column, digits: column.digits ?? 0 };
    return typeof column.text === "string" ? readText(whole) : readEven(whole);
  };

  const packed = { unpack };
  if (typeof runfolio !== "undefined") runfolio.packed = packed;
  if (typeof module === "object") module.exports = packed;
})();
