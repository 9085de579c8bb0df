package dev.dualprocess.cli.advice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.cli.advice.AdvisedPair.Form;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.models.MemoryNeed;
import dev.dualprocess.models.MemoryNeed.During;
import dev.dualprocess.models.MemoryPlan;
import dev.dualprocess.recompute.Recompute;
import dev.dualprocess.spi.LoadOptions;
import dev.dualprocess.spi.Providers;
import dev.dualprocess.tensor.Dtype;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.weights.WeightSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The table beside what MemoryPlan says of the real checkpoints' shapes. */
class AdvisedPairsTest {
  private static final int RANK = 16;
  private static final String HOST = "cpu";

  @TempDir private Path folder;

  static Stream<Arguments> pairs() {
    return Stream.of(HOST, "cuda:0")
        .flatMap(device -> AdvisedPairs.on(device).stream().map(p -> Arguments.of(device, p)));
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void whatIsPredictedIsWhatThePlanSays(String device, AdvisedPair pair) throws IOException {
    MemoryNeed need = need(device, pair);
    assertEquals(mib(need, device) + AdvisedPair.PROCESS, pair.predicted(), "MiB on " + device);
    int host = device.equals(HOST) ? 0 : mib(need, HOST) + AdvisedPair.PROCESS;
    assertEquals(host, pair.host(), "MiB of the host's");
  }

  private MemoryNeed need(String device, AdvisedPair pair) throws IOException {
    FullSizeModels models = new FullSizeModels(folder);
    LoadOptions opening =
        LoadOptions.at(new Placement(device, Dtype.BFLOAT16))
            .withRecompute(Recompute.ON)
            .withTextEncodersAt(new Placement(HOST, Dtype.BFLOAT16))
            .withWeights(weights(pair.form()));
    return MemoryPlan.distilling(
            models.generator(pair.generator()),
            opening,
            List.of(models.verifier(pair.verifier())),
            opening,
            Optional.of(ImageSize.square(pair.side())),
            RANK)
        .need();
  }

  private static WeightSource weights(Form form) {
    return switch (form) {
      case STORED -> WeightSource.FILES;
      case INT8 -> WeightSource.FILES.inEightBits();
      case OFFLOADED -> WeightSource.FILES.inEightBits().onTheHost();
    };
  }

  /** What is there during a step; encoders are mapped, and what nobody reads may leave. */
  private static int mib(MemoryNeed need, String device) {
    long bytes =
        need.items().stream()
            .filter(item -> item.device().equals(device) && item.during() != During.TEXT)
            .mapToLong(
                item -> item.bytes() + (item.what().startsWith("text_encoder") ? 0 : item.mapped()))
            .sum();
    return Math.toIntExact(bytes >> 20);
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void whatWasMeasuredIsNearWhatWasPredicted(String device, AdvisedPair pair) {
    double ratio = pair.measured() == 0 ? 1 : pair.predicted() / (double) pair.measured();
    assertTrue(ratio > 0.8 && ratio < 1.4, () -> "predicted over measured: " + ratio);
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void bothArePublishedAndRead(String device, AdvisedPair pair) {
    assertTrue(isPublished(Providers.generators(), pair.generator()), pair.generator());
    assertTrue(isPublished(Providers.verifiers(), pair.verifier()), pair.verifier());
  }

  private static boolean isPublished(Providers<?> providers, String id) {
    return providers.all().values().stream().anyMatch(one -> one.published().contains(id));
  }
}
