// Loss, probability and gradient norm, drawn once a second at most, and only where they are seen.

import uPlot from './vendor/uplot/uPlot.esm.js';
import { el } from './dom.js';
import { on } from './store.js';
import { thin } from './series.js';
import { bareQuestion, figure } from './words.js';

const HEIGHT = 190;
const EVERY_MS = 900;

/** A colour of the theme as a canvas understands it. */
function style(name) {
  const sample = el('i', {});
  sample.style.color = `var(${name})`;
  document.body.append(sample);
  const { color } = getComputedStyle(sample);
  sample.remove();
  return color;
}

export class Curves {
  #series;
  #charts;
  #plots = [];
  #scheduled = false;
  #seen = false;
  #stale = false;
  #drawn = 0;
  #watch = new IntersectionObserver((entries) => this.#see(entries.at(-1).isIntersecting));
  element;

  constructor(series, checks) {
    this.#series = series;
    const colour = (index) => `--curve-${1 + (index % 4)}`;
    this.#charts = [
      {
        id: 'loss',
        title: 'Loss',
        columns: [series.loss, series.smoothLoss],
        lines: [{ stroke: '--faint', width: 1 }, { stroke: '--accent', width: 2 }],
        value: () => `${figure(series.smoothLoss.last)}, last ${figure(series.loss.last)}`,
      },
      {
        id: 'probability',
        title: 'Probability of the wanted answer',
        columns: [...series.probabilities, ...series.smoothProbabilities],
        lines: [...checks.map((check, index) => ({ stroke: colour(index), width: 1, alpha: 0.25 })), ...checks.map((check, index) => ({ stroke: colour(index), width: 2 }))],
        range: [0, 1],
        value: () => series.smoothProbabilities.map((column) => figure(column.last)).join(', '),
        legend: checks.length > 1 ? checks.map((check, index) => [colour(index), bareQuestion(check.question)]) : [],
      },
      {
        id: 'gradient',
        title: 'Gradient norm',
        columns: [series.gradient, series.smoothGradient],
        lines: [{ stroke: '--faint', width: 1 }, { stroke: '--accent', width: 2 }],
        value: () => figure(series.smoothGradient.last),
      },
    ];
    this.element = el('div', { class: 'curves' }, this.#charts.map((chart) => this.#figure(chart)));
    new ResizeObserver(() => this.#resize()).observe(this.element);
    this.#watch.observe(this.element);
    current = this;
  }

  #figure(chart) {
    chart.said = el('output', { id: `curve-${chart.id}-value` });
    chart.canvas = el('div', { class: 'plot', role: 'img', id: `curve-${chart.id}` });
    return el(
      'figure',
      {},
      el('figcaption', {}, chart.title, ' ', chart.said),
      chart.canvas,
      chart.legend?.length > 0 &&
        el(
          'ul',
          { class: 'legend plain' },
          chart.legend.map(([name, text]) => {
            const dot = el('i', { 'aria-hidden': 'true' });
            dot.style.background = `var(${name})`;
            return el('li', {}, dot, text);
          }),
        ),
    );
  }

  #data(chart) {
    return thin(this.#series.step, chart.columns);
  }

  #plot(chart) {
    const axis = { stroke: style('--soft'), grid: { stroke: style('--line'), width: 1 }, ticks: { show: false }, font: '11px system-ui' };
    return new uPlot(
      {
        width: chart.canvas.clientWidth || 300,
        height: HEIGHT,
        legend: { show: false },
        cursor: { y: false, points: { size: 6 } },
        scales: { x: { time: false }, y: chart.range ? { range: chart.range } : { range: (plot, low, high) => [Math.min(0, low), high > 0 ? high * 1.05 : 1] } },
        axes: [{ ...axis, size: 26 }, { ...axis, size: 42 }],
        series: [{}, ...chart.lines.map(({ stroke, width, alpha }) => ({ stroke: style(stroke), width, alpha: alpha ?? 1, points: { show: false }, spanGaps: false }))],
        hooks: { setCursor: [(plot) => this.#point(chart, plot)] },
      },
      this.#data(chart),
      chart.canvas,
    );
  }

  /** The value under the pointer, or the newest. */
  #point(chart, plot) {
    const { idx } = plot.cursor;
    if (idx === null || idx === undefined) {
      this.#say(chart);
      return;
    }
    const smooth = plot.data.slice(1 + chart.lines.length / 2);
    chart.said.textContent = `step ${plot.data[0][idx]}: ${smooth.map((values) => figure(values[idx])).join(', ')}`;
  }

  #say(chart) {
    const said = this.#series.length ? chart.value() : '';
    chart.said.textContent = said;
    chart.canvas.setAttribute('aria-label', `${chart.title} over ${this.#series.length} steps${said ? `: now ${said}` : ''}`);
  }

  #see(seen) {
    this.#seen = seen;
    if (seen && this.#stale) {
      this.refresh();
    }
  }

  refresh() {
    this.#stale = true;
    if (!this.#scheduled) {
      this.#scheduled = true;
      setTimeout(() => requestAnimationFrame(() => this.#take()), Math.max(0, this.#drawn + EVERY_MS - performance.now()));
    }
  }

  #take() {
    this.#scheduled = false;
    if (this.#seen || this.#plots.length === 0) {
      this.#stale = false;
      this.#drawn = performance.now();
      this.#draw();
    }
    this.#charts.forEach((chart) => this.#say(chart));
  }

  #draw() {
    if (!this.element.isConnected) {
      return;
    }
    this.#charts.forEach((chart, index) => {
      if (this.#plots[index]) {
        this.#plots[index].setData(this.#data(chart));
      } else {
        this.#plots[index] = this.#plot(chart);
      }
    });
  }

  #resize() {
    this.#plots.forEach((plot, index) => {
      const width = this.#charts[index].canvas.clientWidth;
      if (width && width !== plot.width) {
        plot.setSize({ width, height: HEIGHT });
      }
    });
  }

  /** Colours are read when a plot is made. */
  restyle() {
    this.close();
    this.refresh();
  }

  close() {
    this.#plots.forEach((plot) => plot.destroy());
    this.#plots = [];
  }
}

let current = null;
on('theme', () => current?.restyle());
