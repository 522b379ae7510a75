/** What the desk asks of `/api/land/`. Coordinates are metres of EPSG:5899 everywhere. */
import type { Geometry } from "geojson";
import type { Place, Side } from "./fabric";

export interface FabricParcel {
  readonly identifier: string;
  readonly version: number;
  readonly commune: string;
  readonly sheet: number;
  readonly number: number;
  readonly land_use: string;
  readonly legal_area_m2: string;
  readonly area_m2: number;
  readonly valid_from: string;
  /** Ids of boundary points; the first ring is the outer one. */
  readonly rings: readonly (readonly number[])[];
  readonly editable: boolean;
}

export interface FabricAnswer {
  readonly points: Readonly<Record<string, Place>>;
  readonly parcels: readonly FabricParcel[];
}

/** A place of an operation; the server resolves points and sides. */
export type Vertex = Place | { readonly point: number } | { readonly side: Side; readonly at: number };

export interface Operation {
  readonly op: string;
  readonly [member: string]: unknown;
}

export interface Finding {
  readonly rule: string;
  readonly severity: string;
  readonly message: string;
  readonly measured: string;
  readonly limit: string;
  readonly citation: string;
  readonly parcels: readonly string[];
  readonly where: Geometry | null;
}

export interface Outcome {
  readonly label: string;
  readonly new: boolean;
  readonly restores: string | null;
  /** Only a point was added on its side. */
  readonly refined: boolean;
  readonly land_use: string;
  readonly rings: readonly (readonly Place[])[];
  readonly area_m2: number;
  readonly legal_area_m2: string;
}

/** A right or restriction on the parcels of an operation. */
export interface Encumbrance {
  /** "right:3", "restriction:17". */
  readonly key: string;
  readonly kind: string;
  /** Labels of the parcels that it would meet. */
  readonly children: readonly string[];
  readonly decision: string | null;
  readonly holders: readonly { readonly name: string; readonly share: string }[];
  /** Number of the document that it rests on. */
  readonly document: string;
}

/** By key: "carried", or what releases or cancels it. */
export type Decisions = Readonly<Record<string, string | { readonly decision: string; readonly document?: SourceDocument }>>;

export interface Preview {
  readonly operation: Operation;
  readonly possible: boolean;
  /** Identifier → version that it was made from. */
  readonly base: Readonly<Record<string, number>>;
  readonly ended: readonly string[];
  readonly points: readonly { readonly id: number; readonly at: Place; readonly was: Place | null }[];
  readonly parcels: readonly Outcome[];
  readonly findings: readonly Finding[];
  /** Missing where the geometry alone refuses. */
  readonly encumbrances?: readonly Encumbrance[];
  readonly hash: string;
}

export interface SourceDocument {
  readonly kind: string;
  readonly number: string;
  readonly issued_on: string;
  readonly issuer: string;
  readonly title?: string;
}

export interface DraftSummary {
  readonly number: number;
  readonly version: number;
  readonly title: string;
  readonly state: string;
  readonly state_name: string;
  readonly kind: string;
  readonly commune: string;
  readonly parcels: readonly string[];
  readonly possible: boolean;
  readonly author: string;
  readonly checker: string | null;
  readonly approver: string | null;
  readonly effective_on: string | null;
  readonly changed_at: string;
  readonly change: number | null;
}

export interface Draft extends DraftSummary {
  readonly operation: Operation;
  readonly preview: Preview;
  readonly document: SourceDocument | null;
  readonly note: string;
}

export interface DraftBody {
  readonly operation: Operation;
  readonly title: string;
  readonly document: SourceDocument | null;
  readonly effective_on: string | null;
}

export interface PastVersion {
  readonly version: number;
  readonly number: number;
  readonly legal_area_m2: string;
  readonly area_m2: number;
  readonly recorded_from: string;
  readonly change: { readonly number: number; readonly kind: string } | null;
}

interface ProblemDocument {
  readonly detail?: string;
  readonly title?: string;
  readonly field?: string;
  readonly expected?: string;
}

/** An answer that is none: its status and what the server says. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly field: string,
    message: string,
  ) {
    super(message);
  }
}

export class LandApi {
  constructor(private readonly token: string) {}

  async sheets(commune: string): Promise<{ readonly sheet: number; readonly parcels: number }[]> {
    const told = await this.ask<{ sheets: { sheet: number; parcels: number }[] }>("GET", `sheets?commune=${commune}`);
    return told.sheets;
  }

  sheet(name: string): Promise<FabricAnswer> {
    return this.ask("GET", `fabric?sheet=${encodeURIComponent(name)}`);
  }

  box(extent: readonly number[]): Promise<FabricAnswer> {
    return this.ask("GET", `fabric?box=${extent.map((value) => value.toFixed(3)).join(",")}`);
  }

  /** Sheet of a parcel in force, as "06685/1". */
  async sheetOf(identifier: string): Promise<string> {
    const told = await this.ask<{ properties: { commune: string; sheet: number } }>("GET", `parcels/${identifier}`);
    return `${told.properties.commune}/${told.properties.sheet}`;
  }

  async versions(identifier: string): Promise<readonly PastVersion[]> {
    return (await this.ask<{ versions: PastVersion[] }>("GET", `parcels/${identifier}/history`)).versions;
  }

  preview(operation: Operation, signal: AbortSignal): Promise<Preview> {
    return this.ask("POST", "previews", { operation }, undefined, signal);
  }

  async drafts(): Promise<readonly DraftSummary[]> {
    return (await this.ask<{ drafts: DraftSummary[] }>("GET", "drafts")).drafts;
  }

  draft(number: number): Promise<Draft> {
    return this.ask("GET", `drafts/${number}`);
  }

  /** A new draft, or the next version of *old*. */
  save(body: DraftBody, old: Draft | null): Promise<Draft> {
    return old ? this.ask("PUT", `drafts/${old.number}`, body, old.version) : this.ask("POST", "drafts", body);
  }

  step(draft: DraftSummary, step: string, body: object = {}): Promise<Draft> {
    return this.ask("POST", `drafts/${draft.number}/${step}`, body, draft.version);
  }

  private async ask<Answer>(method: string, address: string, body?: object, version?: number, signal?: AbortSignal): Promise<Answer> {
    const headers: Record<string, string> = { Accept: "application/json" };
    if (method !== "GET") Object.assign(headers, { "X-CSRFToken": this.token, "Content-Type": "application/json" });
    if (version !== undefined) headers["If-Match"] = `"${version}"`;
    const answer = await fetch(`/api/land/${address}`, {
      method,
      headers,
      body: body ? JSON.stringify(body) : null,
      signal: signal ?? null,
    });
    const told: unknown = await answer.json().catch(() => null);
    if (answer.ok) return told as Answer;
    const problem = (told ?? {}) as ProblemDocument;
    const message = problem.detail ?? problem.title ?? String(answer.status);
    throw new Refused(answer.status, problem.field ?? "", problem.expected ? `${message} (${problem.expected})` : message);
  }
}
