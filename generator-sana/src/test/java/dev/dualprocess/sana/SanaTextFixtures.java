package dev.dualprocess.sana;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.testing.Fixtures;
import dev.dualprocess.weights.WeightSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Golden texts of Sana and the pipeline they were computed with. */
final class SanaTextFixtures {
  /** Name of the golden data. */
  static final String NAME = "text_encoders/gemma2_sana";

  private SanaTextFixtures() {}

  /** What the golden data says about itself. */
  static JsonNode json() {
    return Fixtures.json(NAME + ".json");
  }

  /** The folder of the pipeline. */
  static Path pipeline() {
    return Fixtures.path(json().path("checkpoint").asText());
  }

  /** Gemma-2's folder. */
  static Path textEncoder() {
    return pipeline().resolve("text_encoder");
  }

  /** Gemma-2's config. */
  static Gemma2Config config() throws IOException {
    return Gemma2Config.read(textEncoder().resolve("config.json"));
  }

  /** Gemma-2 on the CPU. */
  static SanaTextModel model() throws IOException {
    return SanaTextModel.load(textEncoder(), config(), Placement.CPU, WeightSource.FILES);
  }

  /**
   * A golden text.
   *
   * @param key of its tensors
   * @param instructed whether it stands behind the instruction
   */
  record Case(
      String key,
      String prompt,
      boolean instructed,
      String preprocessed,
      int maxLength,
      int valid) {
    SanaPrompt sanaPrompt() {
      return instructed ? SanaPrompt.instructed(prompt) : SanaPrompt.plain(prompt);
    }
  }

  /** The golden texts: the n-th prompt's tensors begin with {@code n.mode.}. */
  static List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    List<String> prompts = new ArrayList<>();
    for (JsonNode c : json().path("cases")) {
      String prompt = c.path("prompt").asText();
      String mode = c.path("mode").asText();
      if (!prompts.contains(prompt)) {
        prompts.add(prompt);
      }
      cases.add(
          new Case(
              prompts.indexOf(prompt) + "." + mode + ".",
              prompt,
              mode.equals("chi"),
              c.path("preprocessed").asText(),
              c.path("max_length").asInt(),
              c.path("valid").asInt()));
    }
    if (cases.isEmpty()) {
      throw new IllegalStateException("no golden cases in " + NAME + ".json");
    }
    return cases;
  }
}
