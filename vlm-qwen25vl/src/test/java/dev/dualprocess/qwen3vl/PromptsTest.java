package dev.dualprocess.qwen3vl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.primitives.Longs;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.qwen.Grid;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.testing.Fixtures;
import dev.dualprocess.testing.Golden;
import dev.dualprocess.text.Tokenizer;
import dev.dualprocess.vqa.ImageLayout;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Conversations in the published chat template: the same tokens, grids and positions. */
class PromptsTest {
  private static final String NAME = Qwen3Family.file("prompts");
  private static final ImageLayout NOTHING = () -> 0;

  private final Qwen3Family family = new Qwen3Family();
  private final Qwen3Vl architecture = family.architecture();
  private Golden golden;
  private PointerScope scope;
  private Tokenizer tokenizer;

  static Stream<String> cases() {
    return all().map(c -> c.get("key").asText());
  }

  private static Stream<JsonNode> all() {
    return StreamSupport.stream(Fixtures.json(NAME + ".json").get("cases").spliterator(), false);
  }

  private static JsonNode named(String key) {
    return all().filter(c -> c.get("key").asText().equals(key)).findFirst().orElseThrow();
  }

  @BeforeEach
  void open() throws IOException {
    scope = new PointerScope();
    golden = Fixtures.golden(NAME);
    tokenizer = Tokenizer.open(family.checkpoint());
  }

  @AfterEach
  void close() {
    tokenizer.close();
    golden.close();
    scope.close();
  }

  private List<Grid> grids(JsonNode c) {
    List<Grid> grids = new ArrayList<>();
    for (JsonNode size : c.get("image_sizes_hw")) {
      ImageSize image = new ImageSize(size.get(0).asInt(), size.get(1).asInt());
      grids.add(Grid.of(architecture.imageSizing().processor(image), family.patches()));
    }
    return grids;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void gridsAreTheSame(String key) {
    List<Grid> grids = grids(named(key));
    assumeTrue(!grids.isEmpty(), "no image");
    long[] sides =
        grids.stream()
            .flatMap(grid -> Stream.of(1L, (long) grid.height(), (long) grid.width()))
            .mapToLong(Long::longValue)
            .toArray();
    golden.assertSame(key + ".image_grid_thw", Ops.longs(sides, sides.length));
  }

  /** The written text, an image's token repeated for all it has. */
  @ParameterizedTest
  @MethodSource("cases")
  void textsAreTheSameTokens(String key) {
    JsonNode c = named(key);
    String token = family.imageToken().text();
    String text = c.get("text_before_expansion").asText();
    StringBuilder expanded = new StringBuilder();
    int from = 0;
    for (Grid grid : grids(c)) {
      int at = text.indexOf(token, from);
      expanded.append(text, from, at).append(token.repeat(grid.tokens()));
      from = at + token.length();
    }
    long[] ids = tokenizer.encodePlain(expanded.append(text.substring(from)).toString());
    golden.assertSame(key + ".input_ids", Ops.longs(ids, ids.length));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void positionsAreTheSame(String key) {
    JsonNode c = named(key);
    List<Grid> grids = grids(c);
    assumeTrue(grids.size() == 1, "prompts here have one image");
    Grid grid = grids.get(0);
    assertEquals(c.get("image_tokens").asInt(), grid.tokens());
    long[] ids = Ops.toLongs(golden.tensor(key + ".input_ids"));
    long[] positions = family.positions(ids, grid);
    golden.assertSame(key + ".position_ids_3d", Ops.longs(positions, positions.length));
    int start = Longs.indexOf(ids, architecture.imageTokenId());
    assertEquals(c.get("rope_delta").asInt(), grid.positions(start).delta());
  }

  /** A question, with its image before it or without one. */
  @ParameterizedTest
  @MethodSource("cases")
  void questionsAreAskedInThatFormat(String key) {
    JsonNode c = named(key);
    JsonNode content = c.get("messages").get(0).get("content");
    boolean asked = c.get("messages").size() == 1 && c.get("add_generation_prompt").asBoolean();
    assumeTrue(asked && (content.isTextual() || imageThenText(content)), "not asked here");
    String question = content.isTextual() ? content.asText() : content.get(1).get("text").asText();
    List<Grid> grids = grids(c);
    ImageLayout image = grids.isEmpty() ? NOTHING : grids.get(0);
    long[] wanted = Ops.toLongs(golden.tensor(key + ".input_ids"));
    assertArrayEquals(wanted, architecture.chat().promptIds(tokenizer, question, image));
  }

  private static boolean imageThenText(JsonNode content) {
    return content.size() == 2
        && content.get(0).get("type").asText().equals("image")
        && content.get(1).get("type").asText().equals("text");
  }

  /** The golden template itself. */
  @Test
  void theTemplateIsTheSame() {
    JsonNode template = Fixtures.json(NAME + ".json").get("template");
    String wanted =
        template
            .get("prefix")
            .asText()
            .replace("{image_token}", template.get("image_token").asText())
            .replace(family.imageToken().text(), "{image_tokens}");
    assertEquals(wanted, architecture.chat().template());
    assertTrue(wanted.contains("{question}"));
  }
}
