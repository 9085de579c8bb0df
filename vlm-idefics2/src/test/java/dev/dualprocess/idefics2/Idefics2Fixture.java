package dev.dualprocess.idefics2;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dualprocess.ImageSize;
import dev.dualprocess.overlay.Presentation;
import dev.dualprocess.overlay.PresentationSettings;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.testing.Fixtures;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;

/** The golden cases of {@code vlm/idefics2.json}. */
final class Idefics2Fixture {
  static final String NAME = "vlm/idefics2";

  private Idefics2Fixture() {}

  static JsonNode json() {
    return Fixtures.json(NAME + ".json");
  }

  static Path checkpoint() {
    return Fixtures.path(json().get("checkpoint").asText());
  }

  static Idefics2 open() {
    try {
      return Idefics2.open(checkpoint(), Placement.CPU);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * One question about one image.
   *
   * @param key prefix of its tensors
   * @param fields everything else about it
   */
  record Case(String key, JsonNode fields) {
    /** The prefix of the tensors it shares with other questions about the same image. */
    String imageKey() {
      return key.substring(0, key.indexOf('q'));
    }

    String question() {
      return fields.get("question").asText();
    }

    String answer() {
      return fields.get("answer").asText();
    }

    /** What the authors do to an image before a verifier sees it. */
    Presentation presentation() {
      ImageSize size = new ImageSize(fields.get("height").asInt(), fields.get("width").asInt());
      return new Presentation(Optional.empty(), size, PresentationSettings.AUTHORS, Placement.CPU);
    }

    @Override
    public String toString() {
      return key;
    }
  }

  static List<Case> cases() {
    return StreamSupport.stream(json().get("cases").spliterator(), false)
        .map(c -> new Case(c.get("key").asText(), c))
        .toList();
  }
}
