import { expect, test } from "vitest";
import { age, clock, day, degrees, meridian, metres, moment, number, parallel, area, distance, scaleText, sexagesimal, useLanguage } from "./format";

test("numbers have a decimal comma and points between thousands", () => {
  expect(number(1234.5)).toBe("1.234,5");
  expect(number(0.126)).toBe("0,13");
  expect(number(-12)).toBe("−12");
  expect(number(-0.001)).toBe("0");
});

test("moments are told in Indochina time, day before month", () => {
  expect(moment(new Date("2024-09-07T06:00:00Z"))).toBe("13:00 07/09/2024");
  expect(moment(new Date("2024-09-07T18:00:00Z"))).toBe("01:00 08/09/2024");
  expect(clock(new Date("2024-09-07T17:05:00Z"))).toBe("00:05");
});

test("a date keeps its day, a moment takes the day of Indochina", () => {
  expect(day("2024-09-07")).toBe("07/09/2024");
  expect(day("2024-09-07T18:00:00Z")).toBe("08/09/2024");
});

test("degrees name their halves of the globe in Vietnamese", () => {
  expect(degrees(107.08, 20.95)).toBe("20,9500°B 107,0800°Đ");
  expect(degrees(-179.5, -3, 1)).toBe("3,0°N 179,5°T");
});

test("meridians and parallels name their halves in the reader's language", () => {
  expect([meridian(107.5), meridian(-3), parallel(20.25), parallel(-1)]).toEqual(["107,5°Đ", "3°T", "20,25°B", "1°N"]);
  useLanguage("en");
  expect([meridian(107.5), meridian(-3), parallel(20.25), parallel(-1)]).toEqual(["107.5°E", "3°W", "20.25°N", "1°S"]);
  useLanguage("vi");
});

test("grid metres are grouped", () => {
  expect(metres(2317566.472)).toBe("2\u2009317\u2009566");
  expect(metres(430127.566)).toBe("430\u2009128");
});

test("an age takes its coarsest unit and never lies in the future", () => {
  const now = new Date("2024-09-07T06:00:00Z");
  expect(age(new Date("2024-09-07T05:57:30Z"), now)).toEqual([2, "minute"]);
  expect(age(new Date("2024-09-07T03:00:00Z"), now)).toEqual([3, "hour"]);
  expect(age(new Date("2024-09-05T05:00:00Z"), now)).toEqual([2, "day"]);
  expect(age(new Date("2024-09-07T06:00:09Z"), now)).toEqual([0, "second"]);
});

test("English pages write a decimal point and English hemispheres", () => {
  useLanguage("en");
  expect(number(1234.5)).toBe("1,234.5");
  expect(degrees(107.08, 20.95)).toBe("20.9500°N 107.0800°E");
  expect(sexagesimal(107.08, 20.95)).toBe("20°57′00.0″N 107°04′48.0″E");
  useLanguage("vi");
  expect(number(1234.5)).toBe("1.234,5");
});

test("degrees with minutes and seconds carry over", () => {
  expect(sexagesimal(107.08, 20.95)).toBe("20°57′00,0″B 107°04′48,0″Đ");
  expect(sexagesimal(-0.5, -19.99999999)).toBe("20°00′00,0″N 0°30′00,0″T");
});

test("measures have a unit that fits their size", () => {
  expect([distance(0), distance(345.67), distance(1234.5), distance(1_234_567)]).toEqual(["0 m", "345,7 m", "1,23 km", "1.235 km"]);
  expect([area(345.67), area(12_345), area(12_345_678)]).toEqual(["345,7 m²", "1,23 ha", "12,35 km²"]);
  expect([scaleText(24_871), scaleText(1_234_567), scaleText(503.2)]).toEqual(["1:25.000", "1:1.200.000", "1:500"]);
});
