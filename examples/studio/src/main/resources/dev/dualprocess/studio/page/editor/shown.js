// The picture under the handles: what the verifier gets, drawn by the server at every change, the newest last.

import { picturePath, postForPicture } from '../api.js';
import { debounce, sharpen } from '../dom.js';
import { isDrawn } from '../plan.js';

const WAIT_MS = 60;

export class Shown {
  #image;
  #report;
  #request = null;
  #url = null;
  #later;

  /** `report` gets null, "drawing" or an Error. */
  constructor(image, report) {
    this.#image = image;
    this.#report = report;
    this.#later = debounce((...args) => this.#refresh(...args), WAIT_MS);
    image.addEventListener('load', () => sharpen(image));
  }

  refresh(plan, drawing, under) {
    this.#later(plan, drawing, under);
  }

  async #refresh(plan, drawing, under) {
    this.#request?.abort();
    const request = new AbortController();
    this.#request = request;
    this.#report('drawing');
    try {
      const url = isDrawn(drawing) || !under ? await this.#rendered(plan, drawing, under, request) : picturePath(plan, under.prompt, under.seed);
      if (request !== this.#request) {
        return;
      }
      await this.#show(url, request);
    } catch (error) {
      if (request === this.#request) {
        this.#report(error);
      }
    }
  }

  async #rendered(plan, drawing, under, request) {
    if (!isDrawn(drawing)) {
      return null;
    }
    return URL.createObjectURL(await postForPicture('/api/shown', { plan, drawing, under }, request.signal));
  }

  /** The picture that is there stays until the new one is decoded, so that nothing flickers. */
  async #show(url, request) {
    if (url) {
      const next = new Image();
      next.src = url;
      await next.decode().catch(() => {
        throw new Error('The picture could not be drawn');
      });
    }
    if (request !== this.#request) {
      return;
    }
    if (this.#url?.startsWith('blob:')) {
      URL.revokeObjectURL(this.#url);
    }
    this.#url = url;
    this.#image.hidden = !url;
    if (url) {
      this.#image.src = url;
    }
    this.#report(null);
  }
}
