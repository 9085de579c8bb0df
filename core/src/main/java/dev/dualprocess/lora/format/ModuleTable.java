package dev.dualprocess.lora.format;

import com.google.common.collect.ImmutableList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the layers of one model are called in the original code and in diffusers, for LoRAs and for
 * whole checkpoints. {@code #} stands for the number of a block. Immutable.
 */
public final class ModuleTable {
  /** Of FLUX.1: Black Forest Labs' names, which kohya and ComfyUI use too. */
  public static final ModuleTable FLUX =
      new ModuleTable(
          "FLUX.1",
          row("img_in", "x_embedder"),
          row("txt_in", "context_embedder"),
          row("time_in.in_layer", "time_text_embed.timestep_embedder.linear_1"),
          row("time_in.out_layer", "time_text_embed.timestep_embedder.linear_2"),
          row("guidance_in.in_layer", "time_text_embed.guidance_embedder.linear_1"),
          row("guidance_in.out_layer", "time_text_embed.guidance_embedder.linear_2"),
          row("vector_in.in_layer", "time_text_embed.text_embedder.linear_1"),
          row("vector_in.out_layer", "time_text_embed.text_embedder.linear_2"),
          row("double_blocks.#.img_mod.lin", "transformer_blocks.#.norm1.linear"),
          row("double_blocks.#.txt_mod.lin", "transformer_blocks.#.norm1_context.linear"),
          rows(
              Weave.EQUAL_ROWS,
              "double_blocks.#.img_attn.qkv",
              "transformer_blocks.#.attn.to_q",
              "transformer_blocks.#.attn.to_k",
              "transformer_blocks.#.attn.to_v"),
          rows(
              Weave.EQUAL_ROWS,
              "double_blocks.#.txt_attn.qkv",
              "transformer_blocks.#.attn.add_q_proj",
              "transformer_blocks.#.attn.add_k_proj",
              "transformer_blocks.#.attn.add_v_proj"),
          row("double_blocks.#.img_attn.norm.query_norm", "transformer_blocks.#.attn.norm_q"),
          row("double_blocks.#.img_attn.norm.key_norm", "transformer_blocks.#.attn.norm_k"),
          row("double_blocks.#.txt_attn.norm.query_norm", "transformer_blocks.#.attn.norm_added_q"),
          row("double_blocks.#.txt_attn.norm.key_norm", "transformer_blocks.#.attn.norm_added_k"),
          row("single_blocks.#.norm.query_norm", "single_transformer_blocks.#.attn.norm_q"),
          row("single_blocks.#.norm.key_norm", "single_transformer_blocks.#.attn.norm_k"),
          row("double_blocks.#.img_attn.proj", "transformer_blocks.#.attn.to_out.0"),
          row("double_blocks.#.txt_attn.proj", "transformer_blocks.#.attn.to_add_out"),
          row("double_blocks.#.img_mlp.0", "transformer_blocks.#.ff.net.0.proj"),
          row("double_blocks.#.img_mlp.2", "transformer_blocks.#.ff.net.2"),
          row("double_blocks.#.txt_mlp.0", "transformer_blocks.#.ff_context.net.0.proj"),
          row("double_blocks.#.txt_mlp.2", "transformer_blocks.#.ff_context.net.2"),
          row("single_blocks.#.modulation.lin", "single_transformer_blocks.#.norm.linear"),
          rows(
              Weave.QKV_THEN_MLP,
              "single_blocks.#.linear1",
              "single_transformer_blocks.#.attn.to_q",
              "single_transformer_blocks.#.attn.to_k",
              "single_transformer_blocks.#.attn.to_v",
              "single_transformer_blocks.#.proj_mlp"),
          row("single_blocks.#.linear2", "single_transformer_blocks.#.proj_out"),
          rows(Weave.HALVES_SWAPPED, "final_layer.adaLN_modulation.1", "norm_out.linear"),
          row("final_layer.linear", "proj_out"));

  /** Of Sana: the names of NVlabs' code. */
  static final ModuleTable SANA =
      new ModuleTable(
          "Sana",
          row("x_embedder.proj", "patch_embed.proj"),
          row("y_embedder.y_proj.fc1", "caption_projection.linear_1"),
          row("y_embedder.y_proj.fc2", "caption_projection.linear_2"),
          row("t_embedder.mlp.0", "time_embed.emb.timestep_embedder.linear_1"),
          row("t_embedder.mlp.2", "time_embed.emb.timestep_embedder.linear_2"),
          row("t_block.1", "time_embed.linear"),
          rows(
              Weave.EQUAL_ROWS,
              "blocks.#.attn.qkv",
              "transformer_blocks.#.attn1.to_q",
              "transformer_blocks.#.attn1.to_k",
              "transformer_blocks.#.attn1.to_v"),
          row("blocks.#.attn.proj", "transformer_blocks.#.attn1.to_out.0"),
          row("blocks.#.cross_attn.q_linear", "transformer_blocks.#.attn2.to_q"),
          rows(
              Weave.EQUAL_ROWS,
              "blocks.#.cross_attn.kv_linear",
              "transformer_blocks.#.attn2.to_k",
              "transformer_blocks.#.attn2.to_v"),
          row("blocks.#.cross_attn.proj", "transformer_blocks.#.attn2.to_out.0"),
          row("blocks.#.mlp.inverted_conv.conv", "transformer_blocks.#.ff.conv_inverted"),
          row("blocks.#.mlp.depth_conv.conv", "transformer_blocks.#.ff.conv_depth"),
          row("blocks.#.mlp.point_conv.conv", "transformer_blocks.#.ff.conv_point"),
          row("final_layer.linear", "proj_out"));

  /** Of FLUX.1, as XLabs' trainer names what it adds to an attention. */
  static final ModuleTable XLABS =
      new ModuleTable(
          "FLUX.1",
          rows(
              Weave.EQUAL_ROWS,
              "double_blocks.#.processor.qkv_lora1",
              "transformer_blocks.#.attn.to_q",
              "transformer_blocks.#.attn.to_k",
              "transformer_blocks.#.attn.to_v"),
          rows(
              Weave.EQUAL_ROWS,
              "double_blocks.#.processor.qkv_lora2",
              "transformer_blocks.#.attn.add_q_proj",
              "transformer_blocks.#.attn.add_k_proj",
              "transformer_blocks.#.attn.add_v_proj"),
          row("double_blocks.#.processor.proj_lora1", "transformer_blocks.#.attn.to_out.0"),
          row("double_blocks.#.processor.proj_lora2", "transformer_blocks.#.attn.to_add_out"),
          rows(
              Weave.EQUAL_ROWS,
              "single_blocks.#.processor.qkv_lora",
              "single_transformer_blocks.#.attn.to_q",
              "single_transformer_blocks.#.attn.to_k",
              "single_transformer_blocks.#.attn.to_v"),
          row("single_blocks.#.processor.proj_lora", "single_transformer_blocks.#.proj_out"));

  private final String model;
  private final ImmutableList<Row> rows;

  private ModuleTable(String model, Row... rows) {
    this.model = model;
    this.rows = ImmutableList.copyOf(rows);
  }

  private static Row row(String original, String diffusers) {
    return rows(Weave.SAME, original, diffusers);
  }

  private static Row rows(Weave weave, String original, String... diffusers) {
    return new Row(
        Template.of(original), Arrays.stream(diffusers).map(Template::of).toList(), weave);
  }

  /** Whose layers these are. */
  String model() {
    return model;
  }

  /** The layer of that name in the original code; underscores may stand for the dots. */
  public Optional<Fused> byOriginal(String name) {
    return rows.stream().flatMap(row -> row.at(row.original().number(name)).stream()).findFirst();
  }

  /** The layer that holds the one of that name in diffusers; underscores may stand for the dots. */
  Optional<Fused> byPart(String name) {
    return rows.stream()
        .flatMap(row -> row.parts().stream().flatMap(part -> row.at(part.number(name)).stream()))
        .findFirst();
  }

  /** The name in diffusers, dots and all. */
  Optional<String> part(String name) {
    return rows.stream()
        .flatMap(row -> row.parts().stream())
        .flatMap(part -> Optional.ofNullable(part.number(name)).map(part::at).stream())
        .findFirst();
  }

  private record Row(Template original, List<Template> parts, Weave weave) {
    Optional<Fused> at(@Nullable String number) {
      return Optional.ofNullable(number)
          .map(
              n ->
                  new Fused(
                      original.at(n),
                      parts.stream().map(p -> p.at(n)).collect(ImmutableList.toImmutableList()),
                      weave));
    }
  }

  /** A name with a place for the block's number, or without one. */
  private record Template(String text, Pattern pattern) {
    static Template of(String text) {
      String regex = text.replace(".", "[._]").replace("#", "(\\d+)");
      return new Template(text, Pattern.compile(regex));
    }

    /** The block's number in {@code name}, empty where blocks have none; null if it is another. */
    @Nullable String number(String name) {
      Matcher matcher = pattern.matcher(name);
      if (!matcher.matches()) {
        return null;
      }
      return matcher.groupCount() == 0 ? "" : Objects.requireNonNull(matcher.group(1));
    }

    String at(String number) {
      return text.replace("#", number);
    }
  }
}
