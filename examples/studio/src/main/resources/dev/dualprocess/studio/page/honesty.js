// What else changed in the pictures while the answer became likelier: a verifier can be pleased by a trick.

import { el } from './dom.js';
import { figure, percent } from './words.js';

const RISEN = 0.1;
const MEASURES = [
  { name: 'edges', label: 'Edges', hint: 'how much is drawn in the picture' },
  { name: 'colours', label: 'Colours', hint: 'how many different ones, in bits' },
  { name: 'brightness', label: 'Brightness', hint: '0 is black, 1 white' },
];

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

function averaged(previews) {
  const pair = (name) => [0, 1].map((side) => mean(previews.map((preview) => preview.measures[name][side])));
  return {
    edges: pair('edges'),
    colours: pair('colours'),
    brightness: pair('brightness'),
    difference: mean(previews.map((preview) => preview.measures.difference)),
    probability: mean(previews.map((preview) => preview.probability)),
  };
}

/** Warnings in words, the worst first; empty where nothing speaks against what was learnt. */
export function warnings(now, firstProbability) {
  const lost = ([before, after]) => (before > 0 ? 1 - after / before : 0);
  const rises = now.probability - firstProbability > RISEN;
  const found = [];
  if (lost(now.colours) > 0.25 && rises) {
    found.push('The colours are collapsing: this may be a trick, not a control.');
  }
  if (lost(now.edges) > 0.4 && rises) {
    found.push('The pictures are losing their detail: this may be a trick, not a control.');
  }
  if (lost(now.edges) < -0.6) {
    found.push('The pictures are filling with detail that was not there: look whether it is noise.');
  }
  const lighter = now.brightness[1] - now.brightness[0];
  if (Math.abs(lighter) > 0.25) {
    found.push(`The pictures become much ${lighter > 0 ? 'brighter' : 'darker'}. Did you ask for that?`);
  }
  if (now.difference > 0.3) {
    found.push('Little is left of the bare pictures. “Keep the picture” holds them closer.');
  }
  return found;
}

/** The measures at one step, in numbers and words; `first` are the previews that the run began with. */
export function honesty(previews, first) {
  const now = averaged(previews);
  const said = warnings(now, averaged(first).probability);
  return el(
    'div',
    { class: 'honesty', id: 'honesty' },
    el('h3', {}, 'Is it honest?'),
    said.length
      ? said.map((line) => el('p', { class: 'warning', 'data-test': 'honesty-warning' }, line))
      : el('p', { class: 'fine', 'data-test': 'honesty-fine' }, 'Nothing speaks against it so far: the pictures keep their colours and detail.'),
    el(
      'table',
      {},
      el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, 'Measure'), el('th', { scope: 'col' }, 'Without'), el('th', { scope: 'col' }, 'With'), el('th', { scope: 'col' }, 'Change'))),
      el(
        'tbody',
        {},
        MEASURES.map(({ name, label, hint }) => {
          const [before, after] = now[name];
          const change = before ? after / before - 1 : 0;
          return el('tr', {}, el('th', { scope: 'row', title: hint }, label), el('td', {}, figure(before)), el('td', {}, figure(after)), el('td', {}, `${change < 0 ? '−' : '+'}${percent(Math.abs(change))}`));
        }),
        el('tr', {}, el('th', { scope: 'row', title: 'mean difference of the pixels' }, 'Difference'), el('td', {}, '0'), el('td', {}, percent(now.difference)), el('td', {})),
      ),
    ),
  );
}
