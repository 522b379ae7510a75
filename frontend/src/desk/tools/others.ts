/** Split by a corner table, merge, undo; and an operation as it was drawn before. */
import { element } from "../../shared/dom";
import { day, number } from "../../shared/format";
import { text } from "../../shared/texts";
import { Refused, type Operation } from "../api";
import type { Snap } from "../fabric";
import { Tool, button, choices, field } from "./tool";

export class SplitTable extends Tool {
  private readonly table = element("textarea", { rows: 7, spellcheck: "false", placeholder: "2317566,120 430127,450" });
  private readonly closed = element("input", { type: "checkbox", id: "desk-closed" });

  fields(): HTMLElement[] {
    for (const input of [this.table, this.closed]) {
      input.addEventListener("input", () => {
        this.bench.changed();
      });
    }
    return [
      field(text("desk_table"), this.table, text("desk_table_hint")),
      element("label", { class: "desk-check", for: "desk-closed" }, this.closed, text("desk_table_closed")),
    ];
  }

  operation(): Operation | null {
    if (!this.bench.parcel || !this.table.value.trim()) return null;
    return { op: "split_by_table", parcel: this.bench.parcel.identifier, table: this.table.value, closed: this.closed.checked };
  }
}

export class Merge extends Tool {
  private readonly list = element("ul", { class: "desk-chosen" });
  private readonly add = element("select");

  fields(): HTMLElement[] {
    this.add.onchange = () => {
      if (this.add.value) this.toggle(this.add.value);
    };
    this.show();
    return [this.list, field(text("desk_add_parcel"), this.add)];
  }

  operation(): Operation | null {
    return this.bench.chosen.length > 1 ? { op: "merge", parcels: [...this.bench.chosen] } : null;
  }

  override parcelChanged(): void {
    this.show();
    this.draw();
    this.bench.changed();
  }

  override click(snap: Snap): void {
    const parcel = this.bench.fabric.at(snap.place);
    if (parcel) this.toggle(parcel.identifier);
  }

  override back(): void {
    this.bench.choose(this.bench.chosen.slice(0, -1));
  }

  override draw(): void {
    this.bench.sheet.showSketch([], null);
  }

  private toggle(identifier: string): void {
    const { chosen } = this.bench;
    this.bench.choose(chosen.includes(identifier) ? chosen.filter((one) => one !== identifier) : [...chosen, identifier]);
  }

  private show(): void {
    const { fabric, chosen } = this.bench;
    const title = (identifier: string): string => parcelTitle(this.bench, identifier);
    this.list.replaceChildren(
      ...chosen.map((identifier) => element("li", {}, title(identifier), button(text("desk_leave_out"), () => { this.toggle(identifier); }, "link"))),
    );
    const rest = [...fabric.parcels.values()].filter((parcel) => parcel.editable && !chosen.includes(parcel.identifier));
    this.add.replaceChildren(...choices([["", text("desk_choose")], ...rest.map(({ identifier }) => [identifier, title(identifier)] as const)]).children);
  }
}

/** "Thửa 12 · ODT · 400,0 m²" */
export function parcelTitle({ fabric }: Pick<Tool["bench"], "fabric">, identifier: string): string {
  const parcel = fabric.parcels.get(identifier);
  if (!parcel) return identifier;
  return `${text("desk_parcel_number", { number: parcel.number })} · ${parcel.land_use} · ${number(Number(parcel.legal_area_m2), 1)} m²`;
}

export class Undo extends Tool {
  private readonly changes = element("select");
  private readonly note = element("p", { class: "desk-hint" });

  fields(): HTMLElement[] {
    this.changes.onchange = () => {
      this.bench.changed();
    };
    void this.fill();
    return [field(text("desk_change"), this.changes), this.note];
  }

  operation(): Operation | null {
    return this.changes.value ? { op: "undo", change: Number(this.changes.value) } : null;
  }

  override parcelChanged(): void {
    void this.fill();
    super.parcelChanged();
  }

  private async fill(): Promise<void> {
    const identifier = this.bench.parcel?.identifier;
    this.changes.replaceChildren(...choices([["", text("desk_choose")]]).children);
    this.note.textContent = identifier ? "" : text("desk_choose_parcel");
    if (identifier) {
      try {
        const seen = new Map<number, string>();
        for (const { change, recorded_from } of await this.bench.api.versions(identifier)) {
          if (change && !seen.has(change.number)) seen.set(change.number, `${operationTitle(change.kind)} · ${day(recorded_from)} · № ${change.number}`);
        }
        if (!this.bench.chosen.includes(identifier)) return;
        this.changes.append(...choices([...seen].map(([change, title]) => [String(change), title] as const)).children);
        if (seen.size === 0) this.note.textContent = text("desk_no_change");
      } catch (error) {
        this.note.textContent = error instanceof Refused ? error.message : text("desk_no_answer");
      }
    }
    this.bench.changed();
  }
}

/** What a draft holds and no tool draws again. */
export class AsDrawn extends Tool {
  constructor(
    bench: Tool["bench"],
    private readonly drawn: Operation,
  ) {
    super(bench);
  }

  fields(): HTMLElement[] {
    return [element("p", { class: "desk-hint" }, text("desk_as_drawn", { operation: operationTitle(this.drawn.op) }))];
  }

  operation(): Operation {
    return this.drawn;
  }

  override click(): void {
    this.draw();
  }
}

const KNOWN = ["split", "split_by_table", "split_by_area", "split_equally", "split_at_distance", "merge", "move_points", "insert_point", "remove_point", "undo", "redefine", "transfer", "grant_right", "restrict", "release"];

export function operationTitle(kind: string): string {
  return KNOWN.includes(kind) ? text(`desk_kind_${kind}`) : kind;
}
