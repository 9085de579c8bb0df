// What can be used on this machine, and getting more of it.

import { get, post } from './api.js';
import { $, act, el } from './dom.js';
import { emit, store } from './store.js';
import { cancel, follow } from './tasks.js';
import { bytes } from './words.js';

function useButton({ id, kind }) {
  const error = el('p', { class: 'error', role: 'alert', hidden: true });
  const button = el('button', { type: 'button', class: 'quiet', 'data-test': `use-${kind}-${id}` }, 'Use');
  button.addEventListener('click', () =>
    act(button, error, async () => {
      const generator = kind === 'generator' ? id : store.form.generator.id;
      const verifier = kind === 'verifier' ? id : store.form.verifiers[0].id;
      emit('models-chosen', await get(`/api/defaults?${new URLSearchParams({ generator, verifier })}`));
    }),
  );
  return [button, error];
}

function row(model) {
  return el(
    'tr',
    {},
    el('th', { scope: 'row' }, model.id),
    el('td', {}, model.kind),
    el('td', {}, bytes(model.bytes)),
    el('td', {}, model.source),
    el('td', { class: model.fits && !model.fits.startsWith('fits') ? 'warning' : '' }, model.fits ?? ''),
    el('td', {}, useButton(model)),
  );
}

async function list() {
  const { models } = await get('/api/models');
  $('#models-rows').replaceChildren(...models.map(row));
}

async function fetchModel(id) {
  let running = null;
  const box = $('#model-progress');
  const bar = el('progress', { 'aria-label': `Download of ${id}` });
  const said = el('span', {});
  box.replaceChildren(bar, said, el('button', { type: 'button', class: 'quiet', id: 'model-cancel', onclick: () => running && cancel(running) }, 'Cancel'));
  try {
    const done = await follow(
      () => post('/api/models/get', { id }),
      (task) => {
        running = task;
        if (task.total > 0) {
          bar.max = task.total;
          bar.value = task.done;
        }
        said.textContent = task.text ?? '';
      },
    );
    box.replaceChildren(done === null ? 'Cancelled.' : `${id} is there.`);
    await list();
  } catch (error) {
    box.replaceChildren();
    throw error;
  }
}

export function openModels() {
  const error = el('p', { class: 'error', role: 'alert', hidden: true, id: 'models-error' });
  const button = el('button', { id: 'model-get' }, 'Get');
  const form = el(
    'form',
    {
      class: 'row',
      onsubmit: (event) => {
        event.preventDefault();
        act(button, error, () => fetchModel($('#model-id').value.trim()));
      },
    },
    el('label', { for: 'model-id' }, 'Get from the hub'),
    el('input', { id: 'model-id', placeholder: 'organisation/name', required: true, spellcheck: 'false', autocomplete: 'off' }),
    button,
  );
  $('#models-body').replaceChildren(
    el('p', { class: 'hint' }, `This machine: ${store.state.device}, ${bytes(store.state.memory.free)} of memory free.`),
    el(
      'div',
      { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Models that are here' },
      el('table', {}, el('thead', {}, el('tr', {}, ['Model', 'Kind', 'Size', 'From', 'Fits', ''].map((title) => (title ? el('th', { scope: 'col' }, title) : el('td', {}))))), el('tbody', { id: 'models-rows' })),
    ),
    form,
    el('p', { id: 'model-progress', class: 'row', role: 'status' }),
    error,
  );
  list().catch((failure) => {
    error.textContent = failure.message;
    error.hidden = false;
  });
}
