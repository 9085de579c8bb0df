package dev.dualprocess.flux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.image.ImageSize;
import dev.dualprocess.recompute.Recompute;
import dev.dualprocess.spi.Activations;
import dev.dualprocess.testing.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The estimate beside peaks that docs/performance.md has of the middle-sized configuration. */
class FluxActivationsTest {
  private static final double MIB = 1 << 20;

  @TempDir private Path folder;

  @BeforeEach
  void writeMiddleSizedConfiguration() throws IOException {
    write(
        "transformer",
        """
        {"attention_head_dim": 128, "num_attention_heads": 4, "num_layers": 3,
         "num_single_layers": 6, "joint_attention_dim": 256, "pooled_projection_dim": 128}
        """);
    write(
        "vae",
        """
        {"block_out_channels": [32, 64, 64, 64], "latent_channels": 16, "layers_per_block": 2,
         "scaling_factor": 0.3611, "shift_factor": 0.1159, "sample_size": 1024}
        """);
  }

  private void write(String part, String config) throws IOException {
    Files.createDirectories(folder.resolve(part));
    Files.writeString(folder.resolve(part).resolve("config.json"), config);
  }

  private double mib(int side, Recompute recompute) throws IOException {
    Activations kept = FluxActivations.of(folder, Optional.of(ImageSize.square(side)));
    return kept.values(recompute) * Float.BYTES / MIB;
  }

  /** Weights, libraries and the JVM are the same in both peaks. */
  @ParameterizedTest
  @CsvSource({
    "on, 256, 512, 997, 1401",
    "on, 512, 768, 1401, 2096",
    "off, 256, 512, 1497, 3163",
    "off, 512, 768, 3163, 5007"
  })
  void aLargerImageAddsWhatWasMeasuredOrHalfMore(
      String recompute, int side, int larger, double peak, double peakOfLarger) throws IOException {
    Recompute policy = Recompute.parse(recompute);
    double ratio = (mib(larger, policy) - mib(side, policy)) / (peakOfLarger - peak);
    assertTrue(ratio > 1 && ratio < 1.6, () -> "estimated over measured: " + ratio);
  }

  @Test
  void autoCountsAsTheLeastThereIs() throws IOException {
    assertEquals(mib(512, Recompute.ON), mib(512, Recompute.AUTO));
  }

  @Test
  void theSizeIsTheModelsOwnUnlessItIsGiven() throws IOException {
    assertEquals(
        FluxActivations.of(folder, Optional.of(ImageSize.square(512))),
        FluxActivations.of(folder, Optional.empty()));
    assertEquals(
        Optional.of(FluxActivations.of(Fixtures.path("tiny-flux-schnell"), Optional.empty())),
        new FluxGeneratorProvider()
            .activations(Fixtures.path("tiny-flux-schnell"), Optional.empty()));
  }
}
