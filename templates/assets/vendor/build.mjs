// Bundles vega.js, copies the licences and writes vendor.json. Run: npm ci && npm run build
import { createHash } from "node:crypto";
import { readFile, readdir, writeFile } from "node:fs/promises";
import { build } from "esbuild";

const readJson = async (path) => JSON.parse(await readFile(path, "utf8"));

const { version } = await readJson("node_modules/vega/package.json");

const result = await build({
  entryPoints: ["vega-entry.js"],
  outfile: "vega.js",
  bundle: true,
  format: "iife",
  target: "es2020",
  minify: true,
  charset: "utf8",
  legalComments: "none",
  metafile: true,
  banner: { js: `/*! Vega ${version}, BSD-3-Clause, with d3 (ISC) and others: see LICENSE-vega.txt */` },
});

/** The packages that really ended up in the bundle, sorted by name. */
function bundledPackages(metafile) {
  const [output] = Object.values(metafile.outputs);
  const used = Object.entries(output.inputs).filter(([, input]) => input.bytesInOutput > 0);
  const names = used.map(([path]) => path.match(/node_modules\/((?:@[^/]+\/)?[^/]+)\//)?.[1]);
  return [...new Set(names.filter(Boolean))].sort();
}

async function readLicence(folder) {
  const file = (await readdir(folder)).find((name) => /^licen[cs]e/i.test(name));
  return file ? (await readFile(`${folder}/${file}`, "utf8")).trim() : null;
}

const sources = [];
const texts = new Map();
for (const name of bundledPackages(result.metafile)) {
  const { version, license } = await readJson(`node_modules/${name}/package.json`);
  sources.push({ name, version, licence: license });
  const text = (await readLicence(`node_modules/${name}`)) ?? `No licence file; declared as ${license}.`;
  texts.set(text, [...(texts.get(text) ?? []), `${name} ${version}`]);
}

const rule = "\n\n" + "-".repeat(80) + "\n\n";
const licences = [...texts].map(([text, names]) => `${names.join(", ")}\n\n${text}`).join(rule);
await writeFile("LICENSE-vega.txt", licences + "\n");

const sha256 = createHash("sha256").update(await readFile("vega.js")).digest("hex");
const vendor = {
  libraries: [
    {
      name: "vega",
      version,
      licence: "BSD-3-Clause",
      file: "vega.js",
      licence_file: "LICENSE-vega.txt",
      sha256,
      sources,
    },
  ],
};
await writeFile("vendor.json", JSON.stringify(vendor, null, 2) + "\n");
