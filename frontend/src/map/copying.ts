/** Puts texts into the clipboard, and says so. */
import { byId } from "../shared/dom";
import { text } from "../shared/texts";

const SHOWN_MS = 2500;
let timer = 0;

/** Copy *words*; the page says that they were copied, or shows them where the browser refuses. */
export function copy(words: string): void {
  // Only pages of this machine and of https may write to the clipboard; elsewhere the words can be taken by hand.
  const clipboard = navigator.clipboard as Clipboard | undefined;
  if (!clipboard) {
    say(words);
    return;
  }
  clipboard.writeText(words).then(
    () => {
      say(text("copied", { words }));
    },
    () => {
      say(words);
    },
  );
}

/** Tell *words* for a moment. */
export function say(words: string): void {
  const room = byId("toast");
  room.textContent = words;
  room.classList.add("shown");
  window.clearTimeout(timer);
  timer = window.setTimeout(() => {
    room.classList.remove("shown");
  }, SHOWN_MS);
}
