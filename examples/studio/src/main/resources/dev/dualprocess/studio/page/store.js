// What all parts of the page share, and how they hear of a change.

const listeners = new Map();

export const store = {
  /** The server's `GET /api/state`. */
  state: null,
  /** What the person fills in; see plan.js. */
  form: null,
  /** Summaries of all jobs, in the order of the queue. */
  jobs: [],
  /** The job that Teach and Compare show, with its curves and previews, or null. */
  job: null,
};

export function on(name, listener) {
  listeners.set(name, [...(listeners.get(name) ?? []), listener]);
}

export function emit(name, value) {
  for (const listener of listeners.get(name) ?? []) {
    listener(value);
  }
}
