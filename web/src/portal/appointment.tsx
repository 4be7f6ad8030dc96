// appointment.tsx - a person's appointment at a mission: asking in a round, the waiting list, the place; in a few words
// wherever it is to be led to
import { useRef, useState } from "preact/hooks";
import type { Booking, Standing } from "../base/answers";
import { get, post } from "../base/api";
import { Button, Failure, Field, Moment, Notice, Pairs } from "../base/ui";
import { day, language, moment, number, t, timeThere } from "../base/words";

interface Part {
  file: string;
  done: () => void;
}

export const standingOf = (file: string, signal: AbortSignal) => get<Standing>(`/v1/cases/${file}/appointment?language=${language}`, { signal });

const waits = (s: Standing) => s.ask?.state === "asked" || s.ask?.state === "waiting";

/** The round in which the person may still ask. */
const open = (s: Standing) => (s.ask?.state !== "asked" && s.round?.id !== s.ask?.round ? s.round : undefined);

/** How it stands, in a few words. */
export function inShort(s: Standing): string {
  const { appointment, ask } = s;
  if (appointment) return appointment.state === "offered" ? t("portal.appointment.offered", { when: timeThere(appointment.at) }) : timeThere(appointment.at);
  if (ask?.state === "asked") return t("portal.appointment.is-asked", { when: moment(ask.closes) });
  if (open(s)) return t("portal.appointment.is-open", { when: moment(open(s)!.closes) });
  if (s.free?.length) return t("portal.appointment.is-free", { n: s.free.length });
  if (ask?.state === "waiting") return t("portal.appointment.is-waiting", { n: ask.waiting ?? 0 });
  return t(s.may ? "portal.appointment.is-closed" : s.when?.length ? "portal.appointment.is-later" : "portal.appointment.is-none");
}

/** Is there something to see or to do about it? */
export const concerns = (s: Standing): boolean => s.may || !!s.appointment;

export function Appointment({ file, mission, standing, done }: Part & { mission: string; standing: Standing }) {
  return concerns(standing) ? <Stands {...standing} file={file} mission={mission} done={done} /> : <Unneeded {...standing} />;
}

/** Nobody comes for it, or only at another step of it. */
function Unneeded({ when }: Standing) {
  if (!when?.length) return <p>{t("portal.appointment.not-needed")}</p>;
  return (
    <>
      <p>{t("portal.appointment.later")}</p>
      <ul>
        {when.map((w) => (
          <li key={w}>{w}</li>
        ))}
      </ul>
    </>
  );
}

function Stands(s: Standing & Part & { mission: string }) {
  const round = open(s);
  return (
    <>
      {s.appointment?.state === "offered" && <Offered {...s} booking={s.appointment} />}
      {s.appointment && s.appointment.state !== "offered" && <Booked {...s} booking={s.appointment} />}
      {!s.appointment && waits(s) && <Waiting {...s} />}
      {!s.appointment && s.class === 1 && <Notice kind="warn" title={t("portal.appointment.missed")} />}
      {!s.appointment && s.class === -1 && <Notice kind="good" title={t("portal.appointment.first")} />}
      {!s.appointment && round && <Ask {...s} round={round} />}
      {!s.appointment && (s.free?.length ?? 0) > 0 && <Take file={s.file} done={s.done} free={s.free!} label={t("portal.appointment.free")} button={t("portal.appointment.take")} />}
      {!s.appointment && !waits(s) && !s.round && !s.free?.length && <p>{t("portal.appointment.none")}</p>}
    </>
  );
}

/** One act that needs nothing more said, once however often it is pressed; whatever it answers is shown where it was done. */
function useAct(done: () => void): [unknown, (path: string, body?: unknown) => Promise<void>] {
  const [failed, setFailed] = useState<unknown>();
  const busy = useRef(false);
  return [
    failed,
    async (path, body) => {
      if (busy.current) return;
      busy.current = true;
      try {
        await post(path, body);
        setFailed(undefined);
        done();
      } catch (error) {
        setFailed(error);
      } finally {
        busy.current = false;
      }
    },
  ];
}

function Offered({ file, done, booking }: Part & { booking: Booking }) {
  const [failed, act] = useAct(done);
  return (
    <>
      <Notice kind="warn" title={t("portal.appointment.offered", { when: timeThere(booking.at) })}>
        {booking.until && (
          <p>
            {t("portal.appointment.answer-until")} <Moment at={booking.until} />
          </p>
        )}
      </Notice>
      <Failure error={failed} />
      <div class="buttons">
        <Button run={() => act(`/v1/cases/${file}/appointment/accept`)}>{t("portal.appointment.accept")}</Button>
        <Button kind="quiet" run={() => act(`/v1/cases/${file}/appointment/cancel`)}>
          {t("portal.appointment.decline")}
        </Button>
      </div>
    </>
  );
}

