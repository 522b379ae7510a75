import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { englishTexts, missing, translatedTexts } from "./texts";

const ROOT = resolve(import.meta.dirname, "../..");
const ENGLISH = "gis/web/pages/texts.py";
const VIETNAMESE = "gis/web/locale/vi/LC_MESSAGES/django.po";
const english = `    "search": _("Search"),\n    "hint": _(\n        "Click, then"\n        " say \\"so\\"."\n    ),\n`;
const vietnamese = `msgid "Search"\nmsgstr "Tìm kiếm"\n\nmsgid ""\n"Click, then"\n" say \\"so\\"."\nmsgstr "Bấm"\n`;

test("texts in both languages are not missed", () => {
  expect(missing(['text("search"); text(`hi${x}`)', 'text(a === "b" ? "hint" : "search", { hint: "x" })'], english, vietnamese)).toEqual([]);
});

test("adjoining literals and escapes are read as one text", () => {
  expect(englishTexts(english).get("hint")).toBe('Click, then say "so".');
  expect(translatedTexts(vietnamese).get('Click, then say "so".')).toBe("Bấm");
});

test.each([
  ["a key that the page does not bring", 'text("serach")', english, vietnamese, "serach"],
  ["a computed key that nothing can be", "text(`storm_${x}`)", english, vietnamese, "storm_…"],
  ["a text that is not for gettext", 'text("search")', english.replace('_("Search")', '"Search"'), vietnamese, "search: no English"],
  ["an empty English", 'text("search")', english.replace("Search", ""), vietnamese, "search: no English"],
  ["no Vietnamese", 'text("search")', english, vietnamese.replace("Search", "Find"), "“Search” has no Vietnamese"],
  ["an empty Vietnamese", 'text("search")', english, vietnamese.replace("Tìm kiếm", ""), "“Search” has no Vietnamese"],
  ["a fuzzy Vietnamese", 'text("search")', english, `#, fuzzy\n${vietnamese}`, "“Search” has no Vietnamese"],
])("%s is told", (_what, script, texts, catalogue, told) => {
  expect(missing([script], texts, catalogue).join("\n")).toContain(told);
});

/** A checkout with what the build reads of texts. */
let checkout = "";

beforeAll(() => {
  checkout = mkdtempSync(join(tmpdir(), "halong-texts-"));
  for (const path of [ENGLISH, "land/desk/texts.py", VIETNAMESE, "frontend/package.json", "frontend/build/texts.ts", "frontend/src"]) {
    mkdirSync(dirname(join(checkout, path)), { recursive: true });
    cpSync(join(ROOT, path), join(checkout, path), { recursive: true });
  }
  symlinkSync(join(ROOT, "frontend/node_modules"), join(checkout, "frontend/node_modules"));
});

afterAll(() => {
  rmSync(checkout, { recursive: true });
});

test.each(["build", "check"])("npm run %s fails where a text of the scripts has lost its Vietnamese", (command) => {
  const catalogue = readFileSync(join(ROOT, VIETNAMESE), "utf8");
  const emptied = catalogue.replace(/(\nmsgid "Search"\nmsgstr) "[^"]+"/, '$1 ""');
  expect(emptied).not.toBe(catalogue);
  writeFileSync(join(checkout, VIETNAMESE), emptied);
  const run = spawnSync("npm", ["run", command], { cwd: join(checkout, "frontend"), encoding: "utf8" });
  expect(run.status).not.toBe(0);
  expect(run.stderr).toContain("search: “Search” has no Vietnamese");
}, 20_000);
