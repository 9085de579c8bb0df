package dev.dualprocess.soak;

import dev.dualprocess.distill.Distillation;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.models.ModelPair;
import dev.dualprocess.tensor.PeakMemory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.bytedeco.javacpp.Pointer;

/** Work that is done so often as the second argument says, while resident memory is looked at. */
enum RepeatedWork {
  /** Optimisation steps of one run. */
  STEPS {
    @Override
    void repeat(int times, Runnable after) throws IOException {
      try (ModelPair pair = RunSamples.pair();
          Distillation run =
              pair.distillation(RunSamples.PROMPT)
                  .size(ImageSize.square(64))
                  .steps(times)
                  .start()) {
        for (int i = 0; i < times; i++) {
          run.step();
          after.run();
        }
      }
    }
  },

  /** Opening a generator and a verifier, reading a prompt, and closing them. */
  OPEN_AND_CLOSE {
    @Override
    void repeat(int times, Runnable after) throws IOException {
      for (int i = 0; i < times; i++) {
        RunSamples.pair().close();
        after.run();
      }
    }
  };

  static final int GREW = 4;

  /** Fewer tell nothing. */
  static final int LEAST = 40;

  private static final int POINTS = 10;
  private static final double SETTLING = 0.25; // of the whole, in which caches fill
  private static final double MOST_GROWTH = 8 << 20; // in bytes, of what remains

  abstract void repeat(int times, Runnable after) throws IOException;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  /** Exits with {@link #GREW} if memory grew. */
  public static void main(String[] args) throws IOException {
    PeakMemory memory = PeakMemory.everywhere();
    List<Long> bytes = new ArrayList<>();
    List<Long> objects = new ArrayList<>();
    int times = Integer.parseInt(args[1]);
    valueOf(args[0])
        .repeat(
            times,
            () -> {
              bytes.add(memory.bytesNow());
              objects.add(Pointer.totalCount());
            });
    int from = (int) (SETTLING * times);
    double grown = growth(bytes, from);
    for (int i = 0; i <= POINTS; i++) {
      System.out.printf("%d KiB, ", bytes.get(i * (times - 1) / POINTS) >> 10);
    }
    System.out.printf(
        "resident over %d times; the line through all behind %d rises by %.0f KiB; native objects"
            + " %d, then %d%n",
        times, from, grown / 1024, objects.get(from), objects.get(times - 1));
    boolean grew = grown > MOST_GROWTH || objects.get(times - 1) > objects.get(from) + 10;
    System.exit(grew ? GREW : 0);
  }

  /** What the straight line through the values from there on rises. */
  private static double growth(List<Long> values, int from) {
    int n = values.size() - from;
    double meanX = (n - 1) / 2.0;
    double meanY = values.stream().skip(from).mapToLong(Long::longValue).average().orElseThrow();
    double covariance = 0;
    double variance = 0;
    for (int i = 0; i < n; i++) {
      covariance += (i - meanX) * (values.get(from + i) - meanY);
      variance += (i - meanX) * (i - meanX);
    }
    return covariance / variance * n;
  }
}
