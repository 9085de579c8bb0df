package dev.dualprocess.qwen25vl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dualprocess.qwen25vl.QwenFixture.Case;
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
class QwenParityTest {
  private static final double OUTPUT = 1e-4;
  private static final double GRADIENT = 1e-3;

  private static Golden golden;
  private static Qwen25Vl model;
  private PointerScope scope;

  static List<Case> cases() {
    return QwenFixture.cases();
  }

  @BeforeAll
  static void open() {
    golden = Fixtures.golden(QwenFixture.NAME);
    model = QwenFixture.open();
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

  private static QwenView view(Case c) {
    return (QwenView) model.see(c.shown(image(c)), Resizing.AUTHORS);
  }

  private static AnswerPrompt prompt(Case c, QwenView view) {
    return model.answerPrompt(c.question(), c.answer(), view);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void patchesAreThoseOfTheAuthors(Case c) {
    Patches patches = model.patches(c.shown(image(c)), Resizing.AUTHORS);
    golden.assertClose(c.imageKey() + ".pixel_values", patches.pixels().unsqueeze(0), OUTPUT);
    JsonNode thw = c.fields().get("image_grid_thw").get(0);
    assertEquals(
        List.of(1L, (long) patches.grid().height(), (long) patches.grid().width()),
        QwenFixture.longs(thw));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void promptAndAnswerAreTheSameTokens(Case c) {
    AnswerPrompt prompt = prompt(c, view(c));
    long[] ids = prompt.inputIds().toArray();
    golden.assertSame(c.key() + ".input_ids", Ops.longs(ids, ids.length));
    assertArrayEquals(
        QwenFixture.longArray(c.fields().get("search_token_idxs")),
        prompt.answerPositions().stream().asLongStream().toArray());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void windowsAndPositionsAreTheSame(Case c) {
    assumeTrue(golden.has(c.key() + ".window_index"), "given for the first question only");
    QwenView view = view(c);
    Windows windows = Windows.of(view.grid(), model.config().vision().windowTokens());
    long[] index = windows.windowIndex();
    golden.assertSame(c.key() + ".window_index", Ops.longs(index, index.length));
    int merge = view.grid().merge();
    long[] ends = windows.cuWindowSeqlens(merge * merge);
    golden.assertSame(c.key() + ".cu_window_seqlens", Ops.longs(ends, ends.length));

    long[] ids = prompt(c, view).inputIds().toArray();
    PromptPositions where = new PromptPositions(model.imageIn(ids, view).start(), view.grid());
    long[] positions =
        LongStream.range(0, 3L * ids.length)
            .map(i -> where.at((int) i / ids.length, (int) i % ids.length))
            .toArray();
    golden.assertSame(c.key() + ".position_ids_3d", Ops.longs(positions, positions.length));
    assertEquals(c.fields().get("rope_delta").asInt(), where.delta());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void imageTokensAreTheSame(Case c) {
    assumeTrue(golden.has(c.key() + ".visual_output"), "given for the first question only");
    golden.assertClose(c.key() + ".visual_output", view(c).tokens(), OUTPUT);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void logitsAreTheSame(Case c) {
    QwenView view = view(c);
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
    Tensor image = Ops.leaf(image(c));
    QwenView view = (QwenView) model.see(c.shown(image), Resizing.AUTHORS);
    AnswerPrompt prompt = prompt(c, view);
    Tensor logits = model.logits(prompt.inputIds().toArray(), prompt.logitPositions(), view);
    long[] answer = prompt.answerIds();
    Tensor loss = AnswerLoss.of(logits, Ops.longs(answer, answer.length), Reduction.MEAN);
    loss.backward();
    golden.assertClose(c.key() + ".loss", loss.reshape(1), OUTPUT);
    golden.assertClose(c.key() + ".prob", loss.neg().exp().reshape(1), GRADIENT);
    golden.assertClose(c.key() + ".grad_image", image.grad(), GRADIENT);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void greedyAnswersAreTheSame(Case c) {
    JsonNode generation = c.fields().path("generation");
    assumeTrue(generation.isObject(), "not given for this case");
    QwenView view = view(c);
    long[] ids = model.promptIds(c.question(), view);
    assertArrayEquals(QwenFixture.longArray(generation.get("input_ids")), ids);
    long[] wanted = QwenFixture.longArray(generation.get("new_token_ids"));
    Set<Long> suppressed = new TreeSet<>(QwenFixture.longs(generation.get("suppressed_ids")));
    long[] found = model.generate(ids, view, wanted.length, suppressed);
    assertArrayEquals(wanted, found);
    assertEquals(generation.get("text").asText(), model.decode(found));
  }
}
