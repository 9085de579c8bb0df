package dev.dualprocess.testing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.primitives.Longs;
import dev.dualprocess.Assessment;
import dev.dualprocess.Critique;
import dev.dualprocess.Question;
import dev.dualprocess.VqaSettings;
import dev.dualprocess.VqaSettings.Reduction;
import dev.dualprocess.VqaSettings.Resizing;
import dev.dualprocess.image.Pixels;
import dev.dualprocess.nn.LanguageModel;
import dev.dualprocess.tensor.Dtype;
import dev.dualprocess.tensor.Flops;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.vqa.AnswerLoss;
import dev.dualprocess.vqa.AnswerPrompt;
import dev.dualprocess.vqa.Decoding;
import dev.dualprocess.vqa.PreparedPrompt;
import dev.dualprocess.vqa.SeenImage;
import dev.dualprocess.vqa.VisionLanguageModel;
import dev.dualprocess.vqa.VqaVerifier;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a vision-language model keeps as a verifier, beyond the golden numbers. */
public abstract class VlmContract extends VerifierContract<VqaVerifier> {
  private final VlmFamily<?> family;
  private VisionLanguageModel model;

  /** The model of {@code family}'s golden cases. */
  protected VlmContract(VlmFamily<?> family) {
    this.family = family;
  }

  @Override
  protected final VqaVerifier open() {
    VisionLanguageModel opened = family.open();
    model = model == null ? opened : model;
    return new VqaVerifier(opened);
  }

  @Override
  protected final Tensor image(int rows, int columns) {
    return family.image(rows, columns);
  }

  /** The model inside the verifier under test. */
  protected final VisionLanguageModel model() {
    return model;
  }

  @Test
  final void cachedGenerationEqualsGenerationFromScratch() {
    Memory.withoutGrad(
        () -> {
          SeenImage seen = model.see(image(2, 3), Resizing.AUTHORS);
          assertContinuedAsFromScratch(model.promptIds("What is it?", seen), seen, 8);
        });
  }

  @Test
  final void aTextAloneIsContinuedAsFromScratch() {
    Memory.withoutGrad(
        () -> {
          SeenImage nothing = model.seeNothing();
          assertEquals(0, nothing.imageTokens());
          long[] prompt = model.promptIds("Name a colour.", nothing);
          long imageTokenId = family.imageToken().id();
          assertTrue(Arrays.stream(prompt).noneMatch(id -> id == imageTokenId));
          assertContinuedAsFromScratch(prompt, nothing, 6);
        });
  }

  private void assertContinuedAsFromScratch(long[] prompt, SeenImage seen, int maxNewTokens) {
    // A prompt cannot grow a second image.
    long imageTokenId = family.imageToken().id();
    long[] found = family.generate(model, prompt, seen, maxNewTokens, Set.of(imageTokenId));
    long[] ids = prompt;
    for (long next : found) {
      Tensor logits = model.logits(ids, new long[] {ids.length - 1L}, seen);
      Tensor never = Ops.longs(new long[] {imageTokenId}, 1);
      Tensor allowed = logits.index_fill(1, never, new Scalar(-1e30));
      assertEquals(Ops.toLongs(allowed.argmax(new LongOptional(-1), false))[0], next);
      ids = LongStream.concat(Arrays.stream(ids), LongStream.of(next)).toArray();
    }
    assertTrue(ids.length > prompt.length, "nothing was generated");
  }

  @Test
  final void aTemperatureDrawsTheSameForTheSameSeedAndAStopTokenEndsIt() {
    Memory.withoutGrad(
        () -> {
          SeenImage seen = model.see(image(2, 3), Resizing.AUTHORS);
          long[] prompt = model.promptIds("What is it?", seen);
          Decoding greedy = Decoding.greedy(12);
          Decoding warm = greedy.withTemperature(5, 3);
          long[] most = model.generate(prompt, seen, greedy);
          long[] drawn = model.generate(prompt, seen, warm);
          assertArrayEquals(drawn, model.generate(prompt, seen, warm));
          assertFalse(
              Arrays.equals(drawn, model.generate(prompt, seen, warm.withTemperature(5, 4))));
          assertFalse(Arrays.equals(drawn, most));
          // As cold as that, the most probable token is all that is left.
          assertArrayEquals(most, model.generate(prompt, seen, greedy.withTemperature(1e-4, 3)));
          long last = most[most.length - 1];
          long[] stopped = model.generate(prompt, seen, greedy.withStop(Set.of(last)));
          int first = Longs.indexOf(most, last);
          assertArrayEquals(Arrays.copyOf(most, first), stopped);
        });
  }

  /** A prompt prepared for one shape is not taken for another with as many image tokens. */
  @Test
  final void whatIsKeptOfOneShapeDoesNotMeetAnother() {
    Tensor wide = image(2, 3);
    Critique fresh = verifier().critique(wide, QUESTIONS, VqaSettings.AUTHORS);
    try (VqaVerifier other = new VqaVerifier(family.open())) {
      other.critique(image(3, 2), QUESTIONS, VqaSettings.AUTHORS);
      Critique later = other.critique(wide, QUESTIONS, VqaSettings.AUTHORS);
      assertEquals(fresh.loss(), later.loss(), 1e-5);
      Golden.assertClose("later", fresh.imageGradient(), later.imageGradient(), 1e-5);
    }
  }

