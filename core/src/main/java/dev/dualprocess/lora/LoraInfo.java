package dev.dualprocess.lora;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.primitives.Longs;
import dev.dualprocess.lora.format.LoraContent;
import dev.dualprocess.lora.format.LoraModel;
import dev.dualprocess.lora.format.LowRank;
import dev.dualprocess.tensor.Dtype;
import dev.dualprocess.tensor.Memory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * What a LoRA file is, without a model.
 *
 * @param model whose layers it changes, such as {@code FLUX.1}
 * @param programs whose naming was found, such as {@code kohya}
 * @param modules in the order of their paths
 * @param header the free text of the file's header
 * @param leftOut parts that this library leaves out, with the number of their modules: the text
 *     encoders
 */
public record LoraInfo(
    LoraModel model,
    ImmutableSet<String> programs,
    ImmutableList<Module> modules,
    ImmutableMap<String, String> header,
    ImmutableMap<String, Integer> leftOut) {

  /**
   * One module's change.
   *
   * @param path in diffusers' checkpoint
   * @param scale s = alpha / rank
   * @param dtype of A and of B, such as {@code bf16} or {@code bf16/fp32}
   * @param a shape of A
   * @param b shape of B
   * @param norm ‖s BA‖ (Frobenius)
   */
  public record Module(
      String path, int rank, double scale, String dtype, List<Long> a, List<Long> b, double norm) {
    /** Copies the shapes. */
    public Module {
      a = List.copyOf(a);
      b = List.copyOf(b);
    }

    /** The path without the number of its block, such as {@code transformer_blocks.*.attn.to_q}. */
    public String kind() {
      return path.replaceFirst("\\.\\d+\\.", ".*.");
    }

    private static Module of(String path, LowRank change) {
      String a = Dtype.of(change.a()).shortName();
      String b = Dtype.of(change.b()).shortName();
      return new Module(
          path,
          change.rank(),
          change.scale(),
          a.equals(b) ? a : a + "/" + b,
          Longs.asList(change.a().shape()),
          Longs.asList(change.b().shape()),
          Math.abs(change.scale()) * frobenius(change));
    }
  }

  /**
   * Looks at a file, or at a folder that {@link Lora#load} reads.
   *
   * @throws IOException in one line, if it is not a plain LoRA
   */
  public static LoraInfo of(Path path) throws IOException {
    Objects.requireNonNull(path, "path");
    try (PointerScope scope = new PointerScope()) {
      LoraContent content = LoraContent.read(path);
      ImmutableList.Builder<Module> modules = ImmutableList.builder();
      content.modules().forEach((module, change) -> modules.add(Module.of(module, change)));
      return new LoraInfo(
          LoraModel.of(content),
          content.programs(),
          modules.build(),
          content.header(),
          content.leftOut());
    }
  }

  /** ‖BA‖ = √Σ (BᵀB ⊙ AAᵀ): BA itself is never made. */
  private static double frobenius(LowRank change) {
    double square =
        Memory.freeing(
            () -> {
              Tensor a = change.a().flatten(1, -1).to(ScalarType.Double); // [r, in]
              Tensor b = change.b().flatten(1, -1).to(ScalarType.Double); // [out, r]
              return b.t().matmul(b).mul(a.matmul(a.t())).sum().item_double();
            });
    return Math.sqrt(Math.max(0, square));
  }

  /** √Σ ‖s BA‖² over the modules. */
  public double norm() {
    return Math.sqrt(modules.stream().mapToDouble(m -> m.norm() * m.norm()).sum());
  }

  /** How many numbers its factors hold. */
  public long parameters() {
    return modules.stream().mapToLong(m -> product(m.a()) + product(m.b())).sum();
  }

  private static long product(List<Long> shape) {
    return shape.stream().reduce(1L, (x, y) -> x * y);
  }
}
