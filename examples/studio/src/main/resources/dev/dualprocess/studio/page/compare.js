// Step 5: without and with, at any strength, seed and prompt.

import './vendor/img-comparison-slider/img-comparison-slider.js';
import { jobPath, picturePath } from './api.js';
import { $, debounce, el, fail, picture } from './dom.js';
import { auditBox } from './audit.js';
import { results, unseen } from './results.js';
import { on, store } from './store.js';

const FIRST_UNSEEN = 10000;
const OTHER = 'other';
let view = null;

const learnt = () => store.jobs.filter(({ state, step }) => step > 0 && ['done', 'stopped'].includes(state));

function slider() {
  const element = el('img-comparison-slider', {
    id: 'slider',
    role: 'slider',
    'aria-label': 'Without on the left, with on the right',
    'aria-valuemin': 0,
    'aria-valuemax': 100,
    'aria-valuenow': 50,
    'aria-orientation': 'horizontal',
  });
  const without = picture('', 'Without', { slot: 'first', id: 'compare-without', loading: 'eager' });
  const withIt = picture('', 'With', { slot: 'second', id: 'compare-with', loading: 'eager' });
  const { size } = store.job.plan.settings.sampling;
  element.style.setProperty('--aspect', size ? size.width / size.height : 1);
  element.append(without, withIt);
  element.addEventListener('slide', () => element.setAttribute('aria-valuenow', Math.round(element.value)));
  withIt.addEventListener('load', () => element.classList.remove('busy'));
  withIt.addEventListener('error', () => {
    element.classList.remove('busy');
    fail($('#compare-error'), 'The picture could not be drawn.');
  });
  return element;
}

function draw() {
  const { plan, id } = store.job;
  const loras = [[id, view.strength]];
  if (view.second) {
    loras.push([view.second, view.secondStrength]);
  }
  fail($('#compare-error'), null);
  if (!view.prompt.trim()) {
    fail($('#compare-error'), 'Type a prompt to try.');
    return;
  }
  $('#slider').classList.add('busy');
  $('#compare-without').src = picturePath(plan, view.prompt, view.seed);
  $('#compare-with').src = picturePath(plan, view.prompt, view.seed, loras);
  $('#compare-said').textContent = `Seed ${view.seed}: without on the left, with at strength ${view.strength} on the right.`;
}

const drawSoon = debounce(draw, 150);

function strength(id, label, name) {
  const said = el('output', { for: id }, view[name].toFixed(2));
  return el(
    'div',
    { class: 'knob' },
    el('label', { for: id }, label, said),
    el('input', {
      type: 'range',
      id,
      min: 0,
      max: 1.5,
      step: 0.05,
      value: view[name],
      oninput: (event) => {
        view[name] = event.target.valueAsNumber;
        said.textContent = view[name].toFixed(2);
        drawSoon();
      },
    }),
  );
}

function prompts() {
  const { plan } = store.job;
  const known = [plan.prompt, ...(plan.also ?? []).map(({ prompt }) => prompt)];
  const unseen = store.state.unseenPrompts.filter((prompt) => !known.includes(prompt));
  const own = el('input', {
    id: 'compare-own',
    'aria-label': 'A prompt of your own',
    placeholder: 'a prompt of your own',
    onchange: () => {
      view.prompt = own.value;
      draw();
    },
  });
  own.hidden = true;
  const option = (prompt) => el('option', { value: prompt }, prompt);
  const select = el(
    'select',
    {
      id: 'compare-prompt',
      onchange: () => {
        own.hidden = select.value !== OTHER;
        if (own.hidden) {
          view.prompt = select.value;
          draw();
        } else {
          own.focus();
        }
      },
    },
    el('optgroup', { label: 'Taught' }, known.map(option)),
    unseen.length > 0 && el('optgroup', { label: 'Never taught' }, unseen.map(option)),
    el('option', { value: OTHER }, 'another prompt…'),
  );
  return el('div', { class: 'knob' }, el('label', { for: 'compare-prompt' }, 'Prompt'), select, own);
}

function seeds() {
  const input = el('input', {
    type: 'number',
    id: 'compare-seed',
    min: 0,
    step: 1,
    value: view.seed,
    onchange: () => {
      if (input.validity.valid && Number.isFinite(input.valueAsNumber)) {
        view.seed = input.valueAsNumber;
        draw();
      }
    },
  });
  return el(
    'div',
    { class: 'knob' },
    el('label', { for: 'compare-seed' }, 'Seed'),
    el(
      'div',
      { class: 'row tight' },
      input,
      el('button', { type: 'button', class: 'quiet', id: 'compare-next', onclick: () => seed(view.seed < FIRST_UNSEEN ? FIRST_UNSEEN : view.seed + 1) }, 'Next unseen'),
    ),
  );
}

function seed(value) {
  view.seed = value;
  $('#compare-seed').value = value;
  draw();
}

function stack() {
  const others = learnt().filter(({ id }) => id !== store.job.id);
  const box = el('div', {});
  const select = el(
    'select',
    {
      id: 'compare-second',
      disabled: others.length === 0,
      onchange: () => {
        view.second = select.value || null;
        box.replaceChildren(...(view.second ? [strength('compare-second-strength', 'Its strength', 'secondStrength')] : []));
        draw();
      },
    },
    el('option', { value: '' }, others.length ? 'none' : 'none: teach another first'),
    others.map(({ id, name, prompt }) => el('option', { value: id }, name || prompt)),
  );
  return [el('div', { class: 'knob' }, el('label', { for: 'compare-second' }, 'Together with'), select), box];
}

function film() {
  const box = el('div', {});
  return el(
    'div',
    {},
    el(
      'button',
      {
        type: 'button',
        class: 'quiet',
        id: 'film-show',
        'aria-expanded': 'false',
        onclick: (event) => {
          const open = event.target.getAttribute('aria-expanded') === 'true';
          event.target.setAttribute('aria-expanded', !open);
          event.target.textContent = open ? 'Show the film' : 'Hide the film';
          const image = () => picture(jobPath(store.job.id, '/film.gif'), 'The previews, step after step', { class: 'film', id: 'film', loading: 'eager' });
          box.replaceChildren(...(open ? [] : [image()]));
        },
      },
      'Show the film',
    ),
    box,
  );
}

function show() {
  const { job } = store;
  if (!job?.plan || job.step === 0 || ['queued', 'running', 'elsewhere'].includes(job.state)) {
    view = null;
    $('#compare-body').replaceChildren(el('p', { class: 'empty' }, 'When a run has ended, its pictures without and with will be side by side here.'));
    return;
  }
  view = { job: job.id, prompt: job.plan.prompt, seed: job.comparison[0]?.seed ?? FIRST_UNSEEN, strength: 1, second: null, secondStrength: 1 };
  $('#compare-body').replaceChildren(
    el('p', { class: 'lead' }, job.name || job.prompt),
    el(
      'div',
      { class: 'compare' },
      el('div', {}, slider(), el('p', { id: 'compare-said', class: 'hint', role: 'status' }), el('p', { id: 'compare-error', class: 'error', role: 'alert', hidden: true })),
      el('div', { class: 'compare-knobs' }, strength('compare-strength', 'Strength', 'strength'), seeds(), prompts(), stack(), film()),
      el('div', {}, results(job), auditBox(job)),
    ),
    job.comparison.length ? unseen(job, seed) : '',
  );
  draw();
}

export function openCompare() {
  on('job', show);
}
