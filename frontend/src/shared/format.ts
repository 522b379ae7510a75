/** Numbers, moments and places as Vietnamese readers write them: decimal comma, dd/mm/yyyy, Indochina time. */

const ZONE = "Asia/Ho_Chi_Minh";

const MOMENT = new Intl.DateTimeFormat("en-GB", {
  timeZone: ZONE,
  day: "2-digit",
  month: "2-digit",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});

/** "1.234,5"; *digits* after the comma at most. */
export function number(value: number, digits = 2): string {
  const rounded = Object.is(Number(value.toFixed(digits)), -0) ? 0 : value;
  const text = new Intl.NumberFormat("de-DE", { maximumFractionDigits: digits }).format(rounded);
  return text.replace("-", "−");
}

/** "13:00 07/09/2024" in Indochina time. */
export function moment(when: Date): string {
  const part = parts(when);
  return `${part("hour")}:${part("minute")} ${part("day")}/${part("month")}/${part("year")}`;
}

/** "13:00" in Indochina time. */
export function clock(when: Date): string {
  const part = parts(when);
  return `${part("hour")}:${part("minute")}`;
}

/** "07/09/2024" from an ISO date ("2024-09-07") or moment. */
export function day(iso: string): string {
  const [year, month, date] = iso.length > 10 ? localDay(new Date(iso)) : iso.split("-");
  return `${date}/${month}/${year}`;
}

/** "20,9500°B 107,0800°Đ". */
export function degrees(lon: number, lat: number, digits = 4): string {
  const fixed = (value: number): string => Math.abs(value).toFixed(digits).replace(".", ",");
  return `${fixed(lat)}°${lat < 0 ? "N" : "B"} ${fixed(lon)}°${lon < 0 ? "T" : "Đ"}`;
}

/** Metres of the grid with a thin space between thousands: "2 317 566". */
export function metres(value: number): string {
  return Math.round(value).toString().replace(/\B(?=(\d{3})+$)/g, "\u2009");
}

/** How long ago, in the coarsest unit that is at least one: [2, "minute"]. Clocks that run ahead count as now. */
export function age(when: Date, now: Date): [count: number, unit: "second" | "minute" | "hour" | "day"] {
  const seconds = Math.max(0, Math.floor((now.getTime() - when.getTime()) / 1000));
  if (seconds < 60) return [seconds, "second"];
  if (seconds < 3600) return [Math.floor(seconds / 60), "minute"];
  if (seconds < 86400) return [Math.floor(seconds / 3600), "hour"];
  return [Math.floor(seconds / 86400), "day"];
}

function parts(when: Date): (type: Intl.DateTimeFormatPartTypes) => string {
  const found = MOMENT.formatToParts(when);
  return (type) => found.find((part) => part.type === type)?.value ?? "";
}

function localDay(when: Date): [string, string, string] {
  const part = parts(when);
  return [part("year"), part("month"), part("day")];
}
