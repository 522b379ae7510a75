/** Boundary points: moved, put into a side, taken out. */
import { element } from "../../shared/dom";
import { number } from "../../shared/format";
import { text } from "../../shared/texts";
import type { Operation } from "../api";
import { distance, toMillimetre, type Place, type Snap } from "../fabric";
import { Tool, button, coordinateFields } from "./tool";

const REACH_PIXELS = 12;

export class MovePoints extends Tool {
  private readonly moves = new Map<number, Place>();
  private held: number | null = null;
  private readonly told = element("p", { class: "desk-hint" });
  private readonly typed = coordinateFields(text("desk_move_there"), (place) => {
    if (this.held !== null) this.put(this.held, place);
  });

  fields(): HTMLElement[] {
    this.tell();
    return [this.told, this.typed.row, element("div", { class: "desk-row" }, button(text("desk_take_back"), () => { this.back(); }))];
  }

  operation(): Operation | null {
    return this.moves.size ? { op: "move_points", points: Object.fromEntries(this.moves) } : null;
  }

  override click(snap: Snap): void {
    const point = this.near(snap.place);
    if (point === undefined) return;
    this.held = point;
    this.tell();
    this.draw();
  }

  override grab(place: Place): boolean {
    const point = this.near(place);
    if (point === undefined) return false;
    this.held = point;
    return true;
  }

  override drag(place: Place): void {
    if (this.held === null) return;
    this.moves.set(this.held, toMillimetre(place));
    this.tell();
    this.draw();
  }

  override drop(): void {
    if (this.held !== null && this.moves.has(this.held)) this.bench.changed();
    this.tell();
  }

  override back(): void {
    const last = [...this.moves.keys()].at(-1);
    if (last === undefined) return;
    this.moves.delete(last);
    this.tell();
    this.draw();
    this.bench.changed();
  }

  override draw(snap: Snap | null = null): void {
    if (this.held === null) {
      this.bench.sheet.showSketch([], snap?.kind === "point" ? snap : null);
      return;
    }
    const was = this.bench.fabric.points.get(this.held)!;
    const now = this.moves.get(this.held) ?? was;
    this.bench.sheet.showSketch(now === was ? [was] : [was, now], snap?.kind === "point" ? snap : null);
  }

  private put(point: number, place: Place): void {
    this.moves.delete(point);
    this.moves.set(point, toMillimetre(place));
    this.tell();
    this.draw();
    this.bench.changed();
  }

  /** The point near *place*, where it stands now. */
  private near(place: Place): number | undefined {
    const reach = this.bench.sheet.metres(REACH_PIXELS);
    for (const [point, there] of this.moves) if (distance(place, there) <= reach) return point;
    return this.bench.fabric.nearestPoint(place, reach);
  }

  private tell(): void {
    if (this.held === null) {
      this.told.textContent = text("desk_no_point");
      this.typed.show(null);
      return;
    }
    const was = this.bench.fabric.points.get(this.held)!;
    const now = this.moves.get(this.held) ?? was;
    this.told.textContent = text("desk_point_moved", { point: this.held, metres: number(distance(was, now), 3) });
    this.typed.show(now);
  }
}

export class InsertPoint extends Tool {
  private at: Snap | null = null;
  private readonly typed = coordinateFields(text("desk_put_here"), (place) => {
    this.put({ place, vertex: place, kind: "free" });
  });

  fields(): HTMLElement[] {
    return [this.typed.row];
  }

  operation(): Operation | null {
    return this.bench.parcel && this.at ? { op: "insert_point", parcel: this.bench.parcel.identifier, at: this.at.vertex } : null;
  }

  override parcelChanged(): void {
    this.at = null;
    super.parcelChanged();
    this.bench.changed();
  }

  override click(snap: Snap): void {
    const { parcel, fabric, sheet } = this.bench;
    const side = parcel ? fabric.nearestSide(snap.place, sheet.metres(REACH_PIXELS), [parcel]) : undefined;
    if (!side) {
      this.chooseAt(snap.place);
      return;
    }
    const foot = fabric.foot(snap.place, side);
    this.put({ place: foot.place, vertex: { side, at: foot.at }, kind: "side" });
  }

  override back(): void {
    this.at = null;
    this.draw();
    this.bench.changed();
  }

  override draw(snap: Snap | null = null): void {
    this.bench.sheet.showSketch(this.at ? [this.at.place] : [], snap?.kind === "side" ? snap : null);
  }

  private put(at: Snap): void {
    this.at = at;
    this.typed.show(at.place);
    this.draw();
    this.bench.changed();
  }
}

export class RemovePoint extends Tool {
  private point: number | null = null;
  private readonly told = element("p", { class: "desk-hint" });

  fields(): HTMLElement[] {
    this.tell();
    return [this.told];
  }

  operation(): Operation | null {
    return this.point === null ? null : { op: "remove_point", point: this.point };
  }

  override click(snap: Snap): void {
    this.take(this.bench.fabric.nearestPoint(snap.place, this.bench.sheet.metres(REACH_PIXELS)) ?? null);
  }

  override back(): void {
    this.take(null);
  }

  override draw(snap: Snap | null = null): void {
    const place = this.point === null ? undefined : this.bench.fabric.points.get(this.point);
    this.bench.sheet.showSketch(place ? [place] : [], snap?.kind === "point" ? snap : null);
  }

  private take(point: number | null): void {
    this.point = point;
    this.tell();
    this.draw();
    this.bench.changed();
  }

  private tell(): void {
    this.told.textContent = this.point === null ? text("desk_no_point") : text("desk_point_chosen", { point: this.point });
  }
}
