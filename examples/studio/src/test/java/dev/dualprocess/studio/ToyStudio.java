package dev.dualprocess.studio;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dualprocess.distill.DistillSettings;
import dev.dualprocess.language.AssistantSource;
import dev.dualprocess.spi.LoadOptions;
import dev.dualprocess.studio.web.Studio;
import dev.dualprocess.tensor.Placement;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A studio with a generator and a verifier of a few numbers. */
final class ToyStudio {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private ToyStudio() {}

  static StudioSettings settings(Path runs, String host) {
    return settings(runs, host, Optional.empty());
  }

  static StudioSettings settings(Path runs, String host, Optional<AssistantSource> assistant) {
    LoadOptions here = LoadOptions.at(Placement.CPU);
    return new StudioSettings(
        runs,
        host,
        0,
        "toy",
        List.of("brightness"),
        here,
        here,
        (id, generator) ->
            DistillSettings.paper(generator.defaultSampling())
                .withLearningRate(generator.defaultLearningRate()),
        List.of(),
        assistant);
  }

  static Studio start(Path runs) throws IOException {
    return Studio.start(settings(runs, "127.0.0.1"));
  }

  /** What the form would send. */
  static ObjectNode plan(StudioClient client, int steps) throws IOException, InterruptedException {
    ObjectNode plan = client.get("/api/defaults").deepCopy();
    plan.put("prompt", "a room");
    ((ArrayNode) plan.get("checks"))
        .add(MAPPER.createObjectNode().put("question", "Is it bright?").put("answer", "Yes"));
    ((ObjectNode) plan.get("settings")).put("steps", steps);
    plan.put("evaluationSeeds", 2);
    plan.put("checkpointEvery", 5);
    return plan;
  }

  /** A new job's name in addresses. */
  static String begin(StudioClient client, JsonNode plan, String name)
      throws IOException, InterruptedException {
    ObjectNode asked = MAPPER.createObjectNode().put("name", name);
    asked.set("plan", plan);
    return client.post("/api/jobs", asked).path("id").asText();
  }
}
