// Step 3: what the verifier thinks of the bare generator's pictures, and whether this can be taught.

import { post } from './api.js';
import { $, act, el, picture } from './dom.js';
import { toPlan } from './plan.js';
import { checkedPlan } from './start.js';
import { on, store } from './store.js';
import { cancel, follow } from './tasks.js';
import { bareQuestion, probability } from './words.js';

const SEEDS = 8;
let running = null;
let asked = null;
let last = null;

const FACES = { TEACHABLE: 'fine', ALREADY_SO: 'note' };
const face = (verdict) => FACES[verdict] ?? 'warning';

function meter(p) {
  const bar = el('span', { class: 'meter', 'aria-hidden': 'true' });
  bar.style.setProperty('--part', Number.isFinite(p) ? p : 0);
  return bar;
}

/** The seeds that are shown, each by what is told of it: one that stays the same stays. */
let figures = new Map();

function seedFigure(drawn) {
  const print = JSON.stringify([drawn, $('#probe-drawn').checked]);
  return [print, figures.get(print) ?? newFigure(drawn)];
}

function newFigure({ seed, image, shown, probability: p }) {
  return el(
    'figure',
    { 'data-test': `probe-${seed}` },
    picture($('#probe-drawn').checked ? shown : image, `Seed ${seed}, probability ${probability(p)}`, { loading: 'eager' }),
    el('figcaption', {}, el('b', {}, probability(p)), el('small', {}, `seed ${seed}`)),
    meter(p),
  );
}

function checkWords({ question, answer, verdict, reason, probability: p, seeds }) {
  const others = new Set(seeds.map(({ predicted }) => predicted).filter((word) => word && word !== answer));
  return el(
    'li',
    { class: 'card' },
    el('p', {}, el('b', {}, `${bareQuestion(question)} ${answer}: `), `${probability(p)} on average`),
    reason && el('p', { class: face(verdict) }, reason),
    others.size > 0 && el('p', { class: 'hint' }, `It would rather say ${[...others].map((word) => `“${word}”`).join(', ')}.`),
  );
}

function show(result) {
  last = result;
  $('#probe-drawn-box').hidden = false;
  figures = new Map((result.pictures ?? []).map(seedFigure));
  $('#probe-result').replaceChildren(
    el('div', { class: 'seeds' }, [...figures.values()]),
    result.sentence ? el('p', { id: 'probe-verdict', class: `verdict ${face(result.verdict)}`, role: 'status' }, result.sentence) : '',
    el('ul', { class: 'plain' }, (result.checks ?? []).map(checkWords)),
  );
}

async function probe() {
  const plan = checkedPlan();
  if (!plan) {
    return;
  }
  asked = JSON.stringify(plan);
  $('#probe-cancel').hidden = false;
  try {
    const result = await follow(
      () => post('/api/probe', { plan, seeds: SEEDS }),
      (task) => {
        running = task;
        $('#probe-status').textContent = task.text ?? '';
        if (task.result) {
          show(task.result);
        }
      },
    );
    $('#probe-status').textContent = result ? '' : 'Cancelled.';
  } finally {
    running = null;
    $('#probe-cancel').hidden = true;
  }
}

function empty() {
  $('#probe-result').replaceChildren(el('p', { class: 'empty' }, 'Eight pictures and what the verifier thinks of each will be here, with a word on whether it can be taught.'));
}

export function openProbe() {
  empty();
  $('#probe-start').addEventListener('click', () => act($('#probe-start'), $('#probe-error'), probe));
  $('#probe-cancel').addEventListener('click', () => running && act($('#probe-cancel'), $('#probe-error'), () => cancel(running)));
  $('#probe-drawn').addEventListener('change', () => show(last));
  on('form', () => {
    if (last && !running) {
      const same = JSON.stringify(toPlan(store.form)) === asked;
      $('#probe-status').textContent = same ? '' : 'The form has changed since: this is about what was asked before.';
    }
  });
}
