// A picture of ours, dropped anywhere, brings its settings back.

import { post } from './api.js';
import { confirm } from './dialogs.js';
import { $, announce, el, fail } from './dom.js';
import { use, usePrompt } from './form.js';

const hasFiles = (event) => event.dataTransfer?.types.includes('Files');

/** Not every picture was taught with something: those that were only drawn know their prompt. */
async function offerPrompt(file, { prompt, seed }) {
  const agreed = await confirm({
    title: 'Use this picture’s prompt?',
    text: [`“${prompt}”`, `${file.name} was drawn with it and seed ${seed}. It does not tell of any questions; yours stay.`],
    yes: 'Use the prompt',
  });
  if (agreed) {
    usePrompt(prompt);
    announce('The prompt is in the form.');
    $('#say').scrollIntoView();
  }
}

async function take(file) {
  const line = $('#drop-error');
  fail(line, null);
  try {
    const { plan, parameters } = await post('/api/settings', file);
    if (!plan) {
      await offerPrompt(file, parameters);
    } else if (await use(plan, `What ${file.name} was made with`)) {
      $('#say').scrollIntoView();
    }
  } catch (error) {
    fail(line, error);
    line.append(' ', el('small', {}, 'To lay a picture over, use “Picture” above the drawing.'));
    line.scrollIntoView({ block: 'center' });
    announce(error.message);
  }
}

export function openDrop() {
  let depth = 0;
  const lit = (on) => {
    $('#drop').hidden = !on;
  };
  addEventListener('dragenter', (event) => {
    if (hasFiles(event)) {
      depth++;
      lit(true);
    }
  });
  addEventListener('dragleave', (event) => {
    if (hasFiles(event) && --depth <= 0) {
      depth = 0;
      lit(false);
    }
  });
  addEventListener('dragover', (event) => hasFiles(event) && event.preventDefault());
  addEventListener('drop', (event) => {
    depth = 0;
    lit(false);
    if (event.dataTransfer?.files.length) {
      event.preventDefault();
      take(event.dataTransfer.files[0]);
    }
  });
  $('#open-picture').addEventListener('change', (event) => {
    const [file] = event.target.files;
    event.target.value = '';
    if (file) {
      take(file);
    }
  });
}
