package dev.dualprocess.vqa;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.nn.LanguageModel;
import dev.dualprocess.nn.LanguageModelShape;
import dev.dualprocess.nn.RotaryEmbedding;
import dev.dualprocess.recompute.Blocks;
import dev.dualprocess.recompute.Recomputation;
import dev.dualprocess.recompute.Recompute;
import dev.dualprocess.recompute.Tape;
import dev.dualprocess.tensor.Dtype;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.tensor.TensorOwner;
import dev.dualprocess.testing.Golden;
import dev.dualprocess.weights.WeightSource;
import dev.dualprocess.weights.WeightSource.Renaming;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.function.Function;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A prompt whose text before the image was read earlier, against all of it read in one pass. */
class PromptReaderTest {
  private static final LanguageModelShape SHAPE =
      new LanguageModelShape(24, 40, 3, 4, 2, 6, 50, true, 1e-6, false);
  private static final long IMAGE = 49;
  private static final int TOKENS = 6;

  private final TensorOwner owner = new TensorOwner();

  @AfterEach
  void free() {
    owner.close();
  }

  /** What one way of reading gives. */
  private record Reading(Tensor logits, Tensor gradient) {}

  private LanguageModel model(Dtype dtype, Blocks blocks) throws IOException {
    return WeightSource.random(3)
        .build(
            Path.of("none"),
            new Placement("cpu", dtype),
            owner,
            Renaming.NONE,
            weights -> LanguageModel.load(weights, weights.in("model"), SHAPE, blocks));
  }

  private LanguageModel model() throws IOException {
    return model(Dtype.FLOAT32, new Blocks());
  }

  private static Recomputation recomputation(boolean recomputes) {
    return new Recomputation(recomputes ? Recompute.ON : Recompute.OFF, Placement.CPU);
  }

