// Light or dark: as the system has it, or as the person wants it.

import { $, announce } from './dom.js';
import { emit } from './store.js';

const NEXT = { system: 'light', light: 'dark', dark: 'system' };
const SAID = { system: 'Theme: as the system', light: 'Theme: light', dark: 'Theme: dark' };
const FACE = { system: '◐', light: '☀', dark: '☾' };

function show(theme) {
  document.documentElement.dataset.theme = theme;
  $('#theme').textContent = FACE[theme];
  $('#theme').setAttribute('aria-label', SAID[theme]);
  $('#theme').title = SAID[theme];
  emit('theme');
}

export function openTheme() {
  show(localStorage.getItem('theme') ?? 'system');
  $('#theme').addEventListener('click', () => {
    const theme = NEXT[document.documentElement.dataset.theme];
    localStorage.setItem('theme', theme);
    show(theme);
    announce(SAID[theme]);
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => emit('theme'));
}
