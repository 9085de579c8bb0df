/** Tokenizers: Hugging Face files read by the library that made the format. */
package dev.dualprocess.text;
