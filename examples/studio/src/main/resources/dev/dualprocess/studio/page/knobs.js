// The few settings, and the many under "More".

import { get } from './api.js';
import { $, el, fail } from './dom.js';
import { edited } from './form.js';
import { FEW, MORE } from './knob-list.js';
import { emit, on, store } from './store.js';

const read = (path) => path.split('.').reduce((value, name) => value?.[name], store.form);

function write(path, value) {
  const names = path.split('.');
  const last = names.pop();
  names.reduce((part, name) => part[name], store.form)[last] = value;
}

function set(knob, value) {
  const { settings } = store.form;
  // One seed a step is the usual case, and stays so when the steps change.
  const together = knob.path === 'settings.steps' && settings.seeds === settings.steps;
  write(knob.path, value);
  if (together) {
    settings.seeds = value;
    $('#knob-seeds').value = value;
  }
  edited();
}

const idOf = (knob) => `knob-${knob.path.split('.').pop()}`;

function control(knob) {
  const id = idOf(knob);
  const value = read(knob.path);
  const common = { id, 'aria-describedby': `${id}-hint` };
  if (knob.type === 'select') {
    const options = [...new Set([...knob.options, value])].sort((a, b) => a - b);
    return el(
      'select',
      { ...common, onchange: (event) => set(knob, Number(event.target.value)) },
      options.map((option) => el('option', { value: option, selected: option === value }, String(option))),
    );
  }
  const input = el('input', {
    ...common,
    type: knob.type,
    min: knob.min,
    max: knob.max,
    step: knob.step,
    value,
    oninput: () => {
      const typed = input.valueAsNumber;
      if (input.validity.valid && Number.isFinite(typed)) {
        set(knob, typed);
      }
      if (knob.said) {
        input.setAttribute('aria-valuetext', `${typed}, ${knob.said(typed)}`);
        $(`#${id}-said`).textContent = `${typed}, ${knob.said(typed)}`;
      }
    },
  });
  return input;
}

function field(knob) {
  const id = idOf(knob);
  return el(
    'div',
    { class: 'knob' },
    el('label', { for: id }, knob.label, knob.said && el('output', { id: `${id}-said`, for: id }, `${read(knob.path)}, ${knob.said(read(knob.path))}`)),
    control(knob),
    el('small', { id: `${id}-hint` }, knob.hint),
  );
}

function modelField(kind, label, chosen) {
  const error = el('p', { class: 'error', role: 'alert', hidden: true });
  const rows = store.state.models[`${kind}s`];
  const ids = [...new Set([...rows.map((row) => row.id), chosen])];
  return el(
    'div',
    { class: 'knob' },
    el('label', { for: `knob-${kind}` }, label),
    el(
      'select',
      {
        id: `knob-${kind}`,
        onchange: async (event) => {
          const generator = kind === 'generator' ? event.target.value : store.form.generator.id;
          const verifier = kind === 'verifier' ? event.target.value : store.form.verifiers[0].id;
          try {
            emit('models-chosen', await get(`/api/defaults?${new URLSearchParams({ generator, verifier })}`));
          } catch (failure) {
            fail(error, failure);
          }
        },
      },
      ids.map((id) => el('option', { value: id, selected: id === chosen }, id)),
    ),
    el('small', {}, kind === 'generator' ? 'What draws, and learns.' : 'What looks, and is asked.'),
    error,
  );
}

function show() {
  const there = (knob) => read(knob.path) !== undefined;
  $('#knobs').replaceChildren(...FEW.filter(there).map(field));
  $('#more-knobs').replaceChildren(
    modelField('generator', 'Generator', store.form.generator.id),
    modelField('verifier', 'Verifier', store.form.verifiers[0].id),
    ...MORE.filter(there).map(field),
  );
}

export function openKnobs() {
  on('form-filled', show);
}
