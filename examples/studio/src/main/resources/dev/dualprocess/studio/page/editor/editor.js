// The drawing of the chosen question, over a picture of the generator.

import { picturePath } from '../api.js';
import { checkToDrawFor, drawn, drawnCheck, questionsOf } from '../checks.js';
import { $, act, announce, debounce, fail } from '../dom.js';
import { isDrawn, toPlan } from '../plan.js';
import { on, store } from '../store.js';
import { openDrawing, saveDrawing, savePicture, upload } from './files.js';
import { frame } from './frame.js';
import { History } from './history.js';
import { laying, marks } from './inspector.js';
import { KINDS, kindOf } from './kinds.js';
import { Layer } from './layer.js';
import { mainColours, pixelsOf } from './palette.js';
import { pickColour } from './picker.js';
import { Shown } from './shown.js';
import { Stage } from './stage.js';

const SIZE_UNKNOWN = { width: 512, height: 512 };

let histories = new Map();
let check = null;
let seed = 0;
let stage;
let shown;
let layer;

const drawing = () => check?.drawing ?? {};
const annotations = () => drawing().annotations ?? [];
const size = () => store.form.settings.sampling.size ?? SIZE_UNKNOWN;
const under = () => ($('#on-white').checked || !store.form.prompt.trim() ? null : { prompt: store.form.prompt.trim(), seed });

function history() {
  if (!histories.has(check.key)) {
    histories.set(check.key, new History(check.drawing ?? {}));
  }
  return histories.get(check.key);
}

/** What is not said is left out, so that a saved drawing says no more than the person did. */
function tidy(changed) {
  const next = Object.fromEntries(Object.entries(changed).filter(([, value]) => value !== undefined));
  if (next.annotations?.length === 0) {
    delete next.annotations;
  }
  return isDrawn(next) ? next : {};
}

function change(next, said = null, tag = null) {
  check = checkToDrawFor();
  const kept = history();
  kept.push(tidy(next), tag);
  take(kept.present);
  if (said) {
    announce(said);
  }
}

function take(value) {
  drawn(check, isDrawn(value) ? value : null);
  render();
}

const withMarks = (list) => ({ ...drawing(), annotations: list });

function add(kind) {
  check = checkToDrawFor();
  const there = annotations().findIndex((mark) => kindOf(mark) === kind);
  if (KINDS[kind].once && there >= 0) {
    stage.focus(there);
    announce(`${KINDS[kind].label} is there already.`);
    return;
  }
  change(withMarks([...annotations(), KINDS[kind].make()]), `${KINDS[kind].label} is added.`);
  stage.focus(annotations().length - 1);
}

function remove(index) {
  const said = `${KINDS[kindOf(annotations()[index])].label} is removed.`;
  change(withMarks(annotations().toSpliced(index, 1)), said);
  if (annotations().length) {
    stage.focus(Math.min(index, annotations().length - 1));
  } else {
    $('#tool-horizon').focus();
  }
}

const replace = (index, mark, tag = null) => change(withMarks(annotations().with(index, mark)), null, tag);

const barePixels = () => {
  if (!store.form.prompt.trim()) {
    throw new Error('Say first what to draw: there is no picture to pick from');
  }
  return pixelsOf(picturePath(store.form, store.form.prompt.trim(), seed));
};

async function pick(index) {
  const colour = await pickColour($('#pick-surface'), await barePixels());
  if (colour) {
    replace(index, { palette: `${annotations()[index].palette},${colour}` });
    announce(`${colour} is added.`);
  }
  $('#colour-pick').focus();
}

async function takeMain(index) {
  replace(index, { palette: mainColours(await barePixels(), 5).join(',') });
  announce('The five main colours of the picture are the palette.');
}

const guarded = (work) => (index) => work(index).catch((error) => fail($('#editor-error'), error));

function rewind(redo) {
  if (check && (redo ? history().redo() : history().undo())) {
    take(history().present);
    announce(redo ? 'Done again.' : 'Undone.');
  }
}

const refresh = () => shown.refresh(toPlan(store.form), check?.drawing, under());
const refreshSoon = debounce(refresh, 700);

