/** The search box: a combobox over `/api/search/`, for places, numbers, names and coordinates. */
import { element } from "../shared/dom";
import { degrees } from "../shared/format";
import { text } from "../shared/texts";

/** Waiting for the next letter before the server is asked. */
const PAUSE_MS = 160;
const LIMIT = 12;
const SHORTEST = 2;

/** A result as `/api/search/` gives it. */
export interface Result {
  /** Null for coordinates. */
  readonly layer: string | null;
  readonly layer_title: string;
  readonly key: string;
  readonly title: string;
  readonly subtitle: string;
  readonly place: { readonly lon: number; readonly lat: number } | null;
  /** West, south, east, north in degrees. */
  readonly bbox: readonly [number, number, number, number] | null;
  /** Address of the page that tells all of it; null where there is none. */
  readonly page: string | null;
}

export class SearchBox {
  private readonly input = element("input", {
    type: "search", id: "search-text", role: "combobox", autocomplete: "off", spellcheck: "false", maxlength: 200, enterkeyhint: "search",
    "aria-expanded": "false", "aria-controls": "search-results", "aria-autocomplete": "list", "aria-label": text("search"), placeholder: text("search_hint"),
  });
  private readonly list = element("ul", { id: "search-results", class: "search-results", role: "listbox", "aria-label": text("search_results"), hidden: true });
  private readonly status = element("p", { class: "visually-hidden", role: "status" });
  private readonly note = element("p", { class: "search-note", hidden: true });
  private results: readonly Result[] = [];
  private active = -1;
  private timer = 0;
  private asking: AbortController | undefined;
  /** The text that the results belong to. */
  private answered = "";

  /** *mark* draws a result's layer; *choose* is called with what the reader wants to see. */
  constructor(
    room: HTMLElement,
    private readonly mark: (result: Result) => Node | null,
    private readonly choose: (result: Result) => void,
  ) {
    room.replaceChildren(this.input, this.list, this.note, this.status);
    this.input.addEventListener("input", () => {
      window.clearTimeout(this.timer);
      this.timer = window.setTimeout(() => void this.ask(), PAUSE_MS);
    });
    this.input.addEventListener("keydown", (event) => {
      this.key(event);
    });
    this.input.addEventListener("focus", () => {
      if (this.results.length && this.input.value.trim() === this.answered) this.open(true);
    });
    room.addEventListener("focusout", (event) => {
      if (!room.contains(event.relatedTarget as Node | null)) this.open(false);
    });
    // A press on an option must not take the focus from the text before the click arrives.
    this.list.addEventListener("pointerdown", (event) => {
      event.preventDefault();
    });
  }

  focus(): void {
    this.input.focus();
    this.input.select();
  }

  private key(event: KeyboardEvent): void {
    if (event.isComposing) return;
    const isOpen = !this.list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!isOpen && this.results.length) this.open(true);
      this.move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter") {
      event.preventDefault();
      void this.enter(event.ctrlKey || event.metaKey);
    } else if (event.key === "Escape") {
      event.stopPropagation();
      if (isOpen || !this.note.hidden) this.open(false);
      else this.clear();
    }
  }

  /** The option that is marked, else the first; asks first where the results are of an older text. */
  private async enter(page: boolean): Promise<void> {
    window.clearTimeout(this.timer);
    if (this.answered !== this.input.value.trim() && !(await this.ask())) return;
    const chosen = this.results[Math.max(this.active, 0)];
    if (chosen?.page && page) location.assign(chosen.page);
    else if (chosen) this.take(chosen);
  }

  private move(by: number): void {
    const count = this.results.length;
    if (!count) return;
    this.active = this.active < 0 ? (by > 0 ? 0 : count - 1) : (this.active + by + count) % count;
    [...this.list.children].forEach((option, index) => {
      option.setAttribute("aria-selected", String(index === this.active));
    });
    const option = this.list.children[this.active]!;
    this.input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  /** Ask the server for what stands in the box; an older question is dropped. True where this one was answered. */
  private async ask(): Promise<boolean> {
    this.asking?.abort();
    const words = this.input.value.trim();
    if (words.length < SHORTEST) {
      this.clear(false);
      return false;
    }
    const asking = (this.asking = new AbortController());
    try {
      const answer = await fetch(`/api/search/?${new URLSearchParams({ q: words, limit: String(LIMIT) })}`, { signal: asking.signal });
      if (!answer.ok) throw new Error(String(answer.status));
      const { results } = (await answer.json()) as { results: Result[] };
      if (asking.signal.aborted) return false;
      this.show(words, results);
      return true;
    } catch {
      if (!asking.signal.aborted) this.tell(text("search_failed"));
      return false;
    }
  }

  private show(words: string, results: readonly Result[]): void {
    this.answered = words;
    this.results = results;
    this.active = -1;
    this.input.removeAttribute("aria-activedescendant");
    this.list.replaceChildren(...results.map((result, index) => this.option(result, index)));
    if (results.length === 0) {
      this.tell(text("search_nothing", { words }));
      return;
    }
    this.status.textContent = text("search_count", { count: results.length });
    this.open(document.activeElement === this.input);
  }

  private option(result: Result, index: number): HTMLLIElement {
    const place = result.layer === null && result.place ? degrees(result.place.lon, result.place.lat, 5) : result.title;
    const option = element(
      "li",
      { id: `search-option-${index}`, role: "option", "aria-selected": "false", "data-layer": result.layer ?? "", "data-key": result.key },
      element("span", { class: "search-mark", "aria-hidden": "true" }, this.mark(result)),
      element("span", { class: "search-title" }, place),
      element("span", { class: "search-kind" }, result.layer_title),
      element("span", { class: "search-subtitle" }, result.subtitle),
    );
    // No link of its own: an option holds nothing that the focus could go to. Ctrl+Enter does the same.
    if (result.page) option.append(element("span", { class: "search-page", title: text("search_page"), "aria-hidden": "true" }, "↗"));
    option.addEventListener("click", (event) => {
      if (result.page && (event.target as Element).matches(".search-page")) {
        location.assign(result.page);
        return;
      }
      this.take(result);
    });
    return option;
  }

  private take(result: Result): void {
    this.open(false);
    this.input.value = result.layer === null ? this.input.value : result.title;
    this.answered = this.input.value.trim();
    this.choose(result);
  }

  private tell(words: string): void {
    this.results = [];
    this.open(false);
    this.note.hidden = false;
    this.note.textContent = words;
    this.status.textContent = words;
  }

  private open(shown: boolean): void {
    this.note.hidden = true;
    this.list.hidden = !shown;
    this.input.setAttribute("aria-expanded", String(shown));
    if (shown) return;
    this.active = -1;
    this.input.removeAttribute("aria-activedescendant");
  }

  private clear(text = true): void {
    this.asking?.abort();
    if (text) this.input.value = "";
    this.results = [];
    this.answered = "";
    this.status.textContent = "";
    this.open(false);
  }
}
