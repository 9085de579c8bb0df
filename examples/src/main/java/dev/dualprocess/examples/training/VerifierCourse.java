package dev.dualprocess.examples.training;

import dev.dualprocess.ImageSize;
import dev.dualprocess.examples.world.Scene;
import dev.dualprocess.qwen25vl.Qwen25VlNetwork;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.bytedeco.pytorch.Tensor;

/** The verifier in training, at the step where its checkpoint stands. */
final class VerifierCourse implements AutoCloseable {
  static final int STEPS = RehearsalStage.STEPS;
  private static final int BATCH = 32;
  private static final double RATE = 1.5e-3;
  private static final int EXAMS = 800;

  private final Workshop workshop;
  private final Curriculum curriculum = new Curriculum();
  private final Qwen25VlNetwork network;
  private final VerifierTraining training;
  private final Parameters parameters;
  private final TrainingLoop loop;

  /**
   * Opens the folder, whose configs are there, and goes on from the checkpoint, if there is one.
   */
  VerifierCourse(Workshop workshop) throws IOException {
    this.workshop = workshop;
    network =
        Qwen25VlNetwork.open(
            workshop.folder().qwen(),
            ImageSize.square(Scene.SIDE),
            new Initial(Workshop.SEED, Workshop.NONE));
    training = new VerifierTraining(network, curriculum, BATCH, Workshop.SEED);
    Map<String, Tensor> all = new LinkedHashMap<>(network.tensors());
    training.heads().forEach((name, tensor) -> all.put("heads." + name, tensor));
    parameters = new Parameters(all);
    loop = workshop.loop(Stage.VERIFIER, parameters, new LearningRate(RATE, 200, STEPS));
  }

  /** Steps taken so far, in this run and before. */
  int steps() {
    return loop.steps();
  }

  /** Adds pictures that a generator made to the lessons. */
  void add(List<? extends Subject> pictures) {
    curriculum.add(pictures);
  }

  /** Trains up to a step; false if it was stopped before. */
  boolean run(int until) throws IOException {
    return loop.run(training, until);
  }

  /** Tells how many answers are right. */
  void examine() {
    workshop
        .console()
        .say("right answers: %s", training.accuracy(EXAMS, new Random(Workshop.SEED + 1)));
  }

  /** Writes the weights. */
  void write() throws IOException {
    TinyFolder folder = workshop.folder();
    folder.write(folder.weights(Stage.VERIFIER).get(0), network.tensors());
  }

  @Override
  public void close() {
    loop.close();
    parameters.close();
    training.close();
    network.close();
  }
}
