/** Rows of the table and rows of the map point at each other. */
import type OlMap from "ol/Map";
import type { Rows } from "./rows";

const POINTED = "pointed";

export class TableRows {
  private readonly lines = new Map<string, HTMLElement>();

  constructor(
    private readonly map: OlMap,
    private readonly rows: Rows,
  ) {
    for (const line of document.querySelectorAll<HTMLElement>("tr[data-key]")) this.lines.set(line.dataset.key!, line);
  }

  /** Follow the pointer and the focus, once the rows are drawn. */
  join(): void {
    for (const [key, line] of this.lines) {
      line.addEventListener("mouseenter", () => { this.point(key); });
      line.addEventListener("focusin", () => { this.point(key); });
      line.addEventListener("mouseleave", () => { this.point(null); });
    }
    this.map.on("pointermove", (event) => {
      if (event.dragging) return;
      const key = this.rows.at(event.pixel);
      this.map.getTargetElement()?.classList.toggle("on-row", key !== null && this.lines.has(key));
      if (this.lines.size) this.point(key);
    });
    this.map.on("singleclick", (event) => {
      const line = this.lines.get(this.rows.at(event.pixel) ?? "");
      line?.scrollIntoView({ block: "center", inline: "nearest" });
      line?.querySelector("a")?.focus({ preventScroll: true });
    });
  }

  private point(key: string | null): void {
    for (const line of document.querySelectorAll(`tr.${POINTED}`)) line.classList.remove(POINTED);
    if (key !== null) this.lines.get(key)?.classList.add(POINTED);
    this.rows.mark(key);
  }
}
