package dev.dualprocess.lora;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.weights.CheckpointException;
import dev.dualprocess.weights.SafeTensorsFile;
import dev.dualprocess.weights.SafeTensorsWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * LoRA files. Written in diffusers' naming ({@code transformer.<module>.lora_A.weight}); read in
 * that and in PEFT's state-dict naming ({@code <module>.lora_A.weight}, with or without {@code
 * base_model.model.} before it and an adapter's name inside it).
 */
final class LoraFile {
  private static final String METADATA = "lora_adapter_metadata";
  private static final String PREFIX = "transformer.";
  private static final Pattern KEY =
      Pattern.compile(
          "(?:base_model\\.model\\.)?(?:transformer\\.)?(?<module>.+)\\.lora_(?<factor>[AB])(?:\\.\\w+)?\\.weight");

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private LoraFile() {}

  /**
   * Reads a file to the CPU.
   *
   * @throws IOException in one line, if it is not a LoRA file or a factor is missing or does not
   *     fit its twin
   */
  static Lora load(Path path) throws IOException {
    try (SafeTensorsFile file = SafeTensorsFile.open(path);
        PointerScope scope = new PointerScope()) {
      Map<String, Tensor> as = new TreeMap<>();
      Map<String, Tensor> bs = new TreeMap<>();
      for (String name : file.names()) {
        Matcher key = KEY.matcher(name);
        if (!key.matches()) {
          throw new CheckpointException(
              path + ": not a LoRA file this library reads: it has the tensor '" + name + "'");
        }
        Map<String, Tensor> factors = key.group("factor").equals("A") ? as : bs;
        if (factors.put(key.group("module"), file.tensor(name)) != null) {
          throw new CheckpointException(
              path + ": more than one adapter for '" + key.group("module") + "'; split the file");
        }
      }
      requireTwins(path, as, bs);
      JsonNode metadata = metadata(path, file);
      double scale = scale(path, metadata, as.values().iterator().next().size(0));
      Lora.Builder result = Lora.builder(scale);
      as.forEach((module, a) -> result.put(module, a, Objects.requireNonNull(bs.get(module))));
      return result.build(Placement.CPU);
    }
  }

  private static void requireTwins(Path path, Map<String, Tensor> as, Map<String, Tensor> bs)
      throws CheckpointException {
    if (as.isEmpty()) {
      throw new CheckpointException(path + ": not a LoRA file: it has no lora_A tensors");
    }
    TreeSet<String> all = new TreeSet<>(as.keySet());
    all.addAll(bs.keySet());
    for (String module : all) {
      Tensor a = as.get(module);
      Tensor b = bs.get(module);
      if (a == null || b == null) {
        throw new CheckpointException(
            path + ": '" + module + "' has no lora_" + (a == null ? "A" : "B"));
      }
      if (a.dim() < 2 || b.dim() < 2 || a.size(0) != b.size(1)) {
        throw new CheckpointException(
            path + ": lora_A and lora_B of '" + module + "' are of different rank");
      }
    }
  }

  private static JsonNode metadata(Path path, SafeTensorsFile file) throws CheckpointException {
    try {
      return MAPPER.readTree(file.metadata().getOrDefault(METADATA, "{}"));
    } catch (JsonProcessingException e) {
      throw new CheckpointException(path + ": broken " + METADATA + " in its header", e);
    }
  }

  /** alpha / rank; rank and alpha of single modules are read only if they come to the same. */
  private static double scale(Path path, JsonNode metadata, long rankOfFile)
      throws CheckpointException {
    JsonNode alpha = metadata.path(PREFIX + "lora_alpha");
    if (!alpha.isNumber()) {
      return 1.0;
    }
    double rank = metadata.path(PREFIX + "r").asDouble((double) rankOfFile);
    boolean rsLora = metadata.path(PREFIX + "use_rslora").asBoolean(false);
    double scale = scale(alpha.asDouble(), rank, rsLora);
    if (!(rank > 0) || !Double.isFinite(scale)) {
      throw new CheckpointException(
          "%s: %s in its header has rank %s and alpha %s".formatted(path, METADATA, rank, alpha));
    }
    JsonNode ranks = metadata.path(PREFIX + "rank_pattern");
    JsonNode alphas = metadata.path(PREFIX + "alpha_pattern");
    TreeSet<String> modules = new TreeSet<>();
    ranks.fieldNames().forEachRemaining(modules::add);
    alphas.fieldNames().forEachRemaining(modules::add);
    for (String module : modules) {
      double own =
          scale(
              alphas.path(module).asDouble(alpha.asDouble()),
              ranks.path(module).asDouble(rank),
              rsLora);
      if (Math.abs(own - scale) > 1e-9 * Math.abs(scale)) {
        throw new CheckpointException(
            "%s: '%s' has the scale %s and others %s: one for all is needed"
                .formatted(path, module, own, scale));
      }
    }
    return scale;
  }

  private static double scale(double alpha, double rank, boolean rsLora) {
    return alpha / (rsLora ? Math.sqrt(rank) : rank);
  }

  /** Writes {@code lora}; an existing file is replaced as a whole. */
  static void save(Lora lora, Path path) throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (String module : new TreeSet<>(lora.modules())) {
      tensors.put(PREFIX + module + ".lora_A.weight", lora.a(module));
      tensors.put(PREFIX + module + ".lora_B.weight", lora.b(module));
    }
    ObjectNode metadata = MAPPER.createObjectNode();
    metadata.put(PREFIX + "peft_type", "LORA");
    metadata.put(PREFIX + "r", lora.rank());
    metadata.put(PREFIX + "lora_alpha", lora.scale() * lora.rank());
    metadata.put(PREFIX + "use_rslora", false);
    ObjectNode ranks = metadata.putObject(PREFIX + "rank_pattern");
    ObjectNode alphas = metadata.putObject(PREFIX + "alpha_pattern");
    for (String module : lora.modules()) {
      if (lora.rank(module) != lora.rank()) {
        ranks.put(module, lora.rank(module));
        alphas.put(module, lora.scale() * lora.rank(module));
      }
    }
    var targets = metadata.putArray(PREFIX + "target_modules");
    new TreeSet<>(lora.modules()).forEach(targets::add);
    Map<String, String> header = new LinkedHashMap<>();
    header.put("format", "pt");
    header.put(METADATA, metadata.toString());
    SafeTensorsWriter.write(path, tensors, header);
  }
}
