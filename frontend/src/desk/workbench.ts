/** The sheet with its tools: what is drawn is previewed by the server as it is drawn, and becomes a draft. */
import PointerInteraction from "ol/interaction/Pointer";
import DoubleClickZoom from "ol/interaction/DoubleClickZoom";
import type MapBrowserEvent from "ol/MapBrowserEvent";
import { element } from "../shared/dom";
import { metres as gridMetres } from "../shared/format";
import { text } from "../shared/texts";
import { Refused, type Draft, type FabricParcel, type LandApi, type Operation, type Preview } from "./api";
import type { DeskConfig } from "./config";
import { EncumbranceForm } from "./encumbrances";
import type { Fabric, Place, Snap } from "./fabric";
import { Papers } from "./papers";
import { areaTable, findingList, refusals } from "./result";
import { SheetMap } from "./sheet";
import { TOOLS } from "./tools";
import { SplitLine } from "./tools/line";
import { AsDrawn, parcelTitle } from "./tools/others";
import { button, choices, field, type Bench, type Tool } from "./tools/tool";

const SNAP_PIXELS = 10;
const QUIET_MS = 220;
const TYPING = "input, select, textarea";

export class Workbench implements Bench {
  readonly sheet: SheetMap;
  chosen: readonly string[] = [];
  preview: Preview | null = null;
  private tool: Tool | null = null;
  private toolName = "";
  private waiting: number | undefined;
  private asking: AbortController | undefined;
  private problem = "";
  private busy = false;
  private readonly papers: Papers;
  private readonly encumbrances: EncumbranceForm;
  private readonly parcelSelect: HTMLSelectElement;
  private readonly tools = element("div", { class: "desk-tools", role: "toolbar", "aria-label": text("desk_tools") });
  private readonly hint = element("p", { class: "desk-hint", id: "desk-hint" });
  private readonly inputs = element("div", { class: "desk-inputs" });
  private readonly result = element("section", { class: "desk-result", "aria-live": "polite", "aria-label": text("desk_result") });
  private readonly reason = element("p", { class: "desk-reason", id: "desk-reason", role: "status" });
  private readonly submit = button(text("desk_submit"), () => void this.send(true), "primary");
  private readonly keep = button(text("desk_save"), () => void this.send(false));
  private readonly place = element("p", { class: "desk-pointer" });

  constructor(
    target: HTMLElement,
    config: DeskConfig,
    readonly api: LandApi,
    readonly fabric: Fabric,
    title: string,
    private readonly draft: Draft | null,
  ) {
    this.papers = new Papers(config, draft, () => {
      this.tellReason();
    });
    this.encumbrances = new EncumbranceForm(config, () => {
      this.changed();
    });
    this.parcelSelect = this.parcelChoice();
    const place = element("div", { class: "desk-map", id: "desk-map", tabindex: 0, role: "application", "aria-label": text("desk_map"), "aria-describedby": "desk-hint" });
    target.replaceChildren(this.panel(title), element("div", { class: "desk-place" }, place, this.place));
    target.classList.add("working");
    this.sheet = new SheetMap(place);
    this.sheet.showFabric(fabric);
    this.sheet.fit();
    this.listen(place);
    this.take("", null);
    this.tellReason();
  }

  get parcel(): FabricParcel | undefined {
    return this.chosen.length === 1 ? this.fabric.parcels.get(this.chosen[0]!) : undefined;
  }

  choose(identifiers: readonly string[]): void {
    this.chosen = identifiers.filter((one) => this.fabric.parcels.get(one)?.editable);
    this.sheet.choose(this.chosen);
    this.parcelSelect.value = this.parcel?.identifier ?? "";
    this.tellHint();
    this.tool?.parcelChanged();
  }

  changed(): void {
    const drawn = this.tool?.operation() ?? null;
    const operation = drawn && this.encumbrances.on(drawn);
    window.clearTimeout(this.waiting);
    this.asking?.abort();
    if (!operation) {
      this.problem = "";
      this.show(null);
      return;
    }
    this.result.setAttribute("aria-busy", "true");
    this.waiting = window.setTimeout(() => void this.ask(operation), QUIET_MS);
  }

  /** Open what a draft holds, on the fabric as it is. */
  load(operation: Operation): void {
    const parcels = [operation.parcel ?? operation.parcels ?? []].flat() as string[];
    this.choose(parcels);
    this.encumbrances.load(operation);
    if (operation.op === "split") {
      const tool = new SplitLine(this);
      this.take("line", tool);
      tool.load(operation);
    } else {
      this.take("", new AsDrawn(this, operation));
    }
    this.changed();
  }

