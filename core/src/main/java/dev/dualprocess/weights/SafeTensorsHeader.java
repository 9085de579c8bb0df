package dev.dualprocess.weights;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.common.base.Strings;
import com.google.common.collect.ImmutableMap;
import dev.dualprocess.config.JsonProblem;
import dev.dualprocess.tensor.Dtype;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The JSON header of a safetensors file.
 *
 * @param entries its tensors by key, in its order
 * @param metadata its free text pairs
 */
record SafeTensorsHeader(
    ImmutableMap<String, TensorEntry> entries, ImmutableMap<String, String> metadata) {
  private static final int MOST_TENSORS = 20_000; // FLUX.1's transformer has 780

  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /**
   * Parses and checks a header.
   *
   * @param available bytes of data behind it
   */
  static SafeTensorsHeader parse(Path path, byte[] json, long available)
      throws CheckpointException {
    ImmutableMap.Builder<String, TensorEntry> entries = ImmutableMap.builder();
    ImmutableMap.Builder<String, String> metadata = ImmutableMap.builder();
    long last = 0;
    try {
      JsonNode root = MAPPER.readTree(json);
      if (!root.isObject()) {
        throw new IllegalArgumentException("it is no JSON object");
      }
      if (root.size() > MOST_TENSORS) {
        throw new IllegalArgumentException(
            "it names %d tensors, no model here has more than %d"
                .formatted(root.size(), MOST_TENSORS));
      }
      requireKnownTypes(path, root);
      for (Map.Entry<String, JsonNode> field : root.properties()) {
        if (field.getKey().equals("__metadata__")) {
          field
              .getValue()
              .properties()
              .forEach(m -> metadata.put(m.getKey(), m.getValue().asText()));
        } else {
          TensorEntry entry = entry(field.getKey(), field.getValue());
          last = Math.max(last, entry.end());
          entries.put(entry.name(), entry);
        }
      }
    } catch (CheckpointException e) {
      throw e;
    } catch (JsonProcessingException e) {
      throw new CheckpointException(
          path + ": broken safetensors header: " + JsonProblem.ofText(e), e);
    } catch (IOException | IllegalArgumentException | ArithmeticException e) {
      throw new CheckpointException(
          path + ": broken safetensors header: " + Strings.nullToEmpty(e.getMessage()), e);
    }
    if (last > available) {
      throw new CheckpointException(
          "%s: truncated: its tensors take %d bytes, the file has %d of them"
              .formatted(path, last, available));
    }
    ImmutableMap<String, TensorEntry> all = entries.buildOrThrow();
    requireNoGaps(path, all.values(), available);
    return new SafeTensorsHeader(all, metadata.buildOrThrow());
  }

  /** A quantized checkpoint may have types of its own: its format says more than they. */
  private static void requireKnownTypes(Path path, JsonNode root) throws CheckpointException {
    List<String> names = new ArrayList<>();
    root.fieldNames().forEachRemaining(names::add);
    boolean known =
        root.properties().stream()
            .map(field -> field.getValue().path("dtype").asText(""))
            .allMatch(dtype -> dtype.isEmpty() || Dtype.fromSafetensors(dtype).isPresent());
    Optional<String> format = known ? Optional.empty() : QuantizedFormat.named(names);
    if (format.isPresent()) {
      throw new CheckpointException(QuantizedFormat.line(path, format.get()));
    }
  }

  /** The format wants every byte of the data to belong to exactly one tensor. */
  private static void requireNoGaps(Path path, Collection<TensorEntry> entries, long available)
      throws CheckpointException {
    List<TensorEntry> byPlace = new ArrayList<>(entries);
    byPlace.sort(Comparator.comparingLong(TensorEntry::begin).thenComparingLong(TensorEntry::end));
    long at = 0;
    for (TensorEntry entry : byPlace) {
      if (entry.begin() != at) {
        throw new CheckpointException(
            "%s: broken safetensors header: tensor '%s' begins at byte %d, but %d is next"
                .formatted(path, entry.name(), entry.begin(), at));
      }
      at = entry.end();
    }
    if (at != available) {
      throw new CheckpointException(
          "%s: broken safetensors file: it has %d bytes more than its tensors take"
              .formatted(path, available - at));
    }
  }

  private static TensorEntry entry(String name, JsonNode node) {
    String dtype = node.path("dtype").asText();
    JsonNode offsets = node.path("data_offsets");
    if (!node.path("shape").isArray() || !offsets.isArray() || offsets.size() != 2) {
      throw new IllegalArgumentException("tensor '" + name + "' lacks shape or data_offsets");
    }
    List<Long> shape = new ArrayList<>();
    node.path("shape").forEach(size -> shape.add(size.asLong(-1)));
    Dtype type =
        Dtype.fromSafetensors(dtype)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "tensor '" + name + "' has the unsupported dtype '" + dtype + "'"));
    return new TensorEntry(name, type, shape, offsets.get(0).asLong(-1), offsets.get(1).asLong(-1));
  }
}
