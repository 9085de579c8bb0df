// Short work of the server (probe, audit, suggestions, downloads), followed until it ends.

import { get, post } from './api.js';
import { emit, on } from './store.js';

const followed = new Map();
const ENDED = new Set(['done', 'failed', 'cancelled']);

/** Starts work by a request that answers with a task; `update` hears of every change. Ends with the task's result. */
export async function follow(start, update) {
  const first = await start();
  return new Promise((resolve, reject) => {
    followed.set(first.id, (task) => {
      update(task);
      if (!ENDED.has(task.state)) {
        return;
      }
      followed.delete(task.id);
      if (task.state === 'failed') {
        reject(new Error(task.error ?? 'It failed'));
      } else {
        resolve(task.state === 'done' ? task.result : null);
      }
    });
    followed.get(first.id)(first);
    // It may have ended before its first event could be heard.
    get(`/api/tasks/${first.id}`).then(heard, reject);
  });
}

export const cancel = (task) => post(`/api/tasks/${task.id}/cancel`);

function heard(task) {
  followed.get(task.id)?.(task);
  emit('task', task);
}

on('server-task', heard);
on('connected', () => {
  for (const id of followed.keys()) {
    get(`/api/tasks/${id}`).then(heard, (error) => heard({ id, state: 'failed', error: error.message }));
  }
});
