package dev.dualprocess.world.training;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dualprocess.distill.Adam;
import dev.dualprocess.distill.AdamSettings;
import dev.dualprocess.image.Lettering;
import dev.dualprocess.image.LossChart;
import dev.dualprocess.image.Png;
import dev.dualprocess.run.RunListener;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.tensor.TensorOwner;
import dev.dualprocess.weights.AtomicFile;
import dev.dualprocess.weights.Checkpoint;
import dev.dualprocess.weights.SafeTensorsFile;
import dev.dualprocess.weights.SafeTensorsWriter;
import dev.dualprocess.weights.Weights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * Gradient descent on a loss for a number of steps, with checkpoints. Every step draws from random
 * numbers of its own, so that a run that was cut off goes on to the same numbers.
 */
final class TrainingLoop implements AutoCloseable {
  private static final AdamSettings ADAM = new AdamSettings(1e-3, 0.9, 0.98, 1e-8, 0.01, 1.0);
  private static final int CHECKPOINT_EVERY = 200;
  private static final int TELL_EVERY = 50;
  private static final String STEPS = "steps"; // in the checkpoint's metadata

  private final Path folder;
  private final String name;
  private final Parameters parameters;
  private final LearningRate learningRate;
  private final long seed;
  private final RunListener watcher;
  private final BooleanSupplier stopping;
  private final Adam adam;
  private final List<Double> losses = new ArrayList<>();

  /** The loss that a loop makes small. */
  @FunctionalInterface
  interface Objective {
    /** A scalar that carries gradient; all random choices are made with {@code random}. */
    Tensor loss(int step, Random random);
  }

  /**
   * A loop that keeps its checkpoint in {@code folder} and goes on from it.
   *
   * @param parameters stay the caller's
   * @param stopping asked after every step
   */
  TrainingLoop(
      Path folder,
      String name,
      Parameters parameters,
      LearningRate learningRate,
      long seed,
      RunListener watcher,
      BooleanSupplier stopping)
      throws IOException {
    this.folder = folder;
    this.name = name;
    this.parameters = parameters;
    this.learningRate = learningRate;
    this.seed = seed;
    this.watcher = watcher;
    this.stopping = stopping;
    this.adam = new Adam(parameters.flat(), parameters.gradient(), ADAM);
    if (Files.exists(state())) {
      restore();
    }
  }

  private Path state() {
    return folder.resolve(name + ".safetensors");
  }

  private Path losses() {
    return folder.resolve(name + "-losses.json");
  }

  /** The losses of the checkpoint's steps; the file beside it may be one save ahead of it. */
  private double[] history() throws IOException {
    double[] all = new ObjectMapper().readValue(losses().toFile(), double[].class);
    try (SafeTensorsFile file = SafeTensorsFile.open(state())) {
      String steps = file.metadata().get(STEPS);
      return steps == null ? all : Arrays.copyOf(all, Integer.parseInt(steps));
    }
  }

  /** Steps taken so far, in this run and before. */
  int steps() {
    return losses.size();
  }

  private void restore() throws IOException {
    double[] before = history();
    try (TensorOwner owner = new TensorOwner();
        Checkpoint file = Checkpoint.openSingle(state())) {
      Weights weights = Weights.of(file, Placement.CPU, owner);
      long n = parameters.flat().numel();
      Tensor values = weights.tensor("flat", n);
      adam.restore(weights.tensor("m", n), weights.tensor("v", n), before.length);
      weights.requireComplete();
      Memory.withoutGrad(() -> parameters.flat().copy_(values));
    }
    for (double loss : before) {
      losses.add(loss);
    }
    watcher.say("%s: going on after step %d", name, before.length);
  }

  /**
   * Steps to the end.
   *
   * @return whether it was reached; false if {@code stopping} asked for a stop
   */
  boolean run(Objective objective) throws IOException {
    return run(objective, learningRate.steps());
  }

  /** Steps up to step {@code until} of all. */
  boolean run(Objective objective, int until) throws IOException {
    long start = System.nanoTime();
    int first = losses.size();
    while (losses.size() < until) {
      if (stopping.getAsBoolean()) {
        save();
        return false;
      }
      int step = losses.size();
      losses.add(step(objective, step));
      int done = step + 1;
      if (done % TELL_EVERY == 0 || done == until) {
        double seconds = (System.nanoTime() - start) * 1e-9 / (done - first);
        tell(done, until, seconds);
      }
      if (done % CHECKPOINT_EVERY == 0 || done == until) {
        save();
      }
    }
    return true;
  }

  private double step(Objective objective, int step) {
    double value;
    try (PointerScope scope = new PointerScope()) {
      Tensor loss = objective.loss(step, new Random(seed * 1_000_003 + step));
      loss.backward();
      value = loss.item_double();
    }
    adam.step(learningRate.at(step));
    return value;
  }

  private void tell(int done, int until, double secondsPerStep) {
    List<Double> last = losses.subList(Math.max(0, done - TELL_EVERY), done);
    double mean = last.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    Map<String, Object> event = new LinkedHashMap<>();
    event.put("step", done);
    event.put("loss", mean);
    event.put("secondsPerStep", secondsPerStep);
    watcher.event(name, event);
    watcher.say(
        "%s %d/%d  loss %.4f  %.3f s a step, %.1f min left",
        name, done, until, mean, secondsPerStep, (until - done) * secondsPerStep / 60);
  }

  private void save() throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("flat", parameters.flat());
    tensors.put("m", adam.firstMoment());
    tensors.put("v", adam.secondMoment());
    AtomicFile.write(losses(), path -> new ObjectMapper().writeValue(path.toFile(), losses));
    SafeTensorsWriter.write(state(), tensors, Map.of(STEPS, Integer.toString(losses.size())));
    if (!losses.isEmpty() && Lettering.available()) {
      Png.write(folder.resolve(name + "-losses.png"), LossChart.draw(losses), Map.of());
    }
  }

  @Override
  public void close() {
    adam.close();
  }
}
