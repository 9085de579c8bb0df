package dev.dualprocess.lora.format;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dualprocess.weights.CheckpointException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * The scales that a LoraConfig of PEFT gives: alpha / r, or alpha / √r with {@code use_rslora}. In
 * {@code rank_pattern} and {@code alpha_pattern} a key is a regular expression that matches the end
 * of a module's path from a dot on; the first that matches counts.
 */
final class PeftSettings implements ScaleSource {
  private static final int MOST_PATTERNS = 10_000;

  private final OptionalDouble r;
  private final double alpha;
  private final boolean rsLora;
  private final Map<PathPattern, Double> ranks;
  private final Map<PathPattern, Double> alphas;

  private PeftSettings(JsonNode json, String prefix, String where) throws CheckpointException {
    JsonNode rank = json.path(prefix + "r");
    r = number(rank, where);
    alpha = number(json.path(prefix + "lora_alpha"), where).orElseThrow();
    rsLora = json.path(prefix + "use_rslora").asBoolean(false);
    PathPattern.Looks looks = new PathPattern.Looks();
    ranks = patterns(json.path(prefix + "rank_pattern"), where, looks);
    alphas = patterns(json.path(prefix + "alpha_pattern"), where, looks);
    boolean sound = ranks.values().stream().allMatch(n -> n > 0) && r.orElse(1) > 0;
    if (!sound || !Double.isFinite(alpha)) {
      throw new CheckpointException("%s has rank %s and alpha %s".formatted(where, rank, alpha));
    }
  }

  /**
   * Reads a configuration.
   *
   * @param prefix of its fields' names, such as {@code transformer.}
   * @param where it was found, for messages
   * @throws CheckpointException in one line, if it is of another kind of adapter or has no sound
   *     rank
   */
  static ScaleSource of(JsonNode json, String prefix, String where) throws CheckpointException {
    String type = json.path(prefix + "peft_type").asText("LORA");
    if (json.path(prefix + "use_dora").asBoolean(false)) {
      type = "DORA";
    }
    if (!type.equalsIgnoreCase("LORA")) {
      throw new CheckpointException(
          "%s tells of a %s adapter; only plain LoRA is read"
              .formatted(where, type.toUpperCase(Locale.ROOT)));
    }
    return number(json.path(prefix + "lora_alpha"), where).isPresent()
        ? new PeftSettings(json, prefix, where)
        : (module, rank) -> OptionalDouble.empty();
  }

  /** A number, which some tools write as a text; nothing where there is none. */
  private static OptionalDouble number(JsonNode node, String where) throws CheckpointException {
    if (node.isMissingNode() || node.isNull()) {
      return OptionalDouble.empty();
    }
    try {
      return OptionalDouble.of(Double.parseDouble(node.asText()));
    } catch (NumberFormatException e) {
      throw new CheckpointException(where + " has " + node + " where a number is needed", e);
    }
  }

  private static Map<PathPattern, Double> patterns(
      JsonNode node, String where, PathPattern.Looks looks) throws CheckpointException {
    if (node.size() > MOST_PATTERNS) {
      throw new CheckpointException(
          "%s has %d patterns, more than %d".formatted(where, node.size(), MOST_PATTERNS));
    }
    Map<PathPattern, Double> patterns = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      try {
        PathPattern path = PathPattern.ofEnd(entry.getKey(), looks);
        patterns.put(path, number(entry.getValue(), where).orElse(0));
      } catch (IllegalArgumentException e) {
        throw new CheckpointException(where + ": " + e.getMessage(), e);
      }
    }
    return patterns;
  }

  @Override
  public OptionalDouble scale(String module, int rankOfFile) {
    double rank = first(ranks, module, r.orElse(rankOfFile));
    double numerator = first(alphas, module, alpha);
    return OptionalDouble.of(numerator / (rsLora ? Math.sqrt(rank) : rank));
  }

  private static double first(Map<PathPattern, Double> patterns, String module, double otherwise) {
    return patterns.entrySet().stream()
        .filter(entry -> entry.getKey().matches(module))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(otherwise);
  }
}
