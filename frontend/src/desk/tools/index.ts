/** The tools by name, each with its key. */
import { SplitLine } from "./line";
import { Merge, SplitTable, Undo } from "./others";
import { InsertPoint, MovePoints, RemovePoint } from "./points";
import { SplitArea, SplitDistance, SplitEqual } from "./sides";
import type { Bench, Tool } from "./tool";

interface ToolKind {
  readonly name: string;
  /** The letter that takes it up. */
  readonly key: string;
  /** Whether it works on one chosen parcel. */
  readonly ofParcel: boolean;
  readonly make: new (bench: Bench) => Tool;
}

export const TOOLS: readonly ToolKind[] = [
  { name: "line", key: "S", ofParcel: true, make: SplitLine },
  { name: "area", key: "A", ofParcel: true, make: SplitArea },
  { name: "equal", key: "Q", ofParcel: true, make: SplitEqual },
  { name: "distance", key: "D", ofParcel: true, make: SplitDistance },
  { name: "table", key: "T", ofParcel: true, make: SplitTable },
  { name: "merge", key: "G", ofParcel: false, make: Merge },
  { name: "move", key: "M", ofParcel: false, make: MovePoints },
  { name: "insert", key: "I", ofParcel: true, make: InsertPoint },
  { name: "remove", key: "X", ofParcel: false, make: RemovePoint },
  { name: "undo", key: "U", ofParcel: true, make: Undo },
];
