package dev.dualprocess.examples.training;

import dev.dualprocess.ImageSize;
import dev.dualprocess.examples.world.Scene;
import dev.dualprocess.image.Pixels;
import dev.dualprocess.overlay.Overlay;
import dev.dualprocess.overlay.VisualPrompt;
import dev.dualprocess.qwen25vl.Qwen25VlNetwork;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.tensor.TensorOwner;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

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
 * distances, colours, kinds); without them the vision tower learns next to nothing for long.
 */
final class VerifierTraining implements TrainingLoop.Objective, AutoCloseable {
  private static final ImageSize SIZE = ImageSize.square(Scene.SIDE);
  private static final double REGRESSION = 0.15;
  private static final double ENDING = 0.1;
  private static final double COLORS = 4;
  private static final double MEASURES = 4;
  private static final double KINDS = 0.1;
  private static final double MIN_MAX = 0.25;
  private static final int MEASURED = 5; // horizon, line, outline, nearness of A and of B
  private static final int[] KIND_COUNTS = {4, 4, 2, 5}; // ground, time, style, things

  private final Qwen25VlNetwork network;
  private final Curriculum curriculum;
  private final int batch;
  private final TensorOwner owner = new TensorOwner();
  private final Map<String, Tensor> heads = new LinkedHashMap<>();
  private final Map<String, long[]> prompts = new HashMap<>();
  private final long yes;
  private final long no;
  private final long end;

  VerifierTraining(Qwen25VlNetwork network, Curriculum curriculum, int batch, long seed) {
    this.network = network;
    this.curriculum = curriculum;
    this.batch = batch;
    yes = network.tokenOf("Yes");
    no = network.tokenOf("No");
    end = network.tokenOf("<|im_end|>");
    long width = network.imageTokenWidth();
    long kinds = 0;
    for (int count : KIND_COUNTS) {
      kinds += count;
    }
    head("colors", 3, width, seed);
    head("measures", MEASURED, width * network.imageTokens(), seed);
    head("kinds", kinds, width, seed);
  }

  private void head(String name, long out, long in, long seed) {
    Memory.withoutGrad(
        () -> {
          Tensor weight = Noise.randn(seed + name.hashCode(), out, in);
          heads.put(name, owner.own(Ops.mul(weight, 1 / Math.sqrt((double) in))));
          heads.put(name + ".bias", owner.own(torch.zeros(out)));
        });
  }

  /** What is trained beside the network and dropped afterwards. */
  Map<String, Tensor> heads() {
    return heads;
  }

  @Override
  public Tensor loss(int step, Random random) {
    List<Curriculum.Lesson> lessons = new ArrayList<>();
    Tensor[] shown = new Tensor[batch];
    for (int i = 0; i < batch; i++) {
      Curriculum.Lesson lesson = curriculum.lesson(random);
      lessons.add(lesson);
      shown[i] = Memory.noGrad(() -> shown(lesson, random));
    }
    Tensor images = Ops.cat(0, shown);
    Tensor tokens = network.see(images);
    return answers(tokens, lessons)
        .add(Ops.mul(colors(tokens, images), COLORS))
        .add(Ops.mul(measures(tokens, lessons), MEASURES))
        .add(Ops.mul(kinds(tokens, lessons), KINDS));
  }

  /** The picture as the verifier will see it: [1, 3, H, W]. */
  private static Tensor shown(Curriculum.Lesson lesson, Random random) {
    Tensor x = Pixels.toTensor(lesson.subject().picture());
    if (lesson.topic() != Exam.Topic.PALETTE && lesson.topic() != Exam.Topic.NIGHT) {
      x = Augmentation.apply(x, lesson.topic() != Exam.Topic.OUTLINE, random);
    }
    if (lesson.exam().visualPrompt().isPresent()) {
      VisualPrompt prompt = lesson.exam().visualPrompt().orElseThrow();
      try (Overlay overlay = Overlay.of(prompt, SIZE, Placement.CPU)) {
        x = overlay.apply(x);
      }
    }
    if (random.nextDouble() < MIN_MAX) { // as the authors' preset shows it
      Tensor min = x.min();
      x = Ops.add(Ops.mul(x.sub(min).div(x.max().sub(min)), 2), -1);
    }
    return x;
  }

