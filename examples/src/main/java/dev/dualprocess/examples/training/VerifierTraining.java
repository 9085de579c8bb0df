package dev.dualprocess.examples.training;

import dev.dualprocess.qwen25vl.Qwen25VlNetwork;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import java.util.ArrayList;
import java.util.LinkedHashMap;
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

  VerifierTraining(Qwen25VlNetwork network, Curriculum curriculum, int batch, long seed) {
    this.network = network;
    this.curriculum = curriculum;
    this.batch = batch;
    heads = new AuxiliaryHeads(network, seed);
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
    double[] down = new double[batch];
    for (int i = 0; i < batch; i++) {
      Curriculum.Lesson lesson = curriculum.lesson(random);
      Sight.View view = Sight.View.random(random);
      lessons.add(lesson);
      sights.add(view.of(Sight.of(lesson, random)));
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
        .add(Ops.mul(heads.kinds(tokens, lessons), KINDS));
  }

  /** Share of exams answered on the right side, of each topic. */
  Map<Exam.Topic, Double> accuracy(int count, Random random) {
    Map<Exam.Topic, int[]> counts = new LinkedHashMap<>();
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
      boolean saysYes = logit[0] > 0;
      int[] score = counts.computeIfAbsent(lesson.topic(), t -> new int[2]);
      score[0] += saysYes == lesson.exam().logit() > 0 ? 1 : 0;
      score[1]++;
    }
    Map<Exam.Topic, Double> shares = new LinkedHashMap<>();
    counts.forEach((topic, score) -> shares.put(topic, (double) score[0] / score[1]));
    return shares;
  }

  @Override
  public void close() {
    heads.close();
  }
}
