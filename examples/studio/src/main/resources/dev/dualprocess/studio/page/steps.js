// The way across the top: where one is, and which steps have something in them.

import { $ } from './dom.js';
import { problems } from './plan.js';
import { on, store } from './store.js';

function mark() {
  const missing = problems(store.form);
  const done = {
    say: !missing.some(({ where }) => where === 'prompt'),
    ask: missing.every(({ where }) => where === 'prompt'),
    teach: store.jobs.some(({ step }) => step > 0),
    keep: store.jobs.some(({ state }) => state === 'done'),
  };
  for (const [step, has] of Object.entries(done)) {
    $(`#nav-${step}`).classList.toggle('done', has);
  }
  const waiting = store.jobs.filter(({ state }) => state === 'queued' || state === 'running').length;
  $('#nav-queue').textContent = waiting ? `Queue (${waiting})` : 'Queue';
}

export function openSteps() {
  on('form', mark);
  on('form-filled', mark);
  on('jobs', mark);
  const seen = new Map();
  const observer = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        seen.set(entry.target.id, entry.isIntersecting);
      }
      const current = [...document.querySelectorAll('section.step')].find(({ id }) => seen.get(id))?.id;
      for (const link of $('#steps').querySelectorAll('a')) {
        if (link.hash === `#${current}`) {
          link.setAttribute('aria-current', 'step');
        } else {
          link.removeAttribute('aria-current');
        }
      }
    },
    { rootMargin: '-30% 0px -60% 0px' },
  );
  document.querySelectorAll('section.step').forEach((section) => observer.observe(section));
}
