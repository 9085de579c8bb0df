// Beside the picture: every mark with its numbers, so that each can be set exactly and without a pointer.

import { el } from '../dom.js';
import { KINDS, kindOf } from './kinds.js';
import { chips } from './palette.js';

const asPercent = (part) => Math.round(part * 1000) / 10;

const CORNERS = { tip: 'tip', start: 'start', corner: 'corner' };

function places(mark, index, change) {
  return KINDS[kindOf(mark)].handles(mark).map((handle) =>
    el(
      'span',
      { class: 'place' },
      el('span', {}, handle.letter ?? CORNERS[handle.part] ?? ''),
      (handle.axis === 'y' ? ['y'] : ['x', 'y']).map((axis) => placeField(handle, axis, index, change)),
    ),
  );
}

function placeField(handle, axis, index, change) {
  return el(
    'label',
    { class: 'inline' },
    axis === 'x' ? '↔' : '↕',
    el('input', {
      type: 'number',
      class: 'number',
      min: 0,
      max: 100,
      step: 0.1,
      'data-test': `mark-${index}-${handle.part}-${axis}`,
      'aria-label': `${handle.label}, percent from the ${axis === 'x' ? 'left' : 'top'}`,
      value: asPercent(handle[axis]),
      onchange: (event) => {
        const part = event.target.valueAsNumber / 100;
        if (Number.isFinite(part)) {
          change(index, axis === 'x' ? handle.to(part, handle.y) : handle.to(handle.x, part));
        }
      },
    }),
  );
}

function details(mark, index, { change, pick, take }) {
  switch (kindOf(mark)) {
    case 'palette':
      return chips(mark.palette.split(','), {
        change: (colours) => change(index, { palette: colours.join(',') }),
        pick: () => pick(index),
        take: () => take(index),
      });
    case 'lineWeight':
      return el(
        'label',
        { class: 'inline grow' },
        el('input', {
          type: 'range',
          id: 'line-weight',
          'aria-label': 'Line weight in pixels',
          min: 1,
          max: 16,
          step: 1,
          value: mark.lineWeight,
          oninput: (event) => change(index, { lineWeight: event.target.valueAsNumber }),
        }),
        el('output', {}, `${mark.lineWeight} px`),
      );
    case 'text':
      return [
        el('input', {
          class: 'words',
          'data-test': `mark-${index}-text`,
          'aria-label': 'Words of the text',
          value: mark.text,
          onchange: (event) => event.target.value.trim() && change(index, { ...mark, text: event.target.value.trim() }),
        }),
        ...places(mark, index, change),
      ];
    default:
      return places(mark, index, change);
  }
}

export function marks(annotations, owner) {
  return annotations.map((mark, index) =>
    el(
      'li',
      { class: 'mark', 'data-test': `mark-${index}` },
      el(
        'div',
        { class: 'row' },
        el('b', {}, KINDS[kindOf(mark)].label),
        el('span', { class: 'push' }),
        el('button', { type: 'button', class: 'icon', 'data-test': `mark-remove-${index}`, 'aria-label': `Remove ${KINDS[kindOf(mark)].label.toLowerCase()}`, onclick: () => owner.remove(index) }, '✕'),
      ),
      el('div', { class: 'row tight' }, details(mark, index, owner)),
    ),
  );
}

/** How the drawing is laid over the picture, and the painted layer. */
export function laying(drawing, change) {
  const mode = drawing.mode ?? (drawing.painting ? 'transparent' : 'solid');
  const opacity = drawing.opacity ?? (mode === 'solid' ? 1 : 0.5);
  const segment = (value, label) =>
    el('label', {}, el('input', { type: 'radio', name: 'mode', id: `mode-${value}`, checked: mode === value, onchange: () => change({ ...drawing, mode: value, opacity: undefined }) }), el('span', {}, label));
  return el(
    'details',
    { class: 'laying', open: Boolean(drawing.painting || drawing.mode) },
    el('summary', { id: 'laying-more' }, 'How it is laid over'),
    drawing.painting &&
      el(
        'div',
        { class: 'row' },
        el('img', { class: 'thumb', src: `/api/paintings/${drawing.painting}`, alt: 'The layer' }),
        el('b', {}, 'Layer'),
        el('a', { class: 'button quiet', id: 'layer-save', href: `/api/paintings/${drawing.painting}`, download: 'layer.png' }, 'Save PNG'),
        el('span', { class: 'push' }),
        el('button', { type: 'button', class: 'icon', id: 'layer-remove', 'aria-label': 'Remove the layer', onclick: () => change({ ...drawing, painting: undefined }, 'The layer is removed.') }, '✕'),
      ),
    el('fieldset', {}, el('legend', {}, 'White is'), el('span', { class: 'segments' }, segment('solid', 'see-through'), segment('transparent', 'laid over too'))),
    el(
      'label',
      { class: 'inline grow' },
      'Opacity',
      el('input', {
        type: 'range',
        id: 'opacity',
        min: 0.05,
        max: 1,
        step: 0.05,
        value: opacity,
        oninput: (event) => change({ ...drawing, mode, opacity: event.target.valueAsNumber }, null, 'opacity'),
      }),
      el('output', {}, `${Math.round(opacity * 100)} %`),
    ),
  );
}
