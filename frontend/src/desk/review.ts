/** A draft as it was drawn: old and new side by side, its papers, and what the viewer may do with it. */
import type { Extent } from "ol/extent";
import { buffer } from "ol/extent";
import { element } from "../shared/dom";
import { day, moment } from "../shared/format";
import { text } from "../shared/texts";
import { Refused, type Draft, type LandApi } from "./api";
import type { DeskConfig } from "./config";
import { encumbranceList } from "./encumbrances";
import { Fabric } from "./fabric";
import { stateMark } from "./home";
import { areaTable, findingList } from "./result";
import { SheetMap, extentOf } from "./sheet";
import { operationTitle } from "./tools/others";
import { button, field } from "./tools/tool";

const AROUND_M = 25;
const STALE = 412;
const OPEN = ["draft", "returned"];

/** The fabric around what a draft concerns, as it is now. */
export async function fabricOf(draft: Draft, api: LandApi): Promise<Fabric> {
  const { preview } = draft;
  if (preview.parcels.length > 0) return new Fabric(await api.box(buffer(extentOf(preview), AROUND_M)));
  for (const identifier of draft.parcels) {
    try {
      return new Fabric(await api.sheet(await api.sheetOf(identifier)));
    } catch (error) {
      if (!(error instanceof Refused) || error.status !== 404) throw error;
    }
  }
  return new Fabric({ points: {}, parcels: [] });
}

export class Review {
  before: SheetMap | null = null;
  after: SheetMap | null = null;
  private busy = false;
  private fabric = new Fabric({ points: {}, parcels: [] });
  private readonly note = element("textarea", { rows: 2, maxlength: 2000 });
  private readonly said = element("div", { class: "desk-said", role: "alert" });

  constructor(
    private readonly target: HTMLElement,
    private readonly config: DeskConfig,
    private readonly api: LandApi,
    private draft: Draft,
  ) {
    target.classList.add("reviewing");
  }

  async show(): Promise<void> {
    this.fabric = await fabricOf(this.draft, this.api);
    const [old, fresh] = [this.pane(text("desk_before")), this.pane(text("desk_after"))];
    const done = this.draft.state === "approved";
    this.target.replaceChildren(this.head(), element("div", { class: "desk-panes", "data-panes": done ? 1 : 2 }, done ? null : old, fresh), this.facts());
    this.target.dataset.state = this.draft.state;
    this.before = done ? null : new SheetMap(old.querySelector<HTMLElement>(".desk-small")!);
    this.after = new SheetMap(fresh.querySelector<HTMLElement>(".desk-small")!, this.before?.view);
    for (const map of [this.before, this.after]) map?.showFabric(this.fabric);
    this.before?.choose(this.concerned());
    this.after.showPreview(this.draft.preview);
    const extent = this.extent();
    if (extent) this.after.fit(extent);
    else this.after.fitParcels(this.draft.parcels);
    if (this.changedSince().length > 0 && !done && this.draft.state !== "withdrawn") this.tellChanged();
  }

  /** The parcels that end or get another shape; neighbours that only get a point are none of them. */
  private concerned(): readonly string[] {
    const { ended, parcels } = this.draft.preview;
    const changed = [...ended, ...parcels.filter((one) => !one.new && !one.refined).map(({ label }) => label)];
    return changed.length > 0 ? changed : this.draft.parcels;
  }

  private extent(): Extent | undefined {
    return this.draft.preview.parcels.length > 0 ? extentOf(this.draft.preview) : undefined;
  }

  private pane(title: string): HTMLElement {
    return element(
      "figure",
      { class: "desk-pane" },
      element("figcaption", {}, title),
      element("div", { class: "desk-small", tabindex: 0, role: "application", "aria-label": title }),
    );
  }

  private head(): HTMLElement {
    const { draft } = this;
    return element(
      "header",
      { class: "desk-head" },
      element("p", { class: "crumbs" }, element("a", { href: "/land/edit/" }, text("desk_all_drafts"))),
      element("h1", {}, draft.title, " ", stateMark(draft)),
      element("p", { class: "desk-hint" }, `№ ${draft.number} · ${operationTitle(draft.kind)} · ${moment(new Date(draft.changed_at))}`),
    );
  }

  private facts(): HTMLElement {
    const { draft } = this;
    const list = findingList(draft.preview, (finding) => { this.after?.fitFinding(finding); });
    return element(
      "div",
      { class: "desk-facts" },
      element("section", { class: "box", "aria-label": text("desk_result") }, list, draft.state === "approved" ? this.registered() : draft.preview.parcels.length > 0 ? areaTable(draft.preview, this.fabric) : null, encumbranceList(this.config, draft.preview.encumbrances ?? []), asSent(draft)),
      element("section", { class: "box", "aria-label": text("desk_papers") }, this.papers()),
      element("section", { class: "box desk-steps", "aria-label": text("desk_steps") }, draft.note ? element("p", { class: "desk-note" }, text("desk_handed_back", { note: draft.note })) : null, this.said, ...this.steps()),
    );
  }

  private papers(): HTMLElement {
    const { draft } = this;
    const paper = draft.document;
    const kind = this.config.documents.find(([value]) => value === paper?.kind)?.[1] ?? "";
    const commune = this.config.communes.find(({ code }) => code === draft.commune)?.name ?? draft.commune;
    const told: readonly (readonly [string, string])[] = [
      [text("desk_commune"), commune],
      [text("desk_document"), paper ? `${kind} ${paper.number}, ${day(paper.issued_on)}, ${paper.issuer}` : "—"],
      [text("desk_effective"), draft.effective_on ? day(draft.effective_on) : "—"],
      [text("desk_author"), draft.author],
      [text("desk_checker"), draft.checker ?? "—"],
      [text("desk_approver"), draft.approver ?? "—"],
    ];
    return element("dl", { class: "facts" }, ...told.map(([title, value]) => element("div", {}, element("dt", {}, title), element("dd", {}, value))));
  }

