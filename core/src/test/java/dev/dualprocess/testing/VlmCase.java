package dev.dualprocess.testing;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.overlay.Presentation;
import dev.dualprocess.overlay.PresentationSettings;
import java.util.Optional;

/**
 * One question about one image, of {@code vlm/FAMILY.json}.
 *
 * @param key prefix of its tensors
 * @param fields everything else about it
 */
public record VlmCase(String key, JsonNode fields) {
  /** The prefix of the tensors it shares with other questions about the same image. */
  public String imageKey() {
    return key.substring(0, key.indexOf('q'));
  }

  /** What is asked. */
  public String question() {
    return fields.get("question").asText();
  }

  /** The answer that is wanted. */
  public String answer() {
    return fields.get("answer").asText();
  }

  /** What the authors do to an image before a verifier sees it. */
  public Presentation presentation() {
    ImageSize size = new ImageSize(fields.get("height").asInt(), fields.get("width").asInt());
    return new Presentation(
        Optional.empty(), size, PresentationSettings.AUTHORS, Parity.placement());
  }

  @Override
  public String toString() {
    return key;
  }
}
