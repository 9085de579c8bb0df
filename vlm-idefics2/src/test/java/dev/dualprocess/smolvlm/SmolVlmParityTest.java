package dev.dualprocess.smolvlm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.base.Splitter;
import com.google.common.primitives.ImmutableLongArray;
import dev.dualprocess.Critique;
import dev.dualprocess.Question;
import dev.dualprocess.VqaSettings;
import dev.dualprocess.VqaSettings.Resizing;
import dev.dualprocess.overlay.Presentation;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.testing.CopiedFolder;
import dev.dualprocess.testing.Fixtures;
import dev.dualprocess.testing.Golden;
import dev.dualprocess.testing.Parity;
import dev.dualprocess.testing.VlmCase;
import dev.dualprocess.testing.VlmParity;
import dev.dualprocess.vqa.ImageLayout;
import dev.dualprocess.vqa.ImageProcessor;
import dev.dualprocess.vqa.Look;
import dev.dualprocess.vqa.SeenImage;
import dev.dualprocess.vqa.VisionLanguageModel;
import dev.dualprocess.vqa.VqaVerifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every golden case, the pixels before the vision tower, and what else the original was asked:
 * several questions, images and prompts at once, a picture in tiles, a head that is the embedding
 * table.
 */
class SmolVlmParityTest extends VlmParity {
  private static final SmolVlmFamily FAMILY = new SmolVlmFamily();

  @TempDir private Path folder;

  SmolVlmParityTest() {
    super(FAMILY, "image_hidden_states");
  }

  private static JsonNode json(String name) {
    return FAMILY.json().get(name);
  }

  private VlmCase golden(String key) {
    return cases().stream().filter(c -> c.key().equals(key)).findFirst().orElseThrow();
  }

  private VlmCase firstOf(String imageKey) {
    return cases().stream().filter(c -> c.imageKey().equals(imageKey)).findFirst().orElseThrow();
  }

