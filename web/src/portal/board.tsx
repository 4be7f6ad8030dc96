// board.tsx - the screen of a waiting room: which number is called to which counter, and nothing of a person
import { useEffect } from "preact/hooks";
import type { Board, MissionList } from "../base/answers";
import { get } from "../base/api";
import type { PageProps } from "../base/router";
import { Heading, Load, useLoad } from "../base/ui";
import { inWords, number, t } from "../base/words";

const AGAIN_MS = 4000;

export function Board({ params }: PageProps) {
  const mission = params["mission"] ?? "";
  const names = useLoad((signal) => get<MissionList>("/v1/missions", { signal }), []);
  const board = useLoad((signal) => get<Board>(`/v1/missions/${mission}/board`, { signal }), [mission]);
  useEffect(() => {
    const timer = setInterval(board.again, AGAIN_MS);
    return () => clearInterval(timer);
  }, []);
  const name = names.data?.missions.find((m) => m.code === mission)?.name;
  return (
    <>
      <Heading lead={inWords(name)}>{t("portal.board")}</Heading>
      <Load of={board}>
        {({ waiting, called }) => (
          <div class="board">
            <ol aria-live="polite">
              {called.map((c) => (
                <li class="card" key={`${c.number}-${c.counter}`}>
                  <span class="large">{number(c.number)}</span> <span>{t("portal.board.counter", { n: c.counter })}</span>
                </li>
              ))}
            </ol>
            {!called.length && <p>{t("portal.board.none")}</p>}
            <p>{t("portal.board.waiting", { n: waiting })}</p>
          </div>
        )}
      </Load>
    </>
  );
}
