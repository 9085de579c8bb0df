package dev.dualprocess.lora;

import static dev.dualprocess.lora.Effects.assertEffect;
import static dev.dualprocess.lora.Effects.rows;
import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.base.Splitter;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.testing.LoggedLines;
import dev.dualprocess.weights.CheckpointException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Modules under the names of every program: each effect is the product of what the file holds. */
class LoraNamingTest {
  private static final int D = 4; // width of the tokens

  @TempDir Path folder;

  private Lora load(LoraFiles file) throws IOException {
    return Lora.load(file.write(folder.resolve("lora.safetensors")));
  }

  /** Names that are one layer in both: the original code's and diffusers'. */
  @ParameterizedTest
  @CsvSource({
    "img_in, x_embedder",
    "txt_in, context_embedder",
    "time_in.in_layer, time_text_embed.timestep_embedder.linear_1",
    "time_in.out_layer, time_text_embed.timestep_embedder.linear_2",
    "guidance_in.in_layer, time_text_embed.guidance_embedder.linear_1",
    "guidance_in.out_layer, time_text_embed.guidance_embedder.linear_2",
    "vector_in.in_layer, time_text_embed.text_embedder.linear_1",
    "vector_in.out_layer, time_text_embed.text_embedder.linear_2",
    "double_blocks.18.img_mod.lin, transformer_blocks.18.norm1.linear",
    "double_blocks.18.txt_mod.lin, transformer_blocks.18.norm1_context.linear",
    "double_blocks.0.img_attn.proj, transformer_blocks.0.attn.to_out.0",
    "double_blocks.0.txt_attn.proj, transformer_blocks.0.attn.to_add_out",
    "double_blocks.0.img_mlp.0, transformer_blocks.0.ff.net.0.proj",
    "double_blocks.0.img_mlp.2, transformer_blocks.0.ff.net.2",
    "double_blocks.0.txt_mlp.0, transformer_blocks.0.ff_context.net.0.proj",
    "double_blocks.0.txt_mlp.2, transformer_blocks.0.ff_context.net.2",
    "single_blocks.37.modulation.lin, single_transformer_blocks.37.norm.linear",
    "single_blocks.37.linear2, single_transformer_blocks.37.proj_out",
    "final_layer.linear, proj_out",
    "x_embedder.proj, patch_embed.proj",
    "y_embedder.y_proj.fc1, caption_projection.linear_1",
    "y_embedder.y_proj.fc2, caption_projection.linear_2",
    "t_embedder.mlp.0, time_embed.emb.timestep_embedder.linear_1",
    "t_embedder.mlp.2, time_embed.emb.timestep_embedder.linear_2",
    "t_block.1, time_embed.linear",
    "blocks.19.attn.proj, transformer_blocks.19.attn1.to_out.0",
    "blocks.19.cross_attn.q_linear, transformer_blocks.19.attn2.to_q",
    "blocks.19.cross_attn.proj, transformer_blocks.19.attn2.to_out.0",
    "blocks.19.mlp.inverted_conv.conv, transformer_blocks.19.ff.conv_inverted",
    "blocks.19.mlp.depth_conv.conv, transformer_blocks.19.ff.conv_depth",
    "blocks.19.mlp.point_conv.conv, transformer_blocks.19.ff.conv_point",
  })
  void aLayerHasOneEffectUnderEveryName(String original, String diffusers) throws IOException {
    List<String> names =
        List.of(
            "lora_unet_" + original.replace('.', '_'),
            "lora_unet_" + diffusers.replace('.', '_'),
            "lora_transformer_" + diffusers.replace('.', '_'),
            "lycoris_" + diffusers.replace('.', '_'),
            "diffusion_model." + original,
            "model.diffusion_model." + original,
            original,
            "transformer." + diffusers,
            "unet." + diffusers,
            "base_model.model." + diffusers,
            "transformer.base_model.model." + diffusers,
            diffusers);
    for (String name : names) {
      for (String[] form :
          new String[][] {
            {".lora_down.weight", ".lora_up.weight"},
            {".lora.down.weight", ".lora.up.weight"},
            {".lora_linear_layer.down.weight", ".lora_linear_layer.up.weight"},
            {".lora_A.weight", ".lora_B.weight"},
            {".lora_A.default.weight", ".lora_B.default.weight"},
            {".lora_A.my-style.weight", ".lora_B.my-style.weight"}
          }) {
        try (LoraFiles file = new LoraFiles()) {
          file.module(name, form[0], form[1], 2, 6, 5).number(name + ".alpha", 3);
          try (Lora lora = load(file)) {
            assertEquals(Set.of(diffusers), lora.modules(), name);
            assertEffect(1.5, file.product(name + form[1], name + form[0]), lora, diffusers);
          }
        }
      }
    }
  }

