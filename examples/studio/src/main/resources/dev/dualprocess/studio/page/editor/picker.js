// Picking one colour of the picture, by pointer or by keys.

import { announce } from '../dom.js';
import { colourAt } from './palette.js';

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Waits for a place on `surface` (an element that lies over the picture); null when the person gives up. */
export function pickColour(surface, pixels) {
  const at = { x: 0.5, y: 0.5 };
  surface.hidden = false;
  surface.focus();
  announce('Click a colour in the picture, or move with the arrow keys and press Enter. Escape gives up.');
  return new Promise((resolve) => {
    const show = () => {
      surface.style.setProperty('--x', `${at.x * 100}%`);
      surface.style.setProperty('--y', `${at.y * 100}%`);
      surface.style.setProperty('--colour', colourAt(pixels, at.x, at.y));
    };
    const end = (colour) => {
      // First of all: hiding it takes its focus away, which would count as giving up.
      listening.abort();
      surface.hidden = true;
      resolve(colour);
    };
    const listening = new AbortController();
    const { signal } = listening;
    const follow = (event) => {
      const box = surface.getBoundingClientRect();
      at.x = (event.clientX - box.left) / box.width;
      at.y = (event.clientY - box.top) / box.height;
      show();
    };
    surface.addEventListener('pointermove', follow, { signal });
    surface.addEventListener(
      'click',
      (event) => {
        // A click by the keyboard has no place of its own.
        if (event.detail > 0) {
          follow(event);
        }
        end(colourAt(pixels, at.x, at.y));
      },
      { signal },
    );
    surface.addEventListener(
      'keydown',
      (event) => {
        const arrow = ARROWS[event.key];
        if (event.key === 'Escape') {
          end(null);
        } else if (arrow) {
          event.preventDefault();
          const step = event.shiftKey ? 0.05 : 0.01;
          at.x = Math.min(1, Math.max(0, at.x + arrow[0] * step));
          at.y = Math.min(1, Math.max(0, at.y + arrow[1] * step));
          show();
          announce(colourAt(pixels, at.x, at.y));
        }
      },
      { signal },
    );
    surface.addEventListener('blur', () => end(null), { signal });
    show();
  });
}