function render() {
  stage.render();
  const focused = document.activeElement?.closest('#marks, #laying') ? document.activeElement : null;
  const mark = focused && (focused.id ? `#${focused.id}` : `[data-test="${focused.dataset.test}"]`);
  $('#marks').replaceChildren(...marks(annotations(), { change: replaceByHand, remove, pick: guarded(pick), take: guarded(takeMain) }));
  $('#laying').replaceChildren(...(isDrawn(drawing()) ? [laying(drawing(), change)] : []));
  // The numbers are written anew at every change; whoever was in one stays there.
  if (mark) {
    $(mark, $('#editor'))?.focus();
  }
  $('#marks-none').hidden = isDrawn(drawing());
  $('#undo').disabled = !check || !history().canUndo;
  $('#redo').disabled = !check || !history().canRedo;
  for (const id of ['#drawing-save', '#drawing-png', '#drawing-clear']) {
    $(id).disabled = !isDrawn(drawing());
  }
  const questions = check ? questionsOf(check) : [];
  $('#editor-title').textContent = ['Drawing', `Drawing for question ${questions}`][questions.length] ?? `Drawing for questions ${questions.join(', ')}`;
  $('#stage').style.aspectRatio = `${size().width} / ${size().height}`;
  refresh();
}

const replaceByHand = (index, mark) => replace(index, mark, `hand-${index}`);

function brushing(active) {
  $('#tool-brush').setAttribute('aria-pressed', active);
  $('#brush-box').hidden = !active;
  layer.activate(active);
  if (active) {
    $('#paint').focus();
  }
}

async function open(event, work) {
  const [file] = event.target.files;
  event.target.value = '';
  if (file) {
    await act(event.target, $('#editor-error'), () => work(file));
  }
}

function report(what) {
  fail($('#editor-error'), what instanceof Error ? what : null);
  $('#stage').classList.toggle('busy', what === 'drawing');
  if (what === null) {
    layer.clear();
  }
  $('#editor-status').textContent = under() ? `Seed ${seed}. This is what the verifier gets.` : 'Over white. Say what to draw to see a picture below.';
}

function listen() {
  for (const kind of Object.keys(KINDS)) {
    $(`#tool-${kind}`).addEventListener('click', () => add(kind));
  }
  $('#tool-brush').addEventListener('click', () => brushing($('#tool-brush').getAttribute('aria-pressed') !== 'true'));
  $('#tool-picture').addEventListener('change', (event) => open(event, async (file) => change({ ...drawing(), painting: (await upload(file)).name, mode: undefined, opacity: undefined }, 'The picture is the layer now.')));
  $('#drawing-open').addEventListener('change', (event) => open(event, async (file) => change(await openDrawing(file), `${file.name} is open.`)));
  $('#drawing-save').addEventListener('click', () => saveDrawing(drawing()));
  $('#drawing-png').addEventListener('click', () => act($('#drawing-png'), $('#editor-error'), () => savePicture(toPlan(store.form), drawing())));
  $('#drawing-clear').addEventListener('click', () => change({}, 'The drawing is cleared.'));
  $('#undo').addEventListener('click', () => rewind(false));
  $('#redo').addEventListener('click', () => rewind(true));
  $('#another').addEventListener('click', () => {
    seed++;
    refresh();
  });
  $('#on-white').addEventListener('change', refresh);
  $('#editor').addEventListener('keydown', (event) => {
    const typing = event.target.matches('input:not([type=range], [type=checkbox], [type=radio], [type=color])');
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'z' && !typing) {
      event.preventDefault();
      rewind(event.shiftKey);
    }
  });
}

export function openEditor() {
  $('#editor').replaceChildren(...frame());
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.id = 'handles';
  svg.setAttribute('role', 'group');
  svg.setAttribute('aria-label', 'Marks: arrow keys move them, Delete removes them');
  $('#editor-shown').after(svg);
  stage = new Stage(svg, { marks: annotations, move: replace, settle: () => history().pause(), remove });
  shown = new Shown($('#editor-shown'), report);
  layer = new Layer($('#paint'), {
    size,
    brush: () => ({ size: $('#brush-size').valueAsNumber, colour: $('#brush-colour').value, eraser: $('#brush-eraser').checked }),
    painting: () => drawing().painting,
    painted: (painting) => change({ ...drawing(), painting, mode: drawing().mode ?? (drawing().painting ? undefined : 'solid') }),
    failed: (error) => fail($('#editor-error'), error),
  });
  listen();
  on('form-filled', () => {
    histories = new Map();
    brushing(false);
  });
  on('check-chosen', () => {
    check = drawnCheck() ?? null;
    render();
  });
  // Another prompt or size shows another picture, once the person paused.
  on('form', refreshSoon);
}