function Booked({ file, done, booking, mission, free }: Part & { booking: Booking; mission: string; free?: string[] }) {
  const [failed, act] = useAct(done);
  return (
    <>
      <Pairs
        list={[
          [t("portal.appointment.when"), <strong>{timeThere(booking.at)}</strong>],
          [t("portal.mission"), mission],
          [t("portal.appointment.counter"), number(booking.counter)],
        ]}
      />
      <p>{t("portal.appointment.yours")}</p>
      <p>
        <a href={`/v1/cases/${file}/appointment.ics`} download="appointment.ics">
          {t("portal.appointment.calendar")}
        </a>
      </p>
      <Failure error={failed} />
      {booking.state === "booked" && (
        <>
          {(free?.length ?? 0) > 0 && <Take file={file} done={done} free={free!} label={t("portal.appointment.other-time")} button={t("portal.appointment.move")} />}
          <details>
            <summary>{t("portal.appointment.cancel")}</summary>
            <p>{t("portal.appointment.cancel-help")}</p>
            <Button kind="danger" run={() => act(`/v1/cases/${file}/appointment/cancel`)}>
              {t("portal.appointment.cancel")}
            </Button>
          </details>
        </>
      )}
    </>
  );
}

function Waiting({ file, done, ask }: Part & Standing) {
  const [failed, act] = useAct(done);
  if (!ask) return null;
  return (
    <>
      {ask.waiting ? (
        <p>
          {t("portal.appointment.drawn-on")} {ask.drawn && <Moment at={ask.drawn} />}. {t("portal.appointment.waiting", { n: ask.waiting })}
        </p>
      ) : (
        <p>
          {t("portal.appointment.asked")} <Moment at={ask.closes} />.
        </p>
      )}
      <p>
        <a href={`/v1/rounds/${ask.round}`} download="draw.json">
          {t("portal.appointment.check")}
        </a>{" "}
        <small>
          {t("portal.appointment.number")} <span class="mono">{ask.id}</span>
        </small>
      </p>
      <Failure error={failed} />
      <Button kind="quiet" run={() => act(`/v1/cases/${file}/appointment/withdraw`)}>
        {t("portal.appointment.withdraw")}
      </Button>
    </>
  );
}

const WISHES = 3;

/** Days with their times: a day as a whole is a wish too. */
function Options({ slots }: { slots: string[] }) {
  const days = [...new Set(slots.map((s) => s.slice(0, 10)))];
  return (
    <>
      {days.map((d) => (
        <optgroup key={d} label={day(d)}>
          <option value={d}>{t("portal.appointment.any-time", { day: day(d) })}</option>
          {slots
            .filter((s) => s.startsWith(d))
            .map((s) => (
              <option key={s} value={s}>
                {timeThere(s)}
              </option>
            ))}
        </optgroup>
      ))}
    </>
  );
}

function Ask({ file, done, round }: Part & { round: NonNullable<Standing["round"]> }) {
  const [wishes, setWishes] = useState<string[]>(Array<string>(WISHES).fill(""));
  const [any, setAny] = useState(true);
  const [failed, act] = useAct(done);
  const send = (e: Event) => {
    e.preventDefault();
    void act(`/v1/cases/${file}/appointment/asks`, { round: round.id, wishes: [...new Set(wishes.filter(Boolean))], any });
  };
  return (
    <form onSubmit={send}>
      <p>
        {t("portal.appointment.open")} <Moment at={round.closes} />. {t("portal.appointment.fair")}
      </p>
      <Failure error={failed} />
      {wishes.map((w, i) => (
        <Field key={i} label={t("portal.appointment.wish", { n: i + 1 })}>
          {(a) => (
            <select {...a} value={w} onChange={(e) => setWishes(wishes.map((x, k) => (k === i ? e.currentTarget.value : x)))}>
              <option value="">{t("portal.appointment.no-wish")}</option>
              <Options slots={round.slots.map((s) => s.at)} />
            </select>
          )}
        </Field>
      ))}
      <div class="choice">
        <input id="any" type="checkbox" checked={any} onChange={(e) => setAny(e.currentTarget.checked)} />
        <label for="any">{t("portal.appointment.any")}</label>
      </div>
      <div class="buttons">
        <Button>{t("portal.appointment.ask")}</Button>
      </div>
    </form>
  );
}

function Take({ file, done, free, label, button }: Part & { free: string[]; label: string; button: string }) {
  const [at, setAt] = useState("");
  const [failed, act] = useAct(done);
  const send = (e: Event) => {
    e.preventDefault();
    void act(`/v1/cases/${file}/appointment`, { at });
  };
  return (
    <form onSubmit={send}>
      <Failure error={failed} />
      <Field label={label}>
        {(a) => (
          <select {...a} required value={at} onChange={(e) => setAt(e.currentTarget.value)}>
            <option value="" />
            {free.map((s) => (
              <option key={s} value={s}>
                {timeThere(s)}
              </option>
            ))}
          </select>
        )}
      </Field>
      <div class="buttons">
        <Button kind="quiet">{button}</Button>
      </div>
    </form>
  );
}
