// ajv.mjs - the peer of the schema figure: ns to check a body against a form with ajv
//   node ajv.mjs FORM BODY      (npm install --prefix bench ajv ajv-formats)
import { readFileSync } from "node:fs";
import Ajv from "ajv/dist/2020.js";
import formats from "ajv-formats";

const ajv = new Ajv({ strict: false, unicodeRegExp: true });
formats(ajv);
const check = ajv.compile(JSON.parse(readFileSync(process.argv[2])));
const body = JSON.parse(readFileSync(process.argv[3]));
const runs = [];
for (let r = 0; r < 12; r++) {
  const from = process.hrtime.bigint();
  for (let i = 0; i < 50000; i++) if (!check(body)) throw new Error(JSON.stringify(check.errors));
  runs.push(Number(process.hrtime.bigint() - from) / 50000);
}
console.log(runs.slice(3).sort((a, b) => a - b)[4].toFixed(0));
