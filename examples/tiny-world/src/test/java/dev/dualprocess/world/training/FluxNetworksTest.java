package dev.dualprocess.world.training;

import dev.dualprocess.Conditioning;
import dev.dualprocess.Generator;
import dev.dualprocess.Sampling;
import dev.dualprocess.flux.FluxNetworks;
import dev.dualprocess.flux.FluxNetworks.TextIds;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.spi.Providers;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.testing.Golden;
import dev.dualprocess.tiny.BundledModels;
import dev.dualprocess.world.Scene;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is trained in batches is what is used one by one. */
class FluxNetworksTest {
  private static final int BATCH = 3;
  private static final double TOLERANCE = 1e-5;

  private static final List<String> PROMPTS =
      List.of(
          "a photo of a meadow with houses at noon",
          "a cartoon of a desert at night",
          "a photo of a snowy field");

  private static FluxNetworks networks;

  private PointerScope scope;
  private Tensor images;
  private Tensor z;

  @BeforeAll
  static void open() throws IOException {
    networks =
        FluxNetworks.open(BundledModels.generator(), new Initial(Workshop.SEED, Workshop.NONE));
  }

  @AfterAll
  static void close() {
    networks.close();
  }

  @BeforeEach
  void draw() {
    scope = new PointerScope();
    images = SceneBatch.random(BATCH, new Random(61)).images();
    z = Memory.noGrad(() -> Noise.randn(62, networks.packed(networks.encode(images)).shape()));
  }

  @AfterEach
  void free() {
    scope.close();
  }

  /** The parts of a batch, each on its own, put together again. */
  private static Tensor oneByOne(IntFunction<Tensor> part) {
    return Ops.cat(0, IntStream.range(0, BATCH).mapToObj(part).toArray(Tensor[]::new));
  }

  private static Tensor velocity(Tensor z, float t, List<String> prompts) {
    return Memory.noGrad(
        () -> {
          TextIds texts = networks.ids(prompts);
          return networks.velocity(z, Ops.add(Ops.mul(z.select(1, 0).select(1, 0), 0), t), texts);
        });
  }

  private Tensor velocity(int i, float t) {
    return velocity(z.narrow(0, i, 1), t, PROMPTS.subList(i, i + 1));
  }

  @Test
  void aBatchIsItsPartsOneByOne() {
    for (float t : new float[] {1, 0.4f}) {
      Golden.assertClose(
          "velocity at " + t, oneByOne(i -> velocity(i, t)), velocity(z, t, PROMPTS), TOLERANCE);
    }
    Tensor latents = Memory.noGrad(() -> networks.encode(images));
    Golden.assertClose(
        "latents",
        oneByOne(i -> Memory.noGrad(() -> networks.encode(images.narrow(0, i, 1)))),
        latents,
        TOLERANCE);
    Golden.assertClose(
        "images",
        oneByOne(i -> Memory.noGrad(() -> networks.decode(latents.narrow(0, i, 1)))),
        Memory.noGrad(() -> networks.decode(latents)),
        TOLERANCE);
    Golden.assertClose("packed", latents, networks.unpacked(networks.packed(latents)), TOLERANCE);
  }

  @Test
  void itIsWhatTheGeneratorDraws() throws IOException {
    try (Generator generator =
        Providers.generators().open(BundledModels.generator(), Placement.CPU)) {
      ImageSize size = ImageSize.square(Scene.SIDE);
      Sampling sampling = generator.defaultSampling().withSize(size);
      Tensor finished = oneByOne(i -> sample(generator, sampling, i));
      Tensor v = velocity(z, 1, PROMPTS);
      Golden.assertClose("velocity", z.sub(finished), v, TOLERANCE);
      Golden.assertClose(
          "images",
          generator.decode(finished, size),
          Memory.noGrad(() -> networks.decode(networks.unpacked(z.sub(v)))),
          TOLERANCE);
    }
  }

  private Tensor sample(Generator generator, Sampling sampling, int i) {
    try (Conditioning text = generator.condition(PROMPTS.get(i))) {
      return generator.sample(z.narrow(0, i, 1), text, sampling, 1);
    }
  }
}
