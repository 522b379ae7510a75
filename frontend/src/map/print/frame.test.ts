import { expect, test } from "vitest";
import type { PrintConfig, PrintSheet } from "../../shared/config";
import { toGrid } from "../../shared/grid";
import { groundSize, nearestScale, corners, printable, printAddress } from "./frame";

const sheet: PrintSheet = { paper: "A4", orientation: "portrait", width: 179, height: 181 };
const scales = [500, 1_000, 2_000, 5_000, 10_000, 25_000];

test("a frame has the paper's size times the scale, with its middle where it was put", () => {
  const ring = corners([430_000, 2_317_000], sheet, 1_000).map(([lon, lat]) => toGrid(lon, lat));
  const [easts, norths] = [ring.map(([east]) => east), ring.map(([, north]) => north)];
  expect(Math.max(...easts) - Math.min(...easts)).toBeCloseTo(179, 2);
  expect(Math.max(...norths) - Math.min(...norths)).toBeCloseTo(181, 2);
  expect((Math.max(...easts) + Math.min(...easts)) / 2).toBeCloseTo(430_000, 2);
  expect(groundSize(sheet, 25_000)).toEqual([4475, 4525]);
});

test("the nearest scale is the one at which the frame fills the screen and is seen on it", () => {
  expect(nearestScale(scales, sheet, 400, 181)).toBe(1_000);
  expect(nearestScale(scales, sheet, 360, 700)).toBe(2_000);
  expect(nearestScale(scales, sheet, 4_000, 3_000)).toBe(10_000);
  expect(nearestScale(scales, sheet, 1, 1)).toBe(500);
  expect(nearestScale(scales, sheet, 1e6, 1e6)).toBe(25_000);
});

test("the middle must lie where the grid is true", () => {
  const config = { within: [200_000, 1_900_000, 800_000, 2_700_000] } as unknown as PrintConfig;
  expect(printable([430_000, 2_317_000], config)).toBe(true);
  expect(printable([430_000, 1_800_000], config)).toBe(false);
});

test("the address holds every choice, and a title with any letters in it", () => {
  const address = printAddress("/print", { layers: ["communes", "parcels"], sheet, scale: 1000, middle: [430_127.5655, 2_317_566.4], grid: "lines", title: " Thửa 12 & 34? ", language: "vi" });
  const query = new URLSearchParams(address.split("?")[1]);
  expect(Object.fromEntries(query)).toEqual({
    layers: "communes,parcels",
    scale: "1000",
    paper: "A4",
    orientation: "portrait",
    center: "430127.566,2317566.400",
    grid: "lines",
    language: "vi",
    title: "Thửa 12 & 34?",
  });
});
