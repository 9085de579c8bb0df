package dev.dualprocess.world.training;

import dev.dualprocess.qwen25vl.Qwen25VlNetwork;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import java.util.List;
import java.util.Random;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * A change of the pictures that moves the answers as a distillation would, up the gradient, but
 * leaves what is asked about as it is: smooth on a random scale and small. To be right there, the
 * verifier must look at what the question is about (arXiv 1906.00945: the gradients of a network
 * that withstands such changes point to what people see).
 */
final class Adversary {
  private static final int[] SCALES = {1, 2, 4, 8, 16}; // pixels
  private static final double[] LARGEST_CHANGE = {0.06, 0.08, 0.12, 0.18, 0.22};

  private final Qwen25VlNetwork network;
  private final Answers answers;

  Adversary(Qwen25VlNetwork network, Answers answers) {
    this.network = network;
    this.answers = answers;
  }

  /** What to add to the pictures, [B, 3, H, W]; nothing where colours are asked about. */
  Tensor change(Sight sight, List<Curriculum.Lesson> lessons, Random random) {
    int scale = random.nextInt(SCALES.length);
    int batch = lessons.size();
    float[] sizes = new float[batch];
    float[] signs = new float[batch];
    for (int i = 0; i < batch; i++) {
      Exam.Topic topic = lessons.get(i).topic();
      boolean spared =
          topic == Exam.Topic.PALETTE
              || topic == Exam.Topic.NIGHT
              || topic == Exam.Topic.CONTENT
              || random.nextInt(3) == 0;
      sizes[i] = spared ? 0 : (float) (LARGEST_CHANGE[scale] * random.nextDouble());
      signs[i] = random.nextInt(3) == 0 ? -1 : 1;
    }
    return Memory.scoped(
        () -> {
          Tensor leaf = Ops.leaf(sight.picture());
          Tensor seen = new Sight(leaf, sight.kept(), sight.drawn()).composed();
          Tensor pull =
              answers.yesOverNo(network.see(seen), lessons).mul(Ops.floats(signs, batch)).sum();
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
}
