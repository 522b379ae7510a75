/** Rights and restrictions on the parcels of an operation: what is decided of each before it can go on. */
import { element } from "../shared/dom";
import { text } from "../shared/texts";
import type { Decisions, Encumbrance, Operation, SourceDocument } from "./api";
import type { DeskConfig } from "./config";
import { outcomeTitle } from "./sheet";
import { choices, field } from "./tools/tool";

const CARRIED = "carried";

/** What is entered of one of them. */
interface Entry {
  readonly key: string;
  readonly verdict: HTMLSelectElement;
  readonly kind: HTMLSelectElement;
  readonly number: HTMLInputElement;
  readonly issued: HTMLInputElement;
  readonly issuer: HTMLInputElement;
}

export class EncumbranceForm {
  readonly place = element("section", { class: "desk-encumbrances", "aria-label": text("desk_encumbrances") });
  private entries: readonly Entry[] = [];
  private loaded: Decisions = {};

  constructor(
    private readonly config: DeskConfig,
    private readonly changed: () => void,
  ) {}

  /** What a draft had decided. */
  load(operation: Operation): void {
    this.loaded = (operation.decisions ?? {}) as Decisions;
  }

  /** *operation* with what is decided. */
  on(operation: Operation): Operation {
    const entered: readonly (readonly [string, Decisions[string] | null])[] = this.entries.map((entry) => [entry.key, decisionOf(entry)]);
    const decisions = this.entries.length > 0 ? Object.fromEntries(entered.filter(([, decision]) => decision !== null)) : this.loaded;
    const rest = Object.entries(operation).filter(([name]) => name !== "decisions");
    return { ...(Object.fromEntries(rest) as Operation), ...(Object.keys(decisions).length > 0 ? { decisions } : {}) };
  }

  /** Show *told*; true where decisions of other parcels were dropped, so that the operation is another. */
  show(told: readonly Encumbrance[]): boolean {
    const keys = told.map(({ key }) => key).join();
    if (keys === this.entries.map(({ key }) => key).join() && keys) return false;
    const before = Object.fromEntries(this.entries.map((entry) => [entry.key, decisionOf(entry)]));
    const dropped = [...Object.keys(this.loaded), ...Object.keys(before).filter((key) => before[key])].some((key) => !told.some((one) => one.key === key));
    this.entries = told.map((one) => this.entry(one, before[one.key] ?? this.loaded[one.key] ?? null));
    this.loaded = {};
    this.place.replaceChildren(
      ...(told.length > 0 ? [element("h2", {}, text("desk_encumbrances"))] : []),
      ...told.map((one, index) => this.row(one, this.entries[index]!)),
    );
    return dropped;
  }

  private entry(one: Encumbrance, decided: Decisions[string] | null): Entry {
    const document = decided && typeof decided === "object" ? decided.document : undefined;
    const verdict = decided === null ? (isRight(one) ? CARRIED : "") : typeof decided === "string" ? decided : decided.decision;
    const options = ["", CARRIED, "released", "cancelled"].filter((value) => value || !isRight(one));
    return {
      key: one.key,
      verdict: choices(options.map((value) => [value, value ? text(`desk_verdict_${value}`) : text("desk_choose")] as const), verdict),
      kind: choices(this.config.documents, document?.kind ?? "contract"),
      number: element("input", { type: "text", maxlength: 80, value: document?.number ?? "" }),
      issued: element("input", { type: "date", max: this.config.today, value: document?.issued_on ?? "" }),
      issuer: element("input", { type: "text", maxlength: 200, value: document?.issuer ?? "" }),
    };
  }

  private row(one: Encumbrance, entry: Entry): HTMLElement {
    const paper = element(
      "div",
      { class: "desk-two" },
      field(text("desk_document_kind"), entry.kind),
      field(text("desk_document_number"), entry.number),
      field(text("desk_issued"), entry.issued),
      field(text("desk_issuer"), entry.issuer),
    );
    const tell = (): void => {
      paper.hidden = ["", CARRIED].includes(entry.verdict.value);
    };
    tell();
    const row = element("div", { class: "desk-encumbrance" }, field(encumbranceTitle(this.config, one), entry.verdict, encumbranceNote(one)), paper);
    row.addEventListener("input", () => {
      tell();
      this.changed();
    });
    return row;
  }
}

/** What was decided, for those who judge a draft. */
export function encumbranceList(config: DeskConfig, told: readonly Encumbrance[]): HTMLElement | null {
  if (told.length === 0) return null;
  return element(
    "ul",
    { class: "desk-chosen", "aria-label": text("desk_encumbrances") },
    ...told.map((one) => {
      const decided = one.decision ?? (isRight(one) ? CARRIED : null);
      return element("li", {}, element("span", {}, encumbranceTitle(config, one), " ", element("small", {}, encumbranceNote(one))), decided ? text(`desk_verdict_${decided}`) : text("desk_undecided"));
    }),
  );
}

function isRight(one: Encumbrance): boolean {
  return one.key.startsWith("right:");
}

function encumbranceTitle(config: DeskConfig, one: Encumbrance): string {
  const kinds = isRight(one) ? config.rights : config.restrictions;
  const kind = kinds.find(([value]) => value === one.kind)?.[1] ?? one.kind;
  const names = one.holders.map(({ name, share }) => (share === "1" ? name : `${name} (${share})`)).join(", ");
  return names ? `${kind}: ${names}` : kind;
}

function encumbranceNote(one: Encumbrance): string {
  const onto = one.children.map((label) => outcomeTitle(label, label.length < 12)).join(", ");
  return [one.document, onto && text("desk_goes_to", { parcels: onto })].filter(Boolean).join(" · ");
}

/** Null while it is undecided, or its document is not complete. */
function decisionOf({ verdict, kind, number, issued, issuer }: Entry): Decisions[string] | null {
  if (verdict.value === "" || verdict.value === CARRIED) return verdict.value || null;
  const document: SourceDocument = { kind: kind.value, number: number.value.trim(), issued_on: issued.value, issuer: issuer.value.trim() };
  return document.number && document.issued_on && document.issuer ? { decision: verdict.value, document } : null;
}
