/** The desk of land officers: a list of drafts, a sheet with tools, or one draft to judge. */
import "./desk.css";
import { byId, element } from "../shared/dom";
import { useLanguage } from "../shared/format";
import { text, useTexts } from "../shared/texts";
import { LandApi, Refused } from "./api";
import { readDeskConfig, type DeskConfig } from "./config";
import { Fabric } from "./fabric";
import { home } from "./home";
import { Review, fabricOf } from "./review";
import { Workbench } from "./workbench";

declare global {
  interface Window {
    /** For the console and for tests. */
    desk?: { readonly workbench?: Workbench; readonly review?: Review };
  }
}

async function open(target: HTMLElement, config: DeskConfig, api: LandApi): Promise<void> {
  if (config.draft !== null) await openDraft(target, config, api, config.draft);
  else if (config.sheet) {
    const fabric = new Fabric(await api.sheet(config.sheet));
    const workbench = new Workbench(target, config, api, fabric, sheetTitle(config), null);
    if (config.parcel) {
      workbench.choose([config.parcel]);
      workbench.sheet.fitParcels([config.parcel]);
    }
    window.desk = { workbench };
  } else await home(target, config, api);
}

async function openDraft(target: HTMLElement, config: DeskConfig, api: LandApi, wanted: number): Promise<void> {
  const draft = await api.draft(wanted);
  if (config.edit && draft.author === config.user) {
    const workbench = new Workbench(target, config, api, await fabricOf(draft, api), text("desk_change_parcels"), draft);
    window.desk = { workbench };
    workbench.load(draft.operation);
    workbench.sheet.fitParcels(draft.parcels);
    return;
  }
  const review = new Review(target, config, api, draft);
  await review.show();
  window.desk = { review };
}

function sheetTitle({ sheet, communes }: DeskConfig): string {
  const [code = "", number = ""] = sheet.split("/");
  return text("desk_sheet_title", { sheet: number, commune: communes.find((one) => one.code === code)?.name ?? code });
}

async function start(): Promise<void> {
  const config = readDeskConfig();
  useTexts(config.texts);
  useLanguage(config.language);
  const target = byId("desk");
  try {
    await open(target, config, new LandApi(config.token));
  } catch (error) {
    if (!(error instanceof Refused)) console.error(error);
    target.replaceChildren(
      element("h1", {}, text("desk_name")),
      element("p", { class: "desk-problem", role: "alert" }, error instanceof Refused ? error.message : text("desk_no_answer")),
      element("p", {}, element("a", { href: "/land/edit/" }, text("desk_all_drafts"))),
    );
  }
  target.removeAttribute("aria-busy");
}

void start();
