// How numbers and states are said.

/** What the server asks about a drawing where no question is typed. */
export const DEFAULT_QUESTIONS = {
  horizon: 'Is the horizon at the red line?',
  palette: 'Does the image use the colors of the palette at the bottom?',
  lineWeight: 'Are the lines in this image as thick as the red line?',
  depth: 'Is the point A closer to the camera than the point B?',
  other: 'Does the image follow the composition that is marked in red?',
};

const POSTFIX = / Answer with Yes or No\.$/;

/** The question as people read it: the server adds the postfix. */
export const bareQuestion = (question) => question.replace(POSTFIX, '');

export const isDefaultQuestion = (question) => Object.values(DEFAULT_QUESTIONS).includes(bareQuestion(question));

export const STATES = {
  queued: 'waiting',
  running: 'running',
  stopped: 'stopped, kept',
  done: 'done',
  failed: 'failed',
  elsewhere: 'run by another program',
};

/** What a job is doing besides learning. */
export const phaseWords = ({ phase, done, total }) => (total > 0 && phase ? `${phase}, ${done} of ${total}` : phase || 'begins');

export const percent = (part) => `${Math.round(part * 100)} %`;

export function probability(p) {
  if (p === null || p === undefined || Number.isNaN(p)) {
    return 'NaN';
  }
  return p > 0 && p < 0.005 ? 'under 0.01' : p.toFixed(2);
}

export function bytes(count) {
  if (count === null || count === undefined) {
    return '';
  }
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(count, 1)) / 3)));
  const value = count / 1000 ** power;
  return `${value < 10 && power > 0 ? value.toFixed(1) : Math.round(value)} ${units[power]}`;
}

export function duration(seconds) {
  if (!Number.isFinite(seconds)) {
    return '';
  }
  const rounded = Math.max(0, Math.round(seconds));
  if (rounded < 100) {
    return `${rounded} s`;
  }
  return rounded < 7200 ? `${Math.round(rounded / 60)} min` : `${(rounded / 3600).toFixed(1)} h`;
}

export const when = (iso) =>
  new Date(iso).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });

export const count = (number, one, many) => `${number} ${number === 1 ? one : many}`;

/** A number with as many figures as are worth reading. */
export function figure(value) {
  if (!Number.isFinite(value)) {
    return '–';
  }
  const size = Math.abs(value);
  return size >= 100 ? value.toFixed(0) : size >= 1 ? value.toFixed(2) : value.toPrecision(2);
}
