package dev.dualprocess.sana;

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

/** The estimate beside peaks that docs/performance.md has of Sana 1.6B with Qwen2.5-VL-3B. */
class SanaActivationsTest {
  private static final double MIB = 1 << 20;
  private static final int BF16 = 2;

  @TempDir private Path folder;

  @BeforeEach
  void copyConfigsOfTheRealModel() throws IOException {
    copy("transformer", "sana-1600m-512px-transformer.config.json");
    copy("vae", "dc-ae-f32c32-sana.config.json");
  }

  private void copy(String part, String config) throws IOException {
    Files.createDirectories(folder.resolve(part));
    Files.copy(Fixtures.fullsize(config), folder.resolve(part).resolve("config.json"));
  }

  private Activations at(int side) throws IOException {
    return SanaActivations.of(folder, Optional.of(ImageSize.square(side)));
  }

  @Test
  void aLargerImageAddsWhatWasMeasuredOrHalfMore() throws IOException {
    long values = at(512).values(Recompute.ON) - at(256).values(Recompute.ON);
    double ratio = values * BF16 / MIB / (13_783 - 12_710);
    assertTrue(ratio > 1 && ratio < 1.6, () -> "estimated over measured: " + ratio);
  }

  @Test
  void withoutRecomputeMoreIsKept() throws IOException {
    assertTrue(at(512).values(Recompute.OFF) > 3 * at(512).values(Recompute.ON));
  }

  @Test
  void theSizeIsTheModelsOwnUnlessItIsGiven() throws IOException {
    assertEquals(at(512), SanaActivations.of(folder, Optional.empty()));
    assertEquals(
        Optional.of(at(512)), new SanaGeneratorProvider().activations(folder, Optional.empty()));
  }
}
