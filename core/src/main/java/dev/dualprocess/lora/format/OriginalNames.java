package dev.dualprocess.lora.format;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** The changes of the layers of the original code. */
final class OriginalNames {
  private final Map<String, LowRank> wholes;
  private final Map<String, List<Integer>> ranks;

  private OriginalNames(Map<String, LowRank> wholes, Map<String, List<Integer>> ranks) {
    this.wholes = wholes;
    this.ranks = ranks;
  }

  /**
   * Fuses what is one layer there.
   *
   * @throws IllegalArgumentException in one line, if a module has no name there
   */
  static OriginalNames of(LoraContent content, LoraFormat format) {
    Map<Fused, Map<String, LowRank>> parts = new LinkedHashMap<>();
    content
        .modules()
        .forEach(
            (module, change) ->
                parts
                    .computeIfAbsent(fused(module, format), f -> new TreeMap<>())
                    .put(module, change));
    Map<String, LowRank> wholes = new TreeMap<>();
    Map<String, List<Integer>> ranks = new TreeMap<>();
    parts.forEach(
        (fused, changes) -> {
          wholes.put(fused.name(), Fusion.fuse(fused, changes));
          if (fused.parts().size() > 1) {
            ranks.put(fused.name(), Fusion.ranks(fused, changes));
          }
        });
    return new OriginalNames(wholes, ranks);
  }

  private static Fused fused(String module, LoraFormat format) {
    Optional<Fused> fused =
        Stream.of(ModuleTable.FLUX, ModuleTable.SANA)
            .flatMap(table -> table.byPart(module).stream())
            .findFirst();
    return fused.orElseThrow(
        () ->
            new IllegalArgumentException(
                "'%s' has no name in the naming of %s: only FLUX.1's and Sana's modules have"
                    .formatted(module, format.name().toLowerCase(Locale.ROOT))));
  }

  private LowRank largest() {
    return wholes.values().stream().max(Comparator.comparingInt(LowRank::rank)).orElseThrow();
  }

  /** The largest rank. */
  int rank() {
    return largest().rank();
  }

  /** Alpha at the largest rank. */
  double alpha() {
    return largest().alpha();
  }

  /** The ranks of the parts of every fused layer, as JSON. */
  String ranksOfParts() {
    ObjectNode json = new ObjectMapper().createObjectNode();
    ranks.forEach(
        (name, parts) -> {
          ArrayNode array = json.putArray(name);
          parts.forEach(array::add);
        });
    return json.toString();
  }

  /** Down, up and alpha of every layer, under the names that {@code naming} makes of theirs. */
  Map<String, Tensor> tensors(UnaryOperator<String> naming) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    wholes.forEach(
        (name, change) -> {
          String key = naming.apply(name);
          tensors.put(key + ".alpha", number(change.alpha()));
          tensors.put(key + ".lora_down.weight", change.a());
          tensors.put(key + ".lora_up.weight", change.b());
        });
    return tensors;
  }

  /** In fp32 as kohya's trainer has it, or in fp64 where that would change it. */
  private static Tensor number(double alpha) {
    double single = (float) alpha;
    boolean exact = Math.abs(single - alpha) <= Math.ulp(alpha);
    return torch.scalar_tensor(
        new Scalar(exact ? single : alpha),
        new TensorOptions(exact ? ScalarType.Float : ScalarType.Double));
  }
}
