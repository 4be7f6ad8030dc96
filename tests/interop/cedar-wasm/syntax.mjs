// syntax.mjs - do we accept the same texts as the official engine? Mutates policies, schemas and
// the texts of extension values, token by token, and compares our verdicts (cedar_accept, whose
// path is the first argument) with those of npm @cedar-policy/cedar-wasm.
//
// One difference is meant: an attribute declared twice in a record type is refused here.
import { spawnSync } from 'node:child_process';
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
const [binary, rounds = '10000', seed = '1'] = process.argv.slice(2);

let state = +seed;
const below = (n) => {
  state = (state * 1103515245 + 12345) & 0x7fffffff;
  return (state >> 8) % n;
};
const pick = (list) => list[below(list.length)];

const policies = [
  'permit(principal == A::"a",action in [Action::"b", Action::"c"],resource is A::B in C::"d") when { if principal has a.b then -(1) + 2 * 3 - -4 < 9 else !(!true) } unless { context.s.contains("x") };',
  '@id("x") @bare forbid(principal in ?principal,action == Action::"b",resource) when { context["if"] == datetime("2024-02-29") || [1, {a: 1, "b c": ip("::1")}].containsAll([]) };',
  'permit(principal is A,action,resource == ?resource) when { principal is A in [B::"b"] && principal.hasTag("t") && "a*" like "a\\**" };',
  'permit(principal,action,resource) when { {a: 1,}.a == 1 && context.a.lessThan(decimal("1.0")) && "\\u{e9}\\x7f" != "\\n" };',
];
const schemas = [
  'namespace N { entity E in [E]; entity L enum ["LOW", "HIGH"]; entity S in [E] = { b: Long, n?: String, l: L } tags datetime; type C = { p: Set<String>, now: datetime }; action all; action share, "read it" in [all] appliesTo { principal: [S], resource: [E], context: C }; }',
  'entity A, B in [C] { "a b": __cedar::Long, c?: Set<Set<A>> }; entity C; type T = A; @doc("x") action g; action h in Action::"g" appliesTo { principal: A, resource: [A, B], context: { t: T, "x"?: ipaddr } };',
  'entity X; namespace M { entity Y = { a: X }; action a in [N::Action::"z"]; } namespace N { entity Y = { m: M::Y, x: X }; action z appliesTo { principal: [M::Y, Y], resource: Y }; }',
];
const values = {
  ip: ['1.2.3.4/8', '::1/128', '1:2:3:4:5:6:7:8', 'fe80::1:2', '255.255.255.255/32', 'a:b::'],
  decimal: ['1.0', '-1.0', '0.0001', '922337203685477.5807', '-922337203685477.5808'],
  datetime: ['2024-02-29', '2024-10-15T11:35:00Z', '2024-10-15T11:35:00.123+0130', '1900-02-28'],
  duration: ['1d2h3m4s5ms', '-1h', '9223372036854775807ms', '106751991167d', '1m1s'],
};
const words = ('if then else in like has is when unless principal context resource action permit ( ) { } ' +
  '[ ] , ; : :: . ! - + * == < && || = ? > "a" "\\\\*" 1 true A N Long Set entity type namespace ' +
  'appliesTo tags enum ?principal __cedar ip contains @a 9223372036854775808').split(' ');
const token = /"(?:\\.|[^"\\])*"|[A-Za-z_][A-Za-z0-9_]*|\d+|::|==|!=|<=|>=|&&|\|\||\s+|./g;

const mutate = (parts, pool) => {
  for (let n = 1 + below(2); n > 0 && parts.length; n--) {
    const at = below(parts.length);
    const other = below(parts.length);
    const kind = below(4);
    if (kind === 0) parts.splice(at, 1);
    else if (kind === 1) parts.splice(at, 0, pick(pool));
    else if (kind === 2) parts[at] = pick(pool);
    else [parts[at], parts[other]] = [parts[other], parts[at]];
  }
  return parts.join('');
};

const good = (answer) => answer.type === 'success';
const verdict = {
  policy: (text) => good(cedar.policySetTextToParts(text)),
  schema: (text) => good(cedar.checkParseSchema(text)),
};
const uid = { type: 'A', id: 'a' };
const extension = (kind) => (text) => {
  const answer = cedar.isAuthorized({ principal: uid, action: { type: 'Action', id: 'a' },
    resource: uid, context: {}, entities: [], policies: { staticPolicies:
      `permit(principal,action,resource)when{${kind}(${JSON.stringify(text)})==1||true};` } });
  return answer.response.diagnostics.errors.length === 0;
};

const cases = [];
const add = (kind, text, ok) => cases.push({ kind, text, ok });
const spaced = words.map((w) => `${w} `);
for (let i = 0; i < +rounds; i++) {
  const policy = mutate(pick(policies).match(token), spaced);
  add('policy', policy, verdict.policy(policy));
  const schema = mutate(pick(schemas).match(token), spaced);
  add('schema', schema, verdict.schema(schema));
  const kind = pick(Object.keys(values));
  const value = mutate([...pick(values[kind])], [...'0123456789.:-/+TZdhms af']);
  add(kind, value, extension(kind)(value));
}

const input = cases.map(({ kind, text }) => JSON.stringify({ kind, text })).join('\n') + '\n';
const run = spawnSync(binary, { input, maxBuffer: 1 << 28 });
const ours = run.stdout.toString().trim().split('\n');
if (run.status !== 0 || ours.length !== cases.length) {
  console.log(`cedar_accept failed: ${run.stderr}`);
  process.exit(1);
}
const different = cases.filter((c, i) => (ours[i] === '1') !== c.ok);
different.slice(0, 10).forEach((c) => console.log(`different: ${JSON.stringify(c)}`));
console.log(`cedar-wasm ${cedar.getCedarVersion()}: ${cases.length} texts, ` +
  `${cases.filter((c) => c.ok).length} accepted, ${different.length} different`);
process.exit(different.length ? 1 : 0);
