// What the editor is made of.

import { el } from '../dom.js';
import { KINDS } from './kinds.js';

const GLYPHS = { horizon: '―', palette: '▦', lineWeight: '≡', depth: 'AB', arrow: '↗', box: '▢', text: 'T' };

const tool = (id, glyph, label, rest = {}) =>
  el('button', { type: 'button', class: 'tool', id: `tool-${id}`, ...rest }, el('i', { 'aria-hidden': 'true' }, glyph), label);

const quiet = (id, label, rest = {}) => el('button', { type: 'button', class: 'quiet', id, ...rest }, label);

const file = (id, label, accept) => [
  el('label', { class: 'button quiet', for: id }, label),
  el('input', { id, type: 'file', class: 'unseen', accept }),
];

export function frame() {
  return [
    el('h3', { id: 'editor-title' }, 'Drawing'),
    el(
      'div',
      { class: 'tools', role: 'toolbar', 'aria-label': 'Add to the drawing' },
      Object.entries(KINDS).map(([kind, { label }]) => tool(kind, GLYPHS[kind], label)),
      tool('brush', '✎', 'Brush', { 'aria-pressed': 'false' }),
      el('label', { class: 'tool', for: 'tool-picture' }, el('i', { 'aria-hidden': 'true' }, '▣'), 'Picture'),
      el('input', { id: 'tool-picture', type: 'file', class: 'unseen', accept: 'image/*', 'aria-label': 'A picture as layer' }),
    ),
    el(
      'div',
      { class: 'stage-and-marks' },
      el(
        'div',
        { class: 'stage-side' },
        el(
          'div',
          { class: 'stage', id: 'stage' },
          el('img', { id: 'editor-shown', alt: 'What the verifier gets: the picture with the drawing', hidden: true }),
          el('canvas', { id: 'paint', tabindex: 0, role: 'img', 'aria-label': 'Painting surface: arrow keys move the brush, Space puts it down and lifts it', hidden: true }),
          el('button', { type: 'button', id: 'pick-surface', class: 'picker', 'aria-label': 'Pick a colour: arrow keys move, Enter takes it, Escape gives up', hidden: true }),
        ),
        el(
          'div',
          { class: 'row' },
          quiet('undo', 'Undo', { 'aria-keyshortcuts': 'Control+Z' }),
          quiet('redo', 'Redo', { 'aria-keyshortcuts': 'Control+Shift+Z' }),
          el('span', { class: 'push' }),
          quiet('another', 'Another picture'),
          el('label', { class: 'check' }, el('input', { type: 'checkbox', id: 'on-white' }), ' On white'),
        ),
        el('p', { id: 'editor-status', class: 'hint', role: 'status' }),
        el('p', { id: 'editor-error', class: 'error', role: 'alert', hidden: true }),
      ),
      el(
        'div',
        { class: 'marks-side' },
        el('p', { id: 'marks-none', class: 'hint' }, 'Nothing is drawn for this question. Add a horizon, a palette, a point… or leave it to the words.'),
        el('ul', { id: 'marks', class: 'plain' }),
        el(
          'fieldset',
          { id: 'brush-box', hidden: true },
          el('legend', {}, 'Brush'),
          el('label', { class: 'inline grow' }, 'Size', el('input', { type: 'range', id: 'brush-size', min: 1, max: 40, value: 8 })),
          el('label', { class: 'inline' }, 'Colour', el('input', { type: 'color', id: 'brush-colour', value: '#ff0000' })),
          el('label', { class: 'check' }, el('input', { type: 'checkbox', id: 'brush-eraser' }), ' Eraser'),
        ),
        el('div', { id: 'laying' }),
        el('div', { class: 'row' }, quiet('drawing-save', 'Save drawing'), file('drawing-open', 'Open drawing', '.json,application/json,image/*'), quiet('drawing-png', 'Save as PNG'), quiet('drawing-clear', 'Clear')),
      ),
    ),
  ];
}
