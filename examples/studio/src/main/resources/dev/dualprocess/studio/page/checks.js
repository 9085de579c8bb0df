// Step 2: the questions, and which of them the editor draws for.

import { $, announce, el, fail } from './dom.js';
import { edited } from './form.js';
import { isDrawn, newCheck, ownerOf } from './plan.js';
import { emit, on, store } from './store.js';
import { DEFAULT_QUESTIONS, count, isDefaultQuestion } from './words.js';

const CUSTOM = 'other';
let chosen = null;

const chosenCheck = () => store.form.checks.find((check) => check.key === chosen) ?? store.form.checks[0];

/** The check that has the drawing which is edited, if there is one. */
export const drawnCheck = () => chosenCheck() && ownerOf(store.form, chosenCheck());

/** Which questions that drawing is for, as people count them. */
export const questionsOf = (owner) => store.form.checks.flatMap((check, index) => (ownerOf(store.form, check) === owner ? [index + 1] : []));

function change(check, part) {
  Object.assign(check, part);
  fail($(`#check-error-${check.key}`), null);
  edited();
}

function choose(check) {
  chosen = check.key;
  markChosen();
  emit('check-chosen');
}

function markChosen() {
  const key = chosenCheck()?.key;
  for (const row of $('#checks').children) {
    const current = Number(row.dataset.key) === key;
    row.classList.toggle('chosen', current);
    $('.draw', row).setAttribute('aria-pressed', current);
  }
}

const drawnWords = (drawing) =>
  isDrawn(drawing)
    ? [drawing.painting ? 'a layer' : '', ...(drawing.annotations ?? []).map((mark) => Object.keys(mark)[0])]
        .filter(Boolean)
        .map((word) => (word === 'lineWeight' ? 'line weight' : word))
        .join(', ')
    : 'nothing yet';

function answers(check, index) {
  const free = !['Yes', 'No'].includes(check.answer);
  const text = el('input', {
    id: `answer-text-${index}`,
    class: 'short',
    'aria-label': `Wanted answer to question ${index + 1}`,
    value: free ? check.answer : '',
    oninput: (event) => change(check, { answer: event.target.value }),
  });
  text.hidden = !free;
  const choice = (value, label) =>
    el(
      'label',
      {},
      el('input', {
        type: 'radio',
        name: `answer-${check.key}`,
        id: `answer-${label.toLowerCase()}-${index}`,
        checked: value === CUSTOM ? free : check.answer === value,
        onchange: () => {
          text.hidden = value !== CUSTOM;
          change(check, { answer: value === CUSTOM ? text.value : value });
          if (value === CUSTOM) {
            text.focus();
          }
        },
      }),
      el('span', {}, label),
    );
  return el(
    'fieldset',
    { class: 'answers' },
    el('legend', {}, 'Wanted answer'),
    el('span', { class: 'segments' }, choice('Yes', 'Yes'), choice('No', 'No'), choice(CUSTOM, 'Other')),
    text,
  );
}

function row(check, index) {
  const name = `Question ${index + 1}`;
  return el(
    'li',
    { class: 'card check-row', 'data-key': check.key, 'data-test': `check-${index}` },
    el(
      'div',
      { class: 'row' },
      el('label', { for: `question-${index}` }, name),
      el('span', { class: 'push' }),
      el(
        'button',
        { type: 'button', class: 'icon', id: `check-remove-${index}`, 'aria-label': `Remove question ${index + 1}`, onclick: () => removeCheck(index) },
        '✕',
      ),
    ),
    el('input', {
      id: `question-${index}`,
      class: 'question',
      value: check.question,
      placeholder: 'Is it night?',
      'aria-describedby': `check-error-${check.key}`,
      oninput: (event) => change(check, { question: event.target.value }),
    }),
    el(
      'div',
      { class: 'row loose' },
      answers(check, index),
      el(
        'label',
        { class: 'inline' },
        'Weight ',
        el('input', {
          id: `weight-${index}`,
          class: 'number',
          type: 'number',
          min: 0.1,
          step: 0.1,
          value: check.weight,
          onchange: (event) => change(check, { weight: Number(event.target.value) || 1 }),
        }),
      ),
      el(
        'button',
        { type: 'button', class: 'quiet draw', id: `draw-${index}`, onclick: () => choose(check) },
        el('span', {}, 'Drawing: '),
        el('span', { class: 'drawn' }, drawnWords(ownerOf(store.form, check).drawing)),
      ),
      check.drawnAs &&
        el('button', { type: 'button', class: 'quiet', id: `draw-own-${index}`, title: 'It shares its drawing with another question', onclick: () => separate(check, index) }, 'Draw its own'),
    ),
    el('p', { id: `check-error-${check.key}`, class: 'error', role: 'alert', hidden: true }),
  );
}

function separate(check, index) {
  check.drawing = structuredClone(ownerOf(store.form, check).drawing);
  check.drawnAs = null;
  chosen = check.key;
  edited();
  show();
  $(`#draw-${index}`).focus();
  announce(`Question ${index + 1} has a drawing of its own now.`);
}

/** Who shared the drawing of a check that goes keeps it. */
function passOn(removed) {
  const [heir, ...others] = store.form.checks.filter((check) => check.drawnAs === removed.key);
  if (heir) {
    Object.assign(heir, { drawing: removed.drawing, drawnAs: null });
    others.forEach((check) => {
      check.drawnAs = heir.key;
    });
  }
}

function removeCheck(index) {
  const [removed] = store.form.checks.splice(index, 1);
  passOn(removed);
  edited();
  show();
  ($(`#question-${Math.max(0, index - 1)}`) ?? $('#check-add')).focus();
  announce(`Question ${index + 1} is removed.`);
}

function show() {
  $('#checks').replaceChildren(...store.form.checks.map(row));
  $('#check-add').textContent = store.form.checks.length ? 'Add a question' : 'Ask a question';
  markChosen();
  emit('check-chosen');
}

/** The editor changed a drawing: say so in its row, and propose the question that belongs to it. */
export function drawn(check, drawing) {
  check.drawing = drawing;
  const kind = Object.keys(drawing?.annotations?.[0] ?? {})[0];
  const index = store.form.checks.indexOf(check);
  if (isDrawn(drawing) && (!check.question || isDefaultQuestion(check.question))) {
    check.question = DEFAULT_QUESTIONS[kind] ?? DEFAULT_QUESTIONS.other;
    $(`#question-${index}`).value = check.question;
  }
  for (const number of questionsOf(check)) {
    $('.drawn', $(`#draw-${number - 1}`)).textContent = drawnWords(drawing);
  }
  edited();
}

/** Something to draw for, where there is no question yet. */
export function checkToDrawFor() {
  if (!chosenCheck()) {
    store.form.checks.push(newCheck());
    show();
  }
  return drawnCheck();
}

export function openChecks() {
  $('#check-add').addEventListener('click', () => {
    const check = newCheck();
    store.form.checks.push(check);
    chosen = check.key;
    edited();
    show();
    $(`#question-${store.form.checks.length - 1}`).focus();
    announce(count(store.form.checks.length, 'question', 'questions'));
  });
  on('form-filled', show);
  on('checks-changed', show);
  on('problems', (found) => {
    fail($('#checks-error'), found.find((problem) => problem.where === 'checks')?.line);
    for (const check of store.form.checks) {
      fail($(`#check-error-${check.key}`), found.find((problem) => problem.where === `check-${check.key}`)?.line);
    }
  });
}
