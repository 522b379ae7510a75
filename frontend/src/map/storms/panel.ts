/** The storm in words: what it is now, and what it was at every fix. */
import type { LayerConfig, Rule } from "../../shared/config";
import { element } from "../../shared/dom";
import { degrees, moment, number } from "../../shared/format";
import { text } from "../../shared/texts";
import { ruleFinder } from "../rules";
import { dark } from "./drawing";
import { direction, motion, STILL_KMH, type Fix, type Storm } from "./tracks";

export interface StormPanelListener {
  /** The reader chose the fix at this place of the list. */
  select(index: number): void;
  /** The reader chose another storm. */
  choose(id: string): void;
  /** The reader wants to see the whole storm. */
  show(): void;
}

export class StormPanel {
  private readonly title = element("h2", { class: "storm-name" });
  private readonly choice = element("select", { class: "storm-choice", "aria-label": text("storm_choice") });
  private readonly briefing = element("a", { class: "storm-briefing", target: "_blank" }, text("storm_briefing"));
  private readonly badge = element("p", { class: "storm-class" });
  private readonly facts = element("dl", { class: "storm-facts" });
  private readonly ribbon = element("div", { class: "storm-ribbon", "aria-hidden": "true" });
  private readonly slider = element("input", { type: "range", min: 0, step: 1, class: "storm-time", "aria-label": text("storm_time") });

  constructor(
    private readonly room: HTMLElement,
    /** One line that stays visible when the panel is closed. */
    private readonly brief: HTMLElement,
    private readonly config: LayerConfig | undefined,
    listener: StormPanelListener,
  ) {
    this.slider.addEventListener("input", () => {
      listener.select(Number(this.slider.value));
    });
    const finder = element("button", { type: "button", class: "link" }, text("follow_storm"));
    finder.addEventListener("click", () => {
      listener.show();
    });
    this.choice.addEventListener("change", () => {
      listener.choose(this.choice.value);
    });
    room.replaceChildren(element("header", { class: "storm-head" }, this.title, this.choice, finder, this.briefing), this.badge, this.facts, element("div", { class: "storm-times" }, this.ribbon, this.slider));
  }

  /** Tell of *storm*, one of *all*, at the fix *selected*; hide where there is no storm. */
  show(storm: Storm | undefined, selected: number, all: readonly Storm[]): void {
    this.room.hidden = !storm;
    const fix = storm?.fixes[selected];
    this.brief.textContent = storm && fix ? `${storm.name} · ${this.levelOf(fix)} · ${moment(fix.time)}` : "";
    if (!storm || !fix) return;
    this.title.textContent = stormTitle(storm);
    this.briefing.href = `/disaster/storms/${storm.id}/briefing.html`;
    this.slider.max = String(storm.fixes.length - 1);
    this.slider.value = String(selected);
    this.slider.setAttribute("aria-valuetext", moment(fix.time));
    this.title.hidden = all.length > 1;
    this.choice.hidden = all.length < 2;
    this.choice.replaceChildren(...all.map((one) => new Option(`${stormTitle(one)}, ${one.season ?? ""}`, one.id, false, one === storm)));
    this.room.classList.toggle("exercise", storm.exercise);
    this.showClass(fix);
    this.showRibbon(storm, selected);
    const before = storm.fixes[selected - 1];
    this.facts.replaceChildren(...fixFacts(fix, before).flatMap(([term, words]) => [element("dt", {}, term), element("dd", {}, words)]));
  }

  /** The storm's life in bars: as high as its level, in the colour of its class. */
  private showRibbon(storm: Storm, selected: number): void {
    this.ribbon.replaceChildren(
      ...storm.fixes.map((fix, index) => {
        const bar = element("span", { class: index === selected ? "now" : "" });
        bar.style.height = `${10 + (fix.level ?? 0) * 5}%`;
        bar.style.background = this.classOf(fix)?.fill ?? "#888888";
        return bar;
      }),
    );
  }

  private levelOf(fix: Fix): string {
    return fix.level === null ? "–" : text("storm_level", { level: fix.level });
  }

  private classOf(fix: Fix): Rule | undefined {
    return this.config && ruleFinder(this.config.style)(fix.windClass);
  }

  private showClass(fix: Fix): void {
    const rule = this.classOf(fix);
    const tint = rule?.fill ?? "#888888";
    this.badge.style.setProperty("--class", tint);
    this.badge.dataset.ink = dark(tint) ? "light" : "dark";
    this.badge.replaceChildren(
      element("span", { class: "storm-level" }, this.levelOf(fix)),
      element("span", {}, rule?.title ?? ""),
    );
  }
}

/** "Bão số 3 · YAGI"; an exercise says in its name that it is one. */
export function stormTitle(storm: Storm): string {
  const numbered = storm.number === null ? "" : text("storm_number", { number: storm.number });
  return [numbered, storm.name].filter(Boolean).join(" · ");
}

function fixFacts(fix: Fix, before: Fix | undefined): [string, string][] {
  const { wind_kt: wind, wind_averaging_minutes: minutes, pressure_hpa: pressure } = fix.properties as Record<string, number | null>;
  const facts: [string, string][] = [
    [text("storm_when"), moment(fix.time)],
    [text("storm_where"), degrees(...fix.place, 1)],
  ];
  if (typeof wind === "number") facts.push([text("storm_wind"), text("storm_wind_value", { knots: wind, kmh: Math.round(wind * 1.852), minutes: minutes ?? "?" })]);
  if (typeof pressure === "number") facts.push([text("storm_pressure"), text("storm_pressure_value", { hpa: pressure })]);
  const moved = before && motion(before, fix);
  if (moved) facts.push([text("storm_motion"), moved.kmh < STILL_KMH ? text("storm_still") : text("storm_moving", { direction: text(`direction_${direction(moved.course)}`), speed: number(moved.kmh, 0) })]);
  return facts;
}
