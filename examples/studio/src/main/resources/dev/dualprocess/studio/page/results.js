// What a run's own evaluation found, on seeds that it never saw.

import { el, picture } from './dom.js';
import { percent, probability } from './words.js';

/** Every unseen seed, without and with; a click calls `choose` with its number. */
export function unseen(job, choose) {
  return el(
    'div',
    {},
    el('h3', {}, 'Seeds that it never saw'),
    el(
      'div',
      { class: 'unseen-seeds' },
      job.comparison.map(({ seed: number, before, after }) =>
        el(
          'button',
          { type: 'button', class: 'both', 'data-test': `unseen-${number}`, 'aria-label': `Compare seed ${number}`, onclick: () => choose(number) },
          picture(before, ''),
          picture(after, ''),
          el('small', {}, String(number)),
        ),
      ),
    ),
  );
}

/** The probability before and after, for every prompt that was evaluated. */
export function results(job) {
  const evaluations = job.results?.evaluations ?? [];
  return el(
    'ul',
    { class: 'plain results' },
    evaluations.map(({ prompt, trained, before, after, diversityKept }) =>
      el(
        'li',
        {},
        el('b', {}, `${probability(before?.probability)} → ${probability(after?.probability)}`),
        ` ${prompt}${trained === false ? ' (never taught)' : ''}`,
        Number.isFinite(diversityKept) && el('small', {}, `, ${percent(diversityKept)} of the variety kept`),
      ),
    ),
  );
}
