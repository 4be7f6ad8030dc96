// build.mjs OUTPUT: the page that verifies, as one file that asks nobody for anything.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const own = (name) => readFileSync(join(here, name), "utf8");
const words = {};
for (const language of ["ar", "en", "fr"]) {
  const all = JSON.parse(readFileSync(join(here, "../../words", `${language}.json`), "utf8"));
  words[language] = Object.fromEntries(Object.entries(all).filter(([key]) => key.startsWith("verify.")));
}
const bundled = await build({
  entryPoints: [join(here, "main.ts")],
  bundle: true,
  minify: true,
  write: false,
  format: "esm",
  target: ["es2022"],
  charset: "utf8",
  legalComments: "none",
  define: { WORDS: JSON.stringify(words) },
});
const script = bundled.outputFiles[0].text.trim().replaceAll("</script", "<\\/script");
const style = own("page.css").trim();
const digest = (s) => `sha256-${createHash("sha256").update(s).digest("base64")}`;
const parts = { "%SCRIPT%": digest(script), "%STYLE%": digest(style), "%CSS%": style, "%JS%": script };
writeFileSync(process.argv[2], own("page.html").replace(/%[A-Z]+%/g, (name) => parts[name]));
