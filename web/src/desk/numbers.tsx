// numbers.tsx - numbers for those who walk in: given, called to a counter, served; by keys as by mouse
import { useEffect, useState } from "preact/hooks";
import type { TicketCalled, TicketList, TicketTaken } from "../base/answers";
import { get, post } from "../base/api";
import { useKeys } from "../base/keys";
import type { PageProps } from "../base/router";
import { to } from "../base/router";
import { Button, Failure, Field, Heading, Load, Moment, Notice, Table, Tag, useLoad } from "../base/ui";
import { number, t } from "../base/words";
import { ownMission } from "./mission";

const COUNTER = "sifara.counter";
const AGAIN_MS = 10_000;

export function Numbers(_: PageProps) {
  const mission = useLoad(ownMission, []);
  return (
    <>
      <Heading lead={t("desk.numbers.lead")}>{t("desk.numbers")}</Heading>
      <Load of={mission}>{(m) => m && <Of mission={m.code} />}</Load>
    </>
  );
}

function Of({ mission }: { mission: string }) {
  const [counter, setCounter] = useState(Number(localStorage.getItem(COUNTER) ?? 1));
  const [given, setGiven] = useState<number>();
  const [failed, setFailed] = useState<unknown>();
  const list = useLoad((signal) => get<TicketList>(`/v1/missions/${mission}/tickets`, { signal }), [mission]);
  const tickets = list.data?.tickets ?? [];
  const mine = tickets.find((x) => x.state === "called" && x.counter === counter);
  const act = async (path: string, body: unknown) => {
    setFailed(undefined);
    setGiven(undefined);
    try {
      return await post<TicketTaken | TicketCalled>(`/v1/missions/${mission}/tickets${path}`, body);
    } catch (error) {
      setFailed(error);
      return undefined;
    } finally {
      list.again();
    }
  };
  const give = async () => setGiven((await act("", {}))?.number);
  const call = (n?: number) => act("/call", n ? { counter, number: n } : { counter });
  const end = (n: number, as: "served" | "absent") => act(`/${n}/end`, { as });

  useEffect(() => {
    const timer = setInterval(list.again, AGAIN_MS);
    return () => clearInterval(timer);
  }, []);
  useKeys((key) => {
    if (key === "g") void give();
    else if (key === "n") void call();
    else if (key === "s" && mine) void end(mine.number, "served");
    else if (key === "a" && mine) void end(mine.number, "absent");
    else return false;
    return true;
  });

  const waiting = tickets.filter((x) => x.state === "waiting").length;
  return (
    <>
      <Failure error={failed} />
      {given && <Notice kind="good" title={t("desk.numbers.given", { n: given })} />}
      <section class="card">
        <h2 role="status">{mine ? t("desk.numbers.serving", { n: mine.number }) : t("desk.numbers.serving-none")}</h2>
        <p>{t("desk.numbers.waiting", { n: waiting })}</p>
        <Field label={t("desk.numbers.counter")}>
          {(a) => (
            <input
              {...a}
              type="number"
              class="short"
              min={1}
              max={99}
              value={counter}
              onInput={(e) => {
                const n = Math.min(99, Math.max(1, Number(e.currentTarget.value) || 1));
                localStorage.setItem(COUNTER, String(n));
                setCounter(n);
              }}
            />
          )}
        </Field>
        <div class="buttons">
          <Button run={() => call()}>{t("desk.numbers.next")}</Button>
          {mine && (
            <>
              <Button kind="quiet" run={() => end(mine.number, "served")}>
                {t("desk.numbers.served")}
              </Button>
              <Button kind="quiet" run={() => end(mine.number, "absent")}>
                {t("desk.numbers.absent")}
              </Button>
            </>
          )}
          <Button kind="quiet" run={give}>
            {t("desk.numbers.give")}
          </Button>
          <a class="button quiet" href={to(`/board/${mission}`)} target="_blank" rel="noopener">
            {t("desk.numbers.board")}
          </a>
        </div>
        <p class="help">{t("desk.numbers.keys")}</p>
      </section>
      <Load of={list}>
        {({ tickets: all }) => (
          <Table
            caption={t("desk.numbers.today")}
            name="numbers"
            empty={t("desk.numbers.empty")}
            rows={all}
            columns={[
              { label: t("desk.numbers.number"), cell: (x) => <strong>{number(x.number)}</strong>, text: (x) => x.number, end: true },
              { label: t("desk.numbers.state"), cell: (x) => <Tag kind={x.state === "called" ? "good" : ""}>{t(`desk.numbers.state.${x.state}`)}</Tag>, text: (x) => t(`desk.numbers.state.${x.state}`) },
              { label: t("desk.numbers.counter"), cell: (x) => (x.counter ? number(x.counter) : "–"), text: (x) => x.counter ?? "", end: true },
              { label: t("desk.numbers.taken"), cell: (x) => <Moment at={x.taken} />, text: (x) => x.taken },
              {
                label: t("desk.numbers.call"),
                cell: (x) =>
                  x.state !== "served" && (
                    <Button kind="quiet" run={() => call(x.number)}>
                      {t("desk.numbers.call-number", { n: x.number })}
                    </Button>
                  ),
              },
            ]}
          />
        )}
      </Load>
    </>
  );
}