  /** Fused rows: the product's rows are the parts' effects. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "double_blocks.3.img_attn.qkv; 12; transformer_blocks.3.attn; to_q to_k to_v",
        "double_blocks.3.txt_attn.qkv; 12;"
            + " transformer_blocks.3.attn; add_q_proj add_k_proj add_v_proj",
        "blocks.3.attn.qkv; 12; transformer_blocks.3.attn1; to_q to_k to_v",
        "blocks.3.cross_attn.kv_linear; 8; transformer_blocks.3.attn2; to_k to_v",
      })
  void fusedLayersAreSplitByRows(String original, int out, String attn, String parts)
      throws IOException {
    for (String name :
        List.of(
            "lora_unet_" + original.replace('.', '_'), "diffusion_model." + original, original)) {
      try (LoraFiles file = new LoraFiles()) {
        file.kohya(name, 3, D, out).number(name + ".alpha", 6);
        double[][] product = file.kohyaProduct(name);
        try (Lora lora = load(file)) {
          int at = 0;
          for (String part : Splitter.on(' ').split(parts)) {
            assertEffect(2, rows(product, at, at + D), lora, attn + "." + part);
            assertEquals(3, lora.rank(attn + "." + part), "A is shared");
            at += D;
          }
          assertEquals(out, at);
          assertEquals(out / D, lora.modules().size());
        }
      }
    }
  }

  @Test
  void theFirstLayerOfASingleBlockIsQueriesKeysValuesAndMlp() throws IOException {
    for (String name : List.of("lora_unet_single_blocks_7_linear1", "single_blocks.7.linear1")) {
      try (LoraFiles file = new LoraFiles()) {
        file.kohya(name, 2, D, 7 * D);
        double[][] product = file.kohyaProduct(name);
        try (Lora lora = load(file)) {
          String block = "single_transformer_blocks.7.";
          assertEffect(1, rows(product, 0, D), lora, block + "attn.to_q");
          assertEffect(1, rows(product, D, 2 * D), lora, block + "attn.to_k");
          assertEffect(1, rows(product, 2 * D, 3 * D), lora, block + "attn.to_v");
          assertEffect(1, rows(product, 3 * D, 7 * D), lora, block + "proj_mlp");
          assertEquals(4, lora.modules().size());
        }
      }
    }
  }

  /** The original has (shift, scale), diffusers (scale, shift). */
  @Test
  void theLastNormsHalvesAreSwapped() throws IOException {
    for (String name :
        List.of(
            "lora_unet_final_layer_adaLN_modulation_1",
            "diffusion_model.final_layer.adaLN_modulation.1")) {
      try (LoraFiles file = new LoraFiles()) {
        file.kohya(name, 2, D, 2 * D).number(name + ".alpha", 1);
        double[][] product = file.kohyaProduct(name);
        try (Lora lora = load(file)) {
          double[][] given = Effects.of(lora, "norm_out.linear");
          for (int i = 0; i < D; i++) {
            for (int j = 0; j < D; j++) {
              assertEquals(0.5 * product[i][j], given[D + i][j], 1e-6);
              assertEquals(0.5 * product[D + i][j], given[i][j], 1e-6);
            }
          }
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"''", "diffusion_model."})
  void xlabsNamesItsProcessors(String prefix) throws IOException {
    String block = prefix + "double_blocks.1.processor.";
    String single = prefix + "single_blocks.2.processor.";
    try (LoraFiles file = new LoraFiles()) {
      for (String name : List.of(block + "qkv_lora1", block + "qkv_lora2", single + "qkv_lora")) {
        file.module(name, ".down.weight", ".up.weight", 2, D, 3 * D);
      }
      for (String name :
          List.of(block + "proj_lora1", block + "proj_lora2", single + "proj_lora")) {
        file.module(name, ".down.weight", ".up.weight", 2, D, D);
      }
      try (Lora lora = load(file)) {
        assertXlabs(file, lora, block + "qkv_lora1", "transformer_blocks.1.attn.to_", "qkv", "");
        assertXlabs(
            file, lora, block + "qkv_lora2", "transformer_blocks.1.attn.add_", "qkv", "_proj");
        assertXlabs(
            file, lora, single + "qkv_lora", "single_transformer_blocks.2.attn.to_", "qkv", "");
        assertXlabs(file, lora, block + "proj_lora1", "transformer_blocks.1.attn.to_out.", "0", "");
        assertXlabs(
            file, lora, block + "proj_lora2", "transformer_blocks.1.attn.to_add_ou", "t", "");
        assertXlabs(
            file, lora, single + "proj_lora", "single_transformer_blocks.2.proj_ou", "t", "");
        assertEquals(12, lora.modules().size());
      }
    }
  }

  private static void assertXlabs(
      LoraFiles file, Lora lora, String name, String before, String parts, String after) {
    double[][] product = file.product(name + ".up.weight", name + ".down.weight");
    for (int i = 0; i < parts.length(); i++) {
      assertEffect(1, rows(product, i * D, (i + 1) * D), lora, before + parts.charAt(i) + after);
    }
  }

  /** Trainers that split qkv save zero blocks beside the real ones: those are left out. */
  @Test
  void blocksOfZerosAreLeftOut() throws IOException {
    String name = "lora_unet_double_blocks_0_img_attn_qkv";
    try (LoraFiles file = new LoraFiles()) {
      file.kohya(name, 6, D, 3 * D);
      Tensor up = file.tensor(name + ".lora_up.weight");
      Tensor mask = torch.zeros_like(up);
      for (int i = 0; i < 3; i++) {
        mask.narrow(0, (long) i * D, D)
            .narrow(1, 2L * i, 2)
            .fill_(new org.bytedeco.pytorch.Scalar(1.0));
      }
      up.mul_(mask);
      double[][] product = file.kohyaProduct(name);
      try (Lora lora = load(file);
          PointerScope scope = new PointerScope()) {
        for (int i = 0; i < 3; i++) {
          String part = "transformer_blocks.0.attn.to_" + "qkv".charAt(i);
          assertEquals(2, lora.rank(part));
          assertEffect(1, rows(product, i * D, (i + 1) * D), lora, part);
          Tensor down = file.tensor(name + ".lora_down.weight").narrow(0, 2L * i, 2);
          assertArrayEquals(Ops.toFloats(down), Ops.toFloats(lora.a(part)));
        }
      }
    }
  }

  @Test
  void halfPrecisionIsReadUnderEveryName() throws IOException {
    String name = "lora_unet_double_blocks_0_img_attn_proj";
    try (LoraFiles file = new LoraFiles()) {
      file.kohya(name, 2, D, D);
      file.put(
          name + ".lora_up.weight", file.tensor(name + ".lora_up.weight").to(ScalarType.BFloat16));
      file.put(
          name + ".lora_down.weight", file.tensor(name + ".lora_down.weight").to(ScalarType.Half));
      file.put(name + ".alpha", Ops.floats(new float[] {1}).to(ScalarType.BFloat16));
      try (Lora lora = load(file)) {
        assertEffect(0.5, file.kohyaProduct(name), lora, "transformer_blocks.0.attn.to_out.0");
      }
    }
  }

  @Test
  void aNameOfAnotherModelStaysWhatItIs() throws IOException {
    try (LoraFiles file = new LoraFiles()) {
      file.kohya("lora_unet_input_blocks_1_0_proj", 2, 6, 5).peft("transformer.mix", 2, 6, 5);
      try (Lora lora = load(file)) {
        assertEquals(Set.of("lora_unet_input_blocks_1_0_proj", "mix"), lora.modules());
      }
    }
  }

  @Test
  void rowsThatDoNotDivideAreRefused() throws IOException {
    String name = "lora_unet_double_blocks_0_img_attn_qkv";
    try (LoraFiles file = new LoraFiles()) {
      Path path = file.kohya(name, 2, D, 13).write(folder.resolve("lora.safetensors"));
      assertRefused(
          CheckpointException.class,
          () -> Lora.load(path),
          path,
          "'double_blocks.0.img_attn.qkv' has 13 rows");
    }
  }

  @Test
  void oneModuleUnderTwoNamesIsRefused() throws IOException {
    try (LoraFiles file = new LoraFiles()) {
      file.kohya("lora_unet_double_blocks_0_img_attn_proj", 2, D, D);
      file.peft("transformer.transformer_blocks.0.attn.to_out.0", 2, D, D);
      Path path = file.write(folder.resolve("lora.safetensors"));
      assertRefused(
          CheckpointException.class,
          () -> Lora.load(path),
          path,
          "more than one adapter for 'transformer_blocks.0.attn.to_out.0'");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "text_encoder.text_model.encoder.layers.0.self_attn.q_proj.lora_A.weight, text_encoder",
    "text_encoder_2.encoder.block.0.layer.0.lora_linear_layer.down.weight, text_encoder_2",
    "text_encoders.clip_l.transformer.text_model.x.lora_down.weight, text_encoders.clip_l",
    "lora_te_text_model_encoder_layers_0_mlp_fc1.lora_down.weight, lora_te",
    "lora_te1_text_model_encoder_layers_0_mlp_fc1.lora_down.weight, lora_te1",
    "lora_te2_text_model_encoder_layers_0_mlp_fc1.hada_w1_a, lora_te2",
    "lora_te3_encoder_block_0_layer_0.dora_scale, lora_te3",
  })
  void thePartOfTheTextEncoderIsLeftOutWithAWarning(String key, String part) throws Exception {
    try (LoraFiles file = new LoraFiles()) {
      file.kohya("lora_unet_double_blocks_0_img_attn_proj", 2, D, D).random(key, 2, 3);
      Path path = file.write(folder.resolve("lora.safetensors"));
      List<String> warnings =
          LoggedLines.warnings(
              () -> {
                try (Lora lora = Lora.load(path)) {
                  assertEquals(Set.of("transformer_blocks.0.attn.to_out.0"), lora.modules());
                }
              });
      assertEquals(1, warnings.size(), warnings.toString());
      assertTrue(warnings.get(0).contains(path.toString()), warnings.get(0));
      assertTrue(warnings.get(0).contains(part + " with 1 module(s)"), warnings.get(0));
    }
  }

  @Test
  void aLoraOfTheTextEncoderAloneIsRefused() throws IOException {
    try (LoraFiles file = new LoraFiles()) {
      Path path =
          file.kohya("lora_te1_x", 2, D, D)
              .kohya("lora_te1_y", 2, D, D)
              .write(folder.resolve("te"));
      assertRefused(
          CheckpointException.class,
          () -> Lora.load(path),
          path,
          "changes the text encoder alone",
          "lora_te1 with 2 module(s)");
    }
  }

  /** A control LoRA has biases too; what it is comes first. */
  @Test
  void theMostTellingNameIsGiven() throws IOException {
    try (LoraFiles file = new LoraFiles()) {
      Path path =
          file.random("a.lora_B.bias", 2)
              .random("double_blocks.0.img_attn.norm.key_norm.scale", 2)
              .write(folder.resolve("control"));
      assertRefused(CheckpointException.class, () -> Lora.load(path), path, "it is a control LoRA");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "x.lora_magnitude_vector, a DoRA",
    "x.lora_magnitude_vector.default.weight, a DoRA",
    "lora_unet_x.dora_scale, a DoRA",
    "lora_unet_x.lokr_w1, a LoKr",
    "x.lokr_w2_a.default, a LoKr",
    "lora_unet_x.hada_w1_a, a LoHa",
    "x.lora_B.bias, a LoRA with biases (lora_bias)",
    "x.lora_B.default.bias, a LoRA with biases (lora_bias)",
    "x.oft_R.default.weight, an OFT",
    "lora_unet_x.oft_blocks, an OFT",
    "x.boft_R, a BOFT",
    "x.ia3_l, an IA3",
    "x.vera_lambda_b, a VeRA",
    "x.lora_embedding_A, a LoRA of an embedding",
    "lora_unet_x.lora_mid.weight, a LoCon with a middle factor (lora_mid)",
    "diffusion_model.x.diff, an adapter with whole differences of weights (diff)",
    "diffusion_model.x.diff_b, an adapter with whole differences of weights (diff)",
    "double_blocks.0.img_attn.norm.query_norm.scale, a control LoRA of Black Forest Labs",
    "img_in.reshape_weight, a LoRA that widens layers (reshape_weight)",
    "lora_unet_x.a1.weight, a GLoRA",
  })
  void whatIsMoreThanALoraIsRefusedByItsName(String key, String name) throws IOException {
    try (LoraFiles file = new LoraFiles()) {
      file.peft("transformer.x", 2, D, D).random(key, 2, 2);
      Path path = file.write(folder.resolve("lora.safetensors"));
      assertRefused(
          CheckpointException.class,
          () -> Lora.load(path),
          path,
          "it is " + name,
          "'" + key + "'",
          "only plain LoRA is read");
    }
  }
}
