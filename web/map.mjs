// map.mjs - the map of the world as one path for each country, by ISO 3166-1 alpha-2: Natural Earth's shapes
//
// Which borders a map shows is a matter of foreign policy. These are Natural Earth's de facto ones; a ministry
// that sees them otherwise puts a topology of its own in place of the package (same form) and builds again.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { geoCentroid, geoEqualEarth, geoPath } from "d3-geo";
import { feature } from "topojson-client";

const require = createRequire(import.meta.url);
const WIDTH = 960;
const HEIGHT = 470;

function shapes(name) {
  const topology = JSON.parse(readFileSync(require.resolve(`world-atlas/${name}.json`), "utf8"));
  return feature(topology, topology.objects.countries).features;
}

/** {width, height, paths: {LB: "M…"}, dots: {MT: [x, y]}}: what is too small for a shape is a dot. */
export function world(alpha2) {
  const projection = geoEqualEarth().fitSize([WIDTH, HEIGHT], { type: "Sphere" });
  const path = geoPath(projection).digits(1);
  const paths = {};
  const dots = {};
  for (const f of shapes("countries-110m")) {
    const code = alpha2[f.id];
    if (code && code !== "AQ") paths[code] = path(f);
  }
  for (const f of shapes("countries-50m")) {
    const code = alpha2[f.id];
    if (code && !paths[code]) dots[code] = projection(geoCentroid(f)).map((n) => Math.round(n * 10) / 10);
  }
  return { width: WIDTH, height: HEIGHT, paths, dots };
}
