// The server's events. Nothing is replayed after a break, so whoever listens to "connected" asks again.

import { emit } from './store.js';

const NAMES = ['jobs', 'steps', 'preview', 'task', 'phase'];

let broken = false;

export function listen() {
  const source = new EventSource('/api/events');
  for (const name of NAMES) {
    source.addEventListener(name, (event) => emit(`server-${name}`, JSON.parse(event.data)));
  }
  source.addEventListener('hello', () => {
    emit('connected', broken);
    broken = false;
  });
  source.addEventListener('error', () => {
    if (!broken) {
      broken = true;
      emit('disconnected');
    }
    // The browser tries again by itself, except after an answer that was no stream.
    if (source.readyState === EventSource.CLOSED) {
      setTimeout(listen, 2000);
    }
  });
}
