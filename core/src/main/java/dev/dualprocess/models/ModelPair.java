package dev.dualprocess.models;

import com.google.common.collect.Streams;
import dev.dualprocess.Conditioning;
import dev.dualprocess.Generator;
import dev.dualprocess.Prompt;
import dev.dualprocess.Verifier;
import dev.dualprocess.spi.Opening;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

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
  /** Opens both; the caller closes the pair. Nothing stays open if that fails. */
  public static ModelPair open(
      ModelSource<Generator> generatorSource,
      Opening generatorOpening,
      List<String> texts,
      List<ModelSource<Verifier>> verifierSources,
      Opening verifierOpening)
      throws IOException {
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

  /** The prompts whose texts these are, in their order. */
  public List<EncodedPrompt> encoded(List<Prompt> prompts) {
    return Streams.zip(prompts.stream(), texts.stream(), EncodedPrompt::new).toList();
  }

  /** Closes all; texts may have been closed before. */
  @Override
  public void close() {
    verifier.close();
    texts.forEach(Conditioning::close);
    generator.close();
  }
}
