/** Encoded texts on disk, so that a text encoder is opened for a new text only. */
package dev.dualprocess.text.cache;
