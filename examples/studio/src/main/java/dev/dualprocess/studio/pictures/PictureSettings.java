package dev.dualprocess.studio.pictures;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dualprocess.config.JsonOutput;
import dev.dualprocess.image.Png;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a picture of ours says of how it was made. */
public final class PictureSettings {
  private static final ObjectMapper MAPPER = JsonOutput.mapper();

  private PictureSettings() {}

  /**
   * Reads a PNG that was sent.
   *
   * @return {@code parameters}, and the {@code plan} of the run it comes from, or null
   * @throws IOException in one line, if it is no picture of ours
   */
  public static Map<String, Object> read(byte[] sent) throws IOException {
    String text = Uploads.reading(sent, Png::readTexts).get("parameters");
    if (text == null) {
      throw new IOException("this picture does not say how it was made: it is not of this program");
    }
    JsonNode parameters = MAPPER.readTree(text);
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("plan", parameters.has("run") ? parameters.get("run") : null);
    map.put("parameters", parameters);
    return map;
  }
}
