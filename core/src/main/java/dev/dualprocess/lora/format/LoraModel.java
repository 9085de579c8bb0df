package dev.dualprocess.lora.format;

import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The model whose layers a LoRA changes, as far as names and widths tell.
 *
 * @param name {@code FLUX.1}, {@code Sana} or {@code unknown}
 * @param width of its tokens, 0 where no attention is changed
 */
public record LoraModel(String name, long width) {
  private static final String UNKNOWN = "unknown";

  /** Widths of the models that were published. */
  private static final Map<String, Set<Long>> PUBLISHED =
      Map.of("FLUX.1", Set.of(3072L), "Sana", Set.of(1152L, 2240L));

  /** By the names of its modules: all must be one model's. */
  public static LoraModel of(LoraContent content) {
    Set<String> modules = content.modules().keySet();
    String name =
        Stream.of(ModuleTable.FLUX, ModuleTable.SANA)
            .filter(table -> modules.stream().allMatch(m -> table.byPart(m).isPresent()))
            .map(ModuleTable::model)
            .findFirst()
            .orElse(UNKNOWN);
    long width =
        content.modules().entrySet().stream()
            .filter(entry -> entry.getKey().endsWith(".to_q"))
            .mapToLong(entry -> entry.getValue().in())
            .findFirst()
            .orElse(0);
    return new LoraModel(name, width);
  }

  /** Whether a model of that width was published, as far as the width is known. */
  public boolean published() {
    return width == 0 || PUBLISHED.getOrDefault(name, Set.of(width)).contains(width);
  }

  @Override
  public String toString() {
    if (name.equals(UNKNOWN) || width == 0) {
      return name;
    }
    return "%s, width %d%s"
        .formatted(name, width, published() ? "" : " (none of that is published)");
  }
}
