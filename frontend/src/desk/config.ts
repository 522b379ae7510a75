/** What the page tells its script, as `land/desk/views.py` writes it. */
import { byId } from "../shared/dom";

export interface CommuneConfig {
  readonly code: string;
  readonly name: string;
  readonly draws: boolean;
  readonly checks: boolean;
  readonly approves: boolean;
}

export type Choice = readonly [value: string, title: string];

export interface DeskConfig {
  readonly language: string;
  readonly user: string;
  /** Goes with every request that changes something. */
  readonly token: string;
  readonly today: string;
  /** Where the viewer works. */
  readonly communes: readonly CommuneConfig[];
  readonly documents: readonly Choice[];
  /** Kinds of rights and of restrictions. */
  readonly rights: readonly Choice[];
  readonly restrictions: readonly Choice[];
  readonly states: readonly Choice[];
  /** "06685/1"; empty: none is open. */
  readonly sheet: string;
  /** Identifier of the parcel to choose at once; empty: none. */
  readonly parcel: string;
  readonly draft: number | null;
  readonly edit: boolean;
  readonly texts: Readonly<Record<string, string>>;
}

export function readDeskConfig(): DeskConfig {
  return JSON.parse(byId("config").textContent) as DeskConfig;
}
