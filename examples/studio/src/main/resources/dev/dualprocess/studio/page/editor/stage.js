// Handles over the picture. They are our own and lie above what the server drew; the red below them is what counts.

import { announce } from '../dom.js';
import { KINDS, kindOf, place } from './kinds.js';

const SVG = 'http://www.w3.org/2000/svg';
const STEP = 0.01;
const LONG_STEP = 0.05;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function node(tag, attributes = {}) {
  const element = document.createElementNS(SVG, tag);
  set(element, attributes);
  return element;
}

function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    element.setAttribute(name, value);
  }
}

export class Stage {
  #svg;
  #owner;
  #drawn = new Map();

  /** `owner` has `marks()`, `move(index, mark, tag)`, `settle()`, `remove(index)`. */
  constructor(svg, owner) {
    this.#svg = svg;
    this.#owner = owner;
    new ResizeObserver(() => this.render()).observe(svg);
  }

  focus(index) {
    this.#svg.querySelector(`[data-mark="${index}"]`)?.focus();
  }

  render() {
    const { clientWidth: width, clientHeight: height } = this.#svg;
    this.#svg.setAttribute('viewBox', `0 0 ${width || 1} ${height || 1}`);
    const wanted = new Map();
    this.#owner.marks().forEach((mark, index) => {
      const kind = KINDS[kindOf(mark)];
      if (kind.guide) {
        wanted.set(`${index}-guide-${kind.guide(mark).shape}`, { guide: kind.guide(mark) });
      }
      for (const handle of kind.handles(mark)) {
        wanted.set(`${index}-${handle.part}-${handle.shape}`, { handle, index });
      }
    });
    for (const [key, element] of this.#drawn) {
      if (!wanted.has(key)) {
        element.remove();
        this.#drawn.delete(key);
      }
    }
    // Nodes stay while their mark moves, or a drag would lose its pointer and the keyboard its place.
    for (const [key, { guide, handle, index }] of wanted) {
      if (!this.#drawn.has(key)) {
        const element = guide ? node(guide.shape === 'box' ? 'rect' : 'line', { class: 'guide' }) : this.#handle(handle, index);
        this.#drawn.set(key, element);
        this.#svg.append(element);
      }
      const element = this.#drawn.get(key);
      if (guide) {
        placeGuide(element, guide, width, height);
      } else {
        placeHandle(element, handle, width, height);
      }
    }
  }

  #find(index, part) {
    const mark = this.#owner.marks()[index];
    return mark && KINDS[kindOf(mark)].handles(mark).find((handle) => handle.part === part);
  }

  #handle({ part, shape, letter, axis }, index) {
    const group = node('g', {
      class: `handle ${shape}`,
      tabindex: 0,
      role: axis === 'y' ? 'slider' : 'button',
      'data-mark': index,
      'data-test': `handle-${index}-${part}`,
    });
    if (axis === 'y') {
      set(group, { 'aria-orientation': 'vertical', 'aria-valuemin': 0, 'aria-valuemax': 100 });
    } else {
      group.setAttribute('aria-roledescription', 'movable point');
    }
    if (shape === 'line') {
      group.append(node('line', { class: 'reach' }), node('line', { class: 'rule' }));
    }
    group.append(node('circle', { class: 'reach', r: 18 }), node(shape === 'square' ? 'rect' : 'circle', { class: 'grip' }));
    if (letter) {
      const text = node('text', { dy: '0.35em', 'text-anchor': 'middle' });
      text.textContent = letter;
      group.append(text);
    }
    group.addEventListener('pointerdown', (event) => this.#drag(event, group, index, part));
    group.addEventListener('keydown', (event) => this.#key(event, index, part));
    return group;
  }

  #drag(down, group, index, part) {
    const begin = this.#find(index, part);
    const { width, height } = this.#svg.getBoundingClientRect();
    down.preventDefault();
    group.focus();
    group.setPointerCapture(down.pointerId);
    this.#owner.settle();
    const move = (event) => {
      const handle = this.#find(index, part);
      const x = begin.x + (event.clientX - down.clientX) / width;
      const y = begin.y + (event.clientY - down.clientY) / height;
      this.#owner.move(index, handle.to(x, y), `drag-${index}`);
    };
    const up = () => {
      group.removeEventListener('pointermove', move);
      this.#owner.settle();
      const handle = this.#find(index, part);
      announce(`${handle.label}: ${place(handle)}`);
    };
    group.addEventListener('pointermove', move);
    group.addEventListener('lostpointercapture', up, { once: true });
  }

  #key(event, index, part) {
    const handle = this.#find(index, part);
    if (event.key === 'Delete' || event.key === 'Backspace') {
      event.preventDefault();
      this.#owner.remove(index);
      return;
    }
    const arrow = ARROWS[event.key];
    if (!arrow || (handle.axis === 'y' && arrow[1] === 0)) {
      return;
    }
    event.preventDefault();
    const step = event.shiftKey ? LONG_STEP : STEP;
    this.#owner.move(index, handle.to(handle.x + arrow[0] * step, handle.y + arrow[1] * step), `key-${index}`);
    const moved = this.#find(index, part);
    // A slider's value is read by itself.
    if (handle.axis !== 'y') {
      announce(place(moved));
    }
  }
}

function placeGuide(element, { shape, at }, width, height) {
  const [a, b, c, d] = at;
  set(
    element,
    shape === 'box'
      ? { x: a * width, y: b * height, width: c * width, height: d * height }
      : { x1: a * width, y1: b * height, x2: c * width, y2: d * height },
  );
}

function placeHandle(group, handle, width, height) {
  const x = handle.x * width;
  const y = handle.y * height;
  group.setAttribute('aria-label', handle.axis === 'y' ? handle.label : `${handle.label}, ${place(handle)}`);
  if (handle.axis === 'y') {
    set(group, { 'aria-valuenow': Math.round(handle.y * 100), 'aria-valuetext': place(handle) });
    for (const line of group.querySelectorAll('line')) {
      set(line, { x1: 0, x2: width, y1: y, y2: y });
    }
  }
  for (const circle of group.querySelectorAll('circle')) {
    set(circle, { cx: x, cy: y, ...(circle.classList.contains('grip') ? { r: handle.letter ? 12 : 9 } : {}) });
  }
  const square = group.querySelector('rect');
  if (square) {
    set(square, { x: x - 8, y: y - 8, width: 16, height: 16 });
  }
  const text = group.querySelector('text');
  if (text) {
    set(text, { x, y });
  }
}
