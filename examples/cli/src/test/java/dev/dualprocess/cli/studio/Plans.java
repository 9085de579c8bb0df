package dev.dualprocess.cli.studio;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Plans that are carried out in a moment. */
final class Plans {
  private static final double LEARNING_RATE = 0.02; // seen after a few steps

  private Plans() {}

  static JsonNode of(JsonNode plan, int steps) {
    ObjectNode brief = plan.deepCopy();
    brief.put("evaluationSeeds", 1).put("checkpointEvery", 1000);
    ((ObjectNode) brief.get("settings")).put("steps", steps).put("seeds", steps);
    ((ObjectNode) brief.at("/settings/adam")).put("learningRate", LEARNING_RATE);
    return brief;
  }
}