  /** Against a pass over every token of the prompt, for which nothing was kept. */
  @Test
  final void whatStandsBeforeTheImageIsReadOnceAndChangesNothing() {
    try (PointerScope scope = new PointerScope();
        VisionLanguageModel fresh = family.open()) {
      LanguageModel language = fresh.reader().model();
      Tensor kept = Ops.leaf(image(2, 3));
      Tensor whole = Ops.leaf(image(2, 3));
      SeenImage seen = fresh.see(kept, Resizing.AUTHORS);
      seen.tokens().retain_grad();
      AnswerPrompt prompt = fresh.answerPrompt("Is it night?", "Yes", seen);
      long[] ids = prompt.inputIds().toArray();
      Tensor[] found = new Tensor[2];
      long first = operations(() -> found[0] = fresh.logits(ids, prompt.logitPositions(), seen));
      long later = operations(() -> found[1] = fresh.logits(ids, prompt.logitPositions(), seen));
      PreparedPrompt prepared = fresh.reader().prepared(ids, seen);
      int start = ids.length - Math.toIntExact(prepared.rope().cos().size(0));
      Tensor text = language.embedTokens().forward(Ops.longs(ids, ids.length));
      Tensor before = text.narrow(0, 0, start);
      assertTrue(start > 0, "nothing stands before the image");
      assertEquals(
          first - later, operations(() -> language.hidden(before, prepared.rope(0, start))));

      SeenImage again = fresh.see(whole, Resizing.AUTHORS);
      again.tokens().retain_grad();
      int end = start + again.imageTokens();
      Tensor x = Ops.cat(0, before, again.tokens(), text.narrow(0, end, ids.length - end));
      Tensor wanted =
          language.logits(
              language.hidden(x, prepared.rope(0, ids.length), List.of(), again.deepStack(start)),
              prompt.logitPositions());
      Golden.assertClose("logits, first", wanted, found[0], 1e-6);
      Golden.assertClose("logits, later", wanted, found[1], 1e-6);
      Tensor answer = Ops.longs(prompt.answerIds(), prompt.answerIds().length);
      AnswerLoss.of(wanted, answer, Reduction.SUM).backward();
      AnswerLoss.of(found[1], answer, Reduction.SUM).backward();
      // Rounding depends on the products' shapes: one token more behind the prompt, which none of
      // these sees, changes both gradients by 1e-6.
      Golden.assertClose(
          "at the image's tokens", again.tokens().grad(), seen.tokens().grad(), 2e-6);
      Golden.assertClose("in the image", whole.grad(), kept.grad(), 3e-6);
    }
  }

  /** Operations of a pass, backward left out. */
  private static long operations(Runnable pass) {
    long[] sum = new long[1];
    Flops.Counter counter =
        new Flops.Counter() {
          @Override
          public void forward(long operations) {
            sum[0] += operations;
          }

          @Override
          public void backward(long operations) {}
        };
    Flops.counting(
        counter,
        () -> {
          pass.run();
          return null;
        });
    return sum[0];
  }

  @Test
  final void answersAboutAPicture() {
    BufferedImage picture = Memory.freeing(() -> Pixels.toImage(image(2, 4)));
    List<Assessment> seen = verifier().assess(picture, QUESTIONS, VqaSettings.DEFAULT);
    assertEquals(2, seen.size());
    assertTrue(seen.stream().allMatch(a -> a.probability() > 0 && a.probability() < 1));
    assertEquals(
        verifier().answer(picture, "What is it?", 4), verifier().answer(picture, "What is it?", 4));
  }

  @Test
  final void halfPrecisionIsCloseToFull() throws IOException {
    compareWith(new Placement("cpu", Dtype.BFLOAT16), 0.05, 0.3);
  }

  @Test
  @Tag("gpu")
  final void cudaIsCloseToTheProcessor() throws IOException {
    compareWith(new Placement("cuda:0", Dtype.FLOAT32), 1e-3, 1e-2);
    compareWith(new Placement("cuda:0", Dtype.BFLOAT16), 0.05, 0.3);
  }

  private void compareWith(Placement placement, double lossTolerance, double gradientTolerance)
      throws IOException {
    Tensor image = image(4, 3);
    Critique full = verifier().critique(image, QUESTIONS, VqaSettings.DEFAULT);
    try (VqaVerifier other = new VqaVerifier(family.open(family.checkpoint(), placement))) {
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
  final void refusesAQuestionThatHoldsAnImage() {
    Question question = new Question("Is this " + family.imageToken().text() + " an image?", "Yes");
    int tokens = family.imageTokens(2, 2);
    String told =
        assertThrows(
                IllegalArgumentException.class,
                () -> verifier().assess(image(2, 2), List.of(question), VqaSettings.AUTHORS))
            .getMessage();
    assertTrue(told.contains("%d image tokens, the image %d".formatted(tokens + 1, tokens)), told);
  }

  @Test
  final void refusesWhatIsNoImage() {
    Tensor flat = image(2, 2).squeeze(0);
    String told =
        assertThrows(IllegalArgumentException.class, () -> model.see(flat, Resizing.PROCESSOR))
            .getMessage();
    assertTrue(told.startsWith("an image is [1, 3, H, W], not [3, "), told);
  }
}
