/**
 * Numbers, moments and places as readers of the page's language write them: in Vietnamese with a decimal comma, in
 * English with a point; days as dd/mm/yyyy and Indochina time in both.
 */

/** How numbers and hemispheres are written in a language. */
interface Manner {
  /** A language that writes numbers so: Chromium does not always know Vietnamese. */
  readonly numbers: string;
  readonly point: string;
  readonly north: string;
  readonly south: string;
  readonly east: string;
  readonly west: string;
}

const VIETNAMESE: Manner = { numbers: "de-DE", point: ",", north: "B", south: "N", east: "Đ", west: "T" };
const ENGLISH: Manner = { numbers: "en-GB", point: ".", north: "N", south: "S", east: "E", west: "W" };
let manner = VIETNAMESE;

/** To be called once, before anything is shown. */
export function useLanguage(language: string): void {
  manner = language.startsWith("en") ? ENGLISH : VIETNAMESE;
}

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

/** "1.234,5" or "1,234.5"; *digits* after the comma at most. */
export function number(value: number, digits = 2): string {
  const rounded = Object.is(Number(value.toFixed(digits)), -0) ? 0 : value;
  const text = new Intl.NumberFormat(manner.numbers, { maximumFractionDigits: digits }).format(rounded);
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

/** "107,5°Đ". */
export function meridian(lon: number): string {
  return `${number(Math.abs(lon))}°${lon < 0 ? manner.west : manner.east}`;
}

/** "20,5°B". */
export function parallel(lat: number): string {
  return `${number(Math.abs(lat))}°${lat < 0 ? manner.south : manner.north}`;
}

/** "20,9500°B 107,0800°Đ". */
export function degrees(lon: number, lat: number, digits = 4): string {
  const fixed = (value: number): string => `${Math.abs(value).toFixed(digits).replace(".", manner.point)}°`;
  return bothAxes(lon, lat, fixed);
}

/** "20°57′00,0″B 107°04′48,0″Đ". */
export function sexagesimal(lon: number, lat: number): string {
  const angle = (value: number): string => {
    const tenths = Math.round(Math.abs(value) * 36_000);
    const two = (part: number): string => String(part).padStart(2, "0");
    const seconds = (tenths % 600) / 10;
    return `${Math.floor(tenths / 36_000)}°${two(Math.floor(tenths / 600) % 60)}′${seconds.toFixed(1).padStart(4, "0").replace(".", manner.point)}″`;
  };
  return bothAxes(lon, lat, angle);
}

function bothAxes(lon: number, lat: number, written: (value: number) => string): string {
  return `${written(lat)}${lat < 0 ? manner.south : manner.north} ${written(lon)}${lon < 0 ? manner.west : manner.east}`;
}

/** A distance given in metres: "345,6 m", "1,23 km", "1.234 km". */
export function distance(value: number): string {
  if (value < 1000) return `${number(value, 1)} m`;
  return `${number(value / 1000, value < 100_000 ? 2 : 0)} km`;
}

/** An area given in square metres: "345,6 m²", "1,23 ha", "12,3 km²". */
export function area(value: number): string {
  if (value < 10_000) return `${number(value, 1)} m²`;
  return value < 1_000_000 ? `${number(value / 10_000, 2)} ha` : `${number(value / 1_000_000, 2)} km²`;
}

/** "1:25.000": two figures of a scale's denominator are all that a screen can promise. */
export function scaleText(denominator: number): string {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(denominator)) - 1);
  return `1:${number(Math.round(denominator / step) * step, 0)}`;
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
