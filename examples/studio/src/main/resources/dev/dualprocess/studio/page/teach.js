// Step 4: the run that is shown, live.

import { jobPath, post } from './api.js';
import { $, act, announce, el, fail } from './dom.js';
import { Curves } from './curves.js';
import { Previews } from './previews.js';
import { on, store } from './store.js';
import { bytes, count, duration, percent, phaseWords, probability, STATES } from './words.js';

const EVERY = [5, 10, 25, 50, 100, 0];
let curves = null;
let previews = null;
let shownId = null;

const request = (rest, body) => post(jobPath(store.job.id, rest), body);

function button(id, label, said, work, style = 'quiet') {
  const element = el('button', { type: 'button', id, class: style }, label);
  element.addEventListener('click', async () => {
    const answer = await act(element, $('#teach-error'), work);
    if (answer !== undefined) {
      announce(said);
    }
    controls();
  });
  return element;
}

function head() {
  const every = el(
    'select',
    {
      id: 'preview-every',
      onchange: () => request('/preview', { every: Number(every.value) }).catch((error) => fail($('#teach-error'), error)),
    },
    EVERY.map((steps) => el('option', { value: steps, selected: steps === store.job.previewEvery || (store.job.previewEvery === undefined && steps === 25) }, steps === 0 ? 'never' : `every ${steps} steps`)),
  );
  return el(
    'div',
    { class: 'job-head' },
    el('div', { class: 'row' }, el('h3', { id: 'job-name' }), el('span', { id: 'job-state', class: 'state' })),
    el('progress', { id: 'job-progress', max: 1, value: 0, 'aria-label': 'Part of the run that is done' }),
    el('p', { id: 'job-status', class: 'status' }),
    el(
      'div',
      { class: 'row' },
      button('stop', 'Stop and save', 'It stops after this step, and keeps what it has learnt.', () => request('/stop'), ''),
      button('continue', 'Go on', 'It goes on.', goOn, 'main'),
      el('label', { class: 'inline', id: 'continue-box' }, 'to step ', el('input', { type: 'number', class: 'number', id: 'continue-steps', min: 1, step: 1, value: store.job.steps })),
      button('draw-now', 'Draw now', 'The previews are being drawn.', () => request('/draw')),
      button('save-now', 'Save now', 'It is saved.', () => request('/save')),
      el('label', { class: 'inline', id: 'preview-box' }, 'Previews ', every),
    ),
    el('p', { id: 'teach-error', class: 'error', role: 'alert', hidden: true }),
  );
}

function goOn() {
  const steps = $('#continue-steps').valueAsNumber;
  return request('/continue', Number.isFinite(steps) && steps !== store.job.steps ? { steps } : {});
}

function controls() {
  const { state, step, steps } = store.job;
  const running = state === 'running';
  $('#stop').hidden = !running && state !== 'queued';
  $('#stop').textContent = running ? 'Stop and save' : 'Hold back';
  $('#continue').hidden = !['stopped', 'done', 'failed'].includes(state);
  $('#continue').disabled = state === 'done' && !($('#continue-steps').valueAsNumber > step);
  $('#continue-box').hidden = $('#continue').hidden;
  if (document.activeElement !== $('#continue-steps') && state !== 'done') {
    $('#continue-steps').value = steps;
  }
  for (const id of ['#draw-now', '#save-now', '#preview-box']) {
    $(id).hidden = !running;
  }
}

function status() {
  const { state, phase, step, steps, stepsPerSecond, secondsLeft, memory, probabilityBefore, probabilityAfter, previewShare } = store.job;
  const running = state === 'running';
  const parts = [];
  if (running && phase && phase !== 'distilling') {
    parts.push(phaseWords(store.job));
  }
  parts.push(`step ${step} of ${steps}`);
  if (running && stepsPerSecond > 0) {
    parts.push(`${stepsPerSecond.toFixed(1)} steps a second`);
    if (phase === 'distilling') {
      parts.push(`${duration(secondsLeft)} left`);
    }
  }
  if (running && memory?.resident) {
    parts.push(`${bytes(memory.resident)} of memory`);
  }
  if (previewShare > 0) {
    parts.push(`previews took ${percent(previewShare)} of the time`);
  }
  if (probabilityBefore !== null) {
    parts.push(probabilityAfter === null ? `before: ${probability(probabilityBefore)}` : `probability on unseen seeds ${probability(probabilityBefore)} → ${probability(probabilityAfter)}`);
  }
  return parts.join(' · ');
}

function progress() {
  const { job } = store;
  if (!job || !$('#job-status')) {
    return;
  }
  $('#job-state').textContent = STATES[job.state] ?? job.state;
  $('#job-state').dataset.state = job.state;
  $('#job-progress').value = job.steps ? job.step / job.steps : 0;
  $('#job-status').textContent = status();
  if (job.error) {
    fail($('#teach-error'), job.error);
  }
  controls();
}

function show() {
  const { job } = store;
  if (job && job.id === shownId && curves) {
    refresh();
    return;
  }
  curves?.close();
  curves = null;
  shownId = job?.id ?? null;
  if (job && !job.plan) {
    $('#teach-job').replaceChildren(el('p', { class: 'error', role: 'alert' }, job.error ?? 'What this run was asked for cannot be read from its folder.'));
    return;
  }
  if (!job) {
    $('#teach-job').replaceChildren(el('p', { class: 'empty' }, 'Press Start, and the loss, the probability of each answer and two pictures that learn will be here.'));
    return;
  }
  curves = new Curves(job.series, job.plan.checks);
  previews = new Previews();
  const body = el('div', { class: 'job-body' }, previews.element, curves.element);
  const { size } = job.plan.settings.sampling;
  body.style.setProperty('--aspect', size ? size.width / size.height : 1);
  $('#teach-job').replaceChildren(el('div', { class: 'card job' }, head(), body));
  $('#job-name').textContent = job.name || job.prompt;
  $('#continue-steps').addEventListener('input', controls);
  refresh();
}

function refresh() {
  previews.show(store.job.previews);
  progress();
  curves.refresh();
}

export function openTeach() {
  on('job', show);
  on('job-progress', progress);
  on('steps', () => {
    curves?.refresh();
  });
  on('preview', () => previews?.show(store.job.previews));
  on('jobs', () => announceEnds());
  on('running', () => {
    document.title = titled();
  });
}

let states = new Map();

/** People who listen rather than look hear when a run ends. */
function announceEnds() {
  for (const { id, name, state, probabilityAfter } of store.jobs) {
    if (states.get(id) === 'running' && state !== 'running') {
      announce(`${name}: ${STATES[state] ?? state}${probabilityAfter === null ? '' : `, probability ${probability(probabilityAfter)}`}`);
    }
  }
  states = new Map(store.jobs.map(({ id, state }) => [id, state]));
  document.title = titled();
}

function titled() {
  const running = store.jobs.find(({ state }) => state === 'running');
  const waiting = store.jobs.filter(({ state }) => state === 'queued').length;
  return running ? `${percent(running.step / running.steps)} · dualprocess studio` : waiting ? `${count(waiting, 'run waits', 'runs wait')} · dualprocess studio` : 'dualprocess studio';
}
