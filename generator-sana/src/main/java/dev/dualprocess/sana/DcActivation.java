package dev.dualprocess.sana;

import dev.dualprocess.nn.Layer;
import dev.dualprocess.tensor.Ops;
import java.util.List;
import java.util.Locale;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** The activations of the autoencoder, by the names that its config file gives them. */
enum DcActivation implements Layer {
  SILU,
  RELU;

  /**
   * The activation of that name.
   *
   * @param field where the name stands, for the message of a refusal
   */
  static DcActivation named(String field, String name) {
    DcChecks.requireOneOf(field, name, List.of("silu", "relu"));
    return valueOf(name.toUpperCase(Locale.ROOT));
  }

  @Override
  public Tensor forward(Tensor x) {
    return switch (this) {
      case SILU -> Ops.silu(x);
      case RELU -> torch.relu(x);
    };
  }
}
