package dev.dualprocess.studio.work;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.dualprocess.config.JsonOutput;
import java.util.Map;

/** What a picture says of itself, as a text inside its file. */
public final class Parameters {
  private Parameters() {}

  /** As JSON. */
  public static String text(Map<String, ?> parameters) {
    try {
      return JsonOutput.mapper().writeValueAsString(parameters);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("parameters that are no JSON", e);
    }
  }
}
