package dev.dualprocess.lora.format;

import static java.util.Comparator.naturalOrder;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import dev.dualprocess.tensor.Dtype;
import dev.dualprocess.tensor.Finite;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.weights.CheckpointException;
import dev.dualprocess.weights.SafeTensorsFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.TreeSet;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads one LoRA file. */
final class LoraReader {
  static final String METADATA = "lora_adapter_metadata";

  /** Our note of the parts' ranks, by the name of the layer that holds them. */
  static final String RANKS_OF_PARTS = "dualprocess_ranks_of_parts";

  private static final Logger LOG = LoggerFactory.getLogger(LoraReader.class);
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final Path path;
  private final SafeTensorsFile file;
  private final Map<String, Map<FactorKey.Part, Tensor>> found = new TreeMap<>();
  private final Map<String, TreeSet<String>> leftOut = new TreeMap<>();
  private final List<ScaleSource> scales = new ArrayList<>();

  private LoraReader(SafeTensorsFile file) {
    this.file = file;
    this.path = file.path();
  }

  static LoraContent read(Path path) throws IOException {
    LoraSource source = LoraSource.of(path);
    try (SafeTensorsFile file = SafeTensorsFile.open(source.weights())) {
      LoraReader reader = new LoraReader(file);
      reader.collect();
      reader.scales.add(reader.adapterMetadata());
      source.scales().ifPresent(reader.scales::add);
      reader.scales.add(PlainHeader.of(file.metadata()));
      return reader.content();
    }
  }

  private void collect() throws CheckpointException {
    List<String> names = new ArrayList<>();
    for (String name : file.names()) {
      Optional<String> textEncoder = Naming.textEncoder(name);
      if (textEncoder.isPresent()) {
        leftOut
            .computeIfAbsent(textEncoder.get(), t -> new TreeSet<>())
            .add(FactorKey.parse(name).map(FactorKey::module).orElse(name));
      } else {
        names.add(name);
      }
    }
    requirePlain(names);
    for (String name : names) {
      collect(name, FactorKey.parse(name).orElseThrow(() -> notOurs(name)));
    }
    tellLeftOut();
  }

  private void tellLeftOut() throws CheckpointException {
    if (leftOut.isEmpty()) {
      return;
    }
    if (found.isEmpty()) {
      throw new CheckpointException(
          path + ": it changes the text encoder alone, which is not read: " + leftOutByModules());
    }
    LOG.warn(
        "{}: its part for the text encoder is left out: {}; only what changes the transformer is"
            + " used",
        path,
        leftOutByModules());
  }

  private String leftOutByModules() {
    List<String> parts = new ArrayList<>();
    leftOut.forEach((name, modules) -> parts.add(name + " with " + modules.size() + " module(s)"));
    return String.join(", ", parts);
  }

  private void requirePlain(List<String> names) throws CheckpointException {
    Optional<OtherAdapter> other =
        names.stream().flatMap(name -> OtherAdapter.of(name).stream()).min(naturalOrder());
    if (other.isPresent()) {
      String key = names.stream().filter(other.get()::has).findFirst().orElseThrow();
      throw new CheckpointException(
          "%s: it is %s, as '%s' tells; only plain LoRA is read"
              .formatted(path, other.get().title(), key));
    }
  }

  private CheckpointException notOurs(String name) {
    return new CheckpointException(
        path + ": not a LoRA file this library reads: it has the tensor '" + name + "'");
  }

  private void collect(String name, FactorKey key) throws CheckpointException {
    Map<FactorKey.Part, Tensor> parts =
        found.computeIfAbsent(key.module(), m -> new EnumMap<>(FactorKey.Part.class));
    if (parts.put(key.part(), file.tensor(name)) != null) {
      throw twice(key.module());
    }
  }

  private CheckpointException twice(String module) {
    return new CheckpointException(
        path + ": more than one adapter for '" + module + "'; split the file");
  }

  private ScaleSource adapterMetadata() throws CheckpointException {
    JsonNode json = json(METADATA);
    String where = path + ": " + METADATA + " in its header";
    for (String prefix : List.of("transformer.", "unet.")) {
      if (json.has(prefix + "lora_alpha") || json.has(prefix + "peft_type")) {
        return PeftSettings.of(json, prefix, where);
      }
    }
    return PeftSettings.of(json, "", where);
  }

  private JsonNode json(String key) throws CheckpointException {
    try {
      JsonNode json = MAPPER.readTree(file.metadata().getOrDefault(key, "{}"));
      if (!json.isObject()) {
        throw new CheckpointException(path + ": broken " + key + " in its header: no JSON object");
      }
      return json;
    } catch (JsonProcessingException e) {
      throw new CheckpointException(path + ": broken " + key + " in its header", e);
    }
  }

