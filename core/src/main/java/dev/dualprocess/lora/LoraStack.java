package dev.dualprocess.lora;

import com.google.common.collect.LinkedListMultimap;
import com.google.common.collect.ListMultimap;
import com.google.common.primitives.Longs;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/** The sum of LoRAs: Σ sᵢ BᵢAᵢ = [s₁B₁ s₂B₂ ...] [A₁; A₂; ...]. */
final class LoraStack {
  private final ListMultimap<String, Tensor> as = LinkedListMultimap.create();
  private final ListMultimap<String, Tensor> bs = LinkedListMultimap.create();

  private LoraStack() {}

  static Lora of(Lora... loras) {
    for (Lora lora : loras) {
      Objects.requireNonNull(lora, "lora");
    }
    if (loras.length == 0) {
      throw new IllegalArgumentException("nothing to stack");
    }
    try (PointerScope scope = new PointerScope();
        NoGradGuard noGrad = new NoGradGuard()) {
      LoraStack stack = new LoraStack();
      for (Lora lora : loras) {
        lora.modules().forEach(path -> stack.add(lora, path));
      }
      return stack.sum();
    }
  }

  private void add(Lora lora, String path) {
    as.put(path, Placement.CPU.place(lora.a(path)));
    bs.put(path, Ops.mul(Placement.CPU.place(lora.b(path)), lora.scale(path)));
  }

  private Lora sum() {
    Lora.Builder sum = Lora.builder(1.0);
    for (String path : as.keySet()) {
      sum.put(path, joined(path, "A", as.get(path), 0), joined(path, "B", bs.get(path), 1));
    }
    return sum.build(Placement.CPU);
  }

  /** One after the other along the dimension of the rank; the others must agree. */
  private static Tensor joined(String path, String factor, List<Tensor> parts, int rank) {
    Set<List<Long>> shapes = new LinkedHashSet<>();
    for (Tensor part : parts) {
      List<Long> shape = new ArrayList<>(Longs.asList(part.shape()));
      shape.set(rank, 0L);
      shapes.add(shape);
    }
    if (shapes.size() > 1) {
      throw new IllegalArgumentException(
          "these LoRAs are for different models: %s of '%s' is of the sizes %s (0 for the rank)"
              .formatted(factor, path, shapes));
    }
    return Ops.cat(rank, parts.toArray(new Tensor[0]));
  }
}
