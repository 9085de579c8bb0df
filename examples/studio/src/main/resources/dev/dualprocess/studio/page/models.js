// What can be used on this machine, and getting more of it.

import { get, post } from './api.js';
import { $, act, debounce, el } from './dom.js';
import { emit, on, store } from './store.js';
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

const chosen = () => [['generator', store.form.generator.id], ...store.form.verifiers.map(({ id }) => ['verifier', id])];

/** Whether what the form asks for has room, and what would make it fit. */
async function judge() {
  const { sampling, lora } = store.form.settings;
  const size = sampling.size ? [['width', sampling.size.width], ['height', sampling.size.height]] : [];
  const { fits, text } = await get(`/api/fits?${new URLSearchParams([...chosen(), ...size, ['rank', lora.rank]])}`);
  const names = [...new Set(chosen().map(([, id]) => id))].join(' with ');
  for (const line of document.querySelectorAll('.fits')) {
    line.textContent = fits ? `${names} ${text}.` : `${names} ${text}. The options are of “dualprocess studio”, and the size is under More settings.`;
    line.classList.toggle('warning', !fits);
  }
}

let judged = '';

const judgeSoon = debounce(() => {
  const { sampling, lora } = store.form.settings;
  const now = JSON.stringify([chosen(), sampling.size, lora.rank]);
  if (now !== judged) {
    judged = now;
    judge().catch((error) => {
      judged = '';
      document.querySelectorAll('.fits').forEach((line) => (line.textContent = error.message));
    });
  }
}, 400);

async function list() {
  const { models } = await get(`/api/models?${new URLSearchParams(chosen())}`);
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
    el('p', { class: 'hint fits', id: 'models-fit' }),
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
  on('form', judgeSoon);
  on('form-filled', judgeSoon);
  on('models-chosen', () => list().catch(() => {}));
  on('form-opened', () => list().catch((failure) => {
    error.textContent = failure.message;
    error.hidden = false;
  }));
}
