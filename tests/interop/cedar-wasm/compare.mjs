// compare.mjs - asks the official Cedar engine (npm @cedar-policy/cedar-wasm) what cedar_generate
// answered, line by line on standard input: decisions with reasons and errors, strict validation,
// and the JSON form of each policy. Exit status 1 on any difference.
import { createInterface } from 'node:readline';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(join(process.cwd(), 'x.js'));
let cedar;
try {
  cedar = require('@cedar-policy/cedar-wasm/nodejs');
} catch {
  console.log('skipped: no @cedar-policy/cedar-wasm here (npm install @cedar-policy/cedar-wasm)');
  process.exit(0);
}

const counts = { sets: 0, requests: 0, verdicts: 0, policies: 0, different: 0 };
let schema;

const same = (a, b) => JSON.stringify([...new Set(a)].sort()) === JSON.stringify([...new Set(b)].sort());

// Key order does not matter, nor how a pattern is cut into literals.
const canonical = (x) => {
  if (Array.isArray(x)) {
    const out = [];
    for (const v of x.map(canonical)) {
      const last = out[out.length - 1];
      if (v?.Literal !== undefined && last?.Literal !== undefined) last.Literal += v.Literal;
      else out.push(v);
    }
    return out;
  }
  if (x === null || typeof x !== 'object') return x;
  return Object.fromEntries(Object.keys(x).sort().map((k) => [k, canonical(x[k])]));
};

const report = (what, detail) => {
  if (++counts.different <= 10) console.log(`different: ${what}\n${detail}`);
};

const failed = (what, answer) => {
  if (answer.type === 'success') return false;
  report(what, JSON.stringify(answer).slice(0, 2000));
  return true;
};

const checkRequests = (line) => {
  const name = 'set';
  if (failed('parse', cedar.preparsePolicySet(name, { staticPolicies: line.policies }))) return;
  for (const r of line.requests) {
    counts.requests++;
    const answer = cedar.statefulIsAuthorized({
      ...r.request, preparsedPolicySetId: name, entities: line.entities });
    if (failed('request', answer)) continue;
    const { decision, diagnostics } = answer.response;
    if (decision !== r.decision || !same(diagnostics.reason, r.reason) ||
        !same(diagnostics.errors.map((e) => e.policyId), r.errors)) {
      report('decision', JSON.stringify({ ours: r, theirs: answer.response,
        policies: line.policies, entities: line.entities }));
    }
  }
};

const checkValidation = (line) => {
  const answer = cedar.validate({ schema, policies: { staticPolicies: line.policies },
    validationSettings: { mode: 'strict' } });
  if (failed('validation', answer)) return;
  counts.verdicts += Object.keys(line.set.staticPolicies).length;
  const theirs = answer.validationErrors.map((e) => e.policyId);
  if (!same(theirs, line.invalid)) {
    const odd = [...new Set(theirs)].filter((x) => !line.invalid.includes(x))
      .concat(line.invalid.filter((x) => !theirs.includes(x)));
    const texts = line.policies.split('\n');
    report('validation', odd.map((id) => `${id}: ${texts[+id.slice(6)]}\n  ` +
      answer.validationErrors.filter((e) => e.policyId === id)
        .map((e) => e.error.message).join('\n  ')).join('\n'));
  }
};

const checkJson = (line) => {
  const texts = line.policies.trimEnd().split('\n');
  texts.forEach((text, i) => {
    counts.policies++;
    const answer = cedar.policyToJson(text);
    if (failed('policy', answer)) return;
    const ours = JSON.stringify(canonical(line.set.staticPolicies[`policy${i}`]));
    const theirs = JSON.stringify(canonical(answer.json));
    if (ours !== theirs) report('policy JSON', `${text}\n${ours}\n${theirs}`);
  });
};

for await (const text of createInterface({ input: process.stdin })) {
  const line = JSON.parse(text);
  if (line.schema) {
    schema = line.schema;
    continue;
  }
  counts.sets++;
  checkRequests(line);
  checkValidation(line);
  if (counts.sets % 20 === 1) checkJson(line);
}
console.log(`cedar-wasm ${cedar.getCedarVersion()}: ${JSON.stringify(counts)}`);
process.exit(counts.different ? 1 : 0);
