// companies.tsx - a company or association: found by its number in a register, or recorded by whoever has seen it there
import { useState } from "preact/hooks";
import type { Found, FoundList, Made } from "../base/answers";
import { post } from "../base/api";
import { places } from "../base/countries";
import { Button, Failure, Field, Notice } from "../base/ui";
import { homeCode, stateName, t } from "../base/words";

const empty = { register: "", register_number: "", country: "", name: "", name_latin: "", form: "company", seat: "", evidence: "" };
type Said = typeof empty;

export function Company({ choose }: { choose: (c: Found) => void }) {
  const [c, setC] = useState<Said>(empty);
  const [missing, setMissing] = useState(false);
  const [failed, setFailed] = useState<unknown>();
  const change = (k: keyof Said) => (e: { currentTarget: { value: string } }) => setC({ ...c, [k]: e.currentTarget.value });
  const where = { register: c.register, register_number: c.register_number, country: c.country };
  const attempt = async (f: () => Promise<void>) => {
    setFailed(undefined);
    try {
      await f();
    } catch (error) {
      setFailed(error);
    }
  };
  const find = (e: Event) => {
    e.preventDefault();
    return attempt(async () => {
      const [found] = (await post<FoundList>("/v1/desk/companies/find", where)).persons;
      if (found) choose(found);
      else setMissing(true);
    });
  };
  const record = (e: Event) => {
    e.preventDefault();
    return attempt(async () => {
      const { name_latin, ...rest } = c;
      const made = await post<Made>("/v1/desk/companies", { ...rest, ...(name_latin ? { name_latin } : {}) });
      choose({ id: made.id, kind: "company", name: c.name, register_number: c.register_number, identified: true });
    });
  };
  const text = (k: keyof Said, more: object = {}) => (
    <Field label={t(`desk.company.${k}`)}>{(a) => <input {...a} dir="auto" autocomplete="off" maxLength={120} required value={c[k]} onInput={change(k)} {...more} />}</Field>
  );
  return (
    <>
      <form class="card" onSubmit={find}>
        <h2>{t("desk.company")}</h2>
        <Failure error={failed} />
        <div class="row">
          {text("register")}
          {text("register_number", { dir: "ltr", maxLength: 60 })}
          <Field label={t("desk.company.country")}>
            {(a) => (
              <select {...a} required value={c.country} onChange={change("country")}>
                <option value="">{t("common.choose")}</option>
                {[[homeCode, stateName] as const, ...places()].map(([code, name]) => (
                  <option key={code} value={code}>
                    {name}
                  </option>
                ))}
              </select>
            )}
          </Field>
        </div>
        <div class="buttons">
          <Button kind="quiet">{t("desk.company.find")}</Button>
        </div>
      </form>
      {missing && (
        <form class="card" onSubmit={record}>
          <Notice title={t("desk.company.missing")} />
          {text("name", { maxLength: 200 })}
          {text("name_latin", { required: false, dir: "ltr", maxLength: 200 })}
          <Field label={t("desk.company.form")}>
            {(a) => (
              <select {...a} value={c.form} onChange={change("form")}>
                {["company", "association"].map((f) => (
                  <option key={f} value={f}>
                    {t(`desk.company.form.${f}`)}
                  </option>
                ))}
              </select>
            )}
          </Field>
          {text("seat", { maxLength: 200 })}
          {text("evidence", { maxLength: 300 })}
          <div class="buttons">
            <Button>{t("desk.company.record")}</Button>
          </div>
        </form>
      )}
    </>
  );
}
