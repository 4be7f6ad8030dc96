// build.mjs FOLDER DEPFILE TARGET: bundles the screens into FOLDER, each file with the digest of its content in
// its name and compressed beside it, and writes which sources TARGET was made from.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, extname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";
import { world } from "./map.mjs";

const [depfile, target] = process.argv.slice(3);
const folder = resolve(process.argv[2]);
const here = dirname(fileURLToPath(import.meta.url));
const web = (...parts) => join(here, ...parts);
const sources = new Set();

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });

const common = {
  absWorkingDir: here,
  bundle: true,
  minify: true,
  metafile: true,
  target: ["es2021"],
  legalComments: "none",
  logLevel: "warning",
  outdir: folder,
};

function put(name, bytes) {
  writeFileSync(join(folder, name), bytes);
}

function remember(result) {
  for (const file of Object.keys(result.metafile.inputs)) sources.add(join(here, file));
}

function named(name, bytes) {
  const digest = createHash("sha256").update(bytes).digest("hex").slice(0, 8).toUpperCase();
  const end = extname(name);
  return `${basename(name, end)}-${digest}${end}`;
}

// the map, which only the ministry's part asks for, when it shows it
for (const file of ["map.mjs", "numeric.json"]) sources.add(web(file));
const map = JSON.stringify(world(JSON.parse(readFileSync(web("numeric.json"), "utf8"))));
const mapName = named("world.json", map);
put(mapName, map);

// the programs of the three parts; what they share is in chunks, which each page asks for at once
const programs = await build({
  ...common,
  entryPoints: ["portal", "desk", "ministry"].map((p) => ({ in: web(`src/${p}/main.tsx`), out: p })),
  format: "esm",
  splitting: true,
  entryNames: "[name]-[hash]",
  chunkNames: "part-[hash]",
  jsx: "automatic",
  jsxImportSource: "preact",
  define: { MAP: JSON.stringify(`/assets/${mapName}`) },
});
remember(programs);
for (const [name, output] of Object.entries(programs.metafile.outputs)) {
  if (!output.entryPoint) continue;
  const chunks = output.imports.filter((i) => i.kind === "import-statement").map((i) => basename(i.path));
  put(`${basename(name, ".js").split("-")[0]}.chunks`, chunks.join("\n"));
}

// the style of all of them
remember(await build({ ...common, entryPoints: [web("style/screens.css")], entryNames: "[name]-[hash]" }));

// drawings, and the description of the installed portal
for (const file of readdirSync(web("art"))) {
  sources.add(web("art", file));
  put(named(file, readFileSync(web("art", file))), readFileSync(web("art", file)));
}
const built = () => readdirSync(folder).sort();
const icon = built().find((f) => f.startsWith("icon-"));
const manifest = JSON.stringify({
  name: "Sifara",
  short_name: "Sifara",
  start_url: "/",
  display: "standalone",
  background_color: "#ffffff",
  theme_color: "#0b3d5c",
  icons: [{ src: `/assets/${icon}`, sizes: "any", type: "image/svg+xml" }],
});
put(named("sifara.webmanifest", manifest), manifest);

// what works without a line knows which files there are
const kept = built().filter((f) => /^(portal|part|screens|icon)-/.test(f));
const offline = await build({
  ...common,
  entryPoints: [web("src/offline/offline.ts")],
  entryNames: "[name]",
  define: { FILES: JSON.stringify(kept.map((f) => `/assets/${f}`)) },
});
remember(offline);

for (const file of built()) {
  const bytes = readFileSync(join(folder, file));
  if (bytes.length < 300) continue;
  put(`${file}.gz`, gzipSync(bytes, { level: 9 }));
  put(`${file}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
}

const escaped = (path) => relative(process.cwd(), path).replaceAll(" ", "\\ ");
writeFileSync(depfile, `${target}: ${[...sources].map(escaped).join(" ")}\n`);