  private registered(): HTMLElement {
    const list = this.draft.preview.parcels.map((one) => one.rings);
    const here = [...this.fabric.parcels.values()].filter((parcel) => list.some((rings) => sameRings(rings, this.fabric.rings(parcel))));
    return element(
      "div",
      {},
      element("p", { class: "desk-verdict good" }, text("desk_in_register")),
      element("ul", { class: "desk-chosen" }, ...here.map((parcel) => element("li", {}, element("a", { href: `/land/parcels/${parcel.identifier}` }, `${text("desk_parcel_number", { number: parcel.number })} · ${parcel.identifier}`)))),
    );
  }

  private steps(): (HTMLElement | null)[] {
    const { draft, config } = this;
    const here = config.communes.find(({ code }) => code === draft.commune);
    const mine = draft.author === config.user;
    const checking = !mine && draft.state === "submitted" && here?.checks;
    const approving = !mine && draft.state === "checked" && here?.approves;
    const returning = !mine && ["submitted", "checked"].includes(draft.state) && (here?.checks ?? here?.approves);
    const open = mine && OPEN.includes(draft.state);
    const found = [
      checking ? this.stepButton("check", text("desk_check"), "primary") : null,
      approving ? this.stepButton("approve", text("desk_approve"), "primary") : null,
      open && draft.possible && draft.document ? this.stepButton("submit", text("desk_submit"), "primary") : null,
      open ? element("a", { class: "desk-button quiet", href: `/land/edit/?draft=${draft.number}&edit=1` }, text("desk_redraw")) : null,
      mine && (open || draft.state === "submitted") ? this.stepButton("withdraw", text("desk_withdraw")) : null,
      returning ? element("div", { class: "desk-return" }, field(text("desk_return_note"), this.note), this.stepButton("hand-back", text("desk_hand_back"))) : null,
    ].filter((one) => one !== null);
    return found.length > 0 ? found : [element("p", { class: "desk-hint" }, text("desk_nothing_to_do"))];
  }

  private stepButton(step: string, title: string, kind = "quiet"): HTMLElement {
    return button(title, () => void this.take(step), kind);
  }

  private async take(step: string): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.target.setAttribute("aria-busy", "true");
    try {
      this.draft = await this.api.step(this.draft, step, step === "hand-back" ? { note: this.note.value } : {});
      this.said.replaceChildren();
      await this.show();
      this.target.querySelector<HTMLElement>("h1")?.scrollIntoView({ block: "nearest" });
    } catch (error) {
      if (error instanceof Refused && error.status === STALE) await this.stale(error);
      else this.said.replaceChildren(element("p", { class: "desk-problem" }, error instanceof Refused ? error.message : text("desk_no_answer")));
      if (step === "hand-back") this.note.focus();
    }
    this.busy = false;
    this.target.removeAttribute("aria-busy");
  }

  /** Somebody was faster: the draft is another by now, or the fabric is. */
  private async stale(error: Refused): Promise<void> {
    const now = await this.api.draft(this.draft.number);
    const moved = now.version !== this.draft.version;
    this.draft = now;
    await this.show();
    if (moved) this.said.replaceChildren(element("p", { class: "desk-problem" }, text("desk_draft_changed")));
    else if (this.said.childElementCount === 0) this.said.replaceChildren(element("p", { class: "desk-problem" }, error.message), ...this.anew());
  }

  /** What of the parcels that the draft was drawn on is another by now. */
  private changedSince(): string[] {
    return Object.entries(this.draft.preview.base).flatMap(([identifier, version]) => {
      const now = this.fabric.parcels.get(identifier);
      if (!now) return [text("desk_parcel_gone", { identifier })];
      return now.version === version ? [] : [text("desk_parcel_changed", { identifier, version, now: now.version })];
    });
  }

  private tellChanged(): void {
    this.said.replaceChildren(
      element("p", { class: "desk-problem" }, text("desk_fabric_changed")),
      element("ul", {}, ...this.changedSince().map((line) => element("li", {}, line))),
      ...this.anew(),
    );
  }

  private anew(): HTMLElement[] {
    const { draft, config } = this;
    if (draft.author !== config.user) return [element("p", { class: "desk-hint" }, text("desk_hand_back_to_redraw"))];
    if (!OPEN.includes(draft.state)) return [];
    return [element("a", { class: "desk-button primary", href: `/land/edit/?draft=${draft.number}&edit=1` }, text("desk_draw_on_new"))];
  }
}

/** The operation in plain data, as the server keeps it. */
function asSent(draft: Draft): HTMLElement {
  return element("details", { class: "desk-sent" }, element("summary", {}, text("desk_as_sent")), element("pre", { tabindex: 0 }, JSON.stringify(draft.operation, null, 1)));
}

/** Whether two polygons have the same corners to the millimetre, wherever their rings begin. */
function sameRings(open: readonly (readonly (readonly number[])[])[], closed: readonly (readonly (readonly number[])[])[]): boolean {
  const corners = (ring: readonly (readonly number[])[]): string => [...new Set(ring.map((place) => place.map((value) => value.toFixed(3)).join(" ")))].sort().join(",");
  return open.length === closed.length && open.every((ring, index) => corners(ring) === corners(closed[index]!));
}
