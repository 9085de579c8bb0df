// The page is built from a few elements at a time; this is all the help that needs.

export const $ = (selector, root = document) => root.querySelector(selector);

/** An element: properties that start with "on" are listeners, `false` and null leave an attribute out. */
export function el(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith('on')) {
      element.addEventListener(name.slice(2), value);
    } else if (name === 'value' || name === 'checked' || name === 'selected') {
      element[name] = value;
    } else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(name, value === true ? '' : value);
    }
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Says something to people who listen to the page. */
export function announce(text) {
  $('#announce').textContent = text;
}

export function fail(line, error) {
  line.textContent = error ? error.message ?? String(error) : '';
  line.hidden = !error;
}

/** Runs what a button is for: once at a time, with its failure in the line beside it. */
export async function act(button, line, work) {
  button.disabled = true;
  fail(line, null);
  try {
    return await work();
  } catch (error) {
    fail(line, error);
    return undefined;
  } finally {
    button.disabled = false;
  }
}

/** Small pictures are enlarged pixel by pixel, as they are; photographs smoothly. */
export function picture(src, alt, properties = {}) {
  const image = el('img', { ...properties, src: src || null, alt, loading: properties.loading ?? 'lazy' });
  image.addEventListener('load', () => sharpen(image));
  return image;
}

export function sharpen(image) {
  image.classList.toggle('pixels', image.naturalWidth > 0 && image.naturalWidth < 128);
}

const swapping = new WeakMap();

/** Shows another picture once it is there; of those asked for meanwhile, the newest. */
export function swap(image, src) {
  if (image.getAttribute('src') === src && !swapping.has(image)) {
    return;
  }
  const busy = swapping.has(image);
  swapping.set(image, src);
  if (!busy) {
    bring(image, src);
  }
}

async function bring(image, src) {
  const next = new Image();
  next.src = src;
  await next.decode().catch(() => {});
  image.src = src;
  const wanted = swapping.get(image);
  if (wanted === src) {
    swapping.delete(image);
  } else {
    bring(image, wanted);
  }
}

/** Calls `work` when no further call has come for so many milliseconds. */
export function debounce(work, milliseconds) {
  let timer;
  return (...args) => {
    clearTimeout(timer);
    timer = setTimeout(() => work(...args), milliseconds);
  };
}

/** Hands a file to the person. */
export function download(blob, name) {
  const url = URL.createObjectURL(blob);
  el('a', { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}