  private Tensor pixels(VlmCase c) {
    try (ImageProcessor processor =
        new ImageProcessor(
            FAMILY.architecture().imageSizing(),
            FAMILY.architecture().imageStatistics(),
            Parity.placement())) {
      return processor.pixels(shown(c), Resizing.AUTHORS);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void pixelsAreThoseOfTheAuthors(VlmCase c) {
    String name = c.imageKey() + ".pixel_values";
    assumeTrue(golden().has(name), "given for one image only");
    golden().assertClose(name, pixels(c).unsqueeze(0), OUTPUT);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void patchesAndTheirPositionsAreTheSame(VlmCase c) throws IOException {
    String name = c.key() + ".vision_last_hidden_state";
    assumeTrue(golden().has(name), "given for the first question only");
    try (Eye eye = Eye.open(FAMILY)) {
      golden().assertClose(name, eye.tower().forward(pixels(c)).unsqueeze(0), OUTPUT);
      int side = FAMILY.architecture().patchesPerSide();
      long[] ids = eye.tower().positionEmbedding().ids(side, side);
      golden().assertSame(c.key() + ".vision_position_ids", Ops.longs(ids, ids.length));
    }
  }

  @Test
  void severalQuestionsShareTheirMeanLoss() throws IOException {
    List<VlmCase> asked =
        Arrays.stream(texts(json("multi").get("questions"))).map(this::golden).toList();
    List<Question> questions =
        asked.stream().map(c -> new Question(c.question(), c.answer())).toList();
    try (VqaVerifier verifier =
            new VqaVerifier(FAMILY.open(FAMILY.checkpoint(), Parity.placement()));
        Presentation presentation = FAMILY.presentation(asked.get(0));
        Presentation.Shown shown =
            presentation.show(golden().tensor(asked.get(0).imageKey() + ".image"))) {
      Critique critique = verifier.critique(shown.image(), questions, VqaSettings.AUTHORS);
      golden()
          .assertClose("multi.loss", Ops.floats(new float[] {(float) critique.loss()}, 1), OUTPUT);
      float[] probabilities = new float[questions.size()];
      for (int i = 0; i < probabilities.length; i++) {
        probabilities[i] = (float) critique.assessments().get(i).probability();
      }
      golden()
          .assertClose("multi.probs", Ops.floats(probabilities, probabilities.length), GRADIENT);
      Tensor sum = golden().tensor(asked.get(0).key() + ".grad_image");
      for (VlmCase c : asked.subList(1, asked.size())) {
        sum = sum.add(golden().tensor(c.key() + ".grad_image"));
      }
      Golden.assertClose(
          "multi, gradient",
          Ops.mul(sum, 1.0 / asked.size()),
          shown.backward(critique.imageGradient()),
          GRADIENT);
    }
  }

  private static String[] texts(JsonNode array) {
    return IntStream.range(0, array.size())
        .mapToObj(i -> array.get(i).asText())
        .toArray(String[]::new);
  }

  /** A prompt among others says what it says alone: padding on either side is none of it. */
  @ParameterizedTest
  @ValueSource(strings = {"left", "right"})
  void paddedPromptsAreSingleOnes(String side) {
    String[] rows = texts(json("batch").get("rows"));
    for (int row = 0; row < rows.length; row++) {
      List<String> parts = Splitter.on(" with image ").splitToList(rows[row]);
      Unpadded prompt = unpadded("batch." + side, row);
      long[] at =
          LongStream.of(Fixtures.longs(json("batch").get(side).get("logit_rows").get(row)))
              .map(i -> i - prompt.left())
              .toArray();
      SeenImage seen = seen(firstOf(parts.get(1)));
      assertArrayEquals(
          prompt(golden(parts.get(0)), seen).logitPositions(),
          at,
          "where " + parts.get(0) + " answers");
      golden()
          .assertClose(
              "batch.%s.answer_logits%d".formatted(side, row),
              model().logits(prompt.ids().toArray(), at, seen),
              OUTPUT);
    }
  }

  /** The tokens of one row that are no padding, and how many stand before them. */
  private record Unpadded(ImmutableLongArray ids, int left) {}

  private Unpadded unpadded(String name, int row) {
    long[] ids = Ops.toLongs(golden().tensor(name + ".input_ids").select(0, row));
    long[] mask = Ops.toLongs(golden().tensor(name + ".attention_mask").select(0, row));
    int[] kept = IntStream.range(0, ids.length).filter(i -> mask[i] != 0).toArray();
    return new Unpadded(
        ImmutableLongArray.copyOf(Arrays.stream(kept).mapToLong(i -> ids[i])), kept[0]);
  }

  /**
   * An image with padding at its right and lower edge: its own patches are those of the image
   * alone, in whose grid their positions count.
   */
  @Test
  void aPaddedImagesPatchesAreThoseOfTheImageAlone() throws IOException {
    JsonNode mask = json("mask");
    int patch = mask.get("patch_size").asInt();
    int side = FAMILY.architecture().patchesPerSide();
    int rows = Math.min(side, (mask.get("valid_rows").asInt() + patch - 1) / patch);
    int columns = Math.min(side, (mask.get("valid_columns").asInt() + patch - 1) / patch);
    int height = Math.min(rows * patch, mask.get("valid_rows").asInt());
    int width = Math.min(columns * patch, mask.get("valid_columns").asInt());
    Tensor all = golden().tensor("s1.pixel_values").squeeze(0);
    Tensor pixels = all.new_zeros(1, 3, (long) rows * patch, (long) columns * patch);
    pixels
        .narrow(2, 0, height)
        .narrow(3, 0, width)
        .copy_(all.narrow(2, 0, height).narrow(3, 0, width));
    Tensor wanted = golden().tensor("mask.vision_last_hidden_state").squeeze(0);
    long[] ids = Ops.toLongs(golden().tensor("mask.vision_position_ids"));
    try (Eye eye = Eye.open(FAMILY)) {
      long[] inside =
          LongStream.range(0, (long) side * side)
              .filter(i -> i / side < rows && i % side < columns)
              .toArray();
      assertArrayEquals(
          eye.tower().positionEmbedding().ids(rows, columns),
          LongStream.of(inside).map(i -> ids[(int) i]).toArray());
      Tensor index = Ops.longs(inside, inside.length);
      Golden.assertClose(
          "mask, patches of the image",
          wanted.index_select(0, index.to(wanted.device(), index.scalar_type())),
          eye.tower().forward(pixels),
          OUTPUT);
      assertReadTheSame(eye.connector().forward(Parity.placement().place(wanted)));
    }
  }

  /** From the patches on, padding is a patch as any other. */
  private void assertReadTheSame(Tensor tokens) {
    Golden.assertClose(
        "mask, image tokens",
        golden().tensor("mask.image_hidden_states").flatten(0, -2),
        tokens,
        OUTPUT);
    VlmCase asked = golden("s0q0");
    SeenImage seen = new SeenImage(tokens, seen(asked).layout());
    long[] ids = prompt(asked, seen).inputIds().toArray();
    golden()
        .assertClose(
            "mask.answer_logits",
            model().logits(ids, prompt(asked, seen).logitPositions(), seen),
            OUTPUT);
  }

  /** So many images in one prompt, one after the other. */
  private record Images(int runs, int tokens) implements ImageLayout {}

  /** Two images in one prompt; one image, beside which the original drops one of padding. */
  @Test
  void aPromptMayHoldSeveralImages() {
    String[][] images = {{"s0", "s1"}, {"s0"}};
    for (int row = 0; row < images.length; row++) {
      Tensor[] tokens =
          Arrays.stream(images[row]).map(key -> seen(firstOf(key)).tokens()).toArray(Tensor[]::new);
      Tensor all = Ops.cat(0, tokens);
      SeenImage seen = new SeenImage(all, new Images(tokens.length, Math.toIntExact(all.size(0))));
      long[] ids = unpadded("images", row).ids().toArray();
      Golden.assertClose(
          "images, row " + row,
          golden().tensor("images.last_logits").narrow(0, row, 1),
          model().logits(ids, new long[] {ids.length - 1L}, seen),
          OUTPUT);
    }
  }

  private VisionLanguageModel changed(String file, Consumer<ObjectNode> change) throws IOException {
    Path copy = CopiedFolder.of(FAMILY.checkpoint(), folder.resolve("model"));
    ObjectNode root = (ObjectNode) Fixtures.json(copy.resolve(file));
    change.accept(root);
    Files.writeString(copy.resolve(file), root.toString());
    return FAMILY.open(copy, Parity.placement());
  }

  /** A picture from a file in 2 x 2 tiles and as a whole, end to end. */
  @Test
  void aPictureInTilesIsReadTheSame() throws IOException {
    int tile = FAMILY.architecture().preprocessor().tile();
    JsonNode prompts = Fixtures.json(SmolVlmFamily.FOLDER + "prompts.json").get("cases");
    String question =
        prompts.findParents("key").stream()
            .filter(c -> c.get("key").asText().equals("split_square"))
            .findFirst()
            .orElseThrow()
            .findValue("text")
            .asText();
    try (VisionLanguageModel model =
            changed(
                "preprocessor_config.json",
                c -> c.putObject("size").put("longest_edge", 2 * tile));
        Golden pictures = Fixtures.golden(SmolVlmFamily.FOLDER + "image_processor")) {
      SeenImage seen = model.see(pictures.picture("split_square.uint8_hwc"), Look.IN_TILES);
      assertEquals(new Tiles(2, 2, FAMILY.architecture().tileTokens()), seen.layout());
      long[] ids = model.promptIds(question, seen);
      golden().assertSame("split.input_ids", Ops.longs(ids, ids.length));
      golden()
          .assertClose(
              "split.last_logits", model.logits(ids, new long[] {ids.length - 1L}, seen), OUTPUT);
    }
  }

  @Test
  void aTiedHeadIsTheEmbeddingTable() throws IOException {
    VlmCase c = golden("s0q0");
    try (VisionLanguageModel model =
        changed(
            "config.json",
            root -> {
              root.put("tie_word_embeddings", true);
              ((ObjectNode) root.get("text_config")).put("tie_word_embeddings", true);
            })) {
      SeenImage seen = model.see(shown(c), Resizing.AUTHORS);
      Tensor logits =
          model.logits(
              prompt(c, seen).inputIds().toArray(), prompt(c, seen).logitPositions(), seen);
      golden().assertClose("tied.answer_logits", logits, OUTPUT);
      assertTrue(
          Golden.relativeError(golden().tensor(c.key() + ".answer_logits"), logits) > 0.1,
          "the stored head is another");
    }
  }
}
