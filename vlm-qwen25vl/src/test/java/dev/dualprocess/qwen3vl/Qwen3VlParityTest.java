package dev.dualprocess.qwen3vl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.primitives.Longs;
import dev.dualprocess.Critique;
import dev.dualprocess.Question;
import dev.dualprocess.VqaSettings;
import dev.dualprocess.VqaSettings.Resizing;
import dev.dualprocess.image.Pixels;
import dev.dualprocess.overlay.Presentation;
import dev.dualprocess.qwen.Grid;
import dev.dualprocess.qwen.Patches;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.testing.CopiedFolder;
import dev.dualprocess.testing.Fixtures;
import dev.dualprocess.testing.Golden;
import dev.dualprocess.testing.Parity;
import dev.dualprocess.testing.VlmCase;
import dev.dualprocess.testing.VlmParity;
import dev.dualprocess.vqa.AnswerPrompt;
import dev.dualprocess.vqa.ImageProcessor;
import dev.dualprocess.vqa.SeenImage;
import dev.dualprocess.vqa.VisionLanguageModel;
import dev.dualprocess.vqa.VqaVerifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every golden case, and what else is stored of this family. */
class Qwen3VlParityTest extends VlmParity {
  private final Qwen3Family family = new Qwen3Family();
  private final Qwen3Vl architecture = family.architecture();

  Qwen3VlParityTest() {
    super(new Qwen3Family(), "visual_output");
  }

  private static Grid grid(JsonNode thw, Qwen3Vl architecture) {
    long[] sides = Fixtures.longs(thw);
    return new Grid(
        (int) sides[1], (int) sides[2], architecture.config().vision().spatialMergeSize());
  }

  private VlmCase named(String key) {
    return cases().stream().filter(c -> c.key().equals(key)).findFirst().orElseThrow();
  }

