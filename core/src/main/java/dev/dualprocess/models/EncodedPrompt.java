package dev.dualprocess.models;

import dev.dualprocess.Conditioning;
import dev.dualprocess.Generator;
import dev.dualprocess.Prompt;
import dev.dualprocess.Verifier;
import dev.dualprocess.distill.Distillation;
import dev.dualprocess.distill.DistillationBuilder;
import java.util.List;
import java.util.Objects;

/**
 * A prompt and its text as the generator encoded it.
 *
 * @param prompt with its checks
 * @param text becomes that of the run it is given to
 */
public record EncodedPrompt(Prompt prompt, Conditioning text) {
  /** Both are needed. */
  public EncodedPrompt {
    Objects.requireNonNull(prompt, "prompt");
    Objects.requireNonNull(text, "text");
  }

  /** A distillation of the first, and of the others in turn with it. */
  public static DistillationBuilder distillation(
      Generator generator, Verifier verifier, List<EncodedPrompt> taught) {
    EncodedPrompt first = taught.get(0);
    DistillationBuilder builder =
        Distillation.of(generator, verifier, first.prompt()).conditioning(first.text());
    taught.stream().skip(1).forEach(other -> builder.also(other.prompt(), other.text()));
    return builder;
  }
}
