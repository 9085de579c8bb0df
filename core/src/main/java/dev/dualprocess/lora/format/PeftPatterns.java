package dev.dualprocess.lora.format;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.bytedeco.pytorch.Tensor;

/** Ranks and alphas in the words of PEFT's LoraConfig: one for all, and patterns for the others. */
final class PeftPatterns {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final Map<String, LowRank> modules;
  private final LowRank common;
  private final List<String> others;

  private PeftPatterns(Map<String, LowRank> modules, LowRank common, List<String> others) {
    this.modules = modules;
    this.common = common;
    this.others = others;
  }

  /** The largest rank is the common one. */
  static PeftPatterns of(Map<String, LowRank> modules) {
    LowRank common =
        modules.values().stream().max(Comparator.comparingInt(LowRank::rank)).orElseThrow();
    TreeSet<String> different = new TreeSet<>();
    modules.forEach(
        (module, change) -> {
          if (change.rank() != common.rank() || change.scale() != common.scale()) {
            different.add(module);
          }
        });
    // A pattern matches the end of a path: a longer path with that end needs its own before it.
    List<String> others =
        modules.keySet().stream()
            .filter(m -> different.stream().anyMatch(d -> m.equals(d) || m.endsWith("." + d)))
            .sorted(Comparator.comparingInt(String::length).reversed())
            .toList();
    return new PeftPatterns(modules, common, others);
  }

  /** The factors under PEFT's names. */
  static Map<String, Tensor> tensors(String prefix, Map<String, LowRank> modules) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (String module : new TreeSet<>(modules.keySet())) {
      LowRank change = Objects.requireNonNull(modules.get(module));
      tensors.put(prefix + module + ".lora_A.weight", change.a());
      tensors.put(prefix + module + ".lora_B.weight", change.b());
    }
    return tensors;
  }

  /** As an object whose fields begin with that prefix. */
  ObjectNode json(String prefix) {
    ObjectNode json = MAPPER.createObjectNode();
    json.put(prefix + "peft_type", "LORA");
    json.put(prefix + "r", common.rank());
    putNumber(json, prefix + "lora_alpha", common.alpha());
    json.put(prefix + "use_rslora", false);
    ObjectNode ranks = json.putObject(prefix + "rank_pattern");
    ObjectNode alphas = json.putObject(prefix + "alpha_pattern");
    for (String module : others) {
      LowRank change = Objects.requireNonNull(modules.get(module));
      ranks.put(module, change.rank());
      putNumber(alphas, module, change.alpha());
    }
    ArrayNode targets = json.putArray(prefix + "target_modules");
    new TreeSet<>(modules.keySet()).forEach(targets::add);
    return json;
  }

  private static void putNumber(ObjectNode json, String name, double value) {
    if (value == Math.rint(value) && Math.abs(value) < Integer.MAX_VALUE) {
      json.put(name, (int) value);
    } else {
      json.put(name, value);
    }
  }

  /** The content of {@code adapter_config.json}. */
  byte[] config() throws IOException {
    ObjectNode json = json("");
    json.put("bias", "none");
    json.put("lora_dropout", 0.0);
    json.put("use_dora", false);
    json.put("fan_in_fan_out", false);
    json.put("init_lora_weights", true);
    json.put("inference_mode", true);
    json.putNull("task_type");
    json.putNull("base_model_name_or_path");
    return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(json);
  }
}
