package dev.dualprocess.testing;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.Assessment;
import dev.dualprocess.Critique;
import dev.dualprocess.Question;
import dev.dualprocess.Verifier;
import dev.dualprocess.VqaSettings;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What every verifier keeps, whatever it is made of.
 *
 * @param <V> the verifier under test
 */
public abstract class VerifierContract<V extends Verifier> {
  /** Questions with answers of one token and of several. */
  protected static final List<Question> QUESTIONS =
      List.of(new Question("Is it night?", "Yes"), new Question("What is there?", "a red cat"));

  private V verifier;
  private PointerScope scope;

  /** A new one; the suite closes it. */
  protected abstract V open();

  /** An image in [-1, 1] that it takes; larger with more rows or columns. */
  protected abstract Tensor image(int rows, int columns);

  /** Two questions with answers that it understands. */
  protected List<Question> questions() {
    return QUESTIONS;
  }

  @BeforeEach
  final void enter() {
    verifier = open();
    scope = new PointerScope();
  }

  @AfterEach
  final void leave() {
    scope.close();
    verifier.close();
  }

  /** The verifier under test. */
  protected final V verifier() {
    return verifier;
  }

  /** Both ways to take a loss. */
  protected static final List<VqaSettings> settings() {
    return List.of(VqaSettings.AUTHORS, VqaSettings.DEFAULT);
  }

  @ParameterizedTest
  @MethodSource("settings")
  final void critiqueIsTheMeanOverItsQuestions(VqaSettings settings) {
    Tensor image = image(3, 2);
    Critique both = verifier.critique(image, questions(), settings);
    Critique first = verifier.critique(image, questions().subList(0, 1), settings);
    Critique second = verifier.critique(image, questions().subList(1, 2), settings);
    assertEquals((first.loss() + second.loss()) / 2, both.loss(), 1e-5);
    Tensor mean = Ops.mul(first.imageGradient().add(second.imageGradient()), 0.5);
    Golden.assertClose("mean gradient", mean, both.imageGradient(), 1e-5);
  }

  @ParameterizedTest
  @MethodSource("settings")
  final void assessSaysWhatCritiqueSays(VqaSettings settings) {
    Tensor image = image(3, 2);
    List<Assessment> wanted = verifier.critique(image, questions(), settings).assessments();
    List<Assessment> assessed = verifier.assess(image, questions(), settings);
    assertEquals(questions().size(), wanted.size());
    assertEquals(questions().size(), assessed.size());
    for (int i = 0; i < questions().size(); i++) {
      assertEquals(wanted.get(i).loss(), assessed.get(i).loss(), 1e-5);
      assertEquals(Math.exp(-wanted.get(i).loss()), wanted.get(i).probability(), 1e-12);
      assertEquals(wanted.get(i).predicted(), assessed.get(i).predicted());
    }
  }

  @Test
  final void theImageIsNotChanged() {
    Tensor image = image(2, 3);
    float[] before = Ops.toFloats(image);
    Critique critique = verifier.critique(image, questions(), VqaSettings.DEFAULT);
    verifier.assess(image, questions(), VqaSettings.DEFAULT);
    assertArrayEquals(before, Ops.toFloats(image));
    assertFalse(image.requires_grad());
    assertArrayEquals(image.shape(), critique.imageGradient().shape());
  }

  @Test
  final void theCallersGradientModeDoesNotMatter() {
    Tensor image = image(2, 2);
    Critique wanted = verifier.critique(image, questions(), VqaSettings.DEFAULT);
    Memory.withoutGrad(
        () -> {
          Critique critique = verifier.critique(image, questions(), VqaSettings.DEFAULT);
          Tensor gradient = critique.imageGradient();
          Golden.assertClose("without grad", wanted.imageGradient(), gradient, 1e-5);
        });
  }

  /** Nothing that a critique makes survives it. */
  @Test
  final void memoryStaysFlat() {
    Tensor small = image(2, 2);
    Tensor wide = image(2, 5);
    FlatMemory.assertFlat(() -> critiques(small, wide, 30));
  }

  private void critiques(Tensor small, Tensor wide, int count) {
    for (int i = 0; i < count; i++) {
      try (PointerScope step = new PointerScope()) {
        // Sizes alternate, so what is kept for the last one is replaced each time.
        Tensor image = i % 2 == 0 ? small : wide;
        assertTrue(
            Double.isFinite(verifier.critique(image, questions(), VqaSettings.AUTHORS).loss()));
      }
    }
  }

  @Test
  final void closingFreesAll() {
    Tensor image = image(2, 2);
    use(image);
    long objects = Pointer.totalCount();
    use(image);
    assertTrue(
        Pointer.totalCount() <= objects, objects + " objects became " + Pointer.totalCount());
  }

  private void use(Tensor image) {
    try (PointerScope inner = new PointerScope();
        V other = open()) {
      other.critique(image, questions(), VqaSettings.DEFAULT);
      other.assess(image, questions(), VqaSettings.DEFAULT);
    }
  }

  @Test
  final void useAfterClosingSaysSo() {
    Tensor image = image(2, 2);
    V other = open();
    other.close();
    other.close();
    String told = "verifier '" + other.name() + "' is closed";
    assertRefused(
        IllegalStateException.class,
        () -> other.assess(image, questions(), VqaSettings.DEFAULT),
        told);
    assertRefused(
        IllegalStateException.class,
        () -> other.critique(image, questions(), VqaSettings.DEFAULT),
        told);
  }

  /** A verifier that is asked by several threads answers one after the other. */
  @Test
  final void manyThreadsHearWhatOneHears() {
    Tensor small = image(2, 2);
    Tensor wide = image(2, 5);
    List<float[]> wanted = List.of(gradient(small), gradient(wide));
    List<CompletableFuture<float[]>> heard =
        IntStream.range(0, 12)
            .mapToObj(i -> CompletableFuture.supplyAsync(() -> gradient(i % 2 == 0 ? small : wide)))
            .toList();
    for (int i = 0; i < heard.size(); i++) {
      assertArrayEquals(wanted.get(i % 2), heard.get(i).join());
    }
  }

  private float[] gradient(Tensor image) {
    return Memory.freeing(
        () ->
            Ops.toFloats(
                verifier.critique(image, questions(), VqaSettings.DEFAULT).imageGradient()));
  }

  @Test
  final void whatIsNoImageIsRefused() {
    Tensor image = image(2, 2);
    assertRefused(
        IllegalArgumentException.class,
        () -> verifier.critique(image.squeeze(0), questions(), VqaSettings.DEFAULT),
        "an image of shape [1, 3, H, W], not [3, ");
    assertRefused(
        IllegalArgumentException.class,
        () -> verifier.critique(image, List.of(), VqaSettings.DEFAULT),
        "no question");
    Tensor gone = image.clone();
    gone.close();
    assertRefused(
        IllegalStateException.class,
        () -> verifier.assess(gone, questions(), VqaSettings.DEFAULT),
        "the tensor 'image' is closed");
  }
}
