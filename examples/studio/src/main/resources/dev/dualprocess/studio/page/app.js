// Opens the page: the server's state first, then every part of the page, then what happens live.

import { get } from './api.js';
import { $ } from './dom.js';
import { openChecks } from './checks.js';
import { openCompare } from './compare.js';
import { openDrop } from './drop.js';
import { openEditor } from './editor/editor.js';
import { listen } from './events.js';
import { openForm } from './form.js';
import { openGallery } from './gallery.js';
import { openJobs } from './jobs.js';
import { openKnobs } from './knobs.js';
import { openModels } from './models.js';
import { openProbe } from './probe.js';
import { openQueue } from './queue.js';
import { openSay } from './say.js';
import { openStart } from './start.js';
import { openSteps } from './steps.js';
import { on, store } from './store.js';
import { openTeach } from './teach.js';
import { openTheme } from './theme.js';

const AGAIN_MS = 2000;

function lost(line) {
  $('#connection').hidden = !line;
  $('#connection').textContent = line ?? '';
}

/** The form begins with what the generator wants, which is known once it is open. */
async function ready() {
  const state = await get('/api/state');
  if (state.defaults) {
    return state;
  }
  lost('The models are being opened…');
  await get('/api/defaults');
  return get('/api/state');
}

async function open() {
  try {
    store.state = await ready();
  } catch (error) {
    lost(error.message);
    setTimeout(open, AGAIN_MS);
    return;
  }
  lost(null);
  store.jobs = store.state.jobs;
  for (const part of [openSay, openEditor, openChecks, openKnobs, openProbe, openTeach, openCompare, openGallery, openQueue, openStart, openModels, openDrop, openSteps]) {
    part();
  }
  openForm();
  openJobs();
  $('#about').textContent = `dualprocess ${store.state.version} on ${store.state.device}. Nothing leaves this machine.`;
  on('disconnected', () => lost('The studio’s program does not answer. What was learnt is on disk; trying again…'));
  on('connected', () => lost(null));
  listen();
  document.body.dataset.ready = 'true';
}

openTheme();
open();
