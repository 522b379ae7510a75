/** Shortcuts of the keyboard, and the page that tells of them. */
import { element } from "../shared/dom";
import { text } from "../shared/texts";

export interface Shortcut {
  /** As `KeyboardEvent.key` gives it. */
  readonly key: string;
  readonly title: string;
  act(): void;
}

/**
 * Listen to *shortcuts* while the focus is on the map or nowhere: letters typed elsewhere are letters, and programs
 * that speak for their user are not surprised.
 */
export function listenTo(shortcuts: readonly Shortcut[], map: HTMLElement): void {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target !== document.body && event.target !== map) return;
    const shortcut = shortcuts.find((one) => one.key === event.key.toLowerCase());
    if (!shortcut) return;
    event.preventDefault();
    shortcut.act();
  });
}

/** A dialog that lists *shortcuts* after the keys that always work. */
export function helpDialog(shortcuts: readonly Shortcut[]): HTMLDialogElement {
  const usual: [keys: string, title: string][] = [
    ["← ↑ → ↓", text("help_arrows")],
    ["+  −", text("help_plus_minus")],
    ["Enter", text("help_enter")],
    ["Ctrl+Enter", text("help_ctrl_enter")],
    ["Esc", text("help_escape")],
  ];
  const rows = [...usual, ...shortcuts.map(({ key, title }): [string, string] => [key.toUpperCase(), title])];
  const closer = element("button", { type: "button", class: "close", "aria-label": text("close") });
  const dialog = element(
    "dialog",
    { class: "help", "aria-labelledby": "help-title" },
    element("header", { class: "tool-head" }, element("h2", { id: "help-title" }, text("help")), closer),
    element("dl", { class: "keys" }, ...rows.flatMap(([keys, title]) => [element("dt", {}, element("kbd", {}, keys)), element("dd", {}, title)])),
  );
  closer.addEventListener("click", () => {
    dialog.close();
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  return dialog;
}
