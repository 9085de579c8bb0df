/** Whether a verifier can teach a generator an answer, before an hour is spent on trying. */
package dev.dualprocess.probe;
