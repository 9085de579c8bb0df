package dev.dualprocess.flux;

import dev.dualprocess.nn.Layer;
import dev.dualprocess.tensor.Ops;
import java.util.Arrays;
import java.util.Locale;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** The activations of text encoders, by the names that transformers gives them. */
enum Activation implements Layer {
  QUICK_GELU,
  GELU,
  GELU_NEW,
  GELU_PYTORCH_TANH,
  RELU,
  SILU;

  /**
   * The activation of that name.
   *
   * @throws IllegalArgumentException that tells the names there are
   */
  static Activation named(String name) {
    return Arrays.stream(values())
        .filter(activation -> activation.hubName().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "unknown activation '%s'; there are %s"
                        .formatted(
                            name, Arrays.stream(values()).map(Activation::hubName).toList())));
  }

  private String hubName() {
    return name().toLowerCase(Locale.ROOT);
  }

  @Override
  public Tensor forward(Tensor x) {
    return switch (this) {
      case QUICK_GELU -> Ops.quickGelu(x);
      case GELU -> Ops.gelu(x);
      case GELU_NEW, GELU_PYTORCH_TANH -> Ops.geluTanh(x);
      case RELU -> torch.relu(x);
      case SILU -> Ops.silu(x);
    };
  }
}
