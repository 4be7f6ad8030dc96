// words.mjs: every word that the screens ask for is there in every language, is MessageFormat, and takes the same
// values everywhere; none is there that no screen asks for.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse, TYPE } from "@formatjs/icu-messageformat-parser";

const web = dirname(dirname(fileURLToPath(import.meta.url)));
const words = (l) => JSON.parse(readFileSync(join(web, "..", "words", `${l}.json`), "utf8"));
const languages = ["ar", "en", "fr"];
const all = Object.fromEntries(
  languages.map((l) => [l, Object.fromEntries(Object.entries(words(l)).filter(([k]) => k.startsWith("screen.")).map(([k, v]) => [k.slice(7), v]))]),
);
let wrong = 0;
const complain = (text) => {
  console.log(text);
  wrong++;
};

/** Names of the values that a message takes. */
function names(parts, found = new Set()) {
  for (const p of parts) {
    if (p.type !== TYPE.literal && p.type !== TYPE.pound) found.add(p.value);
    for (const o of Object.values(p.options ?? {})) names(o.value, found);
  }
  return found;
}

function files(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((f) => (f.isDirectory() ? files(join(folder, f.name)) : [join(folder, f.name)]));
}
const source = files(join(web, "src"))
  .filter((f) => /\.tsx?$/.test(f) && !f.endsWith("answers.ts")) // names of acts, there
  .map((f) => readFileSync(f, "utf8"))
  .join("\n");
// t("key"), t(`key.${…}`) and other strings that look like keys
const plain = new Set([...source.matchAll(/["'`]((?:common|portal|desk|ministry)\.[a-z0-9_.-]*[a-z0-9])["'`]/g)].map((m) => m[1]));
const heads = new Set([...source.matchAll(/`((?:common|portal|desk|ministry)\.(?:[a-z0-9_-]+\.)?)\$\{/g)].map((m) => m[1]));

for (const key of plain) if (!/\.(js|tsx?)$/.test(key)) for (const l of languages) if (!(key in all[l])) complain(`${l} lacks ${key}`);
const keys = new Set(languages.flatMap((l) => Object.keys(all[l])));
for (const key of keys) {
  if (!plain.has(key) && ![...heads].some((h) => key.startsWith(h))) complain(`no screen asks for ${key}`);
  const taken = languages.map((l) => {
    if (!(key in all[l])) return complain(`${l} lacks ${key}`);
    try {
      return [...names(parse(all[l][key], { ignoreTag: true }))].sort().join(" ");
    } catch (error) {
      return complain(`${l}: ${key}: ${error.message}`);
    }
  });
  if (new Set(taken.filter((t) => t !== undefined)).size > 1) complain(`${key} takes other values in another language: ${taken.join(" | ")}`);
}

// what the node can answer instead has words (those of whoever is not signed in stand apart; what is wrong inside of
// the node is told as one)
const errors = readFileSync(join(web, "..", "src/base/errors.h"), "utf8");
const told = [...errors.matchAll(/^ +X\(ERR_\w+, (\w+), +"([a-z-]+)"/gm)].filter(([, c, slug]) => c !== "UNAUTHENTICATED" || slug === "bad-code");
const slugs = new Set(told.map(([, c, slug]) => (c === "INTERNAL" ? "internal" : slug)));
if (slugs.size < 30) complain("the table of errors was not read");
for (const slug of slugs) if (!keys.has(`common.problem.${slug}`)) complain(`no words for the problem ${slug}`);
for (const key of keys) if (key.startsWith("common.problem.") && !slugs.has(key.slice(15))) complain(`${key}: there is no such problem`);
console.log(`${keys.size} words of screens, ${wrong} wrong`);
process.exit(wrong ? 1 : 0);
