// types.mjs OPENAPI.json: what the node answers, as types, from the description of its API. web/src/base/answers.ts is
// made by it; a test makes it again and compares.
import { readFileSync } from "node:fs";

const api = JSON.parse(readFileSync(process.argv[2], "utf8"));
const schemas = api.components.schemas;
const name = (reference) => reference.split("/").pop();

/** Every schema that answers lead to. */
function reached(schema, found) {
  if (Array.isArray(schema)) schema.forEach((s) => reached(s, found));
  else if (schema && typeof schema === "object") {
    if (typeof schema.$ref === "string" && !found.has(name(schema.$ref))) {
      found.add(name(schema.$ref));
      reached(schemas[name(schema.$ref)], found);
    }
    Object.values(schema).forEach((s) => reached(s, found));
  }
  return found;
}

function object(schema, depth) {
  const inner = "  ".repeat(depth + 1);
  const members = Object.entries(schema.properties).map(([key, s]) => {
    const said = s.description ? `${inner}/** ${s.description} */\n` : "";
    return `${said}${inner}${key}${schema.required?.includes(key) ? "" : "?"}: ${type(s, depth + 1)};\n`;
  });
  return `{\n${members.join("")}${"  ".repeat(depth)}}`;
}

/** What members may be that have no name in the schema. */
function others(schema, depth) {
  if (schema === false) return "never";
  return typeof schema === "object" ? type(schema, depth) : "unknown";
}

function type(schema, depth = 0) {
  if (schema.$ref) return name(schema.$ref);
  if (schema.anyOf) return schema.anyOf.map((s) => type(s, depth)).join(" | ");
  if (schema.enum) return schema.enum.map((v) => JSON.stringify(v)).join(" | ");
  switch (schema.type) {
    case "array": {
      const items = type(schema.items, depth);
      return / \| /.test(items) ? `(${items})[]` : `${items}[]`;
    }
    case "object":
      if (schema.properties) return object(schema, depth);
      return `Record<string, ${others(schema.additionalProperties, depth)}>`;
    case "string":
    case "boolean":
      return schema.type;
    case "integer":
    case "number":
      return "number";
    default:
      return "unknown";
  }
}

const answers = Object.values(api.paths)
  .flatMap((p) => Object.values(p))
  .map((o) => [o.operationId, Object.values(o.responses).find((r) => r.content?.["application/json"])?.content["application/json"].schema])
  .filter(([, schema]) => schema);
const used = reached(
  answers.map(([, schema]) => schema),
  new Set(),
);
console.log("// answers.ts - what the node answers: made from the description of its API by web/types.mjs, not written");
for (const n of [...used].sort()) {
  const said = schemas[n].description ? `/** ${schemas[n].description} */\n` : "";
  console.log(schemas[n].properties ? `\n${said}export interface ${n} ${object(schemas[n], 0)}` : `\n${said}export type ${n} = ${type(schemas[n])};`);
}
console.log("\n/** By the name of the action. */\nexport interface Answer {");
for (const [action, schema] of answers.sort()) console.log(`  "${action}": ${type(schema)};`);
console.log("}");
