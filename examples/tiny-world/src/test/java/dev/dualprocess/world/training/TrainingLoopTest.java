package dev.dualprocess.world.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.primitives.Floats;
import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A training that was cut off goes on to the same bits. */
class TrainingLoopTest {
  private static final int STEPS = 30;

  @TempDir private Path temporary;

  private final StringWriter said = new StringWriter();

  private record Outcome(boolean done, List<Float> values) {}

  /** Draws three numbers towards 1, with noise. */
  private Outcome train(String folder, BooleanSupplier stopping) throws IOException {
    try (PointerScope scope = new PointerScope()) {
      Tensor w = Ops.floats(new float[] {-1, 0, 3}, 3);
      try (Parameters parameters = new Parameters(Map.of("w", w));
          TrainingLoop loop =
              new TrainingLoop(
                  temporary.resolve(folder),
                  "toy",
                  parameters,
                  new LearningRate(0.1, 4, STEPS),
                  9,
                  new Lines(new PrintWriter(said, true)),
                  stopping)) {
        boolean done =
            loop.run(
                (step, random) -> {
                  Tensor aim = Ops.add(Ops.mul(Noise.randn(random.nextLong(), 3), 0.1), 1);
                  return w.sub(aim).square().mean();
                });
        return new Outcome(done, Floats.asList(Ops.toFloats(parameters.flat())));
      }
    }
  }

  private double[] losses(String folder) throws IOException {
    return new ObjectMapper()
        .readValue(temporary.resolve(folder).resolve("toy-losses.json").toFile(), double[].class);
  }

  private static BooleanSupplier after(int steps) {
    AtomicInteger asked = new AtomicInteger();
    return () -> asked.getAndIncrement() >= steps;
  }

  @Test
  void interruptedAndResumedIsTheSameBitForBit() throws IOException {
    Outcome whole = train("whole", () -> false);
    assertTrue(whole.done());
    assertEquals(STEPS, losses("whole").length);
    assertTrue(losses("whole")[STEPS - 1] < 0.25 * losses("whole")[0]);

    assertFalse(train("parts", after(0)).done());
    assertFalse(train("parts", after(7)).done());
    assertEquals(7, losses("parts").length);
    assertFalse(train("parts", after(11)).done());
    Outcome parts = train("parts", () -> false);
    assertTrue(parts.done());
    assertEquals(whole.values(), parts.values());
    assertArrayEquals(losses("whole"), losses("parts"));
    assertTrue(said.toString().contains("toy: going on after step 18"), said.toString());
    assertTrue(said.toString().contains("toy 30/30  loss "), said.toString());
  }

  @Test
  void whatHasEndedStaysAsItIs() throws IOException {
    Outcome whole = train("whole", () -> false);
    assertEquals(whole.values(), train("whole", () -> false).values());
    assertEquals(STEPS, losses("whole").length);
  }

  @Test
  void lossesAheadOfTheCheckpointAreForgotten() throws IOException {
    Outcome whole = train("whole", () -> false);
    train("killed", after(12));
    double[] ahead = Arrays.copyOf(losses("killed"), 20); // killed between the two files
    new ObjectMapper().writeValue(temporary.resolve("killed/toy-losses.json").toFile(), ahead);
    assertEquals(whole.values(), train("killed", () -> false).values());
    assertArrayEquals(losses("whole"), losses("killed"));
  }
}
