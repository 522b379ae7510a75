import { beforeEach, expect, test, vi } from "vitest";
import { LiveFeed, type LiveEvent, type LiveState } from "./live";

/** The browser's end of a stream, played by the test. */
class Stream {
  static opened: Stream[] = [];
  static readonly CONNECTING = 0;
  static readonly CLOSED = 2;
  readyState = 1;
  onopen: () => void = () => undefined;
  onerror: () => void = () => undefined;
  private readonly heard = new Map<string, (message: { data: string; lastEventId: string }) => void>();

  constructor(readonly url: string) {
    Stream.opened.push(this);
  }

  addEventListener(name: string, listener: (message: { data: string; lastEventId: string }) => void): void {
    this.heard.set(name, listener);
  }

  say(name: string, id: number, event: Partial<LiveEvent> = {}): void {
    this.heard.get(name)?.({ data: JSON.stringify(event), lastEventId: String(id) });
  }

  lose(state: number): void {
    this.readyState = state;
    this.onerror();
  }

  close(): void {
    this.readyState = Stream.CLOSED;
  }
}

const ADDRESSES = { url: "/live/", snapshot: "/live/snapshot" };
let states: LiveState["name"][];
let told: [string, string][];
let snapshots: number;
let asOf: number;

beforeEach(() => {
  vi.useFakeTimers();
  [states, told, snapshots, asOf, Stream.opened] = [[], [], 0, 40, []];
  vi.stubGlobal("EventSource", Stream);
  vi.stubGlobal("window", { setTimeout, clearTimeout, addEventListener: () => undefined });
  vi.stubGlobal("fetch", () => Promise.resolve({ ok: true, json: () => Promise.resolve({ as_of: asOf, topics: {} }) }));
});

async function started(): Promise<Stream> {
  new LiveFeed(ADDRESSES, ["assets", "storms"], {
    snapshot: () => snapshots++,
    event: (topic, event) => told.push([topic, event.key]),
    state: (state) => states.push(state.name),
  }).start();
  await vi.advanceTimersByTimeAsync(0);
  Stream.opened[0]!.onopen();
  return Stream.opened[0]!;
}

test("the feed goes on from where the snapshot ends", async () => {
  const stream = await started();
  expect(stream.url).toBe("/live/?topics=assets,storms&after=40");
  stream.say("assets", 41, { key: "CN-01" });
  expect(told).toEqual([["assets", "CN-01"]]);
  expect(states).toEqual(["connecting", "live"]);
});

test("a line that stays broken is told, and its return too", async () => {
  const stream = await started();
  stream.lose(Stream.CONNECTING);
  expect(states.at(-1)).toBe("live");
  await vi.advanceTimersByTimeAsync(10_000);
  expect(states.at(-1)).toBe("lost");
  stream.onopen();
  expect(states.at(-1)).toBe("live");
  expect(Stream.opened).toHaveLength(1);
});

test("a line that comes back at once was never lost", async () => {
  const stream = await started();
  stream.lose(Stream.CONNECTING);
  await vi.advanceTimersByTimeAsync(3_000);
  stream.onopen();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(states).not.toContain("lost");
});

test("a stream that the browser gave up is opened again after the last event seen", async () => {
  const stream = await started();
  stream.say("storms", 57, { key: "1" });
  stream.lose(Stream.CLOSED);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(Stream.opened.at(-1)!.url).toBe("/live/?topics=assets,storms&after=57");
  expect(snapshots).toBe(1);
});

test("whoever was away for too long starts over from a new snapshot", async () => {
  const stream = await started();
  asOf = 900;
  stream.say("reset", 900);
  await vi.advanceTimersByTimeAsync(0);
  expect(snapshots).toBe(2);
  expect(stream.readyState).toBe(Stream.CLOSED);
  expect(Stream.opened.at(-1)!.url).toBe("/live/?topics=assets,storms&after=900");
});

test("a snapshot that fails is asked for again, ever more slowly", async () => {
  const fails = vi.fn(() => Promise.resolve({ ok: false, status: 503 }));
  vi.stubGlobal("fetch", fails);
  new LiveFeed(ADDRESSES, ["assets"], { snapshot: () => undefined, event: () => undefined, state: (state) => states.push(state.name) }).start();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(states.at(-1)).toBe("lost");
  expect(fails.mock.calls.length).toBeGreaterThan(3);
  expect(fails.mock.calls.length).toBeLessThan(12);
});

test("a place in the feed that is refused again and again is given up for a new snapshot", async () => {
  await started();
  for (let refusal = 0; refusal < 5; refusal++) {
    Stream.opened.at(-1)!.lose(Stream.CLOSED);
    await vi.advanceTimersByTimeAsync(60_000);
  }
  expect(snapshots).toBeGreaterThan(1);
});
