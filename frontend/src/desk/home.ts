/** The front of the desk: a sheet to open, and the drafts that wait for somebody. */
import { element } from "../shared/dom";
import { moment } from "../shared/format";
import { text } from "../shared/texts";
import { Refused, type DraftSummary, type LandApi } from "./api";
import type { DeskConfig } from "./config";
import { choices, field } from "./tools/tool";
import { operationTitle } from "./tools/others";

interface Pile {
  readonly title: string;
  readonly empty: string;
  readonly drafts: readonly DraftSummary[];
}

export async function home(target: HTMLElement, config: DeskConfig, api: LandApi): Promise<void> {
  target.classList.add("desk-home");
  const drafts = await api.drafts();
  target.replaceChildren(
    element("h1", {}, text("desk_name")),
    sheetPicker(config, api),
    ...piles(config, drafts).map(section),
  );
}

function sheetPicker(config: DeskConfig, api: LandApi): HTMLElement {
  const commune = choices(config.communes.map(({ code, name }) => [code, name] as const));
  const sheet = element("select");
  const open = element("button", { type: "submit", class: "desk-button primary" }, text("desk_open_sheet"));
  const note = element("p", { class: "desk-hint", role: "status" });
  const fill = async (): Promise<void> => {
    const asked = commune.value;
    try {
      const sheets = await api.sheets(asked);
      if (commune.value !== asked) return;
      const titles = sheets.map((one) => [String(one.sheet), text("desk_sheet_option", { sheet: one.sheet, count: one.parcels })] as const);
      sheet.replaceChildren(...choices(titles).children);
      open.disabled = sheets.length === 0;
      note.textContent = sheets.length ? "" : text("desk_no_sheet");
    } catch (error) {
      note.textContent = error instanceof Refused ? error.message : text("desk_no_answer");
    }
  };
  commune.addEventListener("change", () => void fill());
  void fill();
  const form = element("form", { class: "box desk-picker" }, field(text("desk_commune"), commune), field(text("desk_sheet"), sheet), open, note);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    location.assign(`/land/edit/?sheet=${commune.value}/${sheet.value}`);
  });
  return form;
}

function piles(config: DeskConfig, drafts: readonly DraftSummary[]): Pile[] {
  const where = (duty: "checks" | "approves" | "draws") => new Set(config.communes.filter((one) => one[duty]).map(({ code }) => code));
  const [checks, approves, draws] = [where("checks"), where("approves"), where("draws")];
  const others = drafts.filter((draft) => draft.author !== config.user);
  const found: Pile[] = [];
  const checkable = others.filter((draft) => draft.state === "submitted" && checks.has(draft.commune));
  const approvable = others.filter((draft) => draft.state === "checked" && approves.has(draft.commune));
  if (checks.size) found.push({ title: text("desk_to_check"), empty: text("desk_none_waiting"), drafts: checkable });
  if (approves.size) found.push({ title: text("desk_to_approve"), empty: text("desk_none_waiting"), drafts: approvable });
  if (draws.size) found.push({ title: text("desk_mine"), empty: text("desk_none_mine"), drafts: drafts.filter((draft) => draft.author === config.user) });
  const shown = new Set(found.flatMap((pile) => pile.drafts));
  const rest = drafts.filter((draft) => !shown.has(draft));
  if (rest.length) found.push({ title: text("desk_others"), empty: "", drafts: rest });
  return found;

}

function section({ title, empty, drafts }: Pile): HTMLElement {
  return element(
    "section",
    { class: "box desk-pile", "aria-label": title },
    element("h2", {}, title, " ", element("span", { class: "desk-count" }, String(drafts.length))),
    drafts.length === 0 ? element("p", { class: "desk-hint" }, empty) : element("ul", {}, ...drafts.map(row)),
  );
}

function row(draft: DraftSummary): HTMLElement {
  return element(
    "li",
    {},
    element("a", { href: `/land/edit/?draft=${draft.number}` }, draft.title),
    stateMark(draft),
    element("small", {}, `№ ${draft.number} · ${operationTitle(draft.kind)} · ${draft.author} · ${moment(new Date(draft.changed_at))}`),
  );
}

export function stateMark(draft: DraftSummary): HTMLElement {
  return element("span", { class: "desk-state", "data-state": draft.state }, draft.state_name);
}
