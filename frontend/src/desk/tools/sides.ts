/** Splits that start from a side of the chosen parcel: by area, into equal parts, at a distance. */
import { element } from "../../shared/dom";
import { text } from "../../shared/texts";
import type { Operation } from "../api";
import type { Side, Snap } from "../fabric";
import { Tool, choices, cornerPlaces, cornersOf, field, figure, sideTitle } from "./tool";

abstract class FromSide extends Tool {
  protected side: Side | null = null;
  private readonly sides = element("select");

  protected abstract values(): HTMLElement[];

  fields(): HTMLElement[] {
    this.fill();
    this.sides.onchange = () => {
      this.side = this.bench.fabric.sides(this.bench.parcel!)[Number(this.sides.value)] ?? null;
      this.chosen();
    };
    return [field(text("desk_side"), this.sides, text("desk_side_hint")), ...this.values()];
  }

  override parcelChanged(): void {
    this.side = null;
    this.fill();
    this.draw();
    this.bench.changed();
  }

  override click(snap: Snap): void {
    const { parcel, fabric, sheet } = this.bench;
    const near = parcel ? fabric.nearestSide(snap.place, sheet.metres(12), [parcel]) : undefined;
    if (!near) {
      this.chooseAt(snap.place);
      return;
    }
    this.side = near;
    this.sides.value = String(fabric.sides(parcel!).findIndex(([from, to]) => from === near[0] && to === near[1]));
    this.chosen();
  }

  override draw(): void {
    const ends = this.side ? this.side.map((point) => this.bench.fabric.points.get(point)!) : [];
    this.bench.sheet.showSketch(ends, null, cornerPlaces(this.bench));
  }

  protected typed(input: HTMLInputElement | HTMLSelectElement): void {
    input.addEventListener("input", () => {
      this.bench.changed();
    });
  }

  protected part(): { readonly parcel: string; readonly side: Side } | null {
    return this.bench.parcel && this.side ? { parcel: this.bench.parcel.identifier, side: this.side } : null;
  }

  private chosen(): void {
    this.draw();
    this.bench.changed();
  }

  private fill(): void {
    const { parcel, fabric } = this.bench;
    const options = parcel ? fabric.sides(parcel).map((side, index) => [String(index), sideTitle(this.bench, side)] as const) : [];
    this.sides.replaceChildren(...choices([["", text("desk_choose")], ...options]).children);
    this.sides.disabled = !parcel;
  }
}

const entry = (): HTMLInputElement => element("input", { type: "text", inputmode: "decimal", autocomplete: "off" });

export class SplitArea extends FromSide {
  private readonly area = entry();

  protected values(): HTMLElement[] {
    this.typed(this.area);
    return [field(text("desk_area_wanted"), this.area, text("desk_area_hint"))];
  }

  operation(): Operation | null {
    const [part, area] = [this.part(), figure(this.area.value)];
    return part && area !== null ? { op: "split_by_area", ...part, area_m2: area } : null;
  }
}

export class SplitEqual extends FromSide {
  private readonly parts = element("input", { type: "number", min: 2, max: 100, step: 1, value: 2 });

  protected values(): HTMLElement[] {
    this.typed(this.parts);
    return [field(text("desk_parts"), this.parts)];
  }

  operation(): Operation | null {
    const [part, parts] = [this.part(), Number(this.parts.value)];
    return part && Number.isInteger(parts) && parts > 1 ? { op: "split_equally", ...part, parts } : null;
  }
}

export class SplitDistance extends FromSide {
  private readonly metres = entry();
  private readonly towards = element("select");

  protected values(): HTMLElement[] {
    this.typed(this.metres);
    this.typed(this.towards);
    this.fillTowards();
    return [field(text("desk_distance"), this.metres, text("desk_distance_hint")), field(text("desk_towards"), this.towards)];
  }

  override parcelChanged(): void {
    this.fillTowards();
    super.parcelChanged();
  }

  operation(): Operation | null {
    const [part, metres] = [this.part(), figure(this.metres.value)];
    if (!part || metres === null) return null;
    const towards = this.towards.value ? { towards: Number(this.towards.value) } : {};
    return { op: "split_at_distance", ...part, distance_m: metres, ...towards };
  }

  private fillTowards(): void {
    const corners = cornersOf(this.bench).map((point, index) => [String(point), text("desk_corner", { number: index + 1 })] as const);
    this.towards.replaceChildren(...choices([["", text("desk_square")], ...corners]).children);
  }
}
