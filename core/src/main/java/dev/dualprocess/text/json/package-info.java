/**
 * What a {@code tokenizer.json} may contain. The native library that reads such files ends the
 * process over some that are broken; it is given none that was not read here before, and only what
 * was understood here.
 */
package dev.dualprocess.text.json;
