/** The form under a drawing: title, source document, day of effect. */
import { element } from "../shared/dom";
import { text } from "../shared/texts";
import type { Draft, DraftBody, Operation } from "./api";
import type { DeskConfig } from "./config";
import { choices, field } from "./tools/tool";

export class Papers {
  readonly title = element("input", { type: "text", maxlength: 200, autocomplete: "off", name: "title" });
  readonly kind: HTMLSelectElement;
  readonly number = element("input", { type: "text", maxlength: 80, autocomplete: "off", name: "number", placeholder: "12/QĐ-UBND" });
  readonly issued: HTMLInputElement;
  readonly issuer = element("input", { type: "text", maxlength: 200, name: "issuer" });
  readonly effective: HTMLInputElement;

  constructor(
    config: DeskConfig,
    draft: Draft | null,
    private readonly changed: () => void,
  ) {
    this.kind = choices(config.documents, draft?.document?.kind ?? "decision");
    this.issued = element("input", { type: "date", max: config.today, value: draft?.document?.issued_on ?? "" });
    this.effective = element("input", { type: "date", max: config.today, value: draft?.effective_on ?? config.today });
    this.title.value = draft?.title ?? "";
    this.number.value = draft?.document?.number ?? "";
    this.issuer.value = draft?.document?.issuer ?? "";
  }

  form(): HTMLElement {
    const form = element(
      "fieldset",
      { class: "desk-papers" },
      element("legend", {}, text("desk_papers")),
      field(text("desk_title"), this.title),
      element("div", { class: "desk-two" }, field(text("desk_document_kind"), this.kind), field(text("desk_document_number"), this.number)),
      element("div", { class: "desk-two" }, field(text("desk_issued"), this.issued), field(text("desk_effective"), this.effective)),
      field(text("desk_issuer"), this.issuer),
    );
    form.addEventListener("input", this.changed);
    return form;
  }

  /** The inputs that a submission needs and that are empty, each with what it is called. */
  missing(): (readonly [HTMLInputElement, string])[] {
    const needed = [
      [this.title, text("desk_title")],
      [this.number, text("desk_document_number")],
      [this.issued, text("desk_issued")],
      [this.issuer, text("desk_issuer")],
      [this.effective, text("desk_effective")],
    ] as const;
    return needed.filter(([input]) => !input.value.trim());
  }

  body(operation: Operation): DraftBody {
    const document = { kind: this.kind.value, number: this.number.value.trim(), issued_on: this.issued.value, issuer: this.issuer.value.trim() };
    const complete = document.number && document.issued_on && document.issuer;
    return { operation, title: this.title.value.trim(), document: complete ? document : null, effective_on: this.effective.value || null };
  }
}
