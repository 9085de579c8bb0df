// What runs, what waits and in which order, and what was stopped.

import { jobPath, post } from './api.js';
import { $, announce, el, fail } from './dom.js';
import { showJob } from './jobs.js';
import { on, store } from './store.js';
import { percent, STATES } from './words.js';

const IN_QUEUE = ['running', 'queued', 'elsewhere', 'stopped', 'failed'];

function button(job, test, label, said, work, rest = {}) {
  return el(
    'button',
    {
      type: 'button',
      class: rest.icon ? 'icon' : 'quiet',
      'data-test': test,
      'aria-label': rest.icon,
      disabled: rest.disabled,
      onclick: async () => {
        fail($('#queue-error'), null);
        try {
          await work();
          announce(said);
          $(`[data-queue="${CSS.escape(job.id)}"] [data-test="${test}"]`)?.focus();
        } catch (error) {
          fail($('#queue-error'), error);
        }
      },
    },
    label,
  );
}

function row(job, waiting) {
  const name = job.name || job.prompt;
  const at = waiting.findIndex(({ id }) => id === job.id);
  const move = (before) => post(jobPath(job.id, '/move'), { before });
  const queued = job.state === 'queued';
  return el(
    'li',
    { class: 'card row', 'data-test': 'queued', 'data-queue': job.id },
    el('span', { class: 'state', 'data-state': job.state }, job.state === 'running' ? percent(job.steps ? job.step / job.steps : 0) : STATES[job.state]),
    el('span', { class: 'grow' }, name),
    el(
      'span',
      { class: 'row tight' },
      queued && button(job, 'queue-up', '↑', `${name} is earlier now.`, () => move(waiting[at - 1].id), { icon: `Earlier: ${name}`, disabled: at === 0 }),
      queued && button(job, 'queue-down', '↓', `${name} is later now.`, () => move(waiting[at + 2]?.id ?? null), { icon: `Later: ${name}`, disabled: at === waiting.length - 1 }),
      button(job, 'queue-show', 'Look', `${name} is shown.`, async () => {
        await showJob(job.id);
        $('#teach').scrollIntoView();
      }),
      ['running', 'queued'].includes(job.state) && button(job, 'queue-stop', job.state === 'running' ? 'Stop and save' : 'Hold back', 'It keeps what it has.', () => post(jobPath(job.id, '/stop'))),
      ['stopped', 'failed'].includes(job.state) && button(job, 'queue-continue', 'Go on', `${name} waits for its turn.`, () => post(jobPath(job.id, '/continue'))),
    ),
  );
}

let print = '';

function show() {
  const jobs = store.jobs.filter(({ state }) => IN_QUEUE.includes(state)).sort((a, b) => IN_QUEUE.indexOf(a.state) - IN_QUEUE.indexOf(b.state));
  const waiting = jobs.filter(({ state }) => state === 'queued');
  const next = JSON.stringify(jobs.map(({ id, state }) => [id, state]));
  if (next !== print || jobs.length === 0) {
    print = next;
    const focused = document.activeElement?.closest('[data-queue]');
    const test = document.activeElement?.dataset.test;
    $('#queue-list').replaceChildren(...(jobs.length ? jobs.map((job) => row(job, waiting)) : [el('li', { class: 'empty' }, 'Several runs can wait here, one after another.')]));
    if (focused) {
      $(`[data-queue="${CSS.escape(focused.dataset.queue)}"] [data-test="${test}"]`)?.focus();
    }
    return;
  }
  const running = jobs.find(({ state }) => state === 'running');
  if (running) {
    $('#queue-list [data-state="running"]').textContent = percent(running.steps ? running.step / running.steps : 0);
  }
}

export function openQueue() {
  on('jobs', show);
  on('running', show);
}
