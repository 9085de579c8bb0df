// Step 6: all runs, with what can be taken away from each.

import { get, jobPath, remove } from './api.js';
import { $, announce, el, fail, picture } from './dom.js';
import { confirm } from './dialogs.js';
import { use } from './form.js';
import { showJob } from './jobs.js';
import { on, store } from './store.js';
import { probability, STATES, when } from './words.js';

const NAMINGS = ['diffusers', 'peft', 'kohya', 'comfyui', 'onetrainer', 'xlabs'];
const LICENCES = ['apache-2.0', 'mit', 'cc-by-4.0', 'cc-by-nc-4.0', 'other'];

const failed = (error) => fail($('#keep-error'), error);
const titleOf = (job) => job.name || job.prompt;

async function askedRemove(job) {
  const agreed = await confirm({
    title: 'Delete this run?',
    text: [`“${titleOf(job)}”, its LoRA and its pictures will be gone from this machine.`],
    yes: 'Delete',
    danger: true,
  });
  if (agreed) {
    await remove(jobPath(job.id));
    announce('The run is deleted.');
    $('#keep-title').scrollIntoView();
  }
}

function choice(label, values, href, test) {
  const select = el('select', { 'aria-label': label, 'data-test': `${test}-choice` }, values.map((value) => el('option', { value }, value)));
  const link = el('a', { class: 'button quiet', href: href(values[0]), download: '', 'data-test': test }, 'Download');
  select.addEventListener('change', () => {
    link.href = href(select.value);
  });
  return el('div', { class: 'row tight' }, el('span', {}, label), select, link);
}

function downloads(job) {
  const path = (rest) => jobPath(job.id, rest);
  return el(
    'details',
    { 'data-test': 'downloads' },
    el('summary', {}, 'Download'),
    choice('LoRA for', NAMINGS, (format) => path(`/lora?format=${format}`), 'download-lora'),
    choice('Card, licence', LICENCES, (license) => path(`/card.zip?license=${license}`), 'download-card'),
    el('div', { class: 'row tight' }, el('a', { class: 'button quiet', href: path('/files/losses.csv'), download: '', 'data-test': 'download-losses' }, 'Curves (CSV)'), el('a', { class: 'button quiet', href: path('/all.zip'), download: '', 'data-test': 'download-all' }, 'All of it (zip)')),
  );
}

function card(job) {
  const learnt = job.step > 0;
  const show = async () => {
    await showJob(job.id);
    $(['queued', 'running'].includes(job.state) ? '#teach' : '#compare').scrollIntoView();
  };
  return el(
    'li',
    { class: 'card', 'data-test': 'run', 'data-job': job.id },
    job.picture ? picture(job.picture, `Before and after: ${job.prompt}`) : el('p', { class: 'empty small' }, 'No pictures yet.'),
    el('h3', {}, titleOf(job)),
    el(
      'p',
      { class: 'hint' },
      el('span', { class: 'state', 'data-state': job.state }, STATES[job.state] ?? job.state),
      ` ${when(job.created)} · step ${job.step} of ${job.steps}`,
      job.probabilityAfter !== null && ` · ${probability(job.probabilityBefore)} → ${probability(job.probabilityAfter)}`,
    ),
    job.error && el('p', { class: 'error' }, job.error),
    el(
      'div',
      { class: 'row tight' },
      el('button', { type: 'button', class: 'quiet', 'data-test': 'run-show', onclick: () => show().catch(failed) }, 'Look'),
      el('button', { type: 'button', class: 'quiet', 'data-test': 'run-use', onclick: () => useSettings(job).catch(failed) }, 'Use these settings'),
      el('button', { type: 'button', class: 'quiet danger', 'data-test': 'run-delete', disabled: ['running', 'elsewhere'].includes(job.state), onclick: () => askedRemove(job).catch(failed) }, 'Delete'),
    ),
    learnt && downloads(job),
  );
}

async function useSettings(job) {
  const { plan } = await get(jobPath(job.id));
  if (await use(plan, `“${titleOf(job)}”`)) {
    $('#say').scrollIntoView();
  }
}

/** What a card shows; a card that shows the same stays, with what is open in it. */
const fingerprint = ({ id, state, picture: url, step, steps, probabilityAfter, error }) => JSON.stringify([id, state, url, state === 'running' ? 0 : step, steps, probabilityAfter, error]);

function show() {
  const jobs = [...store.jobs].sort((a, b) => (a.created < b.created ? 1 : -1));
  const there = new Map([...$('#gallery').children].map((child) => [child.dataset.print, child]));
  const cards = jobs.map((job) => {
    const print = fingerprint(job);
    const element = there.get(print) ?? card(job);
    element.dataset.print = print;
    return element;
  });
  if (cards.length === 0) {
    $('#gallery').replaceChildren(el('li', { class: 'empty' }, 'Every run stays here with its pictures, settings and LoRA, until you delete it.'));
  } else if (cards.length !== $('#gallery').children.length || cards.some((element, index) => element !== $('#gallery').children[index])) {
    $('#gallery').replaceChildren(...cards);
  }
}

export function openGallery() {
  on('jobs', show);
}
