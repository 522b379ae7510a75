/** Split along a drawn line. */
import { element } from "../../shared/dom";
import { text } from "../../shared/texts";
import type { Operation, Vertex } from "../api";
import type { Place, Snap } from "../fabric";
import { Tool, button, coordinateFields } from "./tool";

export class SplitLine extends Tool {
  private readonly line: { readonly place: Place; readonly vertex: Vertex }[] = [];
  private done = false;

  /** The line of an operation that was drawn before; its vertices are resolved on the fabric as it is. */
  load(operation: Operation): void {
    for (const vertex of operation.line as Vertex[]) {
      const place = this.bench.fabric.resolve(vertex);
      if (place) this.line.push({ place, vertex });
    }
    this.done = true;
    this.draw();
  }

  fields(): HTMLElement[] {
    const typed = coordinateFields(text("desk_add_vertex"), (place) => {
      this.add({ place, vertex: place });
      typed.show(null);
    });
    return [
      typed.row,
      element("div", { class: "desk-row" }, button(text("desk_take_back"), () => { this.back(); }), button(text("desk_draw_anew"), () => { this.restart(); })),
    ];
  }

  operation(): Operation | null {
    if (!this.bench.parcel || this.line.length < 2) return null;
    return { op: "split", parcel: this.bench.parcel.identifier, line: this.line.map(({ vertex }) => vertex) };
  }

  override parcelChanged(): void {
    this.restart();
  }

  override click(snap: Snap): void {
    if (!this.bench.parcel) this.chooseAt(snap.place);
    else if (this.done && this.line.length > 1) this.chooseElsewhere(snap.place);
    else this.add(snap);
  }

  override finish(): void {
    if (this.line.length > 1) this.done = true;
    this.draw();
  }

  override back(): void {
    this.line.pop();
    this.done = false;
    this.draw();
    this.bench.changed();
  }

  override draw(snap: Snap | null = null): void {
    this.bench.sheet.showSketch(this.line.map(({ place }) => place), this.done ? null : snap);
  }

  private add({ place, vertex }: Pick<Snap, "place" | "vertex">): void {
    const last = this.line.at(-1)?.place;
    if (last?.[0] === place[0] && last[1] === place[1]) return;
    this.line.push({ place, vertex });
    this.done = false;
    this.draw();
    this.bench.changed();
  }

  private restart(): void {
    this.line.length = 0;
    this.done = false;
    this.draw();
    this.bench.changed();
  }

  /** A finished line stands until another parcel is chosen. */
  private chooseElsewhere(place: Place): void {
    const parcel = this.bench.fabric.at(place);
    if (parcel && parcel !== this.bench.parcel) this.bench.choose([parcel.identifier]);
  }
}
