package dev.dualprocess.lora.format;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.collect.ImmutableMap;
import dev.dualprocess.tensor.Dtype;
import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.testing.Fixtures;
import dev.dualprocess.weights.SafeTensorsFile;
import dev.dualprocess.weights.SafeTensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** From one program's form to another's and back. */
class LoraFormatTest {
  private static final int D = 4;

  /** Modules of FLUX.1 and what they read and give, in widths of the tokens. */
  private static final Map<String, int[]> FLUX =
      ImmutableMap.<String, int[]>builder()
          .put("transformer_blocks.1.attn.to_q", new int[] {1, 1})
          .put("transformer_blocks.1.attn.to_k", new int[] {1, 1})
          .put("transformer_blocks.1.attn.to_v", new int[] {1, 1})
          .put("transformer_blocks.1.attn.add_q_proj", new int[] {1, 1})
          .put("transformer_blocks.1.attn.add_k_proj", new int[] {1, 1})
          .put("transformer_blocks.1.attn.add_v_proj", new int[] {1, 1})
          .put("transformer_blocks.1.attn.to_out.0", new int[] {1, 1})
          .put("transformer_blocks.1.ff.net.2", new int[] {4, 1})
          .put("single_transformer_blocks.2.attn.to_q", new int[] {1, 1})
          .put("single_transformer_blocks.2.attn.to_k", new int[] {1, 1})
          .put("single_transformer_blocks.2.attn.to_v", new int[] {1, 1})
          .put("single_transformer_blocks.2.proj_mlp", new int[] {1, 4})
          .put("single_transformer_blocks.2.proj_out", new int[] {5, 1})
          .put("norm_out.linear", new int[] {1, 2})
          .put("proj_out", new int[] {1, 3})
          .buildOrThrow();

  @TempDir Path folder;

  private static LowRank random(Random random, int in, int out, double scale, ScalarType type) {
    int rank = 1 + random.nextInt(3);
    return new LowRank(
        Noise.randn(random.nextInt(), rank, in).to(type),
        Noise.randn(random.nextInt(), out, rank).to(type),
        scale);
  }

  /** Some modules; every factor is drawn, so none has a block of zeros by chance. */
  private static LoraContent some(Random random, double scale, ScalarType type) {
    LinkedHashMap<String, LowRank> chosen = new LinkedHashMap<>();
    FLUX.forEach(
        (name, widths) -> {
          if (random.nextInt(3) > 0) {
            chosen.put(name, random(random, D * widths[0], D * widths[1], scale, type));
          }
        });
    chosen.put("x_embedder", random(random, 3, D, scale, type));
    return LoraContent.of(ImmutableMap.copyOf(chosen));
  }

  private static void assertSame(Tensor wanted, Tensor given, String what) {
    assertEquals(Dtype.of(wanted), Dtype.of(given), what);
    assertArrayEquals(wanted.shape(), given.shape(), what);
    assertArrayEquals(Ops.toFloats(wanted), Ops.toFloats(given), what);
  }

  private static void assertSame(LoraContent wanted, LoraContent given) {
    assertEquals(wanted.modules().keySet(), given.modules().keySet());
    wanted
        .modules()
        .forEach(
            (name, change) -> {
              LowRank back = given.modules().get(name);
              assertEquals(change.scale(), back.scale(), 1e-15, name);
              assertSame(change.a(), back.a(), name);
              assertSame(change.b(), back.b(), name);
            });
  }

  /** Any modules, any ranks, one scale: every bit and the scale come back. */
  @Property(tries = 40)
  void everyFormGivesBackEveryBit(
      @ForAll @IntRange(max = 1_000_000) int seed, @ForAll LoraFormat format, @ForAll boolean half)
      throws IOException {
    Random random = new Random(seed);
    double scale =
        format == LoraFormat.DIFFUSERS ? 1 : new double[] {1, 0.5, 0.3, 5}[random.nextInt(4)];
    Path path = Files.createTempDirectory("format").resolve("out");
    try (PointerScope scope = new PointerScope()) {
      LoraContent content = some(random, scale, half ? ScalarType.BFloat16 : ScalarType.Float);
      format.write(content, path);
      assertSame(content, LoraContent.read(path));
    }
  }

