package dev.dualprocess.evaluate;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;

/**
 * A text that is drawn, and what its images are scored by.
 *
 * @param prompt what is drawn
 * @param shown what an image of it should show: the prompt itself, unless a record says otherwise
 * @param category one of the file's, or nothing
 */
public record TextToShow(String prompt, String shown, String category) {
  /** The name by which users ask for GenEval's prompts. */
  public static final String GENEVAL = "geneval";

  /**
   * Those of a file, or the bundled ones by the name {@value #GENEVAL} or {@value
   * PromptPairs#SAMPLE}. A file is JSON or JSON lines of records in GenEval's form, {@code prompt}
   * and {@code tag}, or in CommonsenseT2I's, whose two prompts are scored by their descriptions.
   *
   * @throws IOException in one line, if it cannot be read or a record lacks something
   */
  public static List<TextToShow> read(String named) throws IOException {
    return Records.read(named, TextToShow::of).stream().flatMap(List::stream).toList();
  }

  private static List<TextToShow> of(JsonNode json, String where) throws IOException {
    if (json.has("prompt1")) {
      PromptPair pair = PromptPair.of(json, where);
      return List.of(
          new TextToShow(pair.prompt1(), pair.description1(), pair.category()),
          new TextToShow(pair.prompt2(), pair.description2(), pair.category()));
    }
    String prompt = PromptPair.text(json, "prompt", where);
    return List.of(
        new TextToShow(
            prompt, prompt, json.path("tag").asText(json.path("category").asText("")).strip()));
  }
}
