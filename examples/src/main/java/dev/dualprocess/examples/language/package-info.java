/** Where a language model's answers come from: an OpenAI-compatible endpoint, or a local model. */
package dev.dualprocess.examples.language;
