// All jobs, and the one that is shown: fetched whole, then kept up to date by events.

import { get, jobPath } from './api.js';
import { emit, on, store } from './store.js';
import { Series } from './series.js';

const SHOWN = 'job';
let wanted = null;
let told = false;
/** Steps and previews that came while the job was being fetched; null when it is there. */
let meanwhile = null;

const ended = ({ state }) => !['queued', 'running'].includes(state);

export async function showJob(id) {
  wanted = id;
  localStorage.setItem(SHOWN, id ?? '');
  if (id === null) {
    meanwhile = null;
    if (store.job || !told) {
      told = true;
      store.job = null;
      emit('job');
    }
    return;
  }
  const late = [];
  meanwhile = late;
  const { reports, ...job } = await get(jobPath(id));
  if (meanwhile !== late) {
    // It was asked for again, or for another: that answer counts.
    return;
  }
  const known = store.jobs.find((other) => other.id === id);
  const series = store.job?.id === id ? store.job.series : new Series(reports.probabilities.length || (job.plan?.checks.length ?? 0));
  series.refill(reports);
  store.job = { ...job, ...known, series };
  meanwhile = null;
  late.forEach((apply) => apply());
  emit('job');
}

const again = () => wanted && showJob(wanted).catch(() => {});

function whenThere(id, apply) {
  if (id !== wanted) {
    return;
  }
  if (meanwhile) {
    meanwhile.push(apply);
  } else if (store.job?.id === id) {
    apply();
  }
}

function takeSummary(summary) {
  if (store.job?.id !== summary.id) {
    return;
  }
  Object.assign(store.job, summary);
  emit('job-progress');
}

/** The one that is being run has come further; nothing else has changed. */
function takeRunning(summary) {
  const at = store.jobs.findIndex(({ id }) => id === summary.id);
  if (at < 0 || store.jobs[at].state !== summary.state || store.jobs[at].phase !== summary.phase) {
    return; // the whole list is on its way
  }
  store.jobs = store.jobs.with(at, summary);
  emit('running');
  takeSummary(summary);
}

function takeJobs(jobs) {
  const before = new Map(store.jobs.map((job) => [job.id, job]));
  store.jobs = jobs;
  emit('jobs');
  const shown = jobs.find((job) => job.id === wanted);
  if (wanted && !shown) {
    showJob(first(jobs)).catch(() => {});
    return;
  }
  if (shown) {
    const known = before.get(shown.id);
    // Results come with the end, and what a run that goes on did before comes with its first step: only with the whole job.
    if (known && (known.state !== shown.state || known.phase !== shown.phase)) {
      again();
    } else {
      takeSummary(shown);
    }
  } else {
    showJob(first(jobs)).catch(() => {});
  }
}

/** What a person who opens the page wants to see: what runs, else what was shown last, else the newest. */
function first(jobs) {
  const running = jobs.find((job) => job.state === 'running');
  const last = jobs.find((job) => job.id === localStorage.getItem(SHOWN));
  const newest = jobs.filter(ended).reduce((best, job) => (!best || job.created > best.created ? job : best), null);
  return (running ?? last ?? newest ?? jobs[0])?.id ?? null;
}

export function openJobs() {
  on('server-jobs', takeJobs);
  on('server-phase', takeRunning);
  on('server-steps', ({ job, reports }) =>
    whenThere(job, () => {
      store.job.series.append(reports);
      store.job.step = Math.max(store.job.step, reports.step.at(-1) ?? 0);
      emit('steps');
    }),
  );
  on('server-preview', ({ job, preview }) =>
    whenThere(job, () => {
      const { previews } = store.job;
      if (!previews.some((other) => other.step === preview.step && other.seed === preview.seed)) {
        previews.push(preview);
      }
      emit('preview');
    }),
  );
  on('connected', async (broken) => {
    if (broken) {
      takeJobs((await get('/api/state')).jobs);
      again();
    }
  });
  takeJobs(store.state.jobs);
}
