package dev.dualprocess.flux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.config.ConfigFile;
import dev.dualprocess.recompute.Blocks;
import dev.dualprocess.spi.GeneratorProvider;
import dev.dualprocess.tensor.Dtype;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.tensor.TensorOwner;
import dev.dualprocess.testing.Fixtures;
import dev.dualprocess.testing.OpeningContract;
import dev.dualprocess.weights.WeightSource;
import dev.dualprocess.weights.WeightSource.Renaming;
import java.io.IOException;
import java.nio.file.Path;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.Test;

class FluxOpeningTest extends OpeningContract {
  private static final Placement META_BF16 = new Placement("meta", Dtype.BFLOAT16);

  @Override
  protected GeneratorProvider provider() {
    return new FluxGeneratorProvider();
  }

  @Override
  protected Path pipeline() {
    return FluxFixtures.pipeline(FluxFixtures.variants().get(0));
  }

  /** 11.9 billion parameters: 23.8 GB in bf16, half of it and the scales in 8 bits. */
  @Test
  void theFullSizeInEightBitsTakesHalfTheMemory() throws IOException {
    long whole = bytes(WeightSource.random(0));
    long eight = bytes(WeightSource.random(0).inEightBits());
    assertEquals(11.9e9 * 2, (double) whole, 0.1e9);
    assertTrue(eight < 0.51 * whole && eight > 0.5 * whole, eight + " of " + whole);
  }

  private static long bytes(WeightSource source) throws IOException {
    FluxTransformerConfig config =
        ConfigFile.read(Fixtures.fullsize("flux1-schnell-transformer.config.json"))
            .as(FluxTransformerConfig.class);
    try (PointerScope scope = new PointerScope();
        TensorOwner owner = new TensorOwner()) {
      source.build(
          Path.of("none"),
          META_BF16,
          owner,
          Renaming.NONE,
          weights -> FluxTransformer.load(weights, config, new Blocks()));
      return owner.bytes();
    }
  }
}
