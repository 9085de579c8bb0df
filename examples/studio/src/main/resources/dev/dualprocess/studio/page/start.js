// Start, always in reach, and how far the running job is.

import { post } from './api.js';
import { $, act, announce } from './dom.js';
import { showJob } from './jobs.js';
import { problems, toPlan } from './plan.js';
import { emit, on, store } from './store.js';
import { count, duration, percent, phaseWords } from './words.js';

const NAME = 'name';

/** The form's plan, or null with what is missing said where it is missing. */
export function checkedPlan() {
  const found = problems(store.form);
  emit('problems', found);
  if (found.length === 0) {
    return toPlan(store.form);
  }
  const [{ where }] = found;
  const index = store.form.checks.findIndex((check) => `check-${check.key}` === where);
  $(where === 'prompt' ? '#prompt' : index >= 0 ? `#question-${index}` : '#check-add').focus();
  return null;
}

/** A name is of one run, so it is gone from its field when that has begun. */
function rename(name) {
  $('#run-name').value = name;
  localStorage.setItem(NAME, name);
}

async function start() {
  const plan = checkedPlan();
  if (!plan) {
    return;
  }
  const job = await post('/api/jobs', { plan, name: $('#run-name').value.trim() });
  rename('');
  if (!store.jobs.some((other) => other.id === job.id)) {
    store.jobs = [...store.jobs, job];
    emit('jobs');
  }
  await showJob(job.id);
  announce(store.jobs.some(({ state }) => state === 'running') ? 'It waits in the queue.' : 'It starts.');
  $('#teach').scrollIntoView();
}

function show() {
  const running = store.jobs.find(({ state }) => state === 'running');
  const waiting = store.jobs.filter(({ state }) => state === 'queued').length;
  $('#dock-progress').hidden = !running;
  if (running) {
    const { step, steps, secondsLeft, phase, name, prompt } = running;
    $('#dock-progress').value = steps ? step / steps : 0;
    const left = Number.isFinite(secondsLeft) ? `, ${duration(secondsLeft)} left` : '';
    const where = phase === 'distilling' ? `${percent(step / steps)}${left}` : phaseWords(running);
    $('#dock-text').textContent = `Teaching “${name || prompt}”: ${where}${waiting ? `. ${count(waiting, 'run waits', 'runs wait')}` : ''}`;
    $('#start').textContent = 'Start, after this one';
    return;
  }
  const { settings, checks, also } = store.form;
  const missing = problems(store.form);
  $('#dock-text').textContent = missing.length
    ? 'Take an example, or say what to draw and ask a question.'
    : `${count(settings.steps, 'step', 'steps')}, ${count(checks.length, 'question', 'questions')}, ${count(1 + also.length, 'prompt', 'prompts')}`;
  $('#start').textContent = 'Start';
}

export function openStart() {
  rename(localStorage.getItem(NAME) ?? '');
  $('#run-name').addEventListener('input', () => localStorage.setItem(NAME, $('#run-name').value));
  $('#start').addEventListener('click', () => act($('#start'), $('#start-error'), start));
  on('jobs', show);
  on('running', show);
  on('form', show);
  on('form-filled', show);
}
