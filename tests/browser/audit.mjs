// Audits pages with Lighthouse, as on a phone, and prints their scores as JSON:
// node audit.mjs '{"chromium": path, "flags": […], "categories": […], "pages": {"index": address, …}}'

import { launch } from "chrome-launcher";
import lighthouse from "lighthouse";

const asked = JSON.parse(process.argv[2]);

// An audit that lowers its category's score, with the first parts of the page it is about.
const describe = (audit) => {
  const parts = (audit.details?.items ?? []).slice(0, 5).map((item) => item.node?.snippet ?? item.url ?? item.description ?? JSON.stringify(item));
  return [`${audit.id}: ${audit.title} ${audit.displayValue ?? ""}`.trim(), ...parts].join("\n  ");
};

const audit = async (address, port) => {
  const options = { port, onlyCategories: asked.categories, logLevel: "error" };
  const { lhr } = await lighthouse(address, options);
  if (lhr.runtimeError) throw new Error(`${address}: ${lhr.runtimeError.code}: ${lhr.runtimeError.message}`);
  const scores = Object.values(lhr.categories).map((category) => {
    const weighty = category.auditRefs.filter((ref) => ref.weight).map((ref) => lhr.audits[ref.id]);
    const failures = weighty.filter((one) => one.score !== null && one.score < 1).map(describe);
    return [category.id, { score: Math.round(category.score * 100), failures }];
  });
  return Object.fromEntries(scores);
};

const chrome = await launch({ chromePath: asked.chromium, chromeFlags: ["--headless", ...asked.flags], logLevel: "silent" });
try {
  const found = {};
  for (const [kind, address] of Object.entries(asked.pages)) found[kind] = await audit(address, chrome.port);
  console.log(JSON.stringify(found));
} finally {
  await chrome.kill();
}
