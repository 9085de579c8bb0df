package dev.dualprocess.qwen25vl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.Assessment;
import dev.dualprocess.Critique;
import dev.dualprocess.Question;
import dev.dualprocess.image.Pixels;
import dev.dualprocess.tensor.Dtype;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.testing.Golden;
import dev.dualprocess.vqa.VqaSettings;
import dev.dualprocess.vqa.VqaSettings.Resizing;
import dev.dualprocess.vqa.VqaVerifier;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The model as a verifier: its promises beyond the golden numbers. */
class Qwen25VlTest {
  private static final List<Question> QUESTIONS =
      List.of(new Question("Is it night?", "Yes"), new Question("What is there?", "a red cat"));

  private Qwen25Vl model;
  private VqaVerifier verifier;
  private PointerScope scope;

  @BeforeEach
  void open() {
    model = QwenFixture.open();
    verifier = new VqaVerifier(model);
    scope = new PointerScope();
  }

  @AfterEach
  void close() {
    scope.close();
    verifier.close();
  }

  /** A smooth picture in [-1, 1] of that many image tokens. */
  private Tensor image(int rows, int columns) {
    VisionConfig vision = model.config().vision();
    int unit = vision.patchSize() * vision.spatialMergeSize();
    int height = rows * unit;
    int width = columns * unit;
    return Ops.mul(
        Ops.arangeFloat(3L * height * width, Placement.CPU.torchDevice())
            .view(1, 3, height, width)
            .sin(),
        0.9);
  }

  @Test
  void critiqueIsTheMeanOverItsQuestions() {
    Tensor image = image(3, 2);
    Critique both = verifier.critique(image, QUESTIONS, VqaSettings.AUTHORS);
    Critique first = verifier.critique(image, QUESTIONS.subList(0, 1), VqaSettings.AUTHORS);
    Critique second = verifier.critique(image, QUESTIONS.subList(1, 2), VqaSettings.AUTHORS);
    assertEquals((first.loss() + second.loss()) / 2, both.loss(), 1e-5);
    Tensor mean = Ops.mul(first.imageGradient().add(second.imageGradient()), 0.5);
    Golden.assertClose("mean gradient", mean, both.imageGradient(), 1e-5);
    List<Assessment> assessed = verifier.assess(image, QUESTIONS, VqaSettings.AUTHORS);
    for (int i = 0; i < QUESTIONS.size(); i++) {
      assertEquals(both.assessments().get(i).loss(), assessed.get(i).loss(), 1e-5);
      assertEquals(both.assessments().get(i).predicted(), assessed.get(i).predicted());
    }
  }

  @Test
  void cachedGenerationEqualsGenerationFromScratch() {
    Memory.withoutGrad(
        () -> {
          QwenView view = (QwenView) model.see(image(2, 3), Resizing.AUTHORS);
          long[] prompt = model.promptIds("What is it?", view);
          // A prompt cannot grow a second image.
          Set<Long> suppressed = Set.of(model.config().imageTokenId());
          long[] found = model.generate(prompt, view, 8, suppressed);
          long[] ids = prompt;
          for (long next : found) {
            Tensor logits = model.logits(ids, new long[] {ids.length - 1L}, view);
            Tensor never = Ops.longs(new long[] {model.config().imageTokenId()}, 1);
            Tensor allowed = logits.index_fill(1, never, new Scalar(-1e30));
            assertEquals(Ops.toLongs(allowed.argmax(new LongOptional(-1), false))[0], next);
            ids = LongStream.concat(Arrays.stream(ids), LongStream.of(next)).toArray();
          }
          assertTrue(ids.length > prompt.length, "nothing was generated");
        });
  }

  @Test
  void answersAboutAPicture() {
    BufferedImage picture = Memory.freeing(() -> Pixels.toImage(image(2, 4)));
    List<Assessment> seen = verifier.assess(picture, QUESTIONS, VqaSettings.DEFAULT);
    assertEquals(2, seen.size());
    assertTrue(seen.stream().allMatch(a -> a.probability() > 0 && a.probability() < 1));
    assertEquals(
        verifier.answer(picture, "What is it?", 4), verifier.answer(picture, "What is it?", 4));
  }

  /** Nothing that a critique makes survives it. */
  @Test
  void memoryStaysFlat() {
    Tensor small = image(2, 2);
    Tensor wide = image(2, 5);
    critiques(small, wide, 30);
    long objects = Pointer.totalCount();
    long bytes = Pointer.physicalBytes();
    critiques(small, wide, 150);
    assertTrue(
        Pointer.totalCount() <= objects, objects + " objects became " + Pointer.totalCount());
    long grown = Pointer.physicalBytes() - bytes;
    assertTrue(grown < 64L << 20, "resident memory grew by " + grown + " bytes");
  }

  private void critiques(Tensor small, Tensor wide, int count) {
    for (int i = 0; i < count; i++) {
      try (PointerScope step = new PointerScope()) {
        // Grids alternate, so the layout that is kept is replaced each time.
        Tensor image = i % 2 == 0 ? small : wide;
        assertTrue(
            Double.isFinite(verifier.critique(image, QUESTIONS, VqaSettings.AUTHORS).loss()));
      }
    }
  }

  @Test
  void halfPrecisionIsCloseToFull() throws IOException {
    Placement half = new Placement("cpu", Dtype.BFLOAT16);
    compareWith(half, 0.05, 0.3);
  }

  @Test
  @Tag("gpu")
  void cudaIsCloseToTheProcessor() throws IOException {
    compareWith(new Placement("cuda:0", Dtype.FLOAT32), 1e-3, 1e-2);
    compareWith(new Placement("cuda:0", Dtype.BFLOAT16), 0.05, 0.3);
  }

  private void compareWith(Placement placement, double lossTolerance, double gradientTolerance)
      throws IOException {
    Tensor image = image(4, 3);
    Critique full = verifier.critique(image, QUESTIONS, VqaSettings.DEFAULT);
    try (VqaVerifier other = new VqaVerifier(Qwen25Vl.open(QwenFixture.checkpoint(), placement))) {
      Critique critique = other.critique(image, QUESTIONS, VqaSettings.DEFAULT);
      assertEquals(full.loss(), critique.loss(), lossTolerance * full.loss());
      assertEquals(Dtype.FLOAT32, Dtype.of(critique.imageGradient()));
      Golden.assertClose(
          "gradient at " + placement,
          full.imageGradient(),
          critique.imageGradient().to(image.device(), image.scalar_type()),
          gradientTolerance);
    }
  }

  @Test
  void refusesAQuestionThatHoldsAnImage() {
    Question question = new Question("Is this " + Qwen25Vl.IMAGE_TOKEN + " an image?", "Yes");
    String told =
        assertThrows(
                IllegalArgumentException.class,
                () -> verifier.assess(image(2, 2), List.of(question), VqaSettings.AUTHORS))
            .getMessage();
    assertTrue(told.contains("5 image tokens, the image 4"), told);
  }

  @Test
  void refusesWhatIsNoImage() {
    Tensor flat = image(2, 2).squeeze(0);
    String told =
        assertThrows(IllegalArgumentException.class, () -> model.see(flat, Resizing.PROCESSOR))
            .getMessage();
    assertTrue(told.startsWith("an image is [1, 3, H, W], not [3, "), told);
  }
}
