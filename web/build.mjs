// Bundles for the pages, and the notices of what is in them. An unlisted licence, or a package without its licence's text, fails.
//   node build.mjs OUTDIR
import { build } from "esbuild";
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

const ALLOWED = new Set(["MIT", "ISC", "BSD-3-Clause", "Apache-2.0"]);
const here = path.dirname(fileURLToPath(import.meta.url));
const out = path.resolve(process.argv[2] ?? path.join(here, "dist"));

const result = await build({
  absWorkingDir: here, entryPoints: ["src/editor.js", "src/graph.js", "src/layout.js"], outdir: out, bundle: true, minify: true,
  format: "iife", target: "es2022", charset: "utf8", legalComments: "none", metafile: true, logLevel: "error",
});
const packages = new Set();
for (const file of Object.keys(result.metafile.inputs)) {
  const found = /^node_modules\/((?:@[^/]+\/)?[^/]+)\//u.exec(file);
  if (found) packages.add(found[1]);
}
const notices = [];
for (const name of [...packages].sort()) {
  const folder = path.join(here, "node_modules", name);
  const { version, license } = JSON.parse(await readFile(path.join(folder, "package.json"), "utf8"));
  const text = (await readdir(folder)).find((file) => /^licen[cs]e/iu.test(file));
  if (!ALLOWED.has(license)) throw new Error(`${name} ${version}: licence '${license}' is not on the list`);
  if (!text) throw new Error(`${name} ${version}: no licence text`);
  notices.push(`${name} ${version} (${license})\n\n${(await readFile(path.join(folder, text), "utf8")).trim()}\n`);
}
await mkdir(out, { recursive: true });
await writeFile(path.join(out, "notices.txt"), notices.join("\n" + "-".repeat(72) + "\n\n"));
