// The curves of one job: every step is kept, few are drawn.

const MOST = 2000;
const SMOOTHING = 0.95;

class Column {
  #values = new Float64Array(1024);
  length = 0;

  push(value) {
    if (this.length === this.#values.length) {
      const larger = new Float64Array(2 * this.length);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.length++] = value;
  }

  clear() {
    this.length = 0;
  }

  get last() {
    return this.#values[this.length - 1];
  }

  get values() {
    return this.#values.subarray(0, this.length);
  }
}

/** A mean that forgets; what is not a number does not end it. */
class Smooth extends Column {
  push(value) {
    const before = this.length ? this.last : value;
    super.push(Number.isFinite(value) ? (Number.isFinite(before) ? SMOOTHING * before + (1 - SMOOTHING) * value : value) : before);
  }
}

export class Series {
  step = new Column();
  loss = new Column();
  smoothLoss = new Smooth();
  gradient = new Column();
  smoothGradient = new Smooth();
  probabilities;
  smoothProbabilities;

  constructor(checks) {
    this.probabilities = Array.from({ length: checks }, () => new Column());
    this.smoothProbabilities = Array.from({ length: checks }, () => new Smooth());
  }

  /** Steps that are there already are passed over: a page may hear of one twice. */
  append(reports) {
    const last = this.step.length ? this.step.last : 0;
    reports.step.forEach((step, index) => {
      if (step <= last) {
        return;
      }
      this.step.push(step);
      const loss = reports.loss[index] ?? NaN;
      this.loss.push(loss);
      this.smoothLoss.push(loss);
      const gradient = reports.gradientNorm[index] ?? NaN;
      this.gradient.push(gradient);
      this.smoothGradient.push(gradient);
      this.probabilities.forEach((column, check) => {
        const probability = reports.probabilities[check]?.[index] ?? NaN;
        column.push(probability);
        this.smoothProbabilities[check].push(probability);
      });
    });
  }

  /** All of it anew: a run that goes on is told from its first step. */
  refill(reports) {
    const { step, loss, smoothLoss, gradient, smoothGradient, probabilities, smoothProbabilities } = this;
    [step, loss, smoothLoss, gradient, smoothGradient, ...probabilities, ...smoothProbabilities].forEach((column) => column.clear());
    this.append(reports);
  }

  get length() {
    return this.step.length;
  }
}

/** Columns of at most 2,000 points: steps by their last, the others by their mean. */
export function thin(steps, columns) {
  const stride = Math.ceil(steps.length / MOST) || 1;
  if (stride === 1) {
    return [steps.values, ...columns.map((column) => column.values)];
  }
  const count = Math.ceil(steps.length / stride);
  const mean = ({ values }, to) => {
    const thinned = new Float64Array(count);
    for (let bucket = 0; bucket < count; bucket++) {
      const end = Math.min((bucket + 1) * stride, values.length);
      thinned[bucket] = to(values, bucket * stride, end);
    }
    return thinned;
  };
  const lastOf = (values, begin, end) => values[end - 1];
  const meanOf = (values, begin, end) => {
    let sum = 0;
    for (let index = begin; index < end; index++) {
      sum += values[index];
    }
    return sum / (end - begin);
  };
  return [mean(steps, lastOf), ...columns.map((column) => mean(column, meanOf))];
}