  /** {@code before} tokens of text, the image, and five more. */
  private static long[] prompt(int before) {
    long[] ids = new long[before + TOKENS + 5];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = i >= before && i < before + TOKENS ? IMAGE : (7 * i + 3) % IMAGE;
    }
    return ids;
  }

  private static RotaryEmbedding rope(int first, int end) {
    float[] angles = new float[(end - first) * 3];
    for (int i = 0; i < angles.length; i++) {
      angles[i] = (first + i / 3) * (float) Math.pow(10, -(i % 3));
    }
    return RotaryEmbedding.ofAngles(Ops.floats(angles, end - first, 3));
  }

  private static PromptReader reader(LanguageModel model) {
    return new PromptReader(
        model,
        new GenerationTokens(Set.of(), Set.of()),
        new ImageToken(IMAGE, "<image>"),
        positions -> PromptReaderTest::rope);
  }

  private static Tensor inOnePass(LanguageModel model, long[] ids, int before, Tensor tokens) {
    Tensor text = model.embedTokens().forward(Ops.longs(ids, ids.length));
    int end = before + TOKENS;
    Tensor x = Ops.cat(0, text.narrow(0, 0, before), tokens, text.narrow(0, end, ids.length - end));
    return model.hidden(x, rope(0, ids.length));
  }

  private static Reading read(
      Tape tape, LanguageModel model, Tensor image, Function<Tensor, Tensor> logits) {
    Tensor leaf = Ops.leaf(Ops.toLike(image, model.embedTokens().weight()));
    Tensor y = tape.record(() -> logits.apply(leaf));
    Tensor weighted = Memory.withGrad(() -> Ops.toFloat(y).square().sum());
    tape.backward(weighted, null);
    return new Reading(y, leaf.grad());
  }

  private void compare(int before, Dtype dtype, boolean recomputes, double tolerance)
      throws IOException {
    Recomputation recomputation = recomputation(recomputes);
    LanguageModel model = model(dtype, recomputation.blocks());
    long[] ids = prompt(before);
    long[] rows = {ids.length - 3L, ids.length - 2L};
    try (PointerScope scope = new PointerScope();
        Tape whole = recomputation(false).tape(ids.length, false);
        Tape parts = recomputation.tape(ids.length, false);
        PromptReader reader = reader(model)) {
      Tensor image = Noise.randn(5, TOKENS, 24);
      Reading wanted =
          read(
              whole,
              model,
              image,
              tokens -> model.logits(inOnePass(model, ids, before, tokens), rows));
      Reading found =
          read(parts, model, image, tokens -> reader.logits(ids, rows, SeenImage.inLine(tokens)));
      Golden.assertClose("logits", wanted.logits(), found.logits(), tolerance);
      Golden.assertClose("gradient", wanted.gradient(), found.gradient(), tolerance);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4, 17})
  void logitsAndGradientsAreThoseOfOnePass(int before) throws IOException {
    compare(before, Dtype.FLOAT32, false, 1e-6);
    compare(before, Dtype.FLOAT32, true, 1e-6);
  }

  /** Rounding differs where products have other shapes: some units of bf16's 2⁻⁸. */
  @Test
  void halfPrecisionDiffersByItsRounding() throws IOException {
    compare(17, Dtype.BFLOAT16, false, 0.02);
    compare(17, Dtype.BFLOAT16, true, 0.02);
  }

  @Test
  void logitsBeforeTheImageAreThereToo() throws IOException {
    LanguageModel model = model();
    long[] ids = prompt(4);
    long[] rows = {ids.length - 1L, 0, 3, 7};
    try (PointerScope scope = new PointerScope();
        PromptReader reader = reader(model)) {
      Tensor image = Noise.randn(5, TOKENS, 24);
      Tensor wanted = model.logits(inOnePass(model, ids, 4, image), rows);
      Golden.assertClose("logits", wanted, reader.logits(ids, rows, SeenImage.inLine(image)), 1e-6);
    }
  }

  @Test
  void generationGoesOnFromWhatWasReadBefore() throws IOException {
    LanguageModel model = model();
    long[] ids = prompt(9);
    try (PointerScope scope = new PointerScope();
        PromptReader reader = reader(model)) {
      Tensor image = Noise.randn(5, TOKENS, 24);
      long[] found = reader.generate(ids, SeenImage.inLine(image), Decoding.greedy(6));
      assertEquals(6, found.length);
      for (int round = 0; round < 2; round++) { // what was prepared is unharmed by the first
        long[] all = ids;
        for (long token : found) {
          Tensor h = inOnePass(model, all, 9, image);
          assertEquals(Ops.toLongs(model.logits(h, all.length - 1L).argmax())[0], token);
          all = Arrays.copyOf(all, all.length + 1);
          all[all.length - 1] = token;
        }
        found = reader.generate(ids, SeenImage.inLine(image), Decoding.greedy(6));
      }
    }
  }

  /** More questions than are kept: what a pass needs of the first stays until its backward. */
  @Test
  void aPassOutlivesThePromptItWasPreparedFor() throws IOException {
    Recomputation recomputation = recomputation(true);
    LanguageModel model = model(Dtype.FLOAT32, recomputation.blocks());
    try (PointerScope scope = new PointerScope();
        Tape kept = recomputation(false).tape(20, false);
        Tape again = recomputation.tape(20, false);
        PromptReader reader = reader(model)) {
      Tensor image = Noise.randn(5, TOKENS, 24);
      Function<Tensor, Tensor> twenty =
          tokens -> {
            Tensor[] rows = new Tensor[20];
            for (int i = 0; i < rows.length; i++) {
              long[] ids = prompt(4);
              ids[0] = i;
              rows[i] = reader.logits(ids, new long[] {ids.length - 1L}, SeenImage.inLine(tokens));
            }
            return Ops.cat(0, rows);
          };
      Reading wanted = read(kept, model, image, twenty);
      Reading found = read(again, model, image, twenty);
      assertTrue(Golden.relativeError(wanted.gradient(), found.gradient()) <= 1e-6);
    }
  }
}
