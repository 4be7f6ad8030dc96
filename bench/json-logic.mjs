// json-logic.mjs - the peer of the rules figure: ns to evaluate a set of rules with json-logic-js
//   node json-logic.mjs RULES DATA      (npm install --prefix bench json-logic-js)
import { readFileSync } from "node:fs";
import jsonLogic from "json-logic-js";

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
