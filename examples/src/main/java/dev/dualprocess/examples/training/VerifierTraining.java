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
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
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
  private static final double MEASURES = 6;
  private static final double KINDS = 0.1;
  private static final int[] SCALES = {1, 2, 4, 8, 16}; // pixels
  private static final double[] LARGEST_CHANGE = {0.06, 0.08, 0.12, 0.18, 0.22};
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
    List<Sight> sights = new ArrayList<>();
    for (int i = 0; i < batch; i++) {
      Curriculum.Lesson lesson = curriculum.lesson(random);
      lessons.add(lesson);
      sights.add(Sight.of(lesson, random));
    }
    Sight sight = Sight.together(sights);
    Sight misled = sight.changed(adversary(sight, lessons, random));
    Tensor images = misled.composed();
    Tensor tokens = network.see(images);
    return answers(tokens, lessons)
        .add(Ops.mul(colors(tokens, images), COLORS))
        .add(Ops.mul(measures(tokens, lessons), MEASURES))
        .add(Ops.mul(kinds(tokens, lessons), KINDS));
  }

  /**
   * Pictures and what is laid over them: picture ⊙ kept + drawn.
   *
   * @param picture fp32 [B, 3, H, W] in [-1, 1]
   * @param kept 0 where the drawing hides the picture, else 1
   * @param drawn 0 where there is no drawing
   */
  private record Sight(Tensor picture, Tensor kept, Tensor drawn) {
    static Sight of(Curriculum.Lesson lesson, Random random) {
      Tensor bare = Pixels.toTensor(lesson.subject().picture());
      boolean colored = lesson.topic() == Exam.Topic.PALETTE || lesson.topic() == Exam.Topic.NIGHT;
      Tensor picture =
          colored ? bare : Augmentation.apply(bare, lesson.topic() != Exam.Topic.OUTLINE, random);
      Tensor nothing = torch.zeros_like(picture);
      if (lesson.exam().visualPrompt().isEmpty()) {
        return new Sight(picture, torch.ones_like(picture), nothing);
      }
      VisualPrompt prompt = lesson.exam().visualPrompt().orElseThrow();
      try (Overlay overlay = Overlay.of(prompt, SIZE, Placement.CPU)) {
        Tensor drawn = overlay.apply(nothing);
        return new Sight(picture, overlay.apply(torch.ones_like(picture)).sub(drawn), drawn);
      }
    }

    static Sight together(List<Sight> sights) {
      return new Sight(
          Ops.cat(0, sights.stream().map(Sight::picture).toArray(Tensor[]::new)),
          Ops.cat(0, sights.stream().map(Sight::kept).toArray(Tensor[]::new)),
          Ops.cat(0, sights.stream().map(Sight::drawn).toArray(Tensor[]::new)));
    }

    Sight changed(Tensor change) {
      return new Sight(Ops.clamp(picture.add(change), -1, 1), kept, drawn);
    }

    Tensor composed() {
      return picture.mul(kept).add(drawn);
    }
  }

  /**
   * A change of the pictures that moves the answers as a distillation would, up the gradient, but
   * leaves what is asked about as it is: smooth on a random scale and small. To be right there, the
   * verifier must look at what the question is about (arXiv 1906.00945: the gradients of a network
   * that withstands such changes point to what people see).
   */
  private Tensor adversary(Sight sight, List<Curriculum.Lesson> lessons, Random random) {
    int scale = random.nextInt(SCALES.length);
    float[] sizes = new float[batch];
    float[] signs = new float[batch];
    for (int i = 0; i < batch; i++) {
      Exam.Topic topic = lessons.get(i).topic();
      boolean spared =
          topic == Exam.Topic.PALETTE || topic == Exam.Topic.NIGHT || random.nextInt(3) == 0;
      sizes[i] = spared ? 0 : (float) (LARGEST_CHANGE[scale] * random.nextDouble());
      signs[i] = random.nextInt(3) == 0 ? -1 : 1;
    }
    return Memory.scoped(
        () -> {
          Tensor leaf = Ops.leaf(sight.picture());
          Tensor seen = new Sight(leaf, sight.kept(), sight.drawn()).composed();
          Tensor pull = yesOverNo(network.see(seen), lessons).mul(Ops.floats(signs, batch)).sum();
          Tensor gradient =
              torch
                  .grad(
                      new TensorVector(pull),
                      new TensorVector(leaf),
                      new TensorVector(),
                      new BoolOptional(),
                      false,
                      false)
                  .get(0);
          int block = SCALES[scale];
          if (block > 1) {
            Tensor coarse =
                torch.adaptive_avg_pool2d(gradient, leaf.size(2) / block, leaf.size(3) / block);
            gradient = Ops.resizeBilinear(coarse, leaf.size(2), leaf.size(3));
          }
          Tensor norm =
              Ops.add(
                      gradient.square().mean(new long[] {1, 2, 3}, true, new ScalarTypeOptional()),
                      1e-20)
                  .sqrt();
          return gradient.div(norm).mul(Ops.floats(sizes, batch, 1, 1, 1)).detach();
        });
  }

  /** log p(Yes) - log p(No) of each, [B]. */
  private Tensor yesOverNo(Tensor tokens, List<Curriculum.Lesson> lessons) {
    List<long[]> ids = new ArrayList<>();
    List<long[]> positions = new ArrayList<>();
    for (Curriculum.Lesson lesson : lessons) {
      long[] prompt = prompts.computeIfAbsent(lesson.exam().question(), network::promptIds);
      ids.add(prompt);
      positions.add(new long[] {prompt.length - 1L});
    }
    Tensor logits = network.logits(tokens, ids, positions);
    return logits.select(1, yes).sub(logits.select(1, no));
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
      float[] logit =
          Memory.freeing(
              () ->
                  Ops.toFloats(
                      Memory.noGrad(
                          () ->
                              yesOverNo(
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
    owner.close();
  }
}
