package dev.dualprocess.soak;

import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.dualprocess.testing.JsonMutation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/** A JSON tree with odd values at one to three places; now and then its text is spoilt too. */
final class DamagedJson implements Damage {
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

  private final Damage ofText = new DamagedBytes();

  @Override
  public byte[] of(byte[] content, SplittableRandom random) {
    try {
      JsonNode root = MAPPER.readTree(content);
      String text = new JsonMutation(random).mutated(root).toString();
      byte[] written = text.getBytes(StandardCharsets.UTF_8);
      return random.nextInt(8) == 0 ? ofText.of(written, random) : written;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
