/** What a tool of the desk is: it takes clicks and values, and says which operation they mean. */
import { element } from "../../shared/dom";
import { number } from "../../shared/format";
import { text } from "../../shared/texts";
import type { FabricParcel, LandApi, Operation } from "../api";
import type { Fabric, Place, Side, Snap } from "../fabric";
import type { SheetMap } from "../sheet";

/** What a tool works on. */
export interface Bench {
  readonly fabric: Fabric;
  readonly sheet: SheetMap;
  readonly api: LandApi;
  /** Identifiers of the chosen parcels. */
  readonly chosen: readonly string[];
  /** The chosen parcel, where it is one. */
  readonly parcel: FabricParcel | undefined;
  choose(identifiers: readonly string[]): void;
  /** The operation is another: look at what it would do. */
  changed(): void;
}

export abstract class Tool {
  constructor(protected readonly bench: Bench) {}

  /** Inputs below the tools. */
  abstract fields(): HTMLElement[];
  /** Null while something is missing. */
  abstract operation(): Operation | null;

  /** The parcel that is worked on is another. */
  parcelChanged(): void {
    this.draw();
  }

  click(snap: Snap): void {
    this.chooseAt(snap.place);
  }

  move(snap: Snap | null): void {
    this.draw(snap);
  }

  /** Enter, or a double click. */
  finish(): void {
    this.draw();
  }

  /** Take the last vertex back. */
  back(): void {
    this.draw();
  }

  /** Take hold of what is at *place*; false where there is nothing to drag. */
  grab?(place: Place): boolean;

  drag?(place: Place): void;

  drop?(): void;

  draw(snap: Snap | null = null): void {
    this.bench.sheet.showSketch([], snap);
  }

  protected chooseAt(place: Place): void {
    const parcel = this.bench.fabric.at(place);
    if (parcel) this.bench.choose([parcel.identifier]);
  }
}

/** The chosen parcel's corners in the order of its rings: they are numbered on the map. */
export function cornersOf(bench: Bench): number[] {
  return bench.parcel ? bench.parcel.rings.flat() : [];
}

export function cornerPlaces(bench: Bench): Place[] {
  return cornersOf(bench).map((point) => bench.fabric.points.get(point)!);
}

export function sideTitle(bench: Bench, side: Side): string {
  const corners = cornersOf(bench);
  const [from, to] = side.map((point) => corners.indexOf(point) + 1);
  return `${from}–${to} · ${number(bench.fabric.length(side), 2)} m`;
}

let fieldCount = 0;

/** A labelled input. */
export function field(title: string, input: HTMLElement, hint = ""): HTMLElement {
  input.id ||= `desk-field-${(fieldCount += 1)}`;
  const note = hint ? element("small", { id: `${input.id}-hint` }, hint) : null;
  if (note) input.setAttribute("aria-describedby", note.id);
  return element("div", { class: "desk-field" }, element("label", { for: input.id }, title), input, note);
}

export function choices(options: readonly (readonly [value: string, title: string])[], value = ""): HTMLSelectElement {
  return element("select", {}, ...options.map(([key, title]) => element("option", { value: key, selected: key === value }, title)));
}

export function button(title: string, pressed: () => void, kind = "quiet"): HTMLButtonElement {
  const made = element("button", { type: "button", class: `desk-button ${kind}` }, title);
  made.addEventListener("click", pressed);
  return made;
}

/** A figure as people type it: decimal comma or point. Null where it is none. */
export function figure(written: string): number | null {
  const plain = written.trim().replace(/\s/g, "").replace(",", ".");
  return /^-?\d+(\.\d+)?$/.test(plain) ? Number(plain) : null;
}

/** Inputs of an easting and a northing, and a button that hands them over. */
export function coordinateFields(title: string, given: (place: Place) => void): { readonly row: HTMLElement; show(place: Place | null): void } {
  const [east, north] = [element("input", { type: "text", inputmode: "decimal", autocomplete: "off" }), element("input", { type: "text", inputmode: "decimal", autocomplete: "off" })];
  const take = (): void => {
    const place = [figure(east.value), figure(north.value)] as const;
    for (const [index, input] of [east, north].entries()) input.toggleAttribute("aria-invalid", place[index] === null);
    if (place[0] !== null && place[1] !== null) given([place[0], place[1]]);
  };
  for (const input of [east, north]) {
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      event.stopPropagation();
      take();
    });
  }
  const row = element("div", { class: "desk-pair" }, field(text("desk_easting"), east), field(text("desk_northing"), north), button(title, take));
  return {
    row,
    show(place) {
      [east.value, north.value] = place ? [place[0].toFixed(3), place[1].toFixed(3)] : ["", ""];
    },
  };
}
