package dev.dualprocess.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dualprocess.testing.Fixtures;
import dev.dualprocess.testing.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The same numbers as torch's own generator. */
class NoiseTest {
  static List<String> trajectories() throws IOException {
    try (Stream<Path> folders = Files.list(Fixtures.path("trajectories"))) {
      return folders.map(folder -> folder.getFileName().toString()).sorted().toList();
    }
  }

  /** One draw of n rows, and n draws of a row each, which is how the authors draw. */
  @ParameterizedTest
  @MethodSource("trajectories")
  void trainingNoiseIsTheAuthors(String name) {
    String trajectory = "trajectories/" + name + "/trajectory";
    JsonNode options = Fixtures.json(trajectory + ".json").path("opt_kwargs");
    long seed = options.path("train_seed").asLong();
    try (PointerScope scope = new PointerScope();
        Golden golden = Fixtures.golden(trajectory);
        Noise stream = Noise.seeded(seed)) {
      Tensor wanted = golden.tensor("train_noise");
      golden.assertClose("train_noise", Noise.randn(seed, wanted.shape()), 1e-6);
      long[] row = wanted.shape().clone();
      row[0] = 1;
      Tensor[] rows = new Tensor[Math.toIntExact(wanted.size(0))];
      Arrays.setAll(rows, i -> stream.normal(row));
      golden.assertClose("train_noise", Ops.cat(0, rows), 1e-6);
    }
  }

  /** What {@code torch.manual_seed(s); torch.randn(3)} prints. */
  @Test
  void knownSeedsGiveKnownNumbers() {
    try (PointerScope scope = new PointerScope();
        Noise zero = Noise.seeded(0)) {
      assertArrayEquals(
          new float[] {1.5410f, -0.2934f, -2.1788f}, Ops.toFloats(Noise.randn(0, 3)), 5e-5f);
      assertArrayEquals(
          new float[] {0.3367f, 0.1288f, 0.2345f}, Ops.toFloats(Noise.randn(42, 3)), 5e-5f);
      assertArrayEquals(
          new float[] {0.4963f, 0.7682f, 0.0885f}, Ops.toFloats(zero.uniform(3)), 5e-5f);
    }
  }

  @Test
  void aStreamGoesOnFromItsState() {
    try (PointerScope scope = new PointerScope();
        Noise stream = Noise.seeded(7);
        Noise other = Noise.seeded(8)) {
      stream.normal(5);
      Tensor state = stream.state();
      float[] next = Ops.toFloats(stream.normal(20));
      other.restore(state);
      assertArrayEquals(next, Ops.toFloats(other.normal(20)));
      assertFalse(Arrays.equals(next, Ops.toFloats(other.normal(20))));
    }
  }

  @Test
  void streamsDoNotDisturbEachOther() {
    try (PointerScope scope = new PointerScope();
        Noise alone = Noise.seeded(1);
        Noise beside = Noise.seeded(1);
        Noise other = Noise.seeded(2)) {
      alone.normal(4);
      beside.normal(4);
      other.normal(9);
      assertArrayEquals(Ops.toFloats(alone.normal(4)), Ops.toFloats(beside.normal(4)));
    }
  }
}
