// check.mjs FILE --trust LETTER,LETTER [--payload FILE] [--policy FILE]: the verifier of web/verify, as a program
// that says what "sifara evidence check" says.
import { readFileSync } from "node:fs";
import { checkEvidence, readLetter } from "../../../web/verify/evidence.ts";

const options = {};
const words = [];
for (let i = 2; i < process.argv.length; i++)
  if (process.argv[i].startsWith("--")) options[process.argv[i].slice(2)] = process.argv[++i];
  else words.push(process.argv[i]);
const time = (ms) => new Date(ms).toISOString();
try {
  const letters = options.trust.split(",").map((f) => readLetter(readFileSync(f)));
  const policy = options.policy === undefined ? undefined : readFileSync(options.policy, "latin1");
  let payload;
  try {
    payload = options.payload === undefined ? undefined : readFileSync(options.payload);
  } catch {
    process.exit(1);
  }
  const f = checkEvidence(readFileSync(words[0]), letters, payload, policy);
  console.log(`${f.kind} by ${f.sender.title} on ${time(f.at)}`);
  console.log(`correlation ${f.correlation}`);
  console.log(`entry ${f.index} of ${f.size} in ${f.origin}`);
  console.log(f.receipt ? `receipt by ${f.receipt.letter.title} on ${time(f.receipt.at)}` : "no receipt of a known partner");
  for (const w of f.witnesses) console.log(`witnessed by ${w.letter.title} on ${time(w.at)}`);
  if (f.payload) console.log("the payload is the one that was sent");
} catch (e) {
  console.error(`evidence-js: ${e.message}`);
  process.exit(4);
}
