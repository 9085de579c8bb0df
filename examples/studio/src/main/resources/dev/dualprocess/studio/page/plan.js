// The form, and the plan that the server gets from it. The form differs in one thing: a further prompt has either
// questions of its own or, as most do, those of the first.

import { bareQuestion } from './words.js';

let keys = 0;

const copy = (value) => structuredClone(value);

export const newCheck = (check = {}) => ({
  key: ++keys,
  question: bareQuestion(check.question ?? ''),
  answer: check.answer ?? 'Yes',
  weight: check.weight ?? 1,
  drawing: check.drawing ? copy(check.drawing) : null,
});

export function fromPlan(plan) {
  const { checks, also, prompt, ...rest } = copy(plan);
  const first = JSON.stringify(checks);
  return {
    ...rest,
    prompt,
    checks: checks.map(newCheck),
    also: (also ?? []).map((other) => ({
      key: ++keys,
      prompt: other.prompt,
      own: !other.checks || JSON.stringify(other.checks) === first ? null : other.checks,
    })),
  };
}

function checkOf({ question, answer, weight, drawing }) {
  const check = { question: question.trim(), answer: answer.trim(), weight };
  return isDrawn(drawing) ? { ...check, drawing } : check;
}

export function toPlan(form) {
  const { checks, also, prompt, ...rest } = copy(form);
  const asked = checks.map(checkOf);
  return {
    ...rest,
    prompt: prompt.trim(),
    checks: asked,
    also: also
      .filter((other) => other.prompt.trim())
      .map((other) => ({ prompt: other.prompt.trim(), checks: other.own ?? copy(asked) })),
  };
}

export const isDrawn = (drawing) => Boolean(drawing && (drawing.painting || drawing.annotations?.length));

export const isEmpty = (form) =>
  !form.prompt.trim() && form.also.length === 0 && form.checks.every((check) => !check.question && !check.drawing);

/** What a person must still say, each with the place in the form where it is missing. */
export function problems(form) {
  const found = [];
  if (!form.prompt.trim()) {
    found.push({ where: 'prompt', line: 'Say what to draw, or take an example.' });
  }
  if (form.checks.length === 0) {
    found.push({ where: 'checks', line: 'Ask at least one question.' });
  }
  for (const check of form.checks) {
    if (!check.question.trim()) {
      found.push({ where: `check-${check.key}`, line: 'Type a question, or remove it.' });
    } else if (!check.answer.trim()) {
      found.push({ where: `check-${check.key}`, line: 'Say which answer you want.' });
    }
  }
  return found;
}
