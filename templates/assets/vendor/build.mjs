// Bundles the libraries, copies their licences and writes vendor.json. Run: npm ci && npm run build
import { createHash } from "node:crypto";
import { readFile, readdir, writeFile } from "node:fs/promises";
import { build } from "esbuild";

const readJson = async (path) => JSON.parse(await readFile(path, "utf8"));

/** Pages enforce Trusted Types: what Tabulator writes as markup is only ever text here. */
const withoutMarkup = {
  name: "without-markup",
  setup({ onLoad }) {
    onLoad({ filter: /tabulator-tables[\\/].*\.js$/ }, async ({ path }) => ({
      contents: (await readFile(path, "utf8"))
        .replace(/([\w.]+)\.innerHTML = "";/g, "$1.replaceChildren();")
        .replaceAll(".innerHTML = ", ".textContent = "),
    }));
  },
};

const LIBRARIES = [
  { name: "vega", credit: "Vega VERSION, BSD-3-Clause, with d3 (ISC) and others" },
  { name: "tabulator", package: "tabulator-tables", credit: "Tabulator VERSION, MIT", plugins: [withoutMarkup] },
];

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

/** Writes NAME.js and LICENSE-NAME.txt; what vendor.json says of them. */
async function bundle({ name, package: source = name, credit, plugins = [] }) {
  const { version, license } = await readJson(`node_modules/${source}/package.json`);
  const [file, licenceFile] = [`${name}.js`, `LICENSE-${name}.txt`];
  const { metafile } = await build({
    entryPoints: [`${name}-entry.js`],
    outfile: file,
    bundle: true,
    format: "iife",
    target: "es2021",
    minify: true,
    charset: "utf8",
    legalComments: "none",
    metafile: true,
    plugins,
    banner: { js: `/*! ${credit.replace("VERSION", version)}: see ${licenceFile} */` },
  });
  const sources = [];
  const texts = new Map();
  for (const used of bundledPackages(metafile)) {
    const { version, license } = await readJson(`node_modules/${used}/package.json`);
    sources.push({ name: used, version, licence: license });
    const text = (await readLicence(`node_modules/${used}`)) ?? `No licence file; declared as ${license}.`;
    texts.set(text, [...(texts.get(text) ?? []), `${used} ${version}`]);
  }
  const rule = "\n\n" + "-".repeat(80) + "\n\n";
  const licences = [...texts].map(([text, names]) => `${names.join(", ")}\n\n${text}`).join(rule);
  await writeFile(licenceFile, licences + "\n");
  const sha256 = createHash("sha256").update(await readFile(file)).digest("hex");
  return { name, version, licence: license, file, licence_file: licenceFile, sha256, sources };
}

const libraries = [];
for (const library of LIBRARIES) libraries.push(await bundle(library));
await writeFile("vendor.json", JSON.stringify({ libraries }, null, 2) + "\n");
