// A drawing as a file: the composition JSON that the command line reads, and pictures.

import { post, postForPicture } from '../api.js';
import { download } from '../dom.js';
import { KINDS, kindOf } from './kinds.js';

export function saveDrawing(drawing) {
  download(new Blob([JSON.stringify(drawing, null, 2)], { type: 'application/json' }), 'drawing.json');
}

/** The drawing over white, as a picture for --overlay. */
export async function savePicture(plan, drawing) {
  download(await postForPicture('/api/shown', { plan, drawing, under: null }), 'drawing.png');
}

/** A drawing from a file of a person: JSON of a composition, or a picture that becomes the layer. */
export async function openDrawing(file) {
  if (file.type.startsWith('image/')) {
    return { painting: (await upload(file)).name };
  }
  let drawing;
  try {
    drawing = JSON.parse(await file.text());
  } catch {
    throw new Error(`${file.name} is neither a picture nor JSON`);
  }
  const marks = drawing?.annotations ?? [];
  if (!Array.isArray(marks) || !marks.every((mark) => mark && typeof mark === 'object' && kindOf(mark))) {
    throw new Error(`${file.name} is no composition: its annotations are ${Object.keys(KINDS).join(', ')}`);
  }
  if (!marks.length && !drawing?.painting) {
    throw new Error(`${file.name} has neither annotations nor a painting`);
  }
  return drawing;
}

export const upload = (file) => post('/api/paintings', file);
