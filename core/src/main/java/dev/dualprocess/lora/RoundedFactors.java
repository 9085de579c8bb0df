package dev.dualprocess.lora;

import com.google.common.collect.ImmutableMap;
import dev.dualprocess.nn.LowRankBranch;
import dev.dualprocess.tensor.Dtype;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.TensorOwner;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The factors of a LoRA that learns, rounded for a model in half precision: all at once, where each
 * layer would round its own in every pass, and so are the gradients made fp32. On a GPU this saves
 * thousands of small kernels in a step. Owns its tensors.
 */
final class RoundedFactors implements AutoCloseable {
  private final TensorOwner owner = new TensorOwner();
  private final List<Tensor> leaves = new ArrayList<>(); // in the order of the flat vector
  private final Tensor flatGradient; // of the LoRA, not owned
  private final Map<String, LowRankBranch> branches;

  /** As they are now; the LoRA's gradient was asked for. */
  RoundedFactors(Lora lora, Dtype dtype) {
    flatGradient = lora.flatGradient();
    long[] sizes =
        lora.modules().stream()
            .flatMap(path -> List.of(lora.a(path).numel(), lora.b(path).numel()).stream())
            .mapToLong(Long::longValue)
            .toArray();
    ImmutableMap.Builder<String, LowRankBranch> made = ImmutableMap.builder();
    Memory.withoutGrad(
        () -> {
          Tensor[] parts = Ops.split(lora.flat().to(dtype.scalarType()), 0, sizes);
          for (String path : lora.modules()) {
            Tensor a = leaf(parts[leaves.size()], lora.a(path));
            Tensor b = leaf(parts[leaves.size()], lora.b(path));
            made.put(path, new LowRankBranch(a, b, lora.scale(path)));
          }
        });
    branches = made.buildOrThrow();
  }

  private Tensor leaf(Tensor part, Tensor like) {
    Tensor leaf = owner.own(Ops.leaf(part.view(like.shape())));
    leaves.add(leaf);
    return leaf;
  }

  /** By the modules' paths. */
  Map<String, LowRankBranch> branches() {
    return branches;
  }

  /** Adds what the factors have collected to the LoRA's gradient. */
  private void collect() {
    Memory.withoutGrad(
        () -> {
          List<Optional<Tensor>> gradients =
              leaves.stream().map(Tensor::grad).map(RoundedFactors::ifDefined).toList();
          if (gradients.stream().anyMatch(Optional::isPresent)) {
            Tensor[] parts = new Tensor[leaves.size()];
            Arrays.setAll(
                parts,
                i -> gradients.get(i).orElseGet(() -> torch.zeros_like(leaves.get(i))).reshape(-1));
            flatGradient.add_(Ops.cat(0, parts));
          }
        });
  }

  private static Optional<Tensor> ifDefined(Tensor gradient) {
    return gradient.defined() ? Optional.of(gradient) : Optional.empty();
  }

  /** Collects the gradients and frees the factors. */
  @Override
  public void close() {
    collect();
    owner.close();
  }
}
