package dev.dualprocess.smolvlm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.smolvlm.PreprocessorConfig.Edge;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.testing.Fixtures;
import dev.dualprocess.testing.Golden;
import dev.dualprocess.text.Tokenizer;
import java.io.IOException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every prompt of the Python processor: what images become in it, and its tokens. */
class SmolVlmPromptTest {
  private static final String NAME = SmolVlmFamily.FOLDER + "prompts";

  private static SmolVlm family() {
    return new SmolVlmFamily().architecture();
  }

  /** A golden prompt. */
  private record Case(String key, JsonNode fields) {
    @Override
    public String toString() {
      return key;
    }

    /** The places of the images in the text, each with what it becomes. */
    String expanded() {
      String token = Fixtures.json(NAME + ".json").path("template").path("image_token").asText();
      Iterator<JsonNode> sizes = fields.get("image_sizes_hw").iterator();
      return Pattern.compile(Pattern.quote(token))
          .matcher(fields.get("text_before_expansion").asText())
          .replaceAll(image -> Matcher.quoteReplacement(layout(sizes.next()).text(token)));
    }

    Tiles layout(JsonNode size) {
      PreprocessorConfig stored = family().preprocessor();
      JsonNode given = fields.path("size");
      Edge edge = given.isObject() ? new Edge(given.get("longest_edge").asInt()) : stored.size();
      PreprocessorConfig config =
          new PreprocessorConfig(edge, stored.maxImageSize(), stored.resample());
      ImageSize image = new ImageSize(size.get(0).asInt(), size.get(1).asInt());
      ImageSize ofTiles = config.ofTiles(config.first(image));
      boolean splits = fields.get("do_image_splitting").asBoolean();
      if (!splits || ofTiles.equals(ImageSize.square(config.tile()))) {
        return new Tiles(0, 0, family().tileTokens());
      }
      return new Tiles(
          ofTiles.height() / config.tile(), ofTiles.width() / config.tile(), family().tileTokens());
    }
  }

  static List<Case> cases() {
    JsonNode cases = Fixtures.json(NAME + ".json").get("cases");
    return StreamSupport.stream(cases.spliterator(), false)
        .map(c -> new Case(c.get("key").asText(), c))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void tokensAreThoseOfTheProcessor(Case c) throws IOException {
    try (PointerScope scope = new PointerScope();
        Golden golden = Fixtures.golden(NAME);
        Tokenizer tokenizer = Tokenizer.open(new SmolVlmFamily().checkpoint())) {
      long[] wanted = Ops.toLongs(golden.tensor(c.key() + ".input_ids"));
      assertArrayEquals(wanted, tokenizer.encodePlain(c.expanded()));
      long imageToken = family().config().imageTokenId();
      assertEquals(
          c.fields().get("image_tokens").asLong(),
          Arrays.stream(wanted).filter(id -> id == imageToken).count());
    }
  }
}
