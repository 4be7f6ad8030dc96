// main.tsx - the desk: for the consular officer
import { render } from "preact";
import { begin } from "../base/begin";
import { Frame, Heading } from "../base/ui";
import { t } from "../base/words";

void begin("desk").then((at) => render(<Frame title={t("desk.name")} nav={[]}><Heading>{t("desk.name")}</Heading></Frame>, at));
