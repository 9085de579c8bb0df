package dev.dualprocess.testing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.primitives.Longs;
import dev.dualprocess.VqaSettings.Reduction;
import dev.dualprocess.VqaSettings.Resizing;
import dev.dualprocess.overlay.Presentation;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.vqa.AnswerLoss;
import dev.dualprocess.vqa.AnswerPrompt;
import dev.dualprocess.vqa.SeenImage;
import dev.dualprocess.vqa.VisionLanguageModel;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every golden case of one family: the same numbers as transformers and the authors' code, step by
 * step. Whole tensors, |actual - golden| / |golden| in fp32. Tokens that a model chooses are
 * compared in fp32 alone: in half precision the choice between two tokens that are nearly equal in
 * a small random model may tip over.
 */
@TestInstance(Lifecycle.PER_CLASS)
public abstract class VlmParity {
  /** What the model computes. */
  protected static final double OUTPUT = Parity.output(1e-4);

  /** Gradients, and probabilities, in which a loss stands as an exponent. */
  protected static final double GRADIENT = Parity.gradient(1e-3);

  private final VlmFamily<?> family;
  private final String imageTokensName;
  private Golden golden;
  private VisionLanguageModel model;
  private PointerScope scope;

  /** The cases of {@code family}, whose files call an image's tokens {@code imageTokensName}. */
  protected VlmParity(VlmFamily<?> family, String imageTokensName) {
    this.family = family;
    this.imageTokensName = imageTokensName;
  }

  @BeforeAll
  final void open() throws IOException {
    golden = family.golden();
    model = family.open(family.checkpoint(), Parity.placement());
  }

  @AfterAll
  final void close() {
    model.close();
    golden.close();
  }

  @BeforeEach
  final void enter() {
    scope = new PointerScope();
  }

  @AfterEach
  final void leave() {
    scope.close();
  }

  /** All cases, for {@link MethodSource}. */
  protected final List<VlmCase> cases() {
    return family.cases();
  }

  /** The golden tensors. */
  protected final Golden golden() {
    return golden;
  }

  /** The model under test. */
  protected final VisionLanguageModel model() {
    return model;
  }

  private Tensor image(VlmCase c) {
    return golden.tensor(c.imageKey() + ".image");
  }

  /** A case's image as the authors show it, [1, 3, H, W] in [-1, 1]. */
  protected final Tensor shown(VlmCase c) {
    try (Presentation presentation = c.presentation()) {
      return presentation.shown(image(c));
    }
  }

  /** That image as the model sees it. */
  protected final SeenImage seen(VlmCase c) {
    return model.see(shown(c), Resizing.AUTHORS);
  }

  /** A case's question and answer. */
  protected final AnswerPrompt prompt(VlmCase c, SeenImage seen) {
    return model.answerPrompt(c.question(), c.answer(), seen);
  }

  @ParameterizedTest
  @MethodSource("cases")
  final void imagesAreShownInTheSizeOfTheAuthors(VlmCase c) {
    Tensor shown = shown(c);
    assertArrayEquals(
        Fixtures.longs(c.fields().get("image_dim")), new long[] {shown.size(2), shown.size(3)});
  }

  @ParameterizedTest
  @MethodSource("cases")
  final void promptAndAnswerAreTheSameTokens(VlmCase c) {
    AnswerPrompt prompt = prompt(c, seen(c));
    long[] ids = prompt.inputIds().toArray();
    golden.assertSame(c.key() + ".input_ids", Ops.longs(ids, ids.length));
    assertArrayEquals(
        Fixtures.longs(c.fields().get("search_token_idxs")),
        prompt.answerPositions().stream().asLongStream().toArray());
    assertArrayEquals(Fixtures.longs(c.fields().get("logit_rows")), prompt.logitPositions());
  }

  @ParameterizedTest
  @MethodSource("cases")
  final void imageTokensAreTheSame(VlmCase c) {
    String name = c.key() + "." + imageTokensName;
    assumeTrue(golden.has(name), "given for the first question only");
    golden.assertClose(name, seen(c).tokens(), OUTPUT);
  }

  @ParameterizedTest
  @MethodSource("cases")
  final void logitsAreTheSame(VlmCase c) {
    SeenImage seen = seen(c);
    AnswerPrompt prompt = prompt(c, seen);
    long[] ids = prompt.inputIds().toArray();
    Tensor answer = model.logits(ids, prompt.logitPositions(), seen);
    golden.assertClose(c.key() + ".answer_logits", answer, OUTPUT);
    if (Parity.inFloat32()) {
      assertEquals(
          c.fields().get("argmax_decoded").asText(),
          model.decode(Ops.toLongs(answer.argmax(new LongOptional(-1), false))));
    }
    // Either all rows, or the last ones.
    for (String which : golden.names(c.key() + ".logits")) {
      String name = c.key() + ".logits" + which;
      long rows = golden.tensor(name).size(1);
      Tensor all =
          model.logits(ids, LongStream.range(ids.length - rows, ids.length).toArray(), seen);
      golden.assertClose(name, all.unsqueeze(0), OUTPUT);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  final void lossAndItsGradientAreTheSame(VlmCase c) {
    try (Presentation presentation = c.presentation();
        Presentation.Shown shown = presentation.show(image(c))) {
      Tensor leaf = Ops.leaf(shown.image());
      SeenImage seen = model.see(leaf, Resizing.AUTHORS);
      AnswerPrompt prompt = prompt(c, seen);
      Tensor logits = model.logits(prompt.inputIds().toArray(), prompt.logitPositions(), seen);
      long[] answer = prompt.answerIds();
      Tensor loss = AnswerLoss.of(logits, Ops.longs(answer, answer.length), Reduction.MEAN);
      loss.backward();
      golden.assertClose(c.key() + ".loss", loss.reshape(1), OUTPUT);
      golden.assertClose(c.key() + ".prob", loss.neg().exp().reshape(1), GRADIENT);
      Tensor gradient = shown.backward(leaf.grad());
      if (golden.has(c.key() + ".grad_image")) {
        golden.assertClose(c.key() + ".grad_image", gradient, GRADIENT);
      } else {
        JsonNode wanted = c.fields().get("grad_image");
        double largest = wanted.get("absmax").asDouble();
        assertEquals(largest, gradient.abs().max().item_double(), GRADIENT * largest);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  final void greedyAnswersAreTheSame(VlmCase c) {
    JsonNode generation = c.fields().path("generation");
    assumeTrue(generation.isObject(), "not given for this case");
    SeenImage seen = seen(c);
    long[] ids = model.promptIds(c.question(), seen);
    assertArrayEquals(Fixtures.longs(generation.get("input_ids")), ids);
    assumeTrue(Parity.inFloat32(), "compared in fp32 alone");
    long[] wanted = Fixtures.longs(generation.get("new_token_ids"));
    Set<Long> suppressed =
        new TreeSet<>(Longs.asList(Fixtures.longs(generation.get("suppressed_ids"))));
    long[] found = family.generate(model, ids, seen, wanted.length, suppressed);
    assertArrayEquals(wanted, found);
    assertEquals(generation.get("text").asText(), model.decode(found));
  }
}