  private Tensor answers(Tensor tokens, List<Curriculum.Lesson> lessons) {
    List<long[]> ids = new ArrayList<>();
    List<long[]> positions = new ArrayList<>();
    float[] wanted = new float[batch];
    for (int i = 0; i < batch; i++) {
      Exam exam = lessons.get(i).exam();
      long[] prompt = prompts.computeIfAbsent(exam.question(), network::promptIds);
      long[] answered = java.util.Arrays.copyOf(prompt, prompt.length + 1);
      answered[prompt.length] = exam.logit() > 0 ? yes : no;
      ids.add(answered);
      positions.add(new long[] {prompt.length - 1L, prompt.length});
      wanted[i] = (float) exam.logit();
    }
    Tensor logits = network.logits(tokens, ids, positions).view(batch, 2, -1);
    Tensor target = Ops.floats(wanted, batch);
    Tensor answer = logits.select(1, 0);
    Tensor log = torch.log_softmax(answer, 1);
    Tensor p = target.sigmoid();
    Tensor entropy =
        p.mul(log.select(1, yes)).add(Ops.add(p.neg(), 1).mul(log.select(1, no))).mean().neg();
    Tensor difference = answer.select(1, yes).sub(answer.select(1, no));
    Tensor regression = torch.smooth_l1_loss(difference, target);
    Tensor ending = torch.log_softmax(logits.select(1, 1), 1).select(1, end).mean().neg();
    return entropy.add(Ops.mul(regression, REGRESSION)).add(Ops.mul(ending, ENDING));
  }

  /** The mean colour of what each token covers. */
  private Tensor colors(Tensor tokens, Tensor images) {
    long side = Math.round(Math.sqrt((double) network.imageTokens()));
    Tensor means = torch.adaptive_avg_pool2d(images, side, side).flatten(2, 3).transpose(1, 2);
    return applied("colors", tokens).sub(means).square().mean();
  }

  /** Rows, thickness and distances; what is unknown does not count. */
  private Tensor measures(Tensor tokens, List<Curriculum.Lesson> lessons) {
    float[] values = new float[batch * MEASURED];
    float[] known = new float[batch * MEASURED];
    for (int i = 0; i < batch; i++) {
      double[] measured = lessons.get(i).measures();
      for (int k = 0; k < MEASURED; k++) {
        boolean there = !Double.isNaN(measured[k]);
        values[i * MEASURED + k] = there ? (float) measured[k] : 0;
        known[i * MEASURED + k] = there ? 1 : 0;
      }
    }
    Tensor told = applied("measures", tokens.flatten(1, 2));
    Tensor error = told.sub(Ops.floats(values, batch, MEASURED));
    Tensor counted = error.mul(Ops.floats(known, batch, MEASURED));
    return torch.smooth_l1_loss(counted, torch.zeros_like(counted));
  }

  private Tensor kinds(Tensor tokens, List<Curriculum.Lesson> lessons) {
    Tensor all = applied("kinds", tokens.mean(new long[] {1}, false, new ScalarTypeOptional()));
    Tensor sum = null;
    long at = 0;
    for (int k = 0; k < KIND_COUNTS.length; k++) {
      long[] labels = new long[batch];
      for (int i = 0; i < batch; i++) {
        labels[i] = lessons.get(i).kind(k);
      }
      Tensor loss =
          torch.cross_entropy_loss(
              all.narrow(1, at, KIND_COUNTS[k]),
              Ops.longs(labels, batch),
              new org.bytedeco.pytorch.TensorOptional(),
              2,
              -1,
              0.0);
      sum = sum == null ? loss : sum.add(loss);
      at += KIND_COUNTS[k];
    }
    return Ops.mul(sum, 1.0 / batch);
  }

  private Tensor applied(String name, Tensor x) {
    return Ops.linear(x, heads.get(name), heads.get(name + ".bias"));
  }

  /** Share of exams answered on the right side, of each topic. */
  Map<Exam.Topic, Double> accuracy(int count, Random random) {
    Map<Exam.Topic, int[]> counts = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      Curriculum.Lesson lesson = curriculum.lesson(random);
      long[] prompt = prompts.computeIfAbsent(lesson.exam().question(), network::promptIds);
      float[] logits =
          Memory.freeing(
              () ->
                  Ops.toFloats(
                      Memory.noGrad(
                          () ->
                              network.logits(
                                  network.see(shown(lesson, random)),
                                  List.of(prompt),
                                  List.of(new long[] {prompt.length - 1L})))));
      boolean saysYes = logits[(int) yes] > logits[(int) no];
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
    owner.close();
  }
}
