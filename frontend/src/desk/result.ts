/** What a preview says, in words and figures: parcels with their areas, and what rules found. */
import { element } from "../shared/dom";
import { number } from "../shared/format";
import { text } from "../shared/texts";
import type { Finding, Outcome, Preview } from "./api";
import type { Fabric } from "./fabric";
import { outcomeTitle } from "./sheet";

const REFUSES = "refuses";

export function refusals(preview: Preview): readonly Finding[] {
  return preview.findings.filter((finding) => finding.severity === REFUSES);
}

/** The findings, the refusing ones first; each shows its place where it has one. */
export function findingList(preview: Preview, show: (finding: Finding) => void): HTMLElement | null {
  if (preview.findings.length === 0) return null;
  const sorted = [...refusals(preview), ...preview.findings.filter((finding) => finding.severity !== REFUSES)];
  return element("ul", { class: "desk-findings" }, ...sorted.map((finding) => findingItem(finding, show)));
}

function findingItem(finding: Finding, show: (finding: Finding) => void): HTMLElement {
  const refuses = finding.severity === REFUSES;
  const figures = [
    finding.measured && text("desk_measured", { value: finding.measured }),
    finding.limit && text("desk_limit", { value: finding.limit }),
    finding.citation,
  ].filter(Boolean);
  const item = element(
    "li",
    { class: refuses ? "refuses" : "warns", "data-rule": finding.rule },
    element("strong", {}, refuses ? text("desk_refused") : text("desk_warning")),
    ` ${finding.message}`,
    figures.length > 0 && element("small", {}, figures.join(" · ")),
  );
  if (finding.where) {
    const shown = element("button", { type: "button", class: "link" }, text("desk_show_place"));
    shown.addEventListener("click", () => {
      show(finding);
    });
    item.append(" ", shown);
  }
  return item;
}

/** Parcels before and after, with plane and legal areas and what they add up to. */
export function areaTable(preview: Preview, fabric: Fabric): HTMLElement {
  const touched = preview.parcels.filter((one) => one.new || !one.refined);
  const before = [...preview.ended, ...touched.filter((one) => !one.new).map((one) => one.label)];
  const known = before.map((identifier) => fabric.parcels.get(identifier)).filter((parcel) => parcel !== undefined);
  const old = known.map((parcel) => [`${text("desk_parcel_number", { number: parcel.number })} · ${parcel.land_use}`, parcel.area_m2, Number(parcel.legal_area_m2)] as const);
  const now = touched.map((one) => [outcomeName(one, fabric), one.area_m2, Number(one.legal_area_m2)] as const);
  const refined = preview.parcels.filter((one) => one.refined && !one.new);
  return element(
    "div",
    { class: "desk-areas" },
    element(
      "table",
      { class: "plain-table" },
      element("caption", { class: "visually-hidden" }, text("desk_areas")),
      element("thead", {}, element("tr", {}, ...[text("desk_parcel"), text("desk_plane_area"), text("desk_legal_area")].map((title) => element("th", { scope: "col" }, title)))),
      rows(text("desk_before"), old),
      rows(text("desk_after"), now),
    ),
    refined.length > 0 && element("p", { class: "desk-hint" }, text("desk_refined", { count: refined.length })),
  );
}

function outcomeName(one: Outcome, fabric: Fabric): string {
  if (one.restores) return text("desk_restored", { identifier: one.restores });
  if (one.new) return `${outcomeTitle(one.label, true)} · ${one.land_use}`;
  const parcel = fabric.parcels.get(one.label);
  return parcel ? text("desk_parcel_number", { number: parcel.number }) : one.label;
}

function rows(title: string, told: readonly (readonly [string, number, number])[]): HTMLElement {
  const cells = (name: string, plane: number, legal: number): HTMLElement[] => [
    element("th", { scope: "row" }, name),
    element("td", {}, number(plane, 2)),
    element("td", {}, number(legal, 1)),
  ];
  const sum = (index: 1 | 2): number => told.reduce((total, row) => total + row[index], 0);
  return element(
    "tbody",
    {},
    element("tr", { class: "desk-group" }, element("th", { scope: "rowgroup", colspan: 3 }, title)),
    ...told.map((row) => element("tr", {}, ...cells(...row))),
    told.length > 1 && element("tr", { class: "desk-sum" }, ...cells(text("desk_sum"), sum(1), sum(2))),
  );
}
