package dev.dualprocess.flux;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dualprocess.Generator;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.tensor.TensorOwner;
import dev.dualprocess.testing.CopiedFolder;
import dev.dualprocess.testing.Fixtures;
import dev.dualprocess.testing.Golden;
import dev.dualprocess.weights.Checkpoint;
import dev.dualprocess.weights.CheckpointException;
import dev.dualprocess.weights.SafeTensorsWriter;
import dev.dualprocess.weights.Weights;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The golden transformers stored as Black Forest Labs store theirs, in 8-bit floats and not: the
 * pipeline's outputs are those of the tensors as diffusers stores them, bit for bit.
 */
class OriginalLayoutTest {
  private static final String WEIGHTS = "transformer/diffusion_pytorch_model.safetensors";

  @TempDir Path folder;
  private final PointerScope scope = new PointerScope();
  private final TensorOwner owner = new TensorOwner();

  @AfterEach
  void closeScope() {
    owner.close();
    scope.close();
  }

  static List<String> variants() {
    return FluxTransformerParityTest.variants();
  }

  private static Path pipeline(String name) {
    return FluxTransformerParityTest.checkpoint(name).getParent();
  }

  private Map<String, Tensor> stored(String name) throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    try (Checkpoint file = Checkpoint.open(pipeline(name).resolve("transformer"))) {
      Weights weights = Weights.of(file, Placement.CPU, owner);
      file.entries().forEach((key, entry) -> tensors.put(key, weights.tensor(key, entry.sizes())));
    }
    return tensors;
  }

  /** The pipeline with another transformer. */
  private Path pipelineWith(String name, String in, Map<String, Tensor> transformer)
      throws IOException {
    Path to =
        CopiedFolder.of(
            pipeline(name),
            folder.resolve(in),
            file -> !file.toString().contains("transformer/diffusion_pytorch_model"));
    SafeTensorsWriter.write(to.resolve(WEIGHTS), transformer, Map.of());
    return to;
  }

  private static float[] output(Path pipeline, String name) throws IOException {
    try (Generator generator = FluxFixtures.generator(pipeline);
        Golden golden = Fixtures.golden(name)) {
      FluxTransformer model = FluxFixtures.parts(generator).transformer();
      Tensor img = golden.tensor("case0.hidden_states");
      return Memory.freeing(
          () ->
              Ops.toFloats(
                  Memory.noGrad(
                      () -> FluxTransformerParityTest.forward(model, golden, "case0.", img))));
    }
  }

  /** Of diffusers' tensors those of the original, built from the original's side. */
  private static Map<String, Tensor> original(Map<String, Tensor> d, String prefix) {
    Map<String, Tensor> o = new LinkedHashMap<>();
    for (String leaf : List.of("weight", "bias")) {
      o.put("img_in." + leaf, d.get("x_embedder." + leaf));
      o.put("txt_in." + leaf, d.get("context_embedder." + leaf));
      embedder(o, d, "time_in", "timestep_embedder", leaf);
      embedder(o, d, "vector_in", "text_embedder", leaf);
      embedder(o, d, "guidance_in", "guidance_embedder", leaf);
      o.put("final_layer.linear." + leaf, d.get("proj_out." + leaf));
      Tensor modulation = d.get("norm_out.linear." + leaf);
      long half = modulation.size(0) / 2;
      Tensor scale = modulation.narrow(0, 0, half);
      Tensor shift = modulation.narrow(0, half, half);
      o.put("final_layer.adaLN_modulation.1." + leaf, Ops.cat(0, shift, scale));
    }
    for (int i = 0; d.containsKey("transformer_blocks." + i + ".attn.to_q.weight"); i++) {
      stream(
          o,
          d,
          i,
          "img",
          "norm1",
          List.of("to_q", "to_k", "to_v"),
          List.of("norm_q", "norm_k"),
          "to_out.0",
          "ff");
      stream(
          o,
          d,
          i,
          "txt",
          "norm1_context",
          List.of("add_q_proj", "add_k_proj", "add_v_proj"),
          List.of("norm_added_q", "norm_added_k"),
          "to_add_out",
          "ff_context");
    }
    for (int i = 0; d.containsKey("single_transformer_blocks." + i + ".proj_out.weight"); i++) {
      String from = "single_transformer_blocks." + i + ".";
      String to = "single_blocks." + i + ".";
      o.put(to + "norm.query_norm.scale", d.get(from + "attn.norm_q.weight"));
      o.put(to + "norm.key_norm.scale", d.get(from + "attn.norm_k.weight"));
      for (String leaf : List.of("weight", "bias")) {
        o.put(to + "modulation.lin." + leaf, d.get(from + "norm.linear." + leaf));
        o.put(to + "linear2." + leaf, d.get(from + "proj_out." + leaf));
        o.put(
            to + "linear1." + leaf,
            Ops.cat(
                0,
                d.get(from + "attn.to_q." + leaf),
                d.get(from + "attn.to_k." + leaf),
                d.get(from + "attn.to_v." + leaf),
                d.get(from + "proj_mlp." + leaf)));
      }
    }
    Map<String, Tensor> named = new LinkedHashMap<>();
    o.forEach(
        (key, tensor) -> {
          if (tensor != null) { // only FLUX.1 Dev is guided
            named.put(prefix + key, tensor);
          }
        });
    return named;
  }

  private static void embedder(
      Map<String, Tensor> o, Map<String, Tensor> d, String to, String from, String leaf) {
    o.put(to + ".in_layer." + leaf, d.get("time_text_embed." + from + ".linear_1." + leaf));
    o.put(to + ".out_layer." + leaf, d.get("time_text_embed." + from + ".linear_2." + leaf));
  }

  private static void stream(
      Map<String, Tensor> o,
      Map<String, Tensor> d,
      int block,
      String stream,
      String norm,
      List<String> qkv,
      List<String> norms,
      String out,
      String ff) {
    String from = "transformer_blocks." + block + ".";
    String to = "double_blocks." + block + "." + stream + "_";
    o.put(to + "attn.norm.query_norm.scale", d.get(from + "attn." + norms.get(0) + ".weight"));
    o.put(to + "attn.norm.key_norm.scale", d.get(from + "attn." + norms.get(1) + ".weight"));
    for (String leaf : List.of("weight", "bias")) {
      Tensor[] fused =
          qkv.stream()
              .map(layer -> d.get(from + "attn." + layer + "." + leaf))
              .toArray(Tensor[]::new);
      o.put(to + "attn.qkv." + leaf, Ops.cat(0, fused));
      o.put(to + "attn.proj." + leaf, d.get(from + "attn." + out + "." + leaf));
      o.put(to + "mod.lin." + leaf, d.get(from + norm + ".linear." + leaf));
      o.put(to + "mlp.0." + leaf, d.get(from + ff + ".net.0.proj." + leaf));
      o.put(to + "mlp.2." + leaf, d.get(from + ff + ".net.2." + leaf));
    }
  }

  @ParameterizedTest
  @MethodSource("variants")
  void namesAndFusedLayersOfBlackForestLabs(String name) throws IOException {
    Path there = pipelineWith(name, "original", original(stored(name), ""));
    assertArrayEquals(output(pipeline(name), name), output(there, name));
  }

  /** With the text encoders and the autoencoder in one file, as ComfyUI gives them away. */
  @Test
  void allInOneFileOfComfyUi() throws IOException {
    String name = variants().get(0);
    Map<String, Tensor> all = original(stored(name), "model.diffusion_model.");
    all.put("vae.decoder.conv_in.bias", Ops.floats(new float[] {1}, 1));
    all.put("text_encoders.clip_l.logit_scale", Ops.floats(new float[] {1}, 1));
    Path there = pipelineWith(name, "comfyui", all);
    assertArrayEquals(output(pipeline(name), name), output(there, name));
  }

  private static Tensor in8Bits(Tensor tensor, double scale) {
    return tensor.div(new Scalar(scale)).to(ScalarType.Float8_e4m3fn);
  }

  private static Tensor whole(Tensor in8Bits, double scale) {
    return in8Bits.to(ScalarType.Float).mul(new Scalar(scale));
  }

  /** Matrices in 8-bit floats, in either layout: scaled as ComfyUI scales them, and not. */
  @ParameterizedTest
  @ValueSource(doubles = {1, 0.0078125})
  void inEightBitFloats(double scale) throws IOException {
    String name = variants().get(0);
    Map<String, Tensor> whole = stored(name);
    whole.replaceAll((key, t) -> t.dim() > 1 ? whole(in8Bits(t, scale), scale) : t);
    float[] wanted = output(pipelineWith(name, "whole", whole), name);
    assertArrayEquals(wanted, output(pipelineWith(name, "diffusers", stored8(whole, scale)), name));
    Map<String, Tensor> original = stored8(original(whole, "model.diffusion_model."), scale);
    original.put("model.diffusion_model.scaled_fp8", in8Bits(Ops.floats(new float[2], 2), 1));
    assertArrayEquals(wanted, output(pipelineWith(name, "original", original), name));
  }

  private static Map<String, Tensor> stored8(Map<String, Tensor> whole, double scale) {
    Map<String, Tensor> stored = new LinkedHashMap<>();
    whole.forEach(
        (key, tensor) -> {
          boolean matrix = tensor.dim() > 1;
          stored.put(key, matrix ? in8Bits(tensor, scale) : tensor);
          if (matrix && scale != 1) {
            String layer = key.substring(0, key.length() - "weight".length());
            stored.put(layer + "scale_weight", Ops.floats(new float[] {(float) scale}, 1));
            stored.put(layer + "scale_input", Ops.floats(new float[] {7}, 1));
          }
        });
    return stored;
  }

  @Test
  void whatIsUnknownOrOfAnotherShapeIsTold() throws IOException {
    String name = variants().get(0);
    Map<String, Tensor> tensors = original(stored(name), "");
    tensors.put("double_blocks.0.img_attn.lora.weight", Ops.floats(new float[] {1}, 1));
    tensors.put("single_blocks.0.linear1.bias", Ops.floats(new float[] {1, 2}, 2));
    Path there = pipelineWith(name, "unknown", tensors);
    assertRefused(
        CheckpointException.class,
        () -> FluxFixtures.generator(there),
        "unexpected double_blocks.0.img_attn.lora.weight",
        "single_transformer_blocks.0.attn.to_q.bias is [2], expected [32]");
  }

  @Test
  void aWholeClipIsReadForItsText() {
    assertEquals("encoder.x", ClipTextEncoder.rename("text_model.encoder.x"));
    assertEquals(null, ClipTextEncoder.rename("text_projection.weight"));
    assertEquals(null, ClipTextEncoder.rename("logit_scale"));
    assertEquals(null, ClipTextEncoder.rename("text_model.embeddings.position_ids"));
    assertEquals("visual_projection.weight", ClipTextEncoder.rename("visual_projection.weight"));
  }
}
