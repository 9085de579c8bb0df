package dev.dualprocess.qwen25vl;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.testing.Fixtures;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.bytedeco.pytorch.Tensor;

/** The golden cases of {@code vlm/qwen.json}, and the steps the authors' code takes before ours. */
final class QwenFixture {
  static final String NAME = "vlm/qwen";

  private QwenFixture() {}

  static JsonNode json() {
    return Fixtures.json(NAME + ".json");
  }

  static Path checkpoint() {
    return Fixtures.path(json().get("checkpoint").asText());
  }

  static Qwen25Vl open() {
    try {
      return Qwen25Vl.open(checkpoint(), Placement.CPU);
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

    /**
     * What the authors do to an image before they cut it into patches: stretch its values over the
     * whole range, and bring it to the size (width, height) read as (height, width).
     *
     * @param image [1, 3, H, W] in [-1, 1]
     * @return [1, 3, W, H] in [-1, 1]
     */
    Tensor shown(Tensor image) {
      Tensor least = image.min();
      Tensor unit = image.sub(least).div(image.max().sub(least));
      JsonNode dim = fields.get("image_dim");
      Tensor signed = Ops.add(Ops.mul(unit, 2), -1);
      return Ops.resizeBilinear(signed, dim.get(0).asLong(), dim.get(1).asLong());
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

  static List<Long> longs(JsonNode array) {
    ImmutableList.Builder<Long> values = ImmutableList.builder();
    array.forEach(v -> values.add(v.asLong()));
    return values.build();
  }

  static long[] longArray(JsonNode array) {
    return longs(array).stream().mapToLong(Long::longValue).toArray();
  }
}
