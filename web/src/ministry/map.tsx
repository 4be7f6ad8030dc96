// map.tsx - the world and who answers where; a table says the same to those who do not see the map
import type { Covered } from "../base/answers";
import { get } from "../base/api";
import { go } from "../base/router";
import { Load, useLoad } from "../base/ui";
import { country, t } from "../base/words";

declare const MAP: string;

interface World {
  width: number;
  height: number;
  paths: Record<string, string>;
  dots: Record<string, [number, number]>;
}

/** "home", "resident", "afar", "ministry" or "partner": how a country is served. */
export function wayOf(c: Covered | undefined): string {
  if (!c) return "none";
  if (c.authority.startsWith("partner:")) return "partner";
  if (c.authority === "ministry") return "ministry";
  return c.resident ? "resident" : "afar";
}

export function WorldMap({ covered }: { covered: Covered[] }) {
  const world = useLoad((signal) => get<World>(MAP, { signal }), []);
  const by = new Map(covered.map((c) => [c.country, c]));
  const title = (code: string) => `${country(code)}: ${t(`ministry.way.${wayOf(by.get(code))}`)}`;
  const open = (code: string) => by.has(code) && go(`/ministry/countries/${code}`);
  return (
    <Load of={world}>
      {(w) => (
        <figure class="world">
          <svg viewBox={`0 0 ${w.width} ${w.height}`} role="img" aria-label={t("ministry.map-label")}>
            {Object.entries(w.paths).map(([code, d]) => (
              <path key={code} d={d} class={`way-${wayOf(by.get(code))}`} onClick={() => open(code)}>
                <title>{title(code)}</title>
              </path>
            ))}
            {Object.entries(w.dots)
              .filter(([code]) => by.has(code))
              .map(([code, [x, y]]) => (
                <circle key={code} cx={x} cy={y} r={3} class={`way-${wayOf(by.get(code))}`} onClick={() => open(code)}>
                  <title>{title(code)}</title>
                </circle>
              ))}
          </svg>
          <figcaption>
            {["resident", "afar", "ministry", "partner"].map((way) => (
              <span key={way} class={`key way-${way}`}>
                {t(`ministry.way.${way}`)}
              </span>
            ))}
          </figcaption>
        </figure>
      )}
    </Load>
  );
}
