package dev.dualprocess.flux;

import dev.dualprocess.weights.Layout;
import dev.dualprocess.weights.StoredSlice;
import dev.dualprocess.weights.StoredSlice.Rows;
import dev.dualprocess.weights.TensorEntry;
import dev.dualprocess.weights.WeightSource.Renaming;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The transformer as Black Forest Labs and ComfyUI store it: under other names, with layers that
 * share an input as one, and with the shift of the last modulation before its scale. A file of
 * diffusers is taken as it is; text encoders and autoencoder in the same file are passed over.
 */
final class OriginalLayout implements Layout {
  private static final String PREFIX = "model.diffusion_model.";
  private static final String BLOCKS = "double_blocks.";
  private static final String LAST_MODULATION = "final_layer.adaLN_modulation.1";

  /** From a module's name to ours. */
  private record Rule(Pattern from, String to) {
    @Nullable String apply(String module) {
      Matcher matcher = from.matcher(module);
      return matcher.matches() ? matcher.replaceFirst(to) : null;
    }
  }

  private static final List<Rule> ONE_TO_ONE =
      List.of(
          rule("time_in.in_layer", "time_text_embed.timestep_embedder.linear_1"),
          rule("time_in.out_layer", "time_text_embed.timestep_embedder.linear_2"),
          rule("guidance_in.in_layer", "time_text_embed.guidance_embedder.linear_1"),
          rule("guidance_in.out_layer", "time_text_embed.guidance_embedder.linear_2"),
          rule("vector_in.in_layer", "time_text_embed.text_embedder.linear_1"),
          rule("vector_in.out_layer", "time_text_embed.text_embedder.linear_2"),
          rule("txt_in", "context_embedder"),
          rule("img_in", "x_embedder"),
          rule("double_blocks.#.img_mod.lin", "transformer_blocks.$1.norm1.linear"),
          rule("double_blocks.#.txt_mod.lin", "transformer_blocks.$1.norm1_context.linear"),
          rule("double_blocks.#.img_attn.norm.query_norm", "transformer_blocks.$1.attn.norm_q"),
          rule("double_blocks.#.img_attn.norm.key_norm", "transformer_blocks.$1.attn.norm_k"),
          rule(
              "double_blocks.#.txt_attn.norm.query_norm",
              "transformer_blocks.$1.attn.norm_added_q"),
          rule("double_blocks.#.txt_attn.norm.key_norm", "transformer_blocks.$1.attn.norm_added_k"),
          rule("double_blocks.#.img_attn.proj", "transformer_blocks.$1.attn.to_out.0"),
          rule("double_blocks.#.txt_attn.proj", "transformer_blocks.$1.attn.to_add_out"),
          rule("double_blocks.#.img_mlp.0", "transformer_blocks.$1.ff.net.0.proj"),
          rule("double_blocks.#.img_mlp.2", "transformer_blocks.$1.ff.net.2"),
          rule("double_blocks.#.txt_mlp.0", "transformer_blocks.$1.ff_context.net.0.proj"),
          rule("double_blocks.#.txt_mlp.2", "transformer_blocks.$1.ff_context.net.2"),
          rule("single_blocks.#.modulation.lin", "single_transformer_blocks.$1.norm.linear"),
          rule("single_blocks.#.norm.query_norm", "single_transformer_blocks.$1.attn.norm_q"),
          rule("single_blocks.#.norm.key_norm", "single_transformer_blocks.$1.attn.norm_k"),
          rule("single_blocks.#.linear2", "single_transformer_blocks.$1.proj_out"),
          rule("final_layer.linear", "proj_out"),
          rule(LAST_MODULATION, "norm_out.linear"));

  /** Layers with one input of width D, stored as one: all have D outputs but the last. */
  private static final List<Rule> FUSED =
      List.of(
          rule(
              "double_blocks.#.img_attn.qkv",
              each("transformer_blocks.$1.attn.", "to_q", "to_k", "to_v")),
          rule(
              "double_blocks.#.txt_attn.qkv",
              each("transformer_blocks.$1.attn.", "add_q_proj", "add_k_proj", "add_v_proj")),
          rule(
              "single_blocks.#.linear1",
              each(
                  "single_transformer_blocks.$1.",
                  "attn.to_q",
                  "attn.to_k",
                  "attn.to_v",
                  "proj_mlp")));

  private static Rule rule(String from, String to) {
    return new Rule(Pattern.compile(from.replace(".", "\\.").replace("#", "(\\d+)")), to);
  }

  private static String each(String start, String... ends) {
    return start + String.join(" " + start, ends);
  }

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
    String fused = first(FUSED, module);
    if (fused != null) {
      String matrix = entry.name().substring(0, entry.name().lastIndexOf('.')) + ".weight";
      return parts(List.of(fused.split(" ")), leaf, entry, stored.getOrDefault(matrix, entry));
    }
    String single = first(ONE_TO_ONE, module);
    if (single == null) {
      return Map.of(name, StoredSlice.whole(entry));
    }
    StoredSlice slice =
        module.equals(LAST_MODULATION) ? halvesSwapped(entry) : StoredSlice.whole(entry);
    return Map.of(single + "." + leaf, slice);
  }

  private static @Nullable String first(List<Rule> rules, String module) {
    return rules.stream()
        .map(rule -> rule.apply(module))
        .filter(found -> found != null)
        .findFirst()
        .orElse(null);
  }

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
