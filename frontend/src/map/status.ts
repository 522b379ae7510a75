/** Whether what is seen is live. */
import { element } from "../shared/dom";
import { clock } from "../shared/format";
import type { LiveState } from "../shared/live";
import { text } from "../shared/texts";

/** Show *state* in *badge*: a dot and words, so that colour alone says nothing. */
export function showState(badge: HTMLElement, state: LiveState): void {
  badge.dataset.state = state.name;
  badge.replaceChildren(element("span", { class: "dot", "aria-hidden": "true" }), words(state));
}

function words(state: LiveState): string {
  switch (state.name) {
    case "live":
      return text("live");
    case "lost":
      return text("live_lost", { time: clock(state.since) });
    default:
      return text("live_connecting");
  }
}
