// Step 1: the prompt, examples, and further prompts that are taught in turn.

import { post, picturePath } from './api.js';
import { $, act, announce, el, fail, picture } from './dom.js';
import { changeModels, clear, edited, use, usePrompt } from './form.js';
import { newCheck } from './plan.js';
import { emit, on, store } from './store.js';
import { follow } from './tasks.js';

function showExamples() {
  $('#examples').replaceChildren(
    ...store.state.examples.map((example) =>
      el(
        'button',
        { type: 'button', class: 'example', id: `example-${example.name}`, onclick: () => use(example.plan, `“${example.title}”`) },
        picture(picturePath(example.plan, example.plan.prompt, 0), ''),
        el('span', {}, el('b', {}, example.title), el('small', {}, example.say)),
      ),
    ),
  );
  $('#prompts').replaceChildren(
    ...store.state.prompts.map((prompt, index) =>
      el('button', { type: 'button', class: 'chip', 'data-test': `prompt-${index}`, onclick: () => usePrompt(prompt) }, prompt),
    ),
  );
}

function alsoRow(other, index) {
  const said = `Prompt ${index + 2}`;
  return el(
    'li',
    {},
    el(
      'div',
      { class: 'row' },
      el('input', {
        id: `also-${index}`,
        'aria-label': said,
        value: other.prompt,
        oninput: (event) => {
          other.prompt = event.target.value;
          edited();
        },
      }),
      el('button', { type: 'button', class: 'icon', id: `also-remove-${index}`, 'aria-label': `Remove ${said.toLowerCase()}`, onclick: () => removeAlso(index, said) }, '✕'),
    ),
    other.own && ownQuestions(other, index),
  );
}

/** What this prompt alone is asked, and a way to ask of it what the first is asked. */
function ownQuestions(other, index) {
  const alone = other.own.filter((check) => !check.as);
  return el(
    'p',
    { class: 'own' },
    alone.length ? `Asked of it alone: ${alone.map(({ question, answer }) => `${question} ${answer}`).join(' ')} ` : 'It is asked less than the first. ',
    el('button', { type: 'button', class: 'link', 'data-test': `also-same-${index}`, onclick: () => askSame(other, index) }, 'Ask as of the first'),
  );
}

function askSame(other, index) {
  other.own = null;
  edited();
  showAlso();
  $(`#also-${index}`).focus();
}

function removeAlso(index, said) {
  store.form.also.splice(index, 1);
  edited();
  showAlso();
  ($(`#also-${Math.max(0, index - 1)}`) ?? $('#also-add')).focus();
  announce(`${said} is removed.`);
}

function showAlso() {
  $('#also').replaceChildren(...store.form.also.map(alsoRow));
}

function addAlso() {
  store.form.also.push({ prompt: '', own: null });
  showAlso();
  $(`#also-${store.form.also.length - 1}`).focus();
}

async function suggest() {
  const drawing = store.form.checks.find((check) => check.drawing)?.drawing ?? null;
  const result = await follow(
    () => post('/api/suggest', { prompt: store.form.prompt, drawing }),
    (task) => announce(task.text ?? ''),
  );
  $('#suggestions').replaceChildren(
    ...(result?.questions ?? []).map((suggested, index) =>
      el(
        'li',
        { class: 'row' },
        el(
          'button',
          {
            type: 'button',
            class: 'chip',
            'data-test': `suggestion-${index}`,
            onclick: (event) => {
              const empty = store.form.checks.find((check) => !check.question);
              if (empty) {
                Object.assign(empty, { question: suggested.question, answer: suggested.answer });
              } else {
                store.form.checks.push(newCheck(suggested));
              }
              event.target.closest('li').remove();
              edited();
              emit('checks-changed');
            },
          },
          `${suggested.question} ${suggested.answer}`,
        ),
      ),
    ),
  );
}

export function openSay() {
  showExamples();
  $('#suggest-box').hidden = !store.state.suggest;
  $('#suggest').addEventListener('click', () => act($('#suggest'), $('#suggest-error'), suggest));
  $('#prompt').addEventListener('input', () => {
    store.form.prompt = $('#prompt').value;
    fail($('#prompt-error'), null);
    edited();
  });
  $('#also-add').addEventListener('click', addAlso);
  $('#form-clear').addEventListener('click', clear);
  const showPrompt = () => {
    $('#prompt').value = store.form.prompt;
    fail($('#prompt-error'), null);
  };
  on('prompt-used', showPrompt);
  on('form-filled', () => {
    showPrompt();
    showAlso();
  });
  on('problems', (found) => fail($('#prompt-error'), found.find((problem) => problem.where === 'prompt')?.line));
  on('models-chosen', changeModels);
}
