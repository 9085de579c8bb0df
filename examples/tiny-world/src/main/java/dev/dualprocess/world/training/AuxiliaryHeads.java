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
  private static final int[] KIND_COUNTS = {4, 4, 2, 5}; // ground, time, style, things

  private final TensorOwner owner = new TensorOwner();
  private final Map<String, Tensor> heads = new LinkedHashMap<>();
  private final long imageTokens;

  AuxiliaryHeads(Qwen25VlNetwork network, long seed) {
    imageTokens = network.imageTokens();
    long width = network.imageTokenWidth();
    long kinds = 0;
    for (int count : KIND_COUNTS) {
      kinds += count;
    }
    head("colors", 3, width, seed);
    head("measures", MEASURED, width * imageTokens, seed);
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
    int batch = lessons.size();
    float[] values = new float[batch * MEASURED];
    float[] known = new float[batch * MEASURED];
    for (int i = 0; i < batch; i++) {
      double[] measured = lessons.get(i).measures(down[i]);
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
