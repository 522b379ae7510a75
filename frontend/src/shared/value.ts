/** A property's value as a reader sees it. */
import type { FieldConfig } from "./config";
import { day, moment, number } from "./format";
import { text } from "./texts";

/** *value* in words, with its unit; a dash where nothing is known. */
export function shown(field: FieldConfig, value: unknown): string {
  if (value === null || value === undefined || value === "") return text("none");
  const word = field.values[plain(value)];
  return word ?? withUnit(written(field, value), field.unit);
}

function written(field: FieldConfig, value: unknown): string {
  switch (field.kind) {
    case "boolean":
      return text(value === true || value === "true" ? "yes" : "no");
    case "number":
      return number(Number(value));
    case "date":
      return day(plain(value));
    case "datetime":
      return moment(new Date(plain(value)));
    default:
      return plain(value);
  }
}

function withUnit(written: string, unit: string): string {
  return unit ? `${written}\u00a0${unit}` : written;
}

function plain(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
