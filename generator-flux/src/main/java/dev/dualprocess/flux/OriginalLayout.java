package dev.dualprocess.flux;

import dev.dualprocess.lora.format.Fused;
import dev.dualprocess.lora.format.ModuleTable;
import dev.dualprocess.weights.Layout;
import dev.dualprocess.weights.StoredSlice;
import dev.dualprocess.weights.StoredSlice.Rows;
import dev.dualprocess.weights.TensorEntry;
import dev.dualprocess.weights.WeightSource.Renaming;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The transformer as Black Forest Labs and ComfyUI store it: under other names, with layers that
 * share an input as one, and with the shift of the last modulation before its scale. A file of
 * diffusers is taken as it is; text encoders and autoencoder in the same file are passed over.
 */
final class OriginalLayout implements Layout {
  private static final String PREFIX = "model.diffusion_model.";
  private static final String BLOCKS = "double_blocks.";

  @Override
  public Map<String, StoredSlice> of(Map<String, TensorEntry> stored) {
    boolean prefixed = stored.keySet().stream().anyMatch(key -> key.startsWith(PREFIX));
    String prefix = prefixed ? PREFIX : "";
    if (stored.keySet().stream().noneMatch(key -> key.startsWith(prefix + BLOCKS))) {
      return Renaming.NONE.of(stored);
    }
    Map<String, StoredSlice> found = new LinkedHashMap<>();
    stored.forEach(
        (key, entry) -> {
          if (key.startsWith(prefix)) {
            found.putAll(slices(key.substring(prefix.length()), entry, stored));
          }
        });
    return found;
  }

  /** Where one stored tensor goes: {@code name} is its own without the prefix. */
  private static Map<String, StoredSlice> slices(
      String name, TensorEntry entry, Map<String, TensorEntry> stored) {
    if (entry.shape().isEmpty()) {
      return Map.of(name, StoredSlice.whole(entry));
    }
    int dot = name.lastIndexOf('.');
    String module = name.substring(0, Math.max(dot, 0));
    String leaf = name.substring(dot + 1).replaceFirst("^scale$", "weight");
    Optional<Fused> layer = ModuleTable.FLUX.byOriginal(module);
    if (layer.isEmpty()) {
      return Map.of(name, StoredSlice.whole(entry));
    }
    List<String> parts = layer.get().parts();
    return switch (layer.get().weave()) {
      case SAME -> Map.of(parts.get(0) + "." + leaf, StoredSlice.whole(entry));
      case HALVES_SWAPPED -> Map.of(parts.get(0) + "." + leaf, halvesSwapped(entry));
      case EQUAL_ROWS, QKV_THEN_MLP -> {
        String matrix = entry.name().substring(0, entry.name().lastIndexOf('.')) + ".weight";
        yield parts(parts, leaf, entry, stored.getOrDefault(matrix, entry));
      }
    };
  }

  /** Layers with one input of width D, stored as one: all have D outputs but the last. */
  private static Map<String, StoredSlice> parts(
      List<String> modules, String leaf, TensorEntry entry, TensorEntry matrix) {
    List<Long> sizes = matrix.shape();
    long width = sizes.isEmpty() ? 0 : sizes.get(sizes.size() - 1);
    long rows = entry.shape().get(0);
    int last = modules.size() - 1;
    if (rows < last * width) { // told as a tensor of the wrong shape
      return Map.of(modules.get(0) + "." + leaf, StoredSlice.whole(entry));
    }
    Map<String, StoredSlice> parts = new LinkedHashMap<>();
    for (int i = 0; i <= last; i++) {
      long count = i < last ? width : rows - last * width;
      parts.put(modules.get(i) + "." + leaf, StoredSlice.rows(entry, i * width, count));
    }
    return parts;
  }

  /** Ours is scale, then shift. */
  private static StoredSlice halvesSwapped(TensorEntry entry) {
    long rows = entry.shape().get(0);
    long half = rows / 2;
    return new StoredSlice(entry, List.of(new Rows(half, rows - half), new Rows(0, half)));
  }
}
