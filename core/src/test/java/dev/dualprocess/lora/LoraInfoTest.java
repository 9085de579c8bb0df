package dev.dualprocess.lora;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.lora.LoraInfo.Module;
import dev.dualprocess.testing.Fixtures;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What can be told of a LoRA file without a model. */
class LoraInfoTest {
  @TempDir Path folder;

  private static double norm(double[][] matrix) {
    double sum = 0;
    for (double[] row : matrix) {
      for (double value : row) {
        sum += value * value;
      }
    }
    return Math.sqrt(sum);
  }

  @Test
  void everyModuleIsTold() throws IOException {
    String qkv = "lora_unet_double_blocks_3_img_attn_qkv";
    String in = "lora_unet_img_in";
    try (LoraFiles file = new LoraFiles()) {
      file.kohya(qkv, 2, 4, 12).number(qkv + ".alpha", 1);
      file.kohya(in, 3, 7, 4).number(in + ".alpha", -6);
      file.put(in + ".lora_up.weight", file.tensor(in + ".lora_up.weight").to(ScalarType.Half));
      file.random("lora_te1_x.lora_up.weight", 2, 2).header("ss_output_name", "mine");
      LoraInfo info = LoraInfo.of(file.write(folder.resolve("lora.safetensors")));
      assertEquals("FLUX.1, width 4 (none of that is published)", info.model().toString());
      assertEquals(Set.of("kohya"), info.programs());
      assertEquals(Map.of("ss_output_name", "mine"), info.header());
      assertEquals(Map.of("lora_te1", 1), info.leftOut());
      assertEquals(4, info.modules().size());
      Module q = info.modules().get(1);
      assertEquals("transformer_blocks.3.attn.to_q", q.path());
      assertEquals("transformer_blocks.*.attn.to_q", q.kind());
      assertEquals(2, q.rank());
      assertEquals(0.5, q.scale());
      assertEquals("fp32", q.dtype());
      assertEquals(List.of(2L, 4L), q.a());
      assertEquals(List.of(4L, 2L), q.b());
      double[][] product = file.kohyaProduct(qkv);
      assertEquals(0.5 * norm(Effects.rows(product, 0, 4)), q.norm(), 1e-6);
      Module embedder = info.modules().get(3);
      assertEquals("x_embedder", embedder.path());
      assertEquals("fp32/fp16", embedder.dtype());
      double other = norm(file.kohyaProduct(in));
      assertEquals(2 * other, embedder.norm(), 1e-5, "a norm has no sign");
      assertEquals(
          Math.hypot(0.5 * norm(product), 2 * other), info.norm(), 1e-5, "over all modules");
      assertEquals(3 * (2 * 4 + 4 * 2) + 3 * 7 + 4 * 3, info.parameters());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "transformer_blocks.0.attn.to_q, 3072, 'FLUX.1, width 3072', true",
    "transformer_blocks.0.attn1.to_q, 2240, 'Sana, width 2240', true",
    "transformer_blocks.0.attn2.to_q, 64, 'Sana, width 64 (none of that is published)', false",
    "single_transformer_blocks.0.proj_mlp, 3072, FLUX.1, true",
    "down_blocks.0.attn.to_q, 320, unknown, true",
  })
  void theModelIsKnownByNamesAndWidths(String module, int width, String told, boolean published)
      throws IOException {
    try (LoraFiles file = new LoraFiles()) {
      file.peft("transformer." + module, 1, width, 2);
      LoraInfo info = LoraInfo.of(file.write(folder.resolve("lora.safetensors")));
      assertEquals(told, info.model().toString());
      assertEquals(published, info.model().published());
    }
  }

  @Test
  void theReferencesAreForTheirModels() throws IOException {
    for (String run : List.of("schnell_idefics2", "sana_idefics2")) {
      Path file = Fixtures.path("trajectories/" + run + "/pytorch_lora_weights.safetensors");
      LoraInfo info = LoraInfo.of(file);
      String model = run.startsWith("sana") ? "Sana" : "FLUX.1";
      assertEquals(model, info.model().name());
      assertEquals(Set.of("diffusers"), info.programs());
      assertTrue(info.norm() > 0);
      assertFalse(info.modules().isEmpty());
    }
  }
}
