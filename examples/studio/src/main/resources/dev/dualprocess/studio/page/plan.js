// The form, and the plan that the server gets from it. The form differs in what belongs together: questions may share a
// drawing (`drawnAs` is the key of the one that has it), and a further prompt is asked what the first is, or has
// questions of its own, of which those that are the first's (`as`) follow it. So one drag of a line moves it for all.

import { bareQuestion } from './words.js';

let keys = 0;

const copy = (value) => structuredClone(value);

export const newCheck = (check = {}) => ({
  key: ++keys,
  question: bareQuestion(check.question ?? ''),
  answer: check.answer ?? 'Yes',
  weight: check.weight ?? 1,
  drawing: check.drawing ? copy(check.drawing) : null,
  drawnAs: null,
});

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

const withSameDrawing = (checks, check) => checks.find((other) => other !== check && other.drawing && same(other.drawing, check.drawing));

function shareDrawings(checks) {
  for (const check of checks) {
    const owner = withSameDrawing(checks.slice(0, checks.indexOf(check)), check);
    if (owner) {
      check.drawnAs = owner.drawnAs ?? owner.key;
    }
  }
  return checks;
}

/** The check whose drawing is laid over for this one. */
export const ownerOf = (form, check) => form.checks.find((other) => other.key === check.drawnAs) ?? check;

function ownCheck(checks, check) {
  const own = newCheck(check);
  const twin = checks.find((other) => other.question === own.question && other.answer === own.answer);
  const owner = withSameDrawing(checks, own);
  return { ...own, as: twin?.key ?? null, drawnAs: owner ? owner.drawnAs ?? owner.key : null };
}

export function fromPlan(plan) {
  const { checks, also, prompt, ...rest } = copy(plan);
  const asked = shareDrawings(checks.map(newCheck));
  return {
    ...rest,
    prompt,
    checks: asked,
    also: (also ?? []).map((other) => ({
      prompt: other.prompt,
      own: !other.checks || same(other.checks, checks) ? null : other.checks.map((check) => ownCheck(asked, check)),
    })),
  };
}

function checkOf(form, asked) {
  const { question, answer, weight } = asked;
  const { drawing } = ownerOf(form, asked);
  const check = { question: question.trim(), answer: answer.trim(), weight };
  return isDrawn(drawing) ? { ...check, drawing } : check;
}

export function toPlan(form) {
  const { checks, also, prompt, ...rest } = copy(form);
  const asked = checks.map((check) => checkOf(form, check));
  const ownChecks = (own) =>
    own
      .filter((check) => !check.as || checks.some((first) => first.key === check.as))
      .map((check) => checkOf(form, checks.find((first) => first.key === check.as) ?? check));
  return {
    ...rest,
    prompt: prompt.trim(),
    checks: asked,
    also: also
      .filter((other) => other.prompt.trim())
      .map((other) => ({ prompt: other.prompt.trim(), checks: other.own ? ownChecks(other.own) : copy(asked) })),
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
