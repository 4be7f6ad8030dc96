// stock.mjs - blank booklets: a series comes, a spoilt one is written off and the stock is counted, each by two officers
import { expect, look, URL_ } from "./browser.mjs";

async function confirm(consul) {
  await consul.goto(`${URL_}/ar/desk/proposals`, { waitUntil: "networkidle" });
  await look(consul, "desk-stock-waits-ar");
  await consul.getByRole("button", { name: "وقّع وأكّد" }).click();
  await consul.getByText("لا شيء ينتظر موظفًا ثانيًا").waitFor();
}

export async function stock(officer, consul) {
  await officer.goto(`${URL_}/en/desk/stock`, { waitUntil: "networkidle" });
  await officer.getByText("Receive a series").click();
  await officer.getByLabel("Prefix").fill("UT");
  await officer.getByLabel("First number").fill("0000101");
  await officer.getByLabel("Last number").fill("0000105");
  await officer.getByRole("button", { name: "They are in the safe" }).click();
  await officer.getByText("will not last").waitFor();
  await look(officer, "desk-stock-en");
  await officer.getByText("Write off a spoilt one").click();
  await officer.getByLabel("Number", { exact: true }).fill("UT0000101");
  await officer.getByLabel("Why", { exact: true }).fill("Water on the cover");
  await officer.getByRole("button", { name: "Propose" }).click();
  await officer.getByText("another officer must sign").waitFor();
  await confirm(consul);
  await officer.goto(`${URL_}/en/desk/stock`, { waitUntil: "networkidle" });
  await officer.getByText("Count the stock").click();
  await officer.getByLabel("Counted", { exact: true }).fill("3");
  await officer.getByLabel("Not there").fill("UT0000104");
  await officer.getByLabel("Why", { exact: true }).last().fill("Not in the parcel");
  await look(officer, "desk-stock-count-en");
  await officer.getByRole("button", { name: "Propose" }).last().click();
  await officer.getByText("another officer must sign").waitFor();
  await confirm(consul);
  await officer.goto(`${URL_}/ar/desk/stock`, { waitUntil: "networkidle" });
  await look(officer, "desk-stock-ar");
  expect((await officer.getByText("UT0000102").count()) > 0, "the next one is not shown");
}
