/** Moves the bars of jobs that are under way, and loads the page again when one of them changes its state. */
import "./jobs.css";

interface Job {
  readonly id: string;
  readonly state: string;
  readonly done: number;
  readonly total: number | null;
}

const EVERY_MS = 2000;
const UNDER_WAY = new Set(["waiting", "running"]);

function show(place: Element, job: Job): void {
  const bar = place.querySelector("progress");
  const count = place.querySelector(".job-count");
  if (bar && job.total) bar.value = Math.min(100, (100 * job.done) / job.total);
  if (count) count.textContent = job.total ? `${job.done} / ${job.total}` : job.done ? String(job.done) : "";
}

async function read(address: string): Promise<Job[]> {
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  const told = (await answer.json()) as Job | { readonly jobs: Job[] };
  return "jobs" in told ? told.jobs : [told];
}

/** Follow the jobs that *address* tells of, each shown in its place, while one of them is under way. */
async function follow(address: string, placeOf: (job: Job) => Element | null): Promise<void> {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    if (document.hidden) continue;
    // A server that is starting again is asked again.
    for (const job of await read(address).catch((): Job[] => [])) {
      const place = placeOf(job);
      if (!place) continue;
      if (place.getAttribute("data-state") !== job.state) {
        location.reload();
        return;
      }
      show(place, job);
    }
  }
}

const one = document.querySelector("[data-job]");
const list = document.querySelector("[data-jobs]");
const states = [...document.querySelectorAll("[data-state]")].map((place) => place.getAttribute("data-state") ?? "");
if (states.some((state) => UNDER_WAY.has(state))) {
  if (one) void follow(one.getAttribute("data-job") ?? "", () => one);
  else if (list) void follow(list.getAttribute("data-jobs") ?? "", (job) => document.getElementById(`job-${job.id}`));
}