  private panel(title: string): HTMLElement {
    for (const { name, key } of TOOLS) this.tools.append(this.toolButton(name, key));
    this.submit.setAttribute("aria-describedby", "desk-reason");
    return element(
      "aside",
      { class: "desk-panel", "aria-label": text("desk_change_parcels") },
      element("p", { class: "crumbs" }, element("a", { href: "/land/edit/" }, text("desk_all_drafts"))),
      element("h1", {}, title),
      this.draft ? element("p", { class: "desk-hint" }, text("desk_editing", { number: this.draft.number, title: this.draft.title })) : null,
      this.draft?.note ? element("p", { class: "desk-note" }, text("desk_handed_back", { note: this.draft.note })) : null,
      this.tools,
      field(text("desk_parcel"), this.parcelSelect),
      this.hint,
      this.inputs,
      this.result,
      this.encumbrances.place,
      this.papers.form(),
      element("div", { class: "desk-row desk-end" }, this.reason, this.submit, this.keep),
    );
  }

  private toolButton(name: string, key: string): HTMLElement {
    const title = text(`desk_tool_${name}`);
    const made = button(title, () => {
      this.takeUp(name);
    });
    made.dataset.tool = name;
    made.title = `${title} (${key})`;
    made.setAttribute("aria-keyshortcuts", key);
    made.append(element("kbd", { "aria-hidden": "true" }, key));
    return made;
  }

  private parcelChoice(): HTMLSelectElement {
    const editable = [...this.fabric.parcels.values()].filter((parcel) => parcel.editable);
    const select = choices([["", text("desk_choose")], ...editable.map(({ identifier }) => [identifier, parcelTitle(this, identifier)] as const)]);
    select.addEventListener("change", () => {
      this.choose(select.value ? [select.value] : []);
      if (select.value) this.sheet.fitParcels([select.value]);
    });
    return select;
  }

  private takeUp(name: string): void {
    const kind = TOOLS.find((one) => one.name === name);
    this.take(name, kind ? new kind.make(this) : null);
    if (kind?.ofParcel && this.chosen.length > 1) this.choose([]);
    this.changed();
  }

  private take(name: string, tool: Tool | null): void {
    this.tool = tool;
    this.toolName = name;
    for (const one of this.tools.querySelectorAll("button")) one.setAttribute("aria-pressed", String(one.dataset.tool === name && name !== ""));
    this.inputs.replaceChildren(...(tool?.fields() ?? []));
    this.tellHint();
    if (tool) tool.draw();
    else this.sheet.showSketch([], null);
  }

  private tellHint(): void {
    const kind = TOOLS.find((one) => one.name === this.toolName);
    if (kind?.ofParcel && !this.parcel) this.hint.textContent = text("desk_choose_parcel");
    else if (kind) this.hint.textContent = text(`desk_hint_${kind.name}`);
    else this.hint.textContent = this.tool ? "" : text("desk_hint_none");
  }

  private async ask(operation: Operation): Promise<void> {
    const asking = (this.asking = new AbortController());
    try {
      const preview = await this.api.preview(operation, asking.signal);
      if (asking.signal.aborted) return;
      this.problem = "";
      this.show(preview);
      if (preview.encumbrances && this.encumbrances.show(preview.encumbrances)) this.changed();
    } catch (error) {
      if (asking.signal.aborted) return;
      this.problem = error instanceof Refused ? error.message : text("desk_no_answer");
      this.show(null);
    }
  }

  private show(preview: Preview | null): void {
    this.preview = preview;
    this.sheet.showPreview(preview);
    this.result.removeAttribute("aria-busy");
    this.result.dataset.hash = preview?.hash ?? "";
    this.result.dataset.possible = preview ? String(preview.possible) : "";
    const failed = this.problem ? element("p", { class: "desk-problem" }, this.problem) : null;
    const list = preview && findingList(preview, (finding) => { this.sheet.fitFinding(finding); });
    const parts = preview
      ? [
          element("p", { class: preview.possible ? "desk-verdict good" : "desk-verdict bad" }, preview.possible ? text("desk_possible") : text("desk_impossible")),
          list,
          preview.parcels.length > 0 ? areaTable(preview, this.fabric) : null,
        ]
      : [failed];
    this.result.replaceChildren(...parts.filter((part) => part !== null));
    this.tellReason();
  }

