// main.tsx - the ministry: for heads of mission and the ministry
import { render } from "preact";
import { begin } from "../base/begin";
import { Frame, Heading } from "../base/ui";
import { t } from "../base/words";

void begin("ministry").then((at) => render(<Frame title={t("ministry.name")} nav={[]}><Heading>{t("ministry.name")}</Heading></Frame>, at));
