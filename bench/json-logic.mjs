// json-logic.mjs - the peer of the rules figure: ns to evaluate a set of rules with json-logic-js
//   node json-logic.mjs RULES DATA      (npm install --prefix bench json-logic-js)
import { readFileSync } from "node:fs";
import jsonLogic from "json-logic-js";

// what the house adds to the language (docs/rules.md), and what of the community's operators is not there
const day = 86400000, parts = (d) => d.split("-").map(Number);
jsonLogic.add_operation("length", (v) => (v == null ? 0 : v.length));
jsonLogic.add_operation("try", (v) => v);
jsonLogic.add_operation("sifara.age", (birth, at) => {
  const [y, m, d] = parts(birth), [Y, M, D] = parts(at);
  return Y - y - (M < m || (M === m && D < d) ? 1 : 0);
});
jsonLogic.add_operation("sifara.date-add", (date, n, unit) => {
  const [y, m, d] = parts(date);
  if (unit === "days") return new Date(Date.UTC(y, m - 1, d) + n * day).toISOString().slice(0, 10);
  const months = (unit === "years" ? 12 : 1) * n, last = new Date(Date.UTC(y, m + months, 0)).getUTCDate();
  return new Date(Date.UTC(y, m - 1 + months, Math.min(d, last))).toISOString().slice(0, 10);
});

const rules = Object.entries(JSON.parse(readFileSync(process.argv[2])));
const data = JSON.parse(readFileSync(process.argv[3]));
const runs = [];
let last;
for (let r = 0; r < 12; r++) {
  const from = process.hrtime.bigint();
  for (let i = 0; i < 5000; i++) last = rules.map(([name, rule]) => [name, jsonLogic.apply(rule, data)]);
  runs.push(Number(process.hrtime.bigint() - from) / 5000);
}
console.log(runs.slice(3).sort((a, b) => a - b)[4].toFixed(0));
console.log(JSON.stringify(Object.fromEntries(last)));
