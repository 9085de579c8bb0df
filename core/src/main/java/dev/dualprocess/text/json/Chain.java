package dev.dualprocess.text.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.List;

/** A step, or a Sequence of steps, each of a type of its own. */
interface Chain {
  /** Steps of one Sequence. */
  int MOST_STEPS = 16;

  /** The field of a Sequence that lists its steps. */
  String steps();

  /** One step as the native library shall see it. */
  JsonNode step(Part part, String type);

  /** The whole chain as the native library shall see it, null for none. */
  default JsonNode read(Part part) {
    if (!part.isThere()) {
      return JsonNodeFactory.instance.nullNode();
    }
    String type = part.object().at("type").text();
    if (!type.equals("Sequence")) {
      return step(part, type);
    }
    Copy copy = Copy.of(part, type);
    ArrayNode list = copy.node().putArray(steps());
    List<Part> entries = part.at(steps()).entries(MOST_STEPS);
    for (Part entry : entries) {
      list.add(step(entry, entry.object().at("type").text()));
    }
    return copy.node();
  }

  static BrokenTokenizer unknown(Part part, String type) {
    return part.at("type").broken("is '%s', which is not read here".formatted(type));
  }
}
