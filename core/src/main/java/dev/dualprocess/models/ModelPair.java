package dev.dualprocess.models;

import com.google.common.collect.Streams;
import dev.dualprocess.Conditioning;
import dev.dualprocess.Generator;
import dev.dualprocess.Prompt;
import dev.dualprocess.Verifier;
import dev.dualprocess.distill.DistillationBuilder;
import dev.dualprocess.spi.LoadOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A generator, texts as it encoded them, and a verifier. The verifier is opened last: by then text
 * encoders that do not stay in memory have left the room that it needs.
 *
 * @param generator who draws
 * @param texts what it draws; each becomes that of an optimisation it is given to
 * @param verifier who looks
 */
public record ModelPair(Generator generator, List<Conditioning> texts, Verifier verifier)
    implements AutoCloseable {
  /** Takes ownership of all. */
  public ModelPair {
    Objects.requireNonNull(generator, "generator");
    texts = List.copyOf(Objects.requireNonNull(texts, "texts"));
    Objects.requireNonNull(verifier, "verifier");
  }

  /**
   * Opens generator and verifier; the caller closes the pair. Nothing stays open if that fails.
   *
   * @throws IOException in one line, if files are missing or broken
   */
  public static ModelPair open(
      ModelSource<Generator> generatorSource,
      LoadOptions generatorOpening,
      List<String> texts,
      List<ModelSource<Verifier>> verifierSources,
      LoadOptions verifierOpening)
      throws IOException {
    Objects.requireNonNull(generatorSource, "generatorSource");
    Objects.requireNonNull(generatorOpening, "generatorOpening");
    Objects.requireNonNull(texts, "texts");
    Objects.requireNonNull(verifierSources, "verifierSources");
    Objects.requireNonNull(verifierOpening, "verifierOpening");
    Generator generator = generatorSource.open(generatorOpening);
    List<Conditioning> encoded = new ArrayList<>();
    try {
      for (String text : texts) {
        encoded.add(generator.condition(text));
      }
      Verifier verifier = ModelSource.openVerifier(verifierSources, verifierOpening);
      return new ModelPair(generator, encoded, verifier);
    } catch (IOException | RuntimeException e) {
      encoded.forEach(Conditioning::close);
      generator.close();
      throw e;
    }
  }

  /**
   * A distillation of the prompts whose texts these are, in their order; those after the first are
   * trained in turn with it.
   */
  public DistillationBuilder distillation(Prompt... prompts) {
    List<EncodedPrompt> taught = encoded(List.of(prompts));
    return EncodedPrompt.distillation(generator, verifier, taught);
  }

  /**
   * The prompts whose texts these are, in their order.
   *
   * @throws IllegalArgumentException if they are of other texts
   */
  public List<EncodedPrompt> encoded(List<Prompt> prompts) {
    List<String> given = prompts.stream().map(Prompt::text).toList();
    List<String> read = texts.stream().map(Conditioning::text).toList();
    if (!given.equals(read)) {
      throw new IllegalArgumentException(
          "the texts that were encoded are " + read + ", not " + given);
    }
    return Streams.zip(prompts.stream(), texts.stream(), EncodedPrompt::new).toList();
  }

  /** Closes models and texts; the texts may have been closed before. */
  @Override
  public void close() {
    verifier.close();
    texts.forEach(Conditioning::close);
    generator.close();
  }
}
