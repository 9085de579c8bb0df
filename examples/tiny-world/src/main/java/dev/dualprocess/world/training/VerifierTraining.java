package dev.dualprocess.world.training;

import dev.dualprocess.qwen25vl.Qwen25VlNetwork;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.bytedeco.pytorch.Tensor;

/**
 * Questions about pictures to graded answers.
 *
 * <pre>
 *   L = -p log P(Yes) - (1 - p) log P(No)          p = σ(wanted logit)
 *     + 0.15 |logit - wanted|                      smooth L1: the gradient does not fade from afar
 *     + 0.1 (-log P(end | answer))                 so that it stops after its answer
 *     + auxiliary losses on the image tokens       dropped after training
 * </pre>
 *
 * <p>The auxiliary heads read from the image tokens what questions are about (rows, thickness,
 * colours, kinds); without them the vision tower learns next to nothing for long.
 */
final class VerifierTraining implements TrainingLoop.Objective, AutoCloseable {
  private static final double COLORS = 4;
  private static final double MEASURES = 6;
  private static final double KINDS = 0.1;
  private static final int MISLED_EVERY = 2; // steps: it takes as long as a step itself

  private final Qwen25VlNetwork network;
  private final Curriculum curriculum;
  private final int batch;
  private final AuxiliaryHeads heads;
  private final Answers answers;
  private final Adversary adversary;

  VerifierTraining(
      Qwen25VlNetwork network, Curriculum curriculum, boolean places, int batch, long seed) {
    this.network = network;
    this.curriculum = curriculum;
    this.batch = batch;
    heads = new AuxiliaryHeads(network, places, seed);
    answers = new Answers(network);
    adversary = new Adversary(network, answers);
  }

  /** What is trained beside the network and dropped afterwards. */
  Map<String, Tensor> heads() {
    return heads.tensors();
  }

  @Override
  public Tensor loss(int step, Random random) {
    List<Curriculum.Lesson> lessons = new ArrayList<>();
    List<Sight> sights = new ArrayList<>();
    double[] right = new double[batch];
    double[] down = new double[batch];
    for (int i = 0; i < batch; i++) {
      Curriculum.Lesson lesson = curriculum.lesson(random);
      Sight.View view = Sight.View.random(random);
      lessons.add(lesson);
      sights.add(view.of(Sight.of(lesson, random)));
      right[i] = view.right();
      down[i] = view.down();
    }
    Sight sight = Sight.together(sights);
    if (step % MISLED_EVERY == 0) {
      sight = sight.changed(adversary.change(sight, lessons, random));
    }
    Tensor images = sight.composed();
    Tensor tokens = network.see(images);
    return answers
        .loss(tokens, lessons)
        .add(Ops.mul(heads.colors(tokens, images), COLORS))
        .add(Ops.mul(heads.measures(tokens, lessons, down), MEASURES))
        .add(Ops.mul(heads.places(tokens, lessons, right, down), MEASURES))
        .add(Ops.mul(heads.kinds(tokens, lessons), KINDS));
  }

  /**
   * An answer of the network in an exam, beside the one that was wanted.
   *
   * @param topic what was asked about
   * @param wanted log p(Yes) - log p(No)
   * @param said log p(Yes) - log p(No) as the network says it
   */
  record Answered(Exam.Topic topic, double wanted, double said) {
    /** Whether it is on the right side. */
    boolean right() {
      return (said > 0) == (wanted > 0);
    }
  }

  /** Answers to random lessons. */
  List<Answered> examine(int count, Random random) {
    List<Answered> answered = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Curriculum.Lesson lesson = curriculum.lesson(random);
      float[] logit =
          Memory.freeing(
              () ->
                  Ops.toFloats(
                      Memory.noGrad(
                          () ->
                              answers.yesOverNo(
                                  network.see(Sight.of(lesson, random).composed()),
                                  List.of(lesson)))));
      answered.add(new Answered(lesson.topic(), lesson.exam().logit(), logit[0]));
    }
    return answered;
  }

  @Override
  public void close() {
    heads.close();
  }
}
