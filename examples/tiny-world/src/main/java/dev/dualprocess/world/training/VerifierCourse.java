package dev.dualprocess.world.training;

import dev.dualprocess.image.ImageSize;
import dev.dualprocess.qwen25vl.Qwen25VlNetwork;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.world.Scene;
import dev.dualprocess.world.training.VerifierTraining.Answered;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/** The verifier in training, at the step where its checkpoint stands. */
final class VerifierCourse implements AutoCloseable {
  private static final int BATCH = 32;
  private static final int EXAMS = 800;
  private static final int CALIBRATION_EXAMS = 6000;
  private static final String FINAL_NORM = "model.norm.weight"; // every logit is linear in it

  private final Workshop workshop;
  private final Curriculum curriculum;
  private final Qwen25VlNetwork network;
  private final VerifierTraining training;
  private final Parameters parameters;
  private final TrainingLoop loop;

  /**
   * Opens the folder, whose configs are there, and goes on from the stage's checkpoint, if there is
   * one, else from the weights, if there are any.
   *
   * @param rate of all the steps that share the checkpoint
   */
  VerifierCourse(Workshop workshop, Stage stage, Syllabus syllabus, LearningRate rate)
      throws IOException {
    this.workshop = workshop;
    curriculum = new Curriculum(syllabus);
    network =
        Qwen25VlNetwork.open(
            workshop.folder().qwen(),
            ImageSize.square(Scene.SIDE),
            new Initial(Workshop.SEED, Workshop.NONE));
    boolean places = syllabus == Syllabus.SCENES;
    training = new VerifierTraining(network, curriculum, places, BATCH, Workshop.SEED);
    Map<String, Tensor> all = new LinkedHashMap<>(network.tensors());
    training.heads().forEach((name, tensor) -> all.put("heads." + name, tensor));
    parameters = new Parameters(all);
    loop = workshop.loop(stage, parameters, rate);
  }

  /** The first stages', which share a checkpoint. */
  static VerifierCourse ofControls(Workshop workshop) throws IOException {
    LearningRate rate = new LearningRate(1.5e-3, 200, RehearsalStage.STEPS);
    return new VerifierCourse(workshop, Stage.VERIFIER, Syllabus.CONTROLS, rate);
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

  /** Tells the share of right answers of each topic. */
  void examine() {
    Map<Exam.Topic, Double> shares =
        training.examine(EXAMS, new Random(Workshop.SEED + 1)).stream()
            .collect(
                Collectors.groupingBy(
                    Answered::topic,
                    TreeMap::new,
                    Collectors.averagingDouble(answer -> answer.right() ? 1 : 0)));
    workshop.watcher().say("right answers: %s", shares);
  }

  /**
   * Takes back what calibration has done: answers become about as sure as labels are, so that going
   * on begins without a jolt.
   */
  void scaleToLabels() {
    double both = 0;
    double squares = 0;
    for (Answered answer : training.examine(EXAMS, new Random(Workshop.SEED + 4))) {
      if (answer.topic() != Exam.Topic.DEPTH && answer.topic() != Exam.Topic.COMPOSITION) {
        both += answer.wanted() * answer.said();
        squares += answer.said() * answer.said();
      }
    }
    double factor = both / squares;
    workshop.watcher().say("scaled to labels: logits times %.3f", factor);
    Tensor norm = Objects.requireNonNull(network.tensors().get(FINAL_NORM));
    Memory.withoutGrad(() -> norm.mul_(new Scalar(factor)));
  }

  /** Writes the weights as they stand. */
  void write() throws IOException {
    write(network.tensors());
  }

  /** Writes the weights so that answers are as sure as they are right. */
  void writeCalibrated() throws IOException {
    Calibration calibration =
        Calibration.of(training.examine(CALIBRATION_EXAMS, new Random(Workshop.SEED + 3)));
    workshop.watcher().say("calibrated: logits times %.3f", calibration.factor());
    try (PointerScope scope = new PointerScope()) {
      Map<String, Tensor> tensors = new LinkedHashMap<>(network.tensors());
      tensors.compute(
          FINAL_NORM, (key, weight) -> Memory.noGrad(() -> Ops.mul(weight, calibration.factor())));
      write(tensors);
    }
  }

  private void write(Map<String, Tensor> tensors) throws IOException {
    TinyFolder folder = workshop.folder();
    folder.write(folder.weights(Stage.VERIFIER).get(0), tensors);
  }

  @Override
  public void close() {
    loop.close();
    parameters.close();
    training.close();
    network.close();
  }
}