  /** Scales by layer: the effect comes back; fused layers have one alpha, so B takes the rest. */
  @ParameterizedTest
  @EnumSource
  void scalesByLayerComeBackAsTheSameEffect(LoraFormat format) throws IOException {
    Path path = folder.resolve("out");
    try (PointerScope scope = new PointerScope()) {
      Map<String, LowRank> modules = new LinkedHashMap<>();
      double scale = 0.3;
      for (Map.Entry<String, LowRank> entry :
          some(new Random(7), 1, ScalarType.Float).modules().entrySet()) {
        LowRank change = entry.getValue();
        modules.put(entry.getKey(), new LowRank(change.a(), change.b(), scale += 0.3));
      }
      format.write(LoraContent.of(ImmutableMap.copyOf(modules)), path);
      LoraContent back = LoraContent.read(path);
      assertEquals(modules.keySet(), back.modules().keySet());
      modules.forEach((name, change) -> assertSameEffect(change, back.modules().get(name), name));
    }
  }

  private static void assertSameEffect(LowRank wanted, LowRank given, String name) {
    float[] one = Ops.toFloats(product(wanted));
    float[] other = Ops.toFloats(product(given));
    for (int i = 0; i < one.length; i++) {
      assertEquals(one[i], other[i], 1e-6 * (1 + Math.abs(one[i])), name);
    }
  }

  private static Tensor product(LowRank change) {
    Tensor b = change.b().flatten(1, -1).to(ScalarType.Double);
    return Ops.mul(b.matmul(change.a().flatten(1, -1).to(ScalarType.Double)), change.scale());
  }

  /** Trained fused: the parts share A. Written again, the file has its own bits. */
  @Test
  void aFusedLayerFromKohyaComesBackBitForBit() throws IOException {
    Path kohya = folder.resolve("kohya.safetensors");
    try (PointerScope scope = new PointerScope()) {
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      String[] names = {
        "double_blocks_0_img_attn_qkv", "single_blocks_0_linear1", "final_layer_adaLN_modulation_1"
      };
      int[] widths = {3 * D, 7 * D, 2 * D};
      for (int i = 0; i < names.length; i++) {
        String key = "lora_unet_" + names[i];
        tensors.put(key + ".alpha", Ops.floats(new float[] {2}).view(new long[0]));
        tensors.put(key + ".lora_down.weight", Noise.randn(i, 4, D));
        tensors.put(key + ".lora_up.weight", Noise.randn(9 + i, widths[i], 4));
      }
      SafeTensorsWriter.write(kohya, tensors, Map.of("ss_output_name", "mine"));
      Path before = kohya;
      for (LoraFormat format : List.of(LoraFormat.COMFYUI, LoraFormat.PEFT, LoraFormat.KOHYA)) {
        Path next = folder.resolve(format.name());
        format.convert(before, next);
        before = next;
      }
      try (SafeTensorsFile file = SafeTensorsFile.open(before)) {
        assertEquals(tensors.keySet(), file.names());
        tensors.forEach((name, tensor) -> assertSame(tensor, file.tensor(name), name));
        assertEquals("mine", file.metadata().get("ss_output_name"));
      }
    }
  }

  @Test
  void convolutionsOfSanaKeepTheirKernels() throws IOException {
    try (PointerScope scope = new PointerScope()) {
      LoraContent content =
          LoraContent.of(
              ImmutableMap.of(
                  "transformer_blocks.0.ff.conv_depth",
                  new LowRank(Noise.randn(1, 2, 6, 3, 3), Noise.randn(2, 6, 2, 1, 1), 0.5),
                  "transformer_blocks.0.attn1.to_v",
                  new LowRank(Noise.randn(3, 3, D), Noise.randn(4, D, 3), 0.5),
                  "transformer_blocks.0.attn2.to_k",
                  new LowRank(Noise.randn(5, 1, D), Noise.randn(6, D, 1), 0.5)));
      for (LoraFormat format : List.of(LoraFormat.KOHYA, LoraFormat.COMFYUI, LoraFormat.PEFT)) {
        Path path = folder.resolve(format.name());
        format.write(content, path);
        assertSame(content, LoraContent.read(path));
      }
    }
  }

