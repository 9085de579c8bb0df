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
public final class LoraFile {
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
  public static LoraWeights load(Path path) throws IOException {
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
        (key.group("factor").equals("A") ? as : bs).put(key.group("module"), file.tensor(name));
      }
      requireTwins(path, as, bs);
      JsonNode metadata = metadata(path, file);
      double scale = scale(metadata, as.values().iterator().next().size(0));
      LoraWeights.Builder result = LoraWeights.builder(scale);
      as.forEach((module, a) -> result.put(module, a, bs.get(module)));
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

  private static double scale(JsonNode metadata, long rankOfFile) {
    JsonNode alpha = metadata.path(PREFIX + "lora_alpha");
    if (!alpha.isNumber()) {
      return 1.0;
    }
    double rank = metadata.path(PREFIX + "r").asDouble((double) rankOfFile);
    boolean rsLora = metadata.path(PREFIX + "use_rslora").asBoolean(false);
    return alpha.asDouble() / (rsLora ? Math.sqrt(rank) : rank);
  }

  /** Writes {@code lora}; an existing file is replaced as a whole. */
  static void save(LoraWeights lora, Path path) throws IOException {
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
    var targets = metadata.putArray(PREFIX + "target_modules");
    new TreeSet<>(lora.modules()).forEach(targets::add);
    Map<String, String> header = new LinkedHashMap<>();
    header.put("format", "pt");
    header.put(METADATA, metadata.toString());
    SafeTensorsWriter.write(path, tensors, header);
  }
}
