// Colours of a palette: chips to add, remove and put in order, and colours taken from the picture.

import { announce, el } from '../dom.js';

const MOST = 8;
const hex = (channels) => `#${[...channels].map((value) => value.toString(16).padStart(2, '0')).join('')}`;

/** The pixels of a picture of this page. */
export async function pixelsOf(src) {
  const image = new Image();
  image.src = src;
  await image.decode();
  const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight);
  const context = canvas.getContext('2d');
  context.drawImage(image, 0, 0);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}

export function colourAt({ data, width, height }, x, y) {
  const column = Math.min(width - 1, Math.max(0, Math.floor(x * width)));
  const row = Math.min(height - 1, Math.max(0, Math.floor(y * height)));
  const start = 4 * (row * width + column);
  return hex(data.slice(start, start + 3));
}

/** The colours that most of a picture has: median cut, the fullest box first. */
export function mainColours({ data }, count) {
  const pixels = [];
  for (let start = 0; start < data.length; start += 4) {
    pixels.push(data.subarray(start, start + 3));
  }
  let boxes = [pixels];
  while (boxes.length < count) {
    const widest = boxes.map(spread).reduce((best, next) => (next.size > best.size ? next : best));
    if (widest.size === 0) {
      break;
    }
    const sorted = widest.box.sort((a, b) => a[widest.channel] - b[widest.channel]);
    const middle = sorted.length >> 1;
    boxes = [...boxes.filter((box) => box !== widest.box), sorted.slice(0, middle), sorted.slice(middle)];
  }
  return boxes.map((box) => hex([0, 1, 2].map((channel) => Math.round(box.reduce((sum, pixel) => sum + pixel[channel], 0) / box.length))));
}

function spread(box) {
  const ranges = [0, 1, 2].map((channel) => {
    let least = 255;
    let most = 0;
    for (const pixel of box) {
      least = Math.min(least, pixel[channel]);
      most = Math.max(most, pixel[channel]);
    }
    return most - least;
  });
  const channel = ranges.indexOf(Math.max(...ranges));
  return { box, channel, size: box.length > 1 ? ranges[channel] * Math.sqrt(box.length) : 0 };
}

/** The chips; `change` gets the new list, `pick` and `take` are asked for colours of the picture. */
export function chips(colours, { change, pick, take }) {
  const replace = (index, ...by) => change(colours.toSpliced(index, 1, ...by));
  const swap = (index, other) => {
    const next = colours.with(index, colours[other]).with(other, colours[index]);
    change(next);
    announce(`${colours[index]} is colour ${other + 1} now.`);
  };
  return el(
    'div',
    { class: 'palette' },
    el(
      'ol',
      { class: 'plain colours' },
      colours.map((colour, index) =>
        el(
          'li',
          { class: 'row' },
          el('input', {
            type: 'color',
            'data-test': `colour-${index}`,
            'aria-label': `Colour ${index + 1}, ${colour}`,
            value: colour,
            onchange: (event) => replace(index, event.target.value),
          }),
          el('button', { type: 'button', class: 'icon', 'data-test': `colour-left-${index}`, 'aria-label': `Move colour ${index + 1} left`, disabled: index === 0, onclick: () => swap(index, index - 1) }, '←'),
          el('button', { type: 'button', class: 'icon', 'data-test': `colour-right-${index}`, 'aria-label': `Move colour ${index + 1} right`, disabled: index === colours.length - 1, onclick: () => swap(index, index + 1) }, '→'),
          el('button', { type: 'button', class: 'icon', 'data-test': `colour-remove-${index}`, 'aria-label': `Remove colour ${index + 1}`, disabled: colours.length === 1, onclick: () => replace(index) }, '✕'),
        ),
      ),
    ),
    el(
      'div',
      { class: 'row' },
      el('button', { type: 'button', class: 'quiet', id: 'colour-add', disabled: colours.length >= MOST, onclick: () => change([...colours, '#808080']) }, 'Add'),
      el('button', { type: 'button', class: 'quiet', id: 'colour-pick', disabled: colours.length >= MOST, onclick: pick }, 'Pick from the picture'),
      el('button', { type: 'button', class: 'quiet', id: 'colour-take', onclick: take }, 'Take its main five'),
    ),
  );
}
