// The kinds of marks: how one begins, which points of it a person can move, and what it is called.
// All places are parts (0 to 1) of the picture's sides, from the left and the top.

import { percent } from '../words.js';

const clamp = (value) => Math.round(Math.min(1, Math.max(0, value)) * 10000) / 10000;

/** One number of a list of places, replaced. */
const put = (list, changes) => list.map((value, index) => (index in changes ? clamp(changes[index]) : value));

export const KINDS = {
  horizon: {
    label: 'Horizon',
    once: true,
    make: () => ({ horizon: 0.4 }),
    handles: (mark) => [
      { part: 'line', label: 'Horizon', shape: 'line', axis: 'y', x: 0.5, y: mark.horizon, to: (x, y) => ({ horizon: clamp(y) }) },
    ],
  },
  palette: { label: 'Palette', once: true, make: () => ({ palette: '#d83b2a,#f2c14e,#2a6f97' }), handles: () => [] },
  lineWeight: { label: 'Line weight', once: true, make: () => ({ lineWeight: 3 }), handles: () => [] },
  depth: {
    label: 'Points A, B',
    once: true,
    make: () => ({ depth: [0.3, 0.7, 0.7, 0.3] }),
    handles: (mark) =>
      ['A', 'B'].map((letter, index) => ({
        part: letter,
        label: `Point ${letter}`,
        shape: 'letter',
        letter,
        x: mark.depth[2 * index],
        y: mark.depth[2 * index + 1],
        to: (x, y) => ({ depth: put(mark.depth, { [2 * index]: x, [2 * index + 1]: y }) }),
      })),
  },
  arrow: {
    label: 'Arrow',
    make: () => ({ arrow: [0.25, 0.75, 0.7, 0.35] }),
    guide: (mark) => ({ shape: 'line', at: mark.arrow }),
    handles: (mark) =>
      ['start', 'tip'].map((end, index) => ({
        part: end,
        label: `Arrow’s ${end}`,
        shape: 'dot',
        x: mark.arrow[2 * index],
        y: mark.arrow[2 * index + 1],
        to: (x, y) => ({ arrow: put(mark.arrow, { [2 * index]: x, [2 * index + 1]: y }) }),
      })),
  },
  box: {
    label: 'Box',
    make: () => ({ box: [0.3, 0.35, 0.4, 0.35] }),
    guide: (mark) => ({ shape: 'box', at: mark.box }),
    handles: (mark) => {
      const [left, top, width, height] = mark.box;
      return [
        {
          part: 'body',
          label: 'Box',
          shape: 'move',
          x: left,
          y: top,
          to: (x, y) => ({ box: put(mark.box, { 0: Math.min(x, 1 - width), 1: Math.min(y, 1 - height) }) }),
        },
        {
          part: 'corner',
          label: 'Box’s lower right corner',
          shape: 'square',
          x: left + width,
          y: top + height,
          to: (x, y) => ({ box: put(mark.box, { 2: Math.max(0.02, Math.min(x, 1) - left), 3: Math.max(0.02, Math.min(y, 1) - top) }) }),
        },
      ];
    },
  },
  text: {
    label: 'Text',
    make: () => ({ text: 'sky', at: [0.4, 0.3] }),
    handles: (mark) => [
      {
        part: 'at',
        label: `Text “${mark.text}”`,
        shape: 'move',
        x: mark.at[0],
        y: mark.at[1],
        to: (x, y) => ({ ...mark, at: put(mark.at, { 0: x, 1: y }) }),
      },
    ],
  },
};

export const kindOf = (mark) => Object.keys(KINDS).find((kind) => kind in mark);

/** Where a handle is, as it is read aloud. */
export const place = (handle) =>
  handle.axis === 'y'
    ? `${percent(handle.y)} from the top`
    : `${percent(handle.x)} from the left, ${percent(handle.y)} from the top`;
