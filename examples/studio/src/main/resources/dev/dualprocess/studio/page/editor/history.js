// What was drawn before, and after: drawings are values, so undoing is going back to one.

const TOGETHER_MS = 800;

export class History {
  #past = [];
  #future = [];
  #tag = null;
  #at = 0;

  constructor(present) {
    this.present = present;
  }

  /** Changes of one thing in quick succession (a drag, a held key) are undone as one. */
  push(next, tag = null) {
    const now = Date.now();
    if (tag === null || tag !== this.#tag || now - this.#at > TOGETHER_MS) {
      this.#past.push(this.present);
    }
    this.#tag = tag;
    this.#at = now;
    this.#future = [];
    this.present = next;
  }

  /** What follows is undone by itself. */
  pause() {
    this.#tag = null;
  }

  undo() {
    return this.#move(this.#past, this.#future);
  }

  redo() {
    return this.#move(this.#future, this.#past);
  }

  get canUndo() {
    return this.#past.length > 0;
  }

  get canRedo() {
    return this.#future.length > 0;
  }

  #move(from, to) {
    if (from.length === 0) {
      return false;
    }
    to.push(this.present);
    this.present = from.pop();
    this.#tag = null;
    return true;
  }
}
