import { expect, test } from "vitest";
import type { Rule, StyleConfig } from "../shared/config";
import { denominator, drawnAt, labelAt, rgba, ruleFinder } from "./rules";

const rule = (title: string, values: (string | number)[]): Rule => ({
  title,
  values,
  fill: "#aabbcc",
  fill_opacity: 1,
  stroke: null,
  stroke_width: 1,
  dash: [],
  marker: null,
  size: 8,
  max_scale: null,
  min_scale: null,
});

const style: StyleConfig = {
  name: "kind",
  title: "By kind",
  field: "kind",
  rules: [rule("one", [1, "CLN"]), rule("others", [])],
  labels: [{ field: "name", size: 10, colour: "#000000", halo: "#ffffff", max_scale: 3000, placement: "point" }],
};

test("a value finds its own rule, whether the tile brings a number or a text", () => {
  const find = ruleFinder(style);
  expect(find(1)?.title).toBe("one");
  expect(find("1")?.title).toBe("one");
  expect(find("CLN")?.title).toBe("one");
});

test("every other value, also none, falls under the rule without values", () => {
  const find = ruleFinder(style);
  expect(find("ONT")?.title).toBe("others");
  expect(find(undefined)?.title).toBe("others");
  expect(ruleFinder({ ...style, rules: style.rules.slice(0, 1) })("ONT")).toBeUndefined();
});

test("limits of scale include their ends", () => {
  expect(drawnAt(3000, { max_scale: 3000, min_scale: null })).toBe(true);
  expect(drawnAt(3001, { max_scale: 3000, min_scale: null })).toBe(false);
  expect(drawnAt(999, { max_scale: null, min_scale: 1000 })).toBe(false);
  expect(labelAt(style, 2000)?.field).toBe("name");
  expect(labelAt(style, 4000)).toBeUndefined();
});

test("the scale is true at the latitude of the view", () => {
  expect(denominator(0.28, 0)).toBeCloseTo(1000, 6);
  expect(denominator(0.28, 60)).toBeCloseTo(500, 6);
});

test("colours carry their opacity", () => {
  expect(rgba("#0b7a75", 0.5)).toBe("rgba(11, 122, 117, 0.5)");
});
