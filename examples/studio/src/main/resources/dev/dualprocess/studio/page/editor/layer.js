// The painted layer: a stroke appears at once, and becomes part of the layer when the server has it.

import { post } from '../api.js';
import { announce } from '../dom.js';

const STEP = { false: 0.01, true: 0.05 };
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** A disc with hard edges: on small pictures a soft rim would be paint that nobody chose. */
function dab(context, x, y, radius) {
  for (let row = -Math.floor(radius); row <= radius; row++) {
    const half = Math.sqrt(radius * radius - row * row);
    const left = Math.round(x - half);
    context.fillRect(left, Math.round(y + row), Math.max(1, Math.round(x + half) - left), 1);
  }
}

export class Layer {
  #canvas;
  #owner;
  #last = null;
  #cursor = { x: 0.5, y: 0.5 };
  #down = false;
  #kept = Promise.resolve();

  /** `owner` has `size()`, `brush()` (size, colour, eraser), `painting()`, `painted(name)`, `failed(error)`. */
  constructor(canvas, owner) {
    this.#canvas = canvas;
    this.#owner = owner;
    canvas.addEventListener('pointerdown', (event) => this.#pointer(event));
    canvas.addEventListener('keydown', (event) => this.#key(event));
    canvas.addEventListener('blur', () => this.#lift());
  }

  activate(active) {
    this.#lift();
    const { width, height } = this.#owner.size();
    Object.assign(this.#canvas, { width, height });
    this.#canvas.hidden = !active;
  }

  #pointer(event) {
    event.preventDefault();
    this.#canvas.focus();
    this.#canvas.setPointerCapture(event.pointerId);
    const paint = (moved) => {
      const box = this.#canvas.getBoundingClientRect();
      this.#paintTo((moved.clientX - box.left) / box.width, (moved.clientY - box.top) / box.height);
    };
    this.#last = null;
    paint(event);
    this.#canvas.addEventListener('pointermove', paint);
    this.#canvas.addEventListener(
      'lostpointercapture',
      () => {
        this.#canvas.removeEventListener('pointermove', paint);
        this.#keep();
      },
      { once: true },
    );
  }

  #key(event) {
    if (event.key === ' ' || event.key === 'Enter') {
      event.preventDefault();
      if (this.#down) {
        this.#lift();
        announce('Brush lifted.');
      } else {
        this.#down = true;
        this.#last = null;
        this.#paintTo(this.#cursor.x, this.#cursor.y);
        announce('Brush down. Arrow keys paint, Space lifts it.');
      }
      return;
    }
    const arrow = ARROWS[event.key];
    if (!arrow) {
      return;
    }
    event.preventDefault();
    const step = STEP[event.shiftKey];
    this.#cursor.x = Math.min(1, Math.max(0, this.#cursor.x + arrow[0] * step));
    this.#cursor.y = Math.min(1, Math.max(0, this.#cursor.y + arrow[1] * step));
    if (this.#down) {
      this.#paintTo(this.#cursor.x, this.#cursor.y);
    } else {
      this.#preview();
    }
    announce(`${Math.round(this.#cursor.x * 100)} % from the left, ${Math.round(this.#cursor.y * 100)} % from the top`);
  }

  #lift() {
    if (this.#down) {
      this.#down = false;
      this.#keep();
    }
  }

  #context() {
    const { colour, eraser } = this.#owner.brush();
    const context = this.#canvas.getContext('2d');
    context.fillStyle = eraser ? '#ffffff' : colour;
    return context;
  }

  #radius() {
    return Math.max(0.5, (this.#owner.brush().size * this.#canvas.width) / 200);
  }

  /** Where the keyboard's brush is, while it is up. */
  #preview() {
    const context = this.#context();
    context.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
    dab(context, this.#cursor.x * this.#canvas.width, this.#cursor.y * this.#canvas.height, this.#radius());
    this.#last = null;
  }

  #paintTo(x, y) {
    const context = this.#context();
    const to = { x: x * this.#canvas.width, y: y * this.#canvas.height };
    const from = this.#last ?? to;
    const steps = Math.max(1, Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) * 2));
    if (!this.#last) {
      context.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
    }
    for (let step = 0; step <= steps; step++) {
      dab(context, from.x + ((to.x - from.x) * step) / steps, from.y + ((to.y - from.y) * step) / steps, this.#radius());
    }
    this.#last = to;
    this.#cursor = { x: Math.min(1, Math.max(0, x)), y: Math.min(1, Math.max(0, y)) };
  }

  /** Strokes are kept one after another: each lies on a layer that has those before it. */
  #keep() {
    const stroke = createImageBitmap(this.#canvas);
    this.#last = null;
    this.#kept = this.#kept.then(async () => this.#lay(await stroke));
  }

  /** Lays a stroke on the layer (white where nothing is painted) and gives it to the server. */
  async #lay(stroke) {
    const { width, height } = stroke;
    try {
      const whole = new OffscreenCanvas(width, height);
      const context = whole.getContext('2d');
      context.fillStyle = '#ffffff';
      context.fillRect(0, 0, width, height);
      const painting = this.#owner.painting();
      if (painting) {
        const before = new Image();
        before.src = `/api/paintings/${painting}`;
        await before.decode();
        context.drawImage(before, 0, 0, width, height);
      }
      context.drawImage(stroke, 0, 0);
      const { name } = await post('/api/paintings', await whole.convertToBlob());
      this.#owner.painted(name);
    } catch (error) {
      this.#owner.failed(error);
    }
  }

  /** The server's picture has the stroke now. */
  clear() {
    if (!this.#last && !this.#down) {
      this.#canvas.getContext('2d').clearRect(0, 0, this.#canvas.width, this.#canvas.height);
    }
  }
}
