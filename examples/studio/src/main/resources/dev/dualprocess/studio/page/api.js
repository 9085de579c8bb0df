// Requests to the server; a failure is an Error whose message is the server's line for people.

async function request(method, path, body, signal) {
  const raw = body instanceof Blob;
  let response;
  try {
    response = await fetch(path, {
      method,
      signal,
      headers: body === undefined || raw ? {} : { 'Content-Type': 'application/json' },
      body: body === undefined || raw ? body : JSON.stringify(body),
    });
  } catch (error) {
    if (error.name === 'AbortError') {
      throw error;
    }
    throw new Error('The studio’s program does not answer. Is it still running?');
  }
  if (!response.ok) {
    const said = await response.json().catch(() => ({}));
    throw new Error(said.error ?? `The studio answered ${response.status}`);
  }
  return response;
}

const json = async (...args) => {
  const text = await (await request(...args)).text();
  return text ? JSON.parse(text) : null;
};

export const get = (path) => json('GET', path);
export const post = (path, body = {}) => json('POST', path, body);
export const remove = (path) => json('DELETE', path);
export const postForPicture = async (path, body, signal) => (await request('POST', path, body, signal)).blob();

export const jobPath = (id, rest = '') => `/api/jobs/${encodeURIComponent(id)}${rest}`;

/** Where the server draws a picture; `loras` is a list of [job, strength]. */
export function picturePath(plan, prompt, seed, loras = []) {
  const { sampling } = plan.settings;
  const query = new URLSearchParams({ generator: plan.generator.id, prompt, seed });
  if (sampling.size) {
    query.set('width', sampling.size.width);
    query.set('height', sampling.size.height);
  }
  query.set('steps', sampling.numInferenceSteps);
  query.set('guidance', sampling.guidanceScale);
  for (const [job, strength] of loras) {
    query.append('lora', `${job}:${strength}`);
  }
  return `/api/picture?${query}`;
}
