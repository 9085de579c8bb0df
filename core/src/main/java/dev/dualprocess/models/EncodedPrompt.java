package dev.dualprocess.models;

import dev.dualprocess.Conditioning;
import dev.dualprocess.Prompt;

/**
 * A prompt and its text as the generator encoded it.
 *
 * @param prompt with its checks
 * @param text becomes that of the run it is given to
 */
public record EncodedPrompt(Prompt prompt, Conditioning text) {}
