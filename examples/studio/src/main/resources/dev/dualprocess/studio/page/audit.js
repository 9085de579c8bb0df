// Whether what was learnt is a control or a trick, by the audit of the command line.

import { jobPath, post } from './api.js';
import { act, el } from './dom.js';
import { follow } from './tasks.js';

const FACES = { HONEST: 'fine', NO_EFFECT: 'note' };

function told({ verdict, sentence, findings, page }) {
  return [
    el('p', { id: 'audit-verdict', class: `verdict ${FACES[verdict] ?? 'warning'}`, role: 'status' }, sentence),
    el('ul', { class: 'plain findings' }, findings.map(({ passed, text }) => el('li', { class: passed ? 'fine' : 'warning' }, text))),
    page && el('a', { href: page, id: 'audit-page', target: '_blank', rel: 'noopener' }, 'The whole audit'),
  ].filter(Boolean);
}

export function auditBox(job) {
  const error = el('p', { class: 'error', role: 'alert', hidden: true });
  const status = el('p', { class: 'hint', role: 'status' });
  const result = el('div', {}, job.audit ? told(job.audit) : []);
  const button = el('button', { type: 'button', id: 'audit' }, job.audit ? 'Audit again' : 'Audit');
  button.addEventListener('click', () =>
    act(button, error, async () => {
      const found = await follow(
        () => post(jobPath(job.id, '/audit')),
        (task) => {
          status.textContent = task.text ?? '';
        },
      );
      status.textContent = '';
      if (found) {
        job.audit = found;
        result.replaceChildren(...told(found));
      }
    }),
  );
  return el('div', { class: 'audit' }, el('h3', {}, 'A control, or a trick?'), el('p', { class: 'hint' }, 'The audit measures what else changed, and says what it thinks.'), button, status, error, result);
}
