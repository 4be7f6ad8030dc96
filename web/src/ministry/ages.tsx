// ages.tsx - how long the work in hand has been here: a chart, and beside it the same as a table
import type { Age } from "../base/answers";
import { Table } from "../base/ui";
import { number, t } from "../base/words";

const HEIGHT = 120;
const WIDTH = 60;

export function Ages({ list, name }: { list: Age[]; name: string }) {
  const most = Math.max(1, ...list.map((a) => a.n));
  const last = list.at(-2)?.days ?? 0;
  /* the reader's direction: what is newest comes first */
  const at = (i: number) => (document.documentElement.dir === "rtl" ? list.length - 1 - i : i) * WIDTH;
  const label = (a: Age) => (a.days ? t("ministry.age-up-to", { days: a.days }) : t("ministry.age-over", { days: last }));
  return (
    <div class="split">
      <svg class="ages" viewBox={`0 0 ${list.length * WIDTH} ${HEIGHT + 30}`} role="img" aria-label={t("ministry.ages")}>
        {list.map((a, i) => {
          const high = Math.round((a.n / most) * HEIGHT);
          return (
            <g key={a.days ?? "more"}>
              <rect class={i >= list.length - 2 ? "late" : undefined} x={at(i) + 8} y={HEIGHT + 14 - high} width={WIDTH - 16} height={Math.max(high, 1)} />
              <text x={at(i) + WIDTH / 2} y={HEIGHT + 10 - high} text-anchor="middle">
                {number(a.n)}
              </text>
              <text x={at(i) + WIDTH / 2} y={HEIGHT + 28} text-anchor="middle">
                {a.days ? number(a.days) : `${number(last)}+`}
              </text>
            </g>
          );
        })}
      </svg>
      <Table
        caption={t("ministry.ages")}
        name={name}
        rows={list}
        columns={[
          { label: t("ministry.age"), cell: label, text: label },
          { label: t("ministry.cases"), cell: (r) => number(r.n), text: (r) => r.n, end: true },
        ]}
      />
    </div>
  );
}
