// How wide text is in a chart and how to shorten it, as runfolio/charts/layout.py does it.

(() => {
  "use strict";

  const NARROW = new Set("fijlrt.,:;|!'()[]{} -");
  const WIDE = new Set("mwMW@%—");

  const letterWidth = (letter) => {
    if (NARROW.has(letter)) return 4.2;
    if (WIDE.has(letter) || letter.codePointAt(0) > 0x2e80) return 11;
    return letter !== letter.toLowerCase() ? 8.4 : 6.6;
  };

  const estimateWidth = (text) => [...text].reduce((sum, letter) => sum + letterWidth(letter), 0);

  // The pixels a text takes at 12 px, in the page's own font where there is a page.
  let pen = null;
  const textWidth = (text) => {
    if (typeof document === "undefined") return estimateWidth(text);
    if (!pen) {
      pen = document.createElement("canvas").getContext("2d");
      pen.font = `12px ${getComputedStyle(document.body).fontFamily}`;
    }
    return pen.measureText(text).width;
  };

  // The text with its middle left out where it is wider than `width` pixels: names differ at both ends.
  const shortenMiddle = (text, width) => {
    if (textWidth(text) <= width) return text;
    const letters = [...text];
    for (let keep = letters.length - 1; keep > 1; keep -= 1) {
      const head = Math.ceil(keep / 2);
      const start = letters.slice(0, head).join("").trimEnd();
      const end = letters.slice(letters.length - (keep - head)).join("").trimStart();
      const short = `${start}…${end}`;
      if (textWidth(short) <= width) return short;
    }
    return `${letters[0]}…`;
  };

  // A metric's title without the arrow of its better direction.
  const plainTitle = (title) => title.replace(/\s*[↓↑]$/, "");

  // The labels that fit along an axis without touching, each shortened to `widest`; the others turn
  // blank. `span` tells from where to where a label at a level reaches.
  const fitLabels = (rows, widest, span) => {
    let free = -Infinity;
    const places = rows.map((_, index) => index).sort((a, b) => rows[a].level - rows[b].level);
    const fitted = [...rows];
    for (const index of places) {
      const label = shortenMiddle(rows[index].label, widest);
      const [start, end] = span(rows[index].level, label);
      const fits = start >= free;
      if (fits) free = end;
      fitted[index] = { ...rows[index], label: fits ? label : "" };
    }
    return fitted;
  };

  const overlap = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

  // Names beside points, in pixels: right of the point, else left, where they cover neither a point
  // nor each other nor the edge; first come, first served. `points` have {x, y, name}; returns
  // {index, text, side} of those that fit, `most` of them.
  const placeLabels = (points, { width, widest = 150, most = Infinity }) => {
    const taken = points.map(({ x, y }) => ({ left: x - 5, right: x + 5, top: y - 5, bottom: y + 5 }));
    const placed = [];
    points.forEach(({ x, y, name }, index) => {
      if (placed.length >= most) return;
      const label = shortenMiddle(name, widest);
      const room = textWidth(label);
      for (const side of [1, -1]) {
        const [near, far] = [x + side * 8, x + side * (10 + room)];
        const box = { left: Math.min(near, far), right: Math.max(near, far), top: y - 7, bottom: y + 7 };
        if (box.left < 0 || box.right > width || taken.some((other) => overlap(box, other))) continue;
        taken.push(box);
        placed.push({ index, text: label, side });
        return;
      }
    });
    return placed;
  };

  const text = { textWidth, shortenMiddle, plainTitle, fitLabels, placeLabels };
  if (typeof runfolio !== "undefined") runfolio.chartText = text;
  if (typeof module === "object") module.exports = text;
})();
