/**
 * Whether every text of the scripts is there in both languages: its key in `gis/web/pages/texts.py` with its English,
 * and that English in the Vietnamese catalogue, neither empty nor fuzzy. `npm run check` and every build end where not.
 */
import { readFileSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "../..");
const SOURCES = resolve(import.meta.dirname, "../src");
const ENGLISH = "gis/web/pages/texts.py";
/** Texts of a domain's own page. */
const MORE_ENGLISH = ["land/desk/texts.py"];
const VIETNAMESE = "gis/web/locale/vi/LC_MESSAGES/django.po";

/** What the scripts ask for: a key, or what it begins and ends with where a part of it is computed. */
export interface Wanted {
  readonly start: string;
  readonly end: string | null;
}

/** One line for each text that is missing somewhere. */
export function missing(scripts: readonly string[], english: string, vietnamese: string): string[] {
  const texts = englishTexts(english);
  const translations = translatedTexts(vietnamese);
  const found: string[] = [];
  for (const { start, end } of scripts.flatMap(wantedIn)) {
    const known = [...texts.keys()].some((key) => (end === null ? key === start : key.startsWith(start) && key.endsWith(end)));
    if (!known) found.push(`${end === null ? start : `${start}…${end}`}: no such text in ${ENGLISH}`);
  }
  for (const [key, text] of texts) {
    if (!text) found.push(`${key}: no English in ${ENGLISH}`);
    else if (!translations.get(text)) found.push(`${key}: “${text}” has no Vietnamese in ${VIETNAMESE}, an empty or a fuzzy one`);
  }
  return [...new Set(found)];
}

/** The keys in calls of `text("…")`, `` text(`…${…}`) `` and `text(… ? "…" : "…")`. */
export function wantedIn(script: string): Wanted[] {
  const wanted: Wanted[] = [];
  for (const call of script.matchAll(/(?<![\w.]|function )text\(\s*/g)) {
    const rest = script.slice(call.index + call[0].length);
    const computed = /^`(\w*)\$\{[^`]*\}(\w*)`/.exec(rest);
    if (computed) wanted.push({ start: computed[1]!, end: computed[2]! });
    const argument = /^[^,)]*/.exec(rest)![0];
    for (const [, key] of argument.matchAll(/(?:^|[?:])\s*"(\w+)"/g)) wanted.push({ start: key!, end: null });
  }
  return wanted;
}

/** Key → English; empty where the value is no text for gettext. */
export function englishTexts(source: string): Map<string, string> {
  const texts = new Map<string, string>();
  const entry = /^\s*"(\w+)":\s*(?:(?:_|gettext)\(((?:\s*"(?:[^"\\\n]|\\.)*")+)\s*\))?/gm;
  for (const [, key, written] of source.matchAll(entry)) texts.set(key!, joined(written ?? ""));
  return texts;
}

/** English → Vietnamese of the entries that are translated and not fuzzy. */
export function translatedTexts(catalogue: string): Map<string, string> {
  const texts = new Map<string, string>();
  for (const entry of catalogue.split(/\n\s*\n/)) {
    const lines = entry.split("\n").filter((line) => !line.startsWith("#~"));
    if (lines.some((line) => line.startsWith("#,") && line.includes("fuzzy"))) continue;
    const text = lines.filter((line) => !line.startsWith("#")).join("\n");
    const parts = /^(?:msgctxt [^\n]*\n)?msgid ((?:\s*".*")+)\nmsgstr(?:\[0\])? ((?:\s*".*")+)/m.exec(text);
    if (parts) texts.set(joined(parts[1]!), joined(parts[2]!));
  }
  return texts;
}

/** Adjoining literals of Python or of a catalogue as one text. */
function joined(literals: string): string {
  return [...literals.matchAll(/"((?:[^"\\\n]|\\.)*)"/g)].map((part) => JSON.parse(`"${part[1]}"`) as string).join("");
}

function scriptsBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
    .map((name) => readFileSync(join(folder, name), "utf8"));
}

/** Ends the process with the texts that are missing, if any. */
function main(): void {
  const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");
  const found = missing(scriptsBelow(SOURCES), [ENGLISH, ...MORE_ENGLISH].map(read).join("\n"), read(VIETNAMESE));
  if (found.length === 0) return;
  console.error(`Texts of the scripts are missing:\n  ${found.join("\n  ")}`);
  process.exitCode = 1;
}

if (import.meta.main) main();
