/** The column of tools beside the map: plain buttons, and tools that open a panel of their own, one at a time. */
import { element, shape } from "../shared/dom";
import { text } from "../shared/texts";

interface Tool {
  /** What it is called in the page's markup. */
  readonly name: string;
  /** What it is called by people: `text("…")`. */
  readonly title: string;
  /** Outline of its icon, a path in a square of 24 units. */
  readonly icon: string;
  /** Key that does the same, told in the tooltip and to screen readers. */
  readonly key?: string;
}

export interface ButtonTool extends Tool {
  act(): void;
}

export interface PanelTool extends Tool {
  /** What the panel holds; the toolbar gives it a heading and a button that closes it. */
  readonly content: HTMLElement;
  opened?(): void;
  closed?(): void;
}

/** A tool that may be opened and closed from elsewhere. */
export interface OpenTool {
  open(): void;
  close(): void;
  readonly isOpen: boolean;
}

export class Toolbar {
  private current: OpenTool | undefined;

  /** Buttons stand in *room*, panels in *drawer*. */
  constructor(
    private readonly room: HTMLElement,
    private readonly drawer: HTMLElement,
  ) {
    drawer.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      this.close();
    });
  }

  /** Add a button that does something at once. */
  button(tool: ButtonTool): HTMLButtonElement {
    const button = toolButton(tool);
    button.addEventListener("click", () => {
      tool.act();
    });
    this.room.append(button);
    return button;
  }

  /** Add a button that opens and closes a panel; opening one closes the other. */
  panel(tool: PanelTool): OpenTool {
    const button = toolButton(tool);
    const panel = panelOf(tool, () => {
      this.close();
    });
    button.setAttribute("aria-expanded", "false");
    button.setAttribute("aria-controls", panel.id);
    const show = (shown: boolean): void => {
      panel.hidden = !shown;
      this.drawer.hidden = !shown;
      document.body.classList.toggle("with-tool", shown);
      button.setAttribute("aria-expanded", String(shown));
    };
    const made = {
      isOpen: false,
      open: (): void => {
        if (made.isOpen) return;
        this.current?.close();
        this.current = made;
        made.isOpen = true;
        show(true);
        tool.opened?.();
      },
      close: (): void => {
        if (!made.isOpen) return;
        const within = panel.contains(document.activeElement);
        this.current = undefined;
        made.isOpen = false;
        show(false);
        tool.closed?.();
        if (within) button.focus();
      },
    };
    button.addEventListener("click", () => {
      if (made.isOpen) made.close();
      else made.open();
    });
    this.room.append(button);
    this.drawer.append(panel);
    return made;
  }

  /** Close the panel that is open; false where none is. */
  close(): boolean {
    const open = this.current;
    open?.close();
    return open !== undefined;
  }
}

function toolButton(tool: Tool): HTMLButtonElement {
  const drawing = shape("svg", { viewBox: "0 0 24 24", width: 22, height: 22, class: "icon", "aria-hidden": "true" }, shape("path", { d: tool.icon }));
  return element(
    "button",
    { type: "button", class: "tool", "data-tool": tool.name, "aria-label": tool.title, title: tool.key ? `${tool.title} (${tool.key})` : tool.title, "aria-keyshortcuts": tool.key },
    drawing,
  );
}

function panelOf(tool: PanelTool, close: () => void): HTMLElement {
  const title = `tool-${tool.name}`;
  const closer = element("button", { type: "button", class: "close", "aria-label": text("close") });
  closer.addEventListener("click", close);
  return element(
    "section",
    { id: `${title}-panel`, class: "tool-panel", "aria-labelledby": title, hidden: true },
    element("header", { class: "tool-head" }, element("h2", { id: title }, tool.title), closer),
    tool.content,
  );
}
