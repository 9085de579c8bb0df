package dev.dualprocess.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Fields of configuration files and what stands where a file leaves them out. */
public final class JsonFields {
  private JsonFields() {}

  /**
   * What a file says, over what holds where it says nothing or null.
   *
   * @param defaults changed and given back
   * @param given an object, or missing
   */
  public static ObjectNode over(ObjectNode defaults, JsonNode given) {
    given.properties().stream()
        .filter(field -> !field.getValue().isNull())
        .forEach(field -> defaults.set(field.getKey(), field.getValue()));
    return defaults;
  }
}
