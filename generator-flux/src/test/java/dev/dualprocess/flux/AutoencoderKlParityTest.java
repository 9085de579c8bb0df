package dev.dualprocess.flux;

import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.TensorOwner;
import dev.dualprocess.testing.Fixtures;
import dev.dualprocess.testing.Golden;
import dev.dualprocess.testing.Parity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The autoencoder against diffusers. */
class AutoencoderKlParityTest {
  private static final double OUTPUT = Parity.output(1e-4);
  private static final double GRADIENT = Parity.gradient(1e-3);

  static List<String> variants() {
    return Fixtures.cases("vae", "flux_");
  }

  @ParameterizedTest
  @MethodSource("variants")
  void decodesAndEncodes(String name) throws IOException {
    Path checkpoint = Fixtures.path(Fixtures.json(name + ".json").path("checkpoint").asText());
    try (PointerScope scope = new PointerScope();
        TensorOwner owner = new TensorOwner();
        Golden golden = Fixtures.golden(name)) {
      AutoencoderKl vae = FluxFixtures.vae(checkpoint, owner);
      List<String> decoded = cases(golden, "dec", ".latents");
      for (String which : decoded) {
        Tensor latents = Ops.leaf(golden.input(which + ".latents"));
        Tensor image = vae.decode(latents);
        golden.assertClose(which + ".image", image, OUTPUT);
        Ops.backward(image, golden.input(which + ".R"));
        golden.assertClose(which + ".grad_latents", latents.grad(), GRADIENT);
      }
      for (String which : cases(golden, "enc", ".image")) {
        LatentDistribution latents = vae.encode(golden.input(which + ".image"));
        golden.assertClose(which + ".mean", latents.mean(), OUTPUT);
        golden.assertClose(which + ".logvar", latents.logvar(), OUTPUT);
        golden.assertClose(which + ".mode", latents.mode(), OUTPUT);
      }
    }
  }

  private static List<String> cases(Golden golden, String prefix, String suffix) {
    List<String> found =
        golden.names(prefix).stream()
            .filter(key -> key.endsWith(suffix))
            .map(key -> prefix + key.substring(0, key.length() - suffix.length()))
            .toList();
    assertFalse(found.isEmpty(), prefix + "*" + suffix);
    return found;
  }
}
