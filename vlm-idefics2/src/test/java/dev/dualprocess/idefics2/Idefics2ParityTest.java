package dev.dualprocess.idefics2;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.primitives.Longs;
import dev.dualprocess.idefics2.Idefics2Fixture.Case;
import dev.dualprocess.overlay.Presentation;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.testing.Fixtures;
import dev.dualprocess.testing.Golden;
import dev.dualprocess.vqa.AnswerLoss;
import dev.dualprocess.vqa.AnswerPrompt;
import dev.dualprocess.vqa.VqaSettings.Reduction;
import dev.dualprocess.vqa.VqaSettings.Resizing;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every golden case: the same numbers as transformers and the authors' code, step by step. */
class Idefics2ParityTest {
  private static final double OUTPUT = 1e-4;
  private static final double GRADIENT = 1e-3;

  private static Golden golden;
  private static Idefics2 model;
  private PointerScope scope;

  static List<Case> cases() {
    return Idefics2Fixture.cases();
  }

  @BeforeAll
  static void open() {
    golden = Fixtures.golden(Idefics2Fixture.NAME);
    model = Idefics2Fixture.open();
  }

  @AfterAll
  static void close() {
    model.close();
    golden.close();
  }

  @BeforeEach
  void enter() {
    scope = new PointerScope();
  }

  @AfterEach
  void leave() {
    scope.close();
  }

  private static Tensor image(Case c) {
    return golden.tensor(c.imageKey() + ".image");
  }

  private static Tensor shown(Case c) {
    try (Presentation presentation = c.presentation()) {
      return presentation.shown(image(c));
    }
  }

  private static Idefics2View view(Case c) {
    return (Idefics2View) model.see(shown(c), Resizing.AUTHORS);
  }

  private static AnswerPrompt prompt(Case c, Idefics2View view) {
    return model.answerPrompt(c.question(), c.answer(), view);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void pixelsAreThoseOfTheAuthors(Case c) {
    Tensor pixels = model.pixels(shown(c), Resizing.AUTHORS);
    golden.assertClose(c.imageKey() + ".pixel_values", pixels.unsqueeze(0), OUTPUT);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void promptAndAnswerAreTheSameTokens(Case c) {
    AnswerPrompt prompt = prompt(c, view(c));
    long[] ids = prompt.inputIds().toArray();
    golden.assertSame(c.key() + ".input_ids", Ops.longs(ids, ids.length));
    assertArrayEquals(
        Fixtures.longs(c.fields().get("search_token_idxs")),
        prompt.answerPositions().stream().asLongStream().toArray());
    assertArrayEquals(Fixtures.longs(c.fields().get("logit_rows")), prompt.logitPositions());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void imageTokensAreTheSame(Case c) {
    String name = c.key() + ".image_hidden_states";
    assumeTrue(golden.has(name), "given for the first question only");
    golden.assertClose(name, view(c).tokens(), OUTPUT);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void logitsAreTheSame(Case c) {
    Idefics2View view = view(c);
    AnswerPrompt prompt = prompt(c, view);
    long[] ids = prompt.inputIds().toArray();
    Tensor answer = model.logits(ids, prompt.logitPositions(), view);
    golden.assertClose(c.key() + ".answer_logits", answer, OUTPUT);
    assertEquals(
        c.fields().get("argmax_decoded").asText(),
        model.decode(Ops.toLongs(answer.argmax(new LongOptional(-1), false))));
    if (golden.has(c.key() + ".logits")) {
      // Either all rows, or the last ones.
      Tensor wanted = golden.tensor(c.key() + ".logits");
      long rows = wanted.size(1);
      Tensor all =
          model.logits(ids, LongStream.range(ids.length - rows, ids.length).toArray(), view);
      golden.assertClose(c.key() + ".logits", all.unsqueeze(0), OUTPUT);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void lossAndItsGradientAreTheSame(Case c) {
    try (Presentation presentation = c.presentation();
        Presentation.Shown shown = presentation.show(image(c))) {
      Tensor leaf = Ops.leaf(shown.image());
      Idefics2View view = (Idefics2View) model.see(leaf, Resizing.AUTHORS);
      AnswerPrompt prompt = prompt(c, view);
      Tensor logits = model.logits(prompt.inputIds().toArray(), prompt.logitPositions(), view);
      long[] answer = prompt.answerIds();
      Tensor loss = AnswerLoss.of(logits, Ops.longs(answer, answer.length), Reduction.MEAN);
      loss.backward();
      golden.assertClose(c.key() + ".loss", loss.reshape(1), OUTPUT);
      golden.assertClose(c.key() + ".prob", loss.neg().exp().reshape(1), GRADIENT);
      golden.assertClose(c.key() + ".grad_image", shown.backward(leaf.grad()), GRADIENT);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void greedyAnswersAreTheSame(Case c) {
    JsonNode generation = c.fields().path("generation");
    assumeTrue(generation.isObject(), "not given for this case");
    Idefics2View view = view(c);
    long[] ids = model.promptIds(c.question(), view);
    assertArrayEquals(Fixtures.longs(generation.get("input_ids")), ids);
    long[] wanted = Fixtures.longs(generation.get("new_token_ids"));
    Set<Long> suppressed =
        new TreeSet<>(Longs.asList(Fixtures.longs(generation.get("suppressed_ids"))));
    long[] found = model.generate(ids, view, wanted.length, suppressed);
    assertArrayEquals(wanted, found);
    assertEquals(generation.get("text").asText(), model.decode(found));
  }
}