  /** Why this cannot be submitted; empty: it can. */
  private why(): string {
    if (this.problem) return this.problem;
    if (!this.preview) return text("desk_why_nothing");
    const [first] = refusals(this.preview);
    if (first) return text("desk_why_refused", { message: first.message });
    if (!this.preview.possible) return text("desk_impossible");
    const missing = this.papers.missing();
    return missing.length > 0 ? text("desk_why_missing", { fields: missing.map(([, title]) => title).join(", ") }) : "";
  }

  private tellReason(): void {
    const why = this.why();
    this.reason.classList.remove("desk-problem");
    this.reason.textContent = why;
    this.submit.setAttribute("aria-disabled", String(why !== ""));
    this.keep.setAttribute("aria-disabled", String(!this.preview || !this.papers.title.value.trim()));
  }

  private async send(submit: boolean): Promise<void> {
    if (this.busy) return;
    const missing = this.papers.missing();
    if (!this.preview || (submit && this.why()) || !this.papers.title.value.trim()) {
      this.reason.textContent = this.why();
      this.reason.classList.add("desk-problem");
      if (this.preview?.possible !== false) missing[0]?.[0].focus();
      return;
    }
    this.busy = true;
    try {
      let kept = await this.api.save(this.papers.body(this.preview.operation), this.draft);
      if (submit) kept = await this.submitted(kept);
      location.assign(`/land/edit/?draft=${kept.number}`);
    } catch (error) {
      this.busy = false;
      this.reason.textContent = error instanceof Refused ? error.message : text("desk_no_answer");
      this.reason.classList.add("desk-problem");
    }
  }

  /** A draft that is kept but refused on its way shows why on its own page. */
  private async submitted(kept: Draft): Promise<Draft> {
    try {
      return await this.api.step(kept, "submit");
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return kept;
    }
  }

  private listen(place: HTMLElement): void {
    const { map } = this.sheet;
    for (const one of map.getInteractions().getArray()) if (one instanceof DoubleClickZoom) one.setActive(false);
    map.addInteraction(new PointerInteraction({
      handleDownEvent: (event) => this.tool?.grab?.(placeOf(event)) ?? false,
      handleDragEvent: (event) => { this.tool?.drag?.(placeOf(event)); },
      handleUpEvent: () => {
        this.tool?.drop?.();
        return false;
      },
    }));
    map.on("click", (event) => { this.click(this.snapped(placeOf(event))); });
    map.on("dblclick", () => this.tool?.finish());
    map.on("pointermove", (event) => {
      if (event.dragging) return;
      const at = placeOf(event);
      this.place.textContent = `E ${gridMetres(at[0])}  N ${gridMetres(at[1])}`;
      this.tool?.move(this.snapped(at));
    });
    place.addEventListener("pointerleave", () => this.tool?.move(null));
    document.addEventListener("keydown", (event) => { this.key(event, place); });
  }

  private click(snap: Snap): void {
    if (this.tool) this.tool.click(snap);
    else this.choose([this.fabric.at(snap.place)?.identifier ?? ""].filter(Boolean));
  }

  private snapped(place: Place): Snap {
    return this.fabric.snap(place, this.sheet.metres(SNAP_PIXELS));
  }

  private key(event: KeyboardEvent, place: HTMLElement): void {
    const typing = event.target instanceof HTMLElement && event.target.matches(TYPING);
    if (event.key === "Escape") this.escape();
    else if (typing) return;
    else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z") this.tool?.back();
    else if (event.ctrlKey || event.metaKey || event.altKey) return;
    else if (event.key === "Enter" && event.target === place) this.tool?.finish();
    else if (event.key === " " && event.target === place) this.click(this.snapped(this.sheet.view.getCenter() as unknown as Place));
    else {
      const kind = TOOLS.find((one) => one.key === event.key.toUpperCase());
      if (!kind) return;
      this.takeUp(kind.name);
    }
    event.preventDefault();
  }

  /** What is drawn goes; without anything drawn, the tool. */
  private escape(): void {
    if (this.tool?.operation()) {
      if (this.chosen.length > 1) this.choose([]);
      this.takeUp(this.toolName);
      return;
    }
    this.takeUp("");
  }
}

function placeOf(event: MapBrowserEvent): Place {
  return [event.coordinate[0]!, event.coordinate[1]!];
}
