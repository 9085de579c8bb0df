package dev.dualprocess.examples.models;

import dev.dualprocess.Conditioning;
import dev.dualprocess.Generator;
import dev.dualprocess.Verifier;
import dev.dualprocess.spi.Opening;
import java.io.IOException;
import java.util.List;

/**
 * A generator, a text as it encoded it, and a verifier. The verifier is opened last: by then text
 * encoders that do not stay in memory have left the room that it needs.
 *
 * @param generator who draws
 * @param text what it draws; becomes that of an optimisation it is given to
 * @param verifier who looks
 */
public record ModelPair(Generator generator, Conditioning text, Verifier verifier)
    implements AutoCloseable {
  /** Opens both; the caller closes the pair. Nothing stays open if that fails. */
  public static ModelPair open(
      ModelSource<Generator> generatorSource,
      Opening generatorOpening,
      String text,
      List<ModelSource<Verifier>> verifierSources,
      Opening verifierOpening)
      throws IOException {
    Generator generator = generatorSource.open(generatorOpening);
    Conditioning encoded = null;
    try {
      encoded = generator.condition(text);
      Verifier verifier = ModelSource.openVerifier(verifierSources, verifierOpening);
      return new ModelPair(generator, encoded, verifier);
    } catch (IOException | RuntimeException e) {
      if (encoded != null) {
        encoded.close();
      }
      generator.close();
      throw e;
    }
  }

  /** Closes all three; the text may have been closed before. */
  @Override
  public void close() {
    verifier.close();
    text.close();
    generator.close();
  }
}
