// The two pinned seeds without and with what is learnt, at any step one goes back to.

import { el, picture, swap } from './dom.js';
import { honesty } from './honesty.js';
import { probability } from './words.js';

export class Previews {
  #list = [];
  #at = null;
  #pairs = new Map();
  #steps = [];
  #scheduled = false;
  #pictures = el('div', { class: 'pinned', id: 'pinned' });
  #honesty = el('div', { class: 'honesty-side' });
  #label = el('output', { id: 'preview-step-said', for: 'preview-step' });
  #slider;
  element;

  constructor() {
    this.#slider = el('input', { type: 'range', id: 'preview-step', 'aria-label': 'Step of the previews', min: 0, max: 0, value: 0, oninput: () => this.#go(this.#slider.valueAsNumber) });
    this.element = el(
      'div',
      { class: 'previews' },
      el('div', { class: 'pinned-side' }, this.#pictures, el('div', { class: 'row' }, this.#slider, this.#label)),
      this.#honesty,
    );
  }

  /** However many previews come, they are drawn once a frame. */
  show(list) {
    this.#list = list;
    if (!this.#scheduled) {
      this.#scheduled = true;
      requestAnimationFrame(() => {
        this.#scheduled = false;
        this.#take();
      });
    }
  }

  #take() {
    const list = this.#list;
    this.#steps = [...new Set(list.map((preview) => preview.step))].sort((a, b) => a - b);
    this.#slider.max = Math.max(0, this.#steps.length - 1);
    // Who went back stays there; everybody else sees the newest.
    if (this.#at === null) {
      this.#slider.value = this.#slider.max;
    }
    this.#draw();
  }

  #go(index) {
    this.#at = index === this.#steps.length - 1 ? null : index;
    this.#draw();
  }

  #draw() {
    const step = this.#steps[this.#at ?? this.#steps.length - 1];
    const now = this.#list.filter((preview) => preview.step === step);
    this.#slider.parentElement.hidden = this.#steps.length < 2;
    if (now.length === 0) {
      this.#pictures.replaceChildren(el('p', { class: 'empty' }, 'Two seeds will be drawn here again and again, without and with what is learnt.'));
      this.#honesty.replaceChildren();
      return;
    }
    this.#label.textContent = `step ${step}${this.#at === null ? ', the newest' : ''}`;
    this.#slider.setAttribute('aria-valuetext', this.#label.textContent);
    this.#pictures.replaceChildren(...now.map((preview) => this.#pair(preview)));
    this.#honesty.replaceChildren(honesty(now, this.#list.filter((preview) => preview.step === this.#steps[0])));
  }

  /** The same elements show step after step: the picture before stays until the next is there. */
  #pair({ seed, step, without, with: learnt, probability: p }) {
    if (!this.#pairs.has(seed)) {
      this.#pairs.set(seed, newPair(seed));
    }
    const { element, pictures, words } = this.#pairs.get(seed);
    [without, learnt].forEach((src, side) => {
      swap(pictures[side], src);
      pictures[side].alt = `Seed ${seed} ${SIDES[side]}, at step ${step}`;
    });
    words.textContent = `with, ${probability(p)}`;
    return element;
  }
}

const SIDES = ['without', 'with'];

function newPair(seed) {
  const pictures = SIDES.map(() => picture('', '', { loading: 'eager' }));
  const words = el('figcaption', {});
  return {
    pictures,
    words,
    element: el(
      'div',
      { class: 'pair', 'data-test': `preview-${seed}` },
      el('figure', {}, pictures[0], el('figcaption', {}, `without, seed ${seed}`)),
      el('figure', {}, pictures[1], words),
    ),
  };
}
