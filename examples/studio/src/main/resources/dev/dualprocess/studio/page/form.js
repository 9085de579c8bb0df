// The form as a whole: what is in it, where it came from, and that nothing in it is lost without a question.

import { announce } from './dom.js';
import { confirm } from './dialogs.js';
import { fromPlan, isEmpty, toPlan } from './plan.js';
import { emit, store } from './store.js';

const DRAFT = 'draft';
let given = '';

const written = () => JSON.stringify(toPlan(store.form));

/** The person typed or drew something. */
export function edited() {
  localStorage.setItem(DRAFT, written());
  emit('form');
}

function fill(plan) {
  store.form = fromPlan(plan);
  given = written();
  edited();
  emit('form-filled');
}

export function usePrompt(prompt) {
  store.form.prompt = prompt;
  edited();
  emit('prompt-used');
}

/**
 * Replaces what is in the form; asks first where that would lose what the person made. A plan without models, as pictures
 * have it, is for those that are chosen.
 */
export async function use(plan, name) {
  if (!isEmpty(store.form) && written() !== given) {
    const agreed = await confirm({
      title: 'Replace what is in the form?',
      text: `${name} would take the place of your prompt, questions and drawings.`,
      yes: 'Replace',
      no: 'Keep mine',
    });
    if (!agreed) {
      return false;
    }
  }
  const { generator, verifiers } = store.form;
  fill({ generator, verifiers, ...plan });
  announce(`${name} is in the form.`);
  return true;
}

export function clear() {
  return use(store.state.defaults, 'An empty form');
}

/** New settings and models, the same prompt, questions and drawings. */
export function changeModels(defaults) {
  const { prompt, checks, also } = toPlan(store.form);
  fill({ ...defaults, prompt, checks, also });
}

/** What was in the form when the page was closed, or nothing. */
export function openForm() {
  let draft = null;
  try {
    draft = JSON.parse(localStorage.getItem(DRAFT));
    store.form = fromPlan({ ...store.state.defaults, ...draft });
  } catch {
    store.form = fromPlan(store.state.defaults);
  }
  // A draft is the person's own work, so that whatever would replace it asks.
  given = draft ? '' : written();
  emit('form-filled');
  emit('form-opened');
}
