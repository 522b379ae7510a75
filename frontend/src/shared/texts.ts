/** The words of the interface. They come with the page, in the reader's language (`gis/web/pages/texts.py`). */

let words: Readonly<Record<string, string>> = {};

/** To be called once, before anything is shown. */
export function useTexts(texts: Readonly<Record<string, string>>): void {
  words = texts;
}

/** The text of *key*, its {braces} filled with *values*. Throws for a key that the page did not bring. */
export function text(key: string, values: Readonly<Record<string, string | number>> = {}): string {
  const pattern = words[key];
  if (pattern === undefined) throw new Error(`No text for ${key}.`);
  return pattern.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ""));
}
