// Questions that the page asks back.

import { el } from './dom.js';

/** True when the person agrees. Escape and the first button mean no. */
export function confirm({ title, text, yes, no = 'Cancel', danger = false }) {
  return new Promise((resolve) => {
    const dialog = el(
      'dialog',
      { id: 'confirm', 'aria-labelledby': 'confirm-title' },
      el(
        'form',
        { method: 'dialog' },
        el('h2', { id: 'confirm-title' }, title),
        ...[text].flat().map((line) => el('p', {}, line)),
        el(
          'div',
          { class: 'row end' },
          el('button', { id: 'confirm-no', class: 'quiet', value: 'no', autofocus: true }, no),
          el('button', { id: 'confirm-yes', class: danger ? 'danger' : 'main', value: 'yes' }, yes),
        ),
      ),
    );
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'yes');
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
