package dev.dualprocess.world.training;

import dev.dualprocess.qwen25vl.Qwen25VlNetwork;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.TensorOwner;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * Linear maps that read from the image tokens what questions are about (rows, thickness, colours,
 * kinds). They are trained beside the network and dropped afterwards.
 */
final class AuxiliaryHeads implements AutoCloseable {
  private static final int MEASURED = 3; // horizon, line, outline

  /** Three for each of two things, two for the sun, four for two points, two for a box. */
  static final int PLACES = 14;

  private static final int[] KIND_COUNTS = {4, 4, 2, 5}; // ground, time, style, things

  private final TensorOwner owner = new TensorOwner();
  private final Map<String, Tensor> heads = new LinkedHashMap<>();
  private final long imageTokens;

  /**
   * First values that follow from the seed.
   *
   * @param places whether where things and marks are is read, too
   */
  AuxiliaryHeads(Qwen25VlNetwork network, boolean places, long seed) {
    imageTokens = network.imageTokens();
    long width = network.imageTokenWidth();
    long kinds = 0;
    for (int count : KIND_COUNTS) {
      kinds += count;
    }
    head("colors", 3, width, seed);
    head("measures", MEASURED, width * imageTokens, seed);
    head("kinds", kinds, width, seed);
    if (places) {
      head("places", PLACES, width * imageTokens, seed);
    }
  }

  private void head(String name, long out, long in, long seed) {
    Memory.withoutGrad(
        () -> {
          Tensor weight = Noise.randn(seed + name.hashCode(), out, in);
          heads.put(name, owner.own(Ops.mul(weight, 1 / Math.sqrt((double) in))));
          heads.put(name + ".bias", owner.own(torch.zeros(out)));
        });
  }

  /** Their tensors by name. */
  Map<String, Tensor> tensors() {
    return heads;
  }

  /** The mean colour of what each token covers. */
  Tensor colors(Tensor tokens, Tensor images) {
    long side = Math.round(Math.sqrt((double) imageTokens));
    Tensor means = torch.adaptive_avg_pool2d(images, side, side).flatten(2, 3).transpose(1, 2);
    return applied("colors", tokens).sub(means).square().mean();
  }

  /** The loss of rows and thickness as read from the tokens; what is unknown does not count. */
  Tensor measures(Tensor tokens, List<Curriculum.Lesson> lessons, double[] down) {
    double[][] measured = new double[lessons.size()][];
    for (int i = 0; i < measured.length; i++) {
      measured[i] = lessons.get(i).measures(down[i]);
    }
    return read("measures", tokens, measured, MEASURED);
  }

  /** The loss of places as read from the tokens; nothing where they are not read. */
  Tensor places(Tensor tokens, List<Curriculum.Lesson> lessons, double[] right, double[] down) {
    if (!heads.containsKey("places")) {
      return torch.zeros(new long[0]);
    }
    double[][] places = new double[lessons.size()][];
    for (int i = 0; i < places.length; i++) {
      places[i] = lessons.get(i).places(right[i], down[i]);
    }
    return Ops.mul(read("places", tokens, places, PLACES), (double) PLACES / MEASURED);
  }

  private Tensor read(String head, Tensor tokens, double[][] wanted, int count) {
    int batch = wanted.length;
    float[] values = new float[batch * count];
    float[] known = new float[batch * count];
    for (int i = 0; i < batch; i++) {
      for (int k = 0; k < count; k++) {
        boolean there = !Double.isNaN(wanted[i][k]);
        values[i * count + k] = there ? (float) wanted[i][k] : 0;
        known[i * count + k] = there ? 1 : 0;
      }
    }
    Tensor error = applied(head, tokens.flatten(1, 2)).sub(Ops.floats(values, batch, count));
    Tensor counted = error.mul(Ops.floats(known, batch, count));
    return torch.smooth_l1_loss(counted, torch.zeros_like(counted));
  }

  /** Ground, time, style and things. */
  Tensor kinds(Tensor tokens, List<Curriculum.Lesson> lessons) {
    int batch = lessons.size();
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
              new TensorOptional(),
              2,
              -1,
              0.0);
      sum = sum == null ? loss : sum.add(loss);
      at += KIND_COUNTS[k];
    }
    return Ops.mul(Objects.requireNonNull(sum), 1.0 / batch);
  }

  private Tensor applied(String name, Tensor x) {
    return Ops.linear(x, Objects.requireNonNull(heads.get(name), name), heads.get(name + ".bias"));
  }

  @Override
  public void close() {
    owner.close();
  }
}
