package dev.dualprocess.testing;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.Assessment;
import dev.dualprocess.VqaSettings;
import dev.dualprocess.image.Pixels;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.NotFiniteException;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.testing.DamagedFolder.Weight;
import dev.dualprocess.vqa.VqaVerifier;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A verifier never says NaN: the half of it that it comes from is named, and the weight. */
public abstract class VlmDamageContract {
  private static final Pattern SEES = Pattern.compile("vis(ion|ual)|connector");
  private static final int WEIGHTS = 16;

  private final VlmFamily<?> family;

  @TempDir private Path temporary;

  /** The model of {@code family}'s golden cases. */
  protected VlmDamageContract(VlmFamily<?> family) {
    this.family = family;
  }

  /** Every weight is named, or what is said does not depend on that number. */
  @Test
  final void oneNumberIsNamedWithTheHalfItIsIn() throws IOException {
    DamagedFolder damaged = new DamagedFolder(family.checkpoint(), temporary.resolve("model"));
    int[] named = new int[2];
    for (Weight weight : damaged.some("", WEIGHTS)) {
      boolean sees = SEES.matcher(weight.name()).find();
      if (isNamed(damaged, weight, sees ? "its vision tower" : "its language model")) {
        named[sees ? 0 : 1]++;
      }
    }
    assertTrue(named[0] >= 3 && named[1] >= 3, "named: " + named[0] + " and " + named[1]);
  }

  private boolean isNamed(DamagedFolder damaged, Weight weight, String half) throws IOException {
    boolean[] named = new boolean[1];
    DamagedFolder.with(
        weight,
        Float.NaN,
        Integer.MAX_VALUE, // the first number alone
        () -> {
          try (PointerScope scope = new PointerScope();
              VqaVerifier verifier = new VqaVerifier(family.open(damaged.path(), Placement.CPU))) {
            Tensor image = family.image(2, 2);
            BufferedImage picture = Pixels.toImage(image);
            List<Function<VqaVerifier, List<Assessment>>> ways =
                List.of(
                    v -> v.assess(image, VerifierContract.QUESTIONS, VqaSettings.DEFAULT),
                    v ->
                        v.critique(image, VerifierContract.QUESTIONS, VqaSettings.DEFAULT)
                            .assessments(),
                    v -> v.assess(picture, VerifierContract.QUESTIONS, VqaSettings.DEFAULT),
                    v -> saidFreely(v, picture));
            long told = ways.stream().filter(way -> isNamed(verifier, way, weight, half)).count();
            named[0] = told > 0;
          }
        });
    return named[0];
  }

  private static List<Assessment> saidFreely(VqaVerifier verifier, BufferedImage picture) {
    verifier.answer(picture, "What is it?", 2);
    return List.of();
  }

  private static boolean isNamed(
      VqaVerifier verifier,
      Function<VqaVerifier, List<Assessment>> way,
      Weight weight,
      String half) {
    try {
      assertTrue(way.apply(verifier).stream().allMatch(said -> Double.isFinite(said.loss())));
      return false;
    } catch (NotFiniteException e) {
      assertEquals(
          "what verifier '%s' says is not finite (NaN or infinite numbers): they arise in %s, whose weight '%s' is not finite; get %s again"
              .formatted(verifier.name(), half, weight.name(), weight.file()),
          e.getMessage());
      return true;
    }
  }

  @Test
  final void anImageThatIsNotFiniteIsNotItsFault() throws IOException {
    try (PointerScope scope = new PointerScope();
        VqaVerifier verifier = new VqaVerifier(family.open())) {
      Tensor image = Memory.noGrad(() -> family.image(2, 2).mul(new Scalar(Double.NaN)));
      String told = "so is the image that it was shown";
      assertRefused(
          NotFiniteException.class,
          () -> verifier.assess(image, VerifierContract.QUESTIONS, VqaSettings.DEFAULT),
          told);
      assertRefused(
          NotFiniteException.class,
          () -> verifier.critique(image, VerifierContract.QUESTIONS, VqaSettings.DEFAULT),
          told);
    }
  }
}
