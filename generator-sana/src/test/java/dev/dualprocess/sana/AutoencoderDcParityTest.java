package dev.dualprocess.sana;

import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.TensorOwner;
import dev.dualprocess.testing.Fixtures;
import dev.dualprocess.testing.Golden;
import dev.dualprocess.testing.Parity;
import java.io.IOException;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The autoencoder against diffusers. */
class AutoencoderDcParityTest {
  private static final double OUTPUT = Parity.sensitive(1e-4, 4e-2);
  private static final double GRADIENT = Parity.sensitive(1e-3, 0.3); // bf16 weights alone: 0.12

  static List<String> decoded() {
    return cases("dec", ".latents");
  }

  static List<String> encoded() {
    return cases("enc", ".image");
  }

  @ParameterizedTest
  @MethodSource("decoded")
  void decodes(String which) throws IOException {
    try (PointerScope scope = new PointerScope();
        TensorOwner owner = new TensorOwner();
        Golden golden = Fixtures.golden(AutoencoderDcFixture.CASES)) {
      AutoencoderDc model = AutoencoderDcFixture.golden(Parity.placement(), owner);
      Tensor latents = Ops.leaf(golden.input(which + ".latents"));
      Tensor image = model.decode(latents);
      golden.assertClose(which + ".image", image, OUTPUT);
      Ops.backward(image, golden.input(which + ".R"));
      golden.assertClose(which + ".grad_latents", latents.grad(), GRADIENT);
    }
  }

  @ParameterizedTest
  @MethodSource("encoded")
  void encodes(String which) throws IOException {
    try (PointerScope scope = new PointerScope();
        TensorOwner owner = new TensorOwner();
        Golden golden = Fixtures.golden(AutoencoderDcFixture.CASES)) {
      AutoencoderDc model = AutoencoderDcFixture.golden(Parity.placement(), owner);
      Tensor latents = model.encode(golden.input(which + ".image"));
      golden.assertClose(which + ".latent", latents, OUTPUT);
    }
  }

  private static List<String> cases(String prefix, String suffix) {
    try (Golden golden = Fixtures.golden(AutoencoderDcFixture.CASES)) {
      List<String> found =
          golden.names(prefix).stream()
              .filter(key -> key.endsWith(suffix))
              .map(key -> prefix + key.substring(0, key.length() - suffix.length()))
              .toList();
      assertFalse(found.isEmpty(), prefix + "*" + suffix);
      return found;
    }
  }
}