  /** The first thing of that form that a note names. */
  private static String named(String form, JsonNode note) {
    return Pattern.compile(form)
        .matcher(note.asText())
        .results()
        .map(MatchResult::group)
        .findFirst()
        .orElseThrow();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void patchesAreThoseOfTheAuthors(VlmCase c) {
    Grid wanted = grid(c.fields().get("image_grid_thw").get(0), architecture);
    assertEquals(wanted, seen(c).layout());
    boolean stored =
        golden().names(c.imageKey()).stream().anyMatch(n -> n.contains("pixel_values"));
    assumeTrue(stored, "not given for this image");
    try (ImageProcessor processor =
        new ImageProcessor(
            architecture.imageSizing(), architecture.imageStatistics(), Parity.placement())) {
      Tensor pixels = processor.pixels(shown(c), Resizing.AUTHORS);
      assertEquals(wanted, Grid.of(Pixels.sizeOf(pixels), family.patches()));
      Tensor patches = Patches.of(pixels, wanted, family.patches());
      Qwen3Family.assertPatches(golden(), c.imageKey(), patches, OUTPUT);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void deepFeaturesAreTheSame(VlmCase c) {
    List<String> stored = golden().names(c.key() + ".deepstack");
    assumeTrue(!stored.isEmpty(), "given for the first question only");
    List<Tensor> deep = seen(c).deepFeatures();
    assertEquals(stored.size(), deep.size());
    for (int i = 0; i < deep.size(); i++) {
      golden().assertClose(c.key() + ".deepstack" + i, deep.get(i), OUTPUT);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void positionsAreTheSame(VlmCase c) {
    String name = c.key() + ".position_ids_3d";
    assumeTrue(golden().has(name), "given for the first question only");
    long[] ids = prompt(c, seen(c)).inputIds().toArray();
    Grid grid = grid(c.fields().get("image_grid_thw").get(0), architecture);
    long[] positions = family.positions(ids, grid);
    golden().assertSame(name, Ops.longs(positions, positions.length));
    int start = Longs.indexOf(ids, architecture.imageTokenId());
    assertEquals(c.fields().get("rope_delta").asInt(), grid.positions(start).delta());
  }

  @Test
  void severalQuestionsAreAveraged() throws IOException {
    List<VlmCase> asked =
        StreamSupport.stream(family.json().path("multi").path("questions").spliterator(), false)
            .map(key -> named(key.asText()))
            .toList();
    VlmCase first = asked.get(0);
    try (Presentation presentation = first.presentation();
        Presentation.Shown shown = presentation.show(golden().tensor(first.imageKey() + ".image"));
        VqaVerifier verifier =
            new VqaVerifier(family.open(family.checkpoint(), Parity.placement()))) {
      Critique critique =
          verifier.critique(
              shown.image(),
              asked.stream().map(c -> new Question(c.question(), c.answer())).toList(),
              VqaSettings.AUTHORS);
      golden()
          .assertClose("multi.loss", Ops.floats(new float[] {(float) critique.loss()}, 1), OUTPUT);
      float[] probabilities = new float[asked.size()];
      Tensor sum = golden().tensor(first.key() + ".grad_image");
      for (int i = 0; i < asked.size(); i++) {
        probabilities[i] = (float) critique.assessments().get(i).probability();
        sum = i == 0 ? sum : sum.add(golden().tensor(asked.get(i).key() + ".grad_image"));
      }
      golden()
          .assertClose("multi.probs", Ops.floats(probabilities, probabilities.length), GRADIENT);
      Tensor mean = Ops.mul(sum, 1.0 / asked.size());
      Golden.assertClose("multi", mean, shown.backward(critique.imageGradient()), GRADIENT);
    }
  }

  /** What a padded batch gives for each of its rows is what the row gives alone. */
  @ParameterizedTest
  @ValueSource(strings = {"left", "right"})
  void rowsOfABatchAreTheSame(String side) {
    JsonNode batch = family.json().get("batch");
    String prefix = "batch." + side + ".";
    long length = golden().tensor(prefix + "input_ids").size(1);
    for (int row = 0; row < batch.get("rows").size(); row++) {
      VlmCase c = named(named("s\\d+q\\d+", batch.get("rows").get(row)));
      boolean[] real = real(prefix, row, length);
      SeenImage seen = seen(c);
      AnswerPrompt prompt = prompt(c, seen);
      long[] ids = prompt.inputIds().toArray();
      assertArrayEquals(unpadded(prefix + "input_ids", 0, row, real), ids);
      Grid grid = grid(batch.get("image_grid_thw").get(row), architecture);
      assertEquals(grid, seen.layout());
      long[] positions = family.positions(ids, grid);
      for (int axis = 0; axis < 3; axis++) {
        assertArrayEquals(
            unpadded(prefix + "position_ids_3d", axis, row, real),
            Arrays.copyOfRange(positions, axis * ids.length, (axis + 1) * ids.length));
      }
      int pads = firstOf(real);
      assertArrayEquals(
          Fixtures.longs(batch.get(side).get("logit_rows").get(row)),
          Arrays.stream(prompt.logitPositions()).map(at -> at + pads).toArray());
      Tensor answer = model().logits(ids, prompt.logitPositions(), seen);
      golden().assertClose(prefix + "answer_logits" + row, answer, OUTPUT);
    }
  }

  private boolean[] real(String prefix, int row, long length) {
    long[] mask = Ops.toLongs(golden().tensor(prefix + "attention_mask"));
    boolean[] real = new boolean[(int) length];
    for (int i = 0; i < real.length; i++) {
      real[i] = mask[row * real.length + i] == 1;
    }
    return real;
  }

  private static int firstOf(boolean[] real) {
    return IntStream.range(0, real.length).filter(i -> real[i]).findFirst().orElseThrow();
  }

  /** One row of [axes, rows, length] or [rows, length], without what pads it. */
  private long[] unpadded(String name, int axis, int row, boolean[] real) {
    Tensor whole = golden().tensor(name);
    long[] values = Ops.toLongs(whole);
    int rows = (int) whole.size(-2);
    return IntStream.range(0, real.length)
        .filter(i -> real[i])
        .mapToLong(i -> values[(axis * rows + row) * real.length + i])
        .toArray();
  }

  /** A picture through the model's own processor, up to the logits of what follows the prompt. */
  @Test
  void aPictureIsSeenAsTheProcessorMakesIt() {
    JsonNode ordinary = family.json().get("ordinary");
    String picture = named("i\\d+", ordinary.get("note"));
    try (Golden pictures = Fixtures.golden(Qwen3Family.file("image_processor"))) {
      SeenImage seen = model().see(pictures.picture(picture + ".uint8_hwc"));
      assertEquals(grid(ordinary.get("image_grid_thw").get(0), architecture), seen.layout());
      long[] ids = Ops.toLongs(golden().tensor("ordinary.input_ids"));
      String words = model().decode(ids);
      String question = words.substring(words.indexOf('\n') + 1, words.lastIndexOf("\nassistant"));
      assertArrayEquals(ids, model().promptIds(question, seen));
      Tensor last = model().logits(ids, new long[] {ids.length - 1}, seen);
      golden().assertClose("ordinary.last_logits", last, OUTPUT);
    }
  }

  /** The head is the embedding table where the file says so, whatever is stored. */
  @Test
  void aTiedHeadIsTheEmbeddingTable(@TempDir Path folder) throws IOException {
    CopiedFolder.of(family.checkpoint(), folder);
    Path config = folder.resolve("config.json");
    ObjectNode root = (ObjectNode) Fixtures.json(config);
    root.put("tie_word_embeddings", true);
    Files.writeString(config, root.toString());
    VlmCase c = named(named("s\\d+q\\d+", family.json().get("tied").get("note")));
    try (VisionLanguageModel tied = family.open(folder, Parity.placement())) {
      SeenImage seen = tied.see(shown(c), Resizing.AUTHORS);
      AnswerPrompt prompt = tied.answerPrompt(c.question(), c.answer(), seen);
      Tensor answer = tied.logits(prompt.inputIds().toArray(), prompt.logitPositions(), seen);
      golden().assertClose("tied.answer_logits", answer, OUTPUT);
    }
  }
}
