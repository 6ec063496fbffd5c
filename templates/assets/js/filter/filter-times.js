// Times and durations as people write them: the same as runfolio/query/language/times.py.

(() => {
  "use strict";

  const { SPACE } = typeof module === "object" ? require("./filter-mistakes.js") : runfolio.filterMistakes;

  const UNITS = [
    [0.001, "ms millisecond milliseconds"],
    [1, "s sec secs second seconds"],
    [60, "m min mins minute minutes"],
    [3600, "h hr hrs hour hours"],
    [86_400, "d day days"],
    [7 * 86_400, "w week weeks"],
    [30 * 86_400, "mo month months"],
    [365 * 86_400, "y yr year years"],
  ];
  const SECONDS = new Map(UNITS.flatMap(([seconds, words]) => words.split(" ").map((word) => [word, seconds])));
  const DAYS = new Map([["yesterday", -1], ["today", 0], ["tomorrow", 1]]);
  const DAY = 86_400_000_000;

  const S = `[${SPACE}]`;
  const PART = new RegExp(`(an?(?![a-z])|[0-9]+(?:\\.[0-9]+)?)${S}*([a-z]+)(?:[${SPACE},]+(?:and${S})?)?${S}*`, "uy");
  const ISO = new RegExp(
    "^([0-9]{4})-([0-9]{2})-([0-9]{2})" +
      "(?:[Tt ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,9}))?)?" +
      " ?([Zz]|[+-][0-9]{2}(?::?[0-9]{2})?)?)?$",
  );
  const isSpace = (character) => new RegExp(S, "u").test(character);

  // The place behind the last character that is no space.
  const endOf = (text) => {
    let end = text.length;
    while (end > 0 && isSpace(text[end - 1])) end -= 1;
    return end;
  };

  const strip = (text) => text.slice(0, endOf(text)).replace(new RegExp(`^${S}+`, "u"), "");

  // Halves go to the even number, as in Python.
  const round = (number) => (Math.abs(number % 1) === 0.5 ? 2 * Math.round(number / 2) : Math.round(number));

  // The seconds a text such as "2h 30m" names, or null when it names none.
  const parseDuration = (text) => {
    const words = strip(text).toLowerCase();
    let seconds = 0;
    for (PART.lastIndex = 0; PART.lastIndex < words.length; ) {
      const part = PART.exec(words);
      if (!part || !SECONDS.has(part[2])) return null;
      seconds += (part[1].startsWith("a") ? 1 : Number(part[1])) * SECONDS.get(part[2]);
    }
    return words && Number.isFinite(seconds * 1e6) ? seconds : null;
  };

  const minutesOf = (zone) => {
    if (!zone || /^z$/i.test(zone)) return 0;
    const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3).replace(":", "") || 0);
    return zone[0] === "-" ? -minutes : minutes;
  };

  // Microseconds since 1970 of an ISO time; null where there is no such day or time of day.
  const parseIso = (text) => {
    const found = ISO.exec(text);
    if (!found) return null;
    const [year, month, day, hour, minute, second] = found.slice(1, 7).map((part) => Number(part || 0));
    const zone = minutesOf(found[8]);
    const date = new Date(0);
    date.setUTCFullYear(year, month - 1, day);
    if (year < 1 || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null;
    if (hour > 23 || minute > 59 || second > 59 || Math.abs(zone) >= 1440) return null;
    date.setUTCHours(hour, minute - zone, second);
    const fraction = (found[7] || "").padEnd(6, "0").slice(0, 6);
    return Number(BigInt(date.getTime()) * 1000n + BigInt(fraction));
  };

  // The moment a text names as a value of the syntax tree, or null when it names none.
  const parseTime = (text) => {
    const words = strip(text).toLowerCase();
    if (words === "now") return { ago: 0 };
    if (DAYS.has(words)) return { day: DAYS.get(words) };
    if (words.endsWith(" ago")) {
      const seconds = parseDuration(words.slice(0, -3));
      return seconds === null ? null : { ago: round(seconds * 1e6) };
    }
    const instant = parseIso(strip(text));
    return instant === null ? null : { instant };
  };

  // The time a moment stands for when the search takes place at `now`, both in microseconds.
  const microsecondsOf = (moment, now) => {
    if ("day" in moment) return (Math.floor(now / DAY) + moment.day) * DAY;
    return "ago" in moment ? now - moment.ago : Number(moment.instant);
  };

  const times = { endOf, strip, parseDuration, parseTime, microsecondsOf };
  if (typeof runfolio !== "undefined") runfolio.filterTimes = times;
  if (typeof module === "object") module.exports = times;
})();
