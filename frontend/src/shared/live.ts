/**
 * The live feed: a snapshot, then every later event by server-sent events, for as long as the page is open.
 *
 * A lost connection is resumed after the last event seen; a `reset` (we were away for too long) starts over
 * from a new snapshot. See docs/live.md for the wire format.
 */

export interface LiveEvent {
  readonly kind: string;
  readonly key: string;
  readonly payload: Readonly<Record<string, unknown>>;
  /** When it was announced, ISO 8601. */
  readonly at: string;
}

export interface Snapshot {
  /** Id of the newest event that the snapshot contains. */
  readonly as_of: number | string;
  readonly topics: Readonly<Record<string, unknown>>;
}

export type LiveState = { readonly name: "connecting" | "live" } | { readonly name: "lost"; readonly since: Date };

export interface LiveListener {
  /** The state of all topics; what was known before is to be forgotten. */
  snapshot(topics: Readonly<Record<string, unknown>>): void;
  event(topic: string, event: LiveEvent): void;
  state(state: LiveState): void;
}

/** Milliseconds before the first new try, and at most between two. */
const PATIENCE = { first: 1_000, most: 30_000 };

/** Milliseconds in which a line may come back before it is called lost: servers end streams every ten minutes. */
const GRACE = 8_000;
/** Streams refused in a row after which the place in the feed is given up for a new snapshot. */
const GIVE_UP = 4;

export class LiveFeed {
  private source: EventSource | undefined;
  private lastId = "";
  private failures = 0;
  private lostSince: Date | undefined;
  private timer: number | undefined;
  private grace: number | undefined;

  constructor(
    private readonly addresses: { readonly url: string; readonly snapshot: string },
    private readonly topics: readonly string[],
    private readonly listener: LiveListener,
  ) {}

  /** Load the snapshot and follow; to be called once. */
  start(): void {
    this.listener.state({ name: "connecting" });
    window.addEventListener("online", () => {
      if (this.lostSince) this.again(0);
    });
    void this.load();
  }

  private async load(): Promise<void> {
    this.close();
    try {
      const answer = await fetch(`${this.addresses.snapshot}?topics=${this.topics.join(",")}`, {
        headers: { Accept: "application/json" },
        cache: "no-store",
      });
      if (!answer.ok) throw new Error(`The snapshot was answered with ${answer.status}.`);
      const snapshot = (await answer.json()) as Snapshot;
      this.lastId = String(snapshot.as_of);
      this.listener.snapshot(snapshot.topics);
      this.follow();
    } catch {
      this.lastId = "";
      this.lost();
      this.again();
    }
  }

  private follow(): void {
    this.close();
    const source = new EventSource(`${this.addresses.url}?topics=${this.topics.join(",")}&after=${this.lastId}`);
    this.source = source;
    source.onopen = () => {
      this.failures = 0;
      this.lostSince = undefined;
      window.clearTimeout(this.grace);
      this.listener.state({ name: "live" });
    };
    source.onerror = () => {
      this.lost();
      if (source.readyState === EventSource.CLOSED) this.again();
    };
    source.addEventListener("reset", () => void this.load());
    for (const topic of this.topics) {
      source.addEventListener(topic, (message: MessageEvent<string>) => {
        if (message.lastEventId) this.lastId = message.lastEventId;
        this.listener.event(topic, JSON.parse(message.data) as LiveEvent);
      });
    }
  }

  private lost(): void {
    if (this.lostSince) return;
    const since = (this.lostSince = new Date());
    this.grace = window.setTimeout(() => {
      this.listener.state({ name: "lost", since });
    }, GRACE);
  }

  /** Try again later; with a random share, so that all open maps do not come back in the same second. */
  private again(delay = Math.min(PATIENCE.most, PATIENCE.first * 2 ** this.failures++) * (0.5 + Math.random())): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => {
      if (this.lastId && this.failures < GIVE_UP) this.follow();
      else void this.load();
    }, delay);
  }

  private close(): void {
    this.source?.close();
    this.source = undefined;
  }
}
