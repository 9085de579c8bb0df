package dev.dualprocess.testing;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.Conditioning;
import dev.dualprocess.Generator;
import dev.dualprocess.Sampling;
import dev.dualprocess.lora.Lora;
import dev.dualprocess.lora.LoraSettings;
import dev.dualprocess.lora.LoraTargets;
import dev.dualprocess.spi.GeneratorProvider;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.NotFiniteException;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.testing.DamagedFolder.Weight;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A generator never draws a picture of NaN: the part that it comes from is named, and the weight.
 */
public abstract class PipelineDamageContract {
  private static final int WEIGHTS = 10; // tried of each part
  private static final int LARGE = 256; // pixels along a side
  private static final LoraSettings LORA =
      new LoraSettings(4, 4, LoraSettings.Init.KAIMING_UNIFORM);

  private final GeneratorProvider provider;
  private final Path pipeline;
  private DamagedFolder damaged;

  @TempDir private Path temporary;

  /** Opens that pipeline's folder. */
  protected PipelineDamageContract(GeneratorProvider provider, Path pipeline) {
    this.provider = provider;
    this.pipeline = pipeline;
  }

  @BeforeEach
  final void copy() {
    damaged = new DamagedFolder(pipeline, temporary.resolve("pipeline"));
  }

  private Generator open(Path folder) throws IOException {
    return provider.open(Optional.of(folder), Placement.CPU);
  }

  /** Of a large image there is a small one too. */
  private static Sampling sampling(Generator generator) {
    Sampling sampling = generator.defaultSampling().withSteps(2);
    return sampling.size().width() > LARGE
        ? sampling.withSize(OpeningContract.size(generator))
        : sampling;
  }

  @Test
  final void oneNumberOfTheTransformerIsNamed() throws IOException {
    assertNamed("transformer", "the transformer, in step 1 of 2", "");
  }

  @Test
  final void oneNumberOfTheDecoderIsNamed() throws IOException {
    assertNamed("vae", "the VAE's decoder", "encoder.");
  }

  @Test
  final void oneNumberOfATextEncoderIsNamed() throws IOException {
    assertNamed("text_encoder", "the text encoder ", "");
    if (Files.isDirectory(pipeline.resolve("text_encoder_2"))) {
      assertNamed("text_encoder_2", "the text encoder ", "");
    }
  }

  /** Every weight is named, or the picture does not depend on that number. */
  private void assertNamed(String part, String told, String unused) throws IOException {
    int named = 0;
    float value = Float.NaN;
    for (Weight weight : damaged.some(part, WEIGHTS)) {
      if (unused.isEmpty() || !weight.name().startsWith(unused)) {
        named += isNamed(weight, value, told) ? 1 : 0;
        value = Float.isNaN(value) ? Float.POSITIVE_INFINITY : Float.NaN;
      }
    }
    assertTrue(named >= 3, part + ": named " + named);
  }

  private boolean isNamed(Weight weight, float value, String told) throws IOException {
    boolean[] named = new boolean[1];
    DamagedFolder.with(
        weight,
        value,
        Integer.MAX_VALUE, // the first number alone
        () -> {
          try (Generator generator = open(damaged.path())) {
            generator.generate("a cat", sampling(generator), 7);
          } catch (NotFiniteException e) {
            String message = e.getMessage();
            assertEquals(1, message.lines().count(), message);
            assertTrue(message.contains("they arise in " + told), message);
            String blamed = "whose weight '%s' is not finite; get %s again";
            assertTrue(message.contains(blamed.formatted(weight.name(), weight.file())), message);
            named[0] = true;
          }
        });
    return named[0];
  }

  @Test
  final void aLoraThatIsNotFiniteOrTooStrongIsNamed() throws IOException {
    try (Generator generator = open(pipeline);
        Lora lora = generator.loraTargets().create(LORA, 3)) {
      // Norms and relu may take an infinite query or key for a finite one, but no value.
      String path =
          lora.modules().stream()
              .filter(module -> module.endsWith("to_v"))
              .findFirst()
              .orElseThrow();
      fill(lora.b(path), 1e35);
      assertLoraIsBlamed(generator, lora, "a LoRA is too strong, lower its scale");
      fill(lora.b(path), Double.NaN);
      assertLoraIsBlamed(generator, lora, "a LoRA's factors of '" + path + "' are not finite");
    }
  }

  private static void fill(Tensor tensor, double value) {
    Memory.withoutGrad(() -> tensor.fill_(new Scalar(value)));
  }

  private static void assertLoraIsBlamed(Generator generator, Lora lora, String told) {
    try (LoraTargets.Attachment attached = generator.loraTargets().attach(lora, 1e8)) {
      assertRefused(
          NotFiniteException.class,
          () -> generator.generate("a cat", sampling(generator), 7),
          "they arise in the transformer, in step 1 of 2: " + told);
    }
  }

  @Test
  final void whatIsSoundHasNoFault() throws IOException {
    try (Generator generator = open(pipeline);
        Conditioning text = generator.condition("a cat")) {
      Sampling sampling = sampling(generator);
      assertEquals(
          Optional.empty(),
          Memory.freeing(
              () -> generator.fault(generator.noise(7, 1, sampling.size()), text, sampling)));
    }
  }
}
