package dev.dualprocess.weights;

import dev.dualprocess.tensor.Dtype;
import java.util.List;

/**
 * How a library names its weights, and what it reads where both one file and an index with shards
 * are there.
 *
 * <p>diffusers looks for the index first ({@code ModelMixin.from_pretrained} in its
 * models/modeling_utils.py), transformers for the single file ({@code
 * _get_resolved_checkpoint_files} in its modeling_utils.py). The text encoders of a diffusers
 * pipeline are loaded by transformers and named as its files.
 */
public enum Convention {
  /** {@code diffusion_pytorch_model}, an index first. */
  DIFFUSERS("diffusers", "diffusion_pytorch_model", true),
  /** {@code model}, a single file first. */
  TRANSFORMERS("transformers", "model", false);

  private final String library;
  private final String base;
  private final boolean indexFirst;

  Convention(String library, String base, boolean indexFirst) {
    this.library = library;
    this.base = base;
    this.indexFirst = indexFirst;
  }

  /** Whose convention it is. */
  String library() {
    return library;
  }

  /** The convention whose weights have that name. */
  public static Convention ofBase(String base) {
    return base.equals(DIFFUSERS.base) ? DIFFUSERS : TRANSFORMERS;
  }

  /** The usual name of a single file. */
  String singleFile() {
    return base + ".safetensors";
  }

  /** Whether an index wins over a single file. */
  public boolean indexFirst() {
    return indexFirst;
  }

  /** The variants in the order in which they are taken for {@code wanted}; others come last. */
  static List<String> nearest(Dtype wanted) {
    return switch (wanted) {
      case FLOAT16 -> List.of("fp16", "bf16", "fp32", "fp8");
      case BFLOAT16 -> List.of("bf16", "fp16", "fp32", "fp8");
      default -> List.of("fp32", "bf16", "fp16", "fp8");
    };
  }
}