  static List<Path> references() throws IOException {
    try (Stream<Path> files = Files.walk(Fixtures.path("trajectories"))) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("pytorch_lora_weights"))
          .sorted()
          .toList();
    }
  }

  /** The files of the reference go through all forms and have their effect and bits of A. */
  @ParameterizedTest
  @MethodSource("references")
  void aReferenceGoesThroughAllForms(Path reference) throws IOException {
    Path before = reference;
    for (LoraFormat format :
        List.of(
            LoraFormat.KOHYA,
            LoraFormat.PEFT,
            LoraFormat.COMFYUI,
            LoraFormat.DIFFUSERS,
            LoraFormat.KOHYA,
            LoraFormat.DIFFUSERS)) {
      Path next = folder.resolve(format + String.valueOf(before.getNameCount()));
      format.convert(before, next.resolve("x"));
      before = next.resolve("x");
    }
    try (PointerScope scope = new PointerScope()) {
      LoraContent wanted = LoraContent.read(reference);
      LoraContent given = LoraContent.read(before);
      assertEquals(wanted.modules().keySet(), given.modules().keySet());
      wanted
          .modules()
          .forEach(
              (name, change) -> {
                assertSame(change.a(), given.modules().get(name).a(), name);
                assertSameEffect(change, given.modules().get(name), name);
              });
    }
  }

  /** What each program looks for in its own form. */
  @Test
  void theFormsHaveTheKeysOfTheirPrograms() throws IOException {
    try (PointerScope scope = new PointerScope()) {
      LoraContent content =
          LoraContent.of(
              ImmutableMap.of(
                  "transformer_blocks.0.attn.to_k",
                  new LowRank(Noise.randn(3, 2, D), Noise.randn(4, D, 2), 3)));
      Map<LoraFormat, List<String>> wanted =
          Map.of(
              LoraFormat.DIFFUSERS,
              List.of(
                  "transformer.transformer_blocks.0.attn.to_k.lora_A.weight [2, 4]",
                  "transformer.transformer_blocks.0.attn.to_k.lora_B.weight [4, 2]"),
              LoraFormat.KOHYA,
              List.of(
                  "lora_unet_double_blocks_0_img_attn_qkv.alpha []",
                  "lora_unet_double_blocks_0_img_attn_qkv.lora_down.weight [2, 4]",
                  "lora_unet_double_blocks_0_img_attn_qkv.lora_up.weight [12, 2]"),
              LoraFormat.COMFYUI,
              List.of(
                  "diffusion_model.double_blocks.0.img_attn.qkv.alpha []",
                  "diffusion_model.double_blocks.0.img_attn.qkv.lora_down.weight [2, 4]",
                  "diffusion_model.double_blocks.0.img_attn.qkv.lora_up.weight [12, 2]"),
              LoraFormat.PEFT,
              List.of(
                  "base_model.model.transformer_blocks.0.attn.to_k.lora_A.weight [2, 4]",
                  "base_model.model.transformer_blocks.0.attn.to_k.lora_B.weight [4, 2]"));
      for (LoraFormat format : LoraFormat.values()) {
        Path path = folder.resolve(format.name());
        format.write(content, path);
        try (SafeTensorsFile file = SafeTensorsFile.open(LoraSource.of(path).weights())) {
          List<String> given = new ArrayList<>();
          file.entries().forEach((name, entry) -> given.add(name + " " + entry.shape()));
          assertEquals(wanted.get(format), given);
          if (format == LoraFormat.KOHYA) {
            String key = "lora_unet_double_blocks_0_img_attn_qkv.alpha";
            assertEquals(6, file.tensor(key).item_double());
            assertEquals("2", file.metadata().get("ss_network_dim"));
            assertEquals("6.0", file.metadata().get("ss_network_alpha"));
          }
        }
      }
      var config = Fixtures.json(folder.resolve("PEFT/adapter_config.json"));
      assertEquals("LORA", config.path("peft_type").asText());
      assertEquals(2, config.path("r").asInt());
      assertEquals(6, config.path("lora_alpha").asInt());
      assertFalse(config.path("use_rslora").asBoolean());
    }
  }

  /** A longer path with the same end has a pattern of its own, before the shorter one. */
  @Test
  void patternsOfPeftHitTheirOwnModulesOnly() throws IOException {
    try (PointerScope scope = new PointerScope()) {
      LoraContent content =
          LoraContent.of(
              ImmutableMap.of(
                  "proj_out",
                  new LowRank(Noise.randn(1, 1, D), Noise.randn(2, D, 1), 7),
                  "single_transformer_blocks.0.proj_out",
                  new LowRank(Noise.randn(3, 2, D), Noise.randn(4, D, 2), 3),
                  "x_embedder",
                  new LowRank(Noise.randn(5, 2, D), Noise.randn(6, D, 2), 3)));
      LoraFormat.PEFT.write(content, folder.resolve("peft"));
      assertSame(content, LoraContent.read(folder.resolve("peft")));
      var alphas = Fixtures.json(folder.resolve("peft/adapter_config.json")).path("alpha_pattern");
      List<String> names = new ArrayList<>();
      alphas.fieldNames().forEachRemaining(names::add);
      assertEquals(List.of("single_transformer_blocks.0.proj_out", "proj_out"), names);
    }
  }

  /** B times the scale, in its own dtype where no bit is lost and in fp32 elsewhere. */
  @Test
  void whatIsBakedLosesNothing() {
    try (PointerScope scope = new PointerScope()) {
      Tensor a = Noise.randn(1, 2, D).to(ScalarType.BFloat16);
      Tensor b = Noise.randn(2, D, 2).to(ScalarType.BFloat16);
      LowRank half = new LowRank(a, b, 0.5).baked();
      assertEquals(Dtype.BFLOAT16, Dtype.of(half.b()));
      LowRank third = new LowRank(a, b, 0.3).baked();
      assertEquals(Dtype.FLOAT32, Dtype.of(third.b()));
      float[] wanted = Ops.toFloats(b);
      for (int i = 0; i < wanted.length; i++) {
        assertEquals((float) (0.3 * wanted[i]), Ops.toFloats(third.b())[i]);
        assertEquals(0.5f * wanted[i], Ops.toFloats(half.b())[i]);
      }
    }
  }

  @Test
  void theHeaderIsKeptButForWhatTheFormSays() throws IOException {
    Path path = folder.resolve("kohya.safetensors");
    try (PointerScope scope = new PointerScope()) {
      String key = "lora_unet_img_in";
      SafeTensorsWriter.write(
          path,
          ImmutableMap.of(
              key + ".lora_down.weight",
              Noise.randn(1, 2, D),
              key + ".lora_up.weight",
              Noise.randn(2, D, 2),
              key + ".alpha",
              Ops.floats(new float[] {1}),
              "lora_te1_x.lora_down.weight",
              Noise.randn(3, 2, D),
              "lora_te1_x.lora_up.weight",
              Noise.randn(4, D, 2)),
          Map.of("ss_network_alpha", "1", "ss_network_dim", "2", "modelspec.title", "horizon"));
    }
    Path out = folder.resolve("diffusers.safetensors");
    LoraFormat.DIFFUSERS.convert(path, out);
    try (SafeTensorsFile file = SafeTensorsFile.open(out)) {
      assertEquals("horizon", file.metadata().get("modelspec.title"));
      assertNull(file.metadata().get("ss_network_alpha"));
      assertEquals(2, file.names().size());
    }
  }

  @Test
  void theInputIsNeverWrittenOver() throws IOException {
    Path peft = folder.resolve("peft");
    Path path = folder.resolve("lora.safetensors");
    try (PointerScope scope = new PointerScope()) {
      LoraContent content = some(new Random(3), 1, ScalarType.Float);
      LoraFormat.DIFFUSERS.write(content, path);
      LoraFormat.PEFT.write(content, peft);
    }
    byte[] before = Files.readAllBytes(path);
    assertRefused(
        IllegalArgumentException.class,
        () -> LoraFormat.KOHYA.convert(path, folder.resolve("./lora.safetensors")),
        "lora.safetensors is what is read");
    assertRefused(
        IllegalArgumentException.class,
        () -> LoraFormat.PEFT.convert(peft.resolve("adapter_model.safetensors"), peft),
        "adapter_model.safetensors is what is read");
    assertArrayEquals(before, Files.readAllBytes(path));
  }

  @ParameterizedTest
  @EnumSource(names = {"KOHYA", "COMFYUI"})
  void aModuleWithoutANameThereIsRefused(LoraFormat format) {
    try (PointerScope scope = new PointerScope()) {
      LoraContent content =
          LoraContent.of(
              ImmutableMap.of("mix", new LowRank(Noise.randn(1, 2, D), Noise.randn(2, D, 2), 1)));
      assertRefused(
          IllegalArgumentException.class,
          () -> format.write(content, folder.resolve("x")),
          "'mix' has no name in the naming of " + format.name().toLowerCase(java.util.Locale.ROOT));
      assertTrue(Files.notExists(folder.resolve("x")));
    }
  }
}