  private LoraContent content() throws CheckpointException {
    JsonNode ranksOfParts = json(RANKS_OF_PARTS);
    Map<String, LowRank> modules = new TreeMap<>();
    TreeSet<String> programs = new TreeSet<>();
    for (Map.Entry<String, Map<FactorKey.Part, Tensor>> entry : found.entrySet()) {
      Naming.Module module = Naming.of(entry.getKey());
      programs.add(module.naming().title());
      LowRank whole = whole(entry.getKey(), module.fused().name(), entry.getValue());
      List<Integer> ranks = new ArrayList<>();
      for (JsonNode rank : ranksOfParts.path(module.fused().name())) {
        if (!rank.isIntegralNumber() || !rank.canConvertToInt() || rank.asInt() < 0) {
          throw new CheckpointException(path + ": broken " + RANKS_OF_PARTS + " in its header");
        }
        ranks.add(rank.asInt());
      }
      for (Map.Entry<String, LowRank> part : split(whole, module.fused(), ranks).entrySet()) {
        if (modules.put(part.getKey(), part.getValue()) != null) {
          throw twice(part.getKey());
        }
      }
    }
    if (modules.isEmpty()) {
      throw new CheckpointException(path + ": not a LoRA file: it has no lora_A tensors");
    }
    ImmutableMap.Builder<String, Integer> left = ImmutableMap.builder();
    leftOut.forEach((name, names) -> left.put(name, names.size()));
    return new LoraContent(
        ImmutableMap.copyOf(modules),
        ImmutableMap.copyOf(file.metadata()),
        ImmutableSet.copyOf(programs),
        left.buildOrThrow());
  }

  private Map<String, LowRank> split(LowRank whole, Fused fused, List<Integer> ranks)
      throws CheckpointException {
    try {
      return Fusion.split(whole, fused, ranks);
    } catch (IllegalArgumentException e) {
      throw new CheckpointException(path + ": " + e.getMessage(), e);
    }
  }

  private LowRank whole(String key, String name, Map<FactorKey.Part, Tensor> parts)
      throws CheckpointException {
    Tensor a = parts.get(FactorKey.Part.A);
    Tensor b = parts.get(FactorKey.Part.B);
    if (a == null || b == null) {
      throw new CheckpointException(
          path + ": '" + name + "' has no lora_" + (a == null ? "A" : "B"));
    }
    if (a.dim() < 2 || b.dim() < 2 || a.size(0) != b.size(1)) {
      throw new CheckpointException(
          path + ": lora_A and lora_B of '" + name + "' are of different rank");
    }
    requireNumbers(name, a, b);
    int rank = Math.toIntExact(a.size(0));
    double scale = scale(name, rank, parts.get(FactorKey.Part.ALPHA));
    if (!Double.isFinite(scale)) {
      throw new CheckpointException("%s: '%s' has the scale %s".formatted(path, key, scale));
    }
    return new LowRank(a, b, scale);
  }

  private void requireNumbers(String name, Tensor... factors) throws CheckpointException {
    for (Tensor factor : factors) {
      if (!factor.is_floating_point()) {
        throw new CheckpointException(
            "%s: the factors of '%s' are of %s, not floating-point numbers"
                .formatted(path, name, Dtype.of(factor).safetensorsName()));
      }
      if (factor.numel() == 0) {
        throw new CheckpointException(
            path + ": a factor of '" + name + "' is empty: a LoRA has rank 1 at least");
      }
      if (!Finite.all(Dtype.of(factor).bytes() == 1 ? Ops.toFloat(factor) : factor)) {
        throw new CheckpointException(
            path + ": the factors of '" + name + "' are not finite: NaN or infinite; get it again");
      }
    }
  }

  private double scale(String name, int rank, @Nullable Tensor alpha) throws CheckpointException {
    if (alpha != null) {
      if (alpha.numel() != 1) {
        throw new CheckpointException(path + ": alpha of '" + name + "' is not one number");
      }
      return alpha.item_double() / rank;
    }
    try {
      return scales.stream()
          .map(source -> source.scale(name, rank))
          .filter(OptionalDouble::isPresent)
          .mapToDouble(OptionalDouble::getAsDouble)
          .findFirst()
          .orElse(1);
    } catch (IllegalArgumentException e) { // a pattern that takes too long
      throw new CheckpointException(path + ": " + e.getMessage(), e);
    }
  }
}
