// cedar-wasm.mjs - the official engine in Node (npm @cedar-policy/cedar-wasm) on the stores that
// `cedar_workloads write` prints: decisions compared, then the calls timed.
//   cedar_workloads write github 50 2 100 | node cedar-wasm.mjs
// Prints {"compared","different","median"}, nanoseconds a call. Each call hands over the entities
// and reads them anew, since this package keeps policies between calls but no entities.
import { createInterface } from "node:readline";
import { statefulIsAuthorized, preparsePolicySet } from "@cedar-policy/cedar-wasm/nodejs";

const name = "set", times = [];
let compared = 0, different = 0;
const same = (a, b) => JSON.stringify([...a].sort()) === JSON.stringify([...b].sort());

for await (const text of createInterface({ input: process.stdin })) {
  const line = JSON.parse(text);
  if (line.policies) {
    const parsed = preparsePolicySet(name, { staticPolicies: line.policies });
    if (parsed.type !== "success") throw new Error(JSON.stringify(parsed));
    continue;
  }
  for (const { decision, reason, ...request } of line.requests) {
    const call = { ...request, preparsedPolicySetId: name, entities: line.entities };
    const from = process.hrtime.bigint();
    const answer = statefulIsAuthorized(call);
    times.push(Number(process.hrtime.bigint() - from));
    compared++;
    const r = answer.response;
    if (answer.type !== "success" || r.decision !== decision || r.diagnostics.errors.length ||
        !same(r.diagnostics.reason, reason)) different++;
  }
}
times.sort((a, b) => a - b);
console.log(JSON.stringify({ compared, different, median: times[times.length >> 1] }));
process.exit(different || !compared ? 1 : 0);
