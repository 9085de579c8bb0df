package dev.dualprocess.soak;

import dev.dualprocess.lora.format.LoraFormat;
import dev.dualprocess.tensor.Noise;
import dev.dualprocess.testing.Fixtures;
import dev.dualprocess.weights.SafeTensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/** One LoRA in the naming of every program. */
final class LoraSamples {
  private static final int WIDTH = 4;

  private LoraSamples() {}

  /** Writes all of them; returns files, and for PEFT a folder. */
  static List<Path> write(Path folder) throws IOException {
    List<Path> all = new ArrayList<>();
    Path learnt =
        Fixtures.path("trajectories/schnell_qwen_overlay/pytorch_lora_weights.safetensors");
    for (LoraFormat format : LoraFormat.values()) {
      String name = format.name().toLowerCase(Locale.ROOT);
      Path to = folder.resolve(format == LoraFormat.PEFT ? name : name + ".safetensors");
      format.convert(learnt, to);
      all.add(to);
    }
    all.add(xlabs(folder.resolve("xlabs.safetensors")));
    all.add(oneTrainer(folder.resolve("onetrainer.safetensors")));
    all.add(
        Files.copy(
            Fixtures.path(
                "trajectories/schnell_qwen_overlay/pytorch_lora_weights_with_metadata.safetensors"),
            folder.resolve("metadata.safetensors")));
    return all;
  }

  private static Path xlabs(Path file) throws IOException {
    try (PointerScope scope = new PointerScope()) {
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      for (String name : List.of("qkv_lora1", "qkv_lora2")) {
        put("double_blocks.1.processor." + name, ".down.weight", ".up.weight", 3, tensors);
      }
      put("single_blocks.2.processor.proj_lora", ".down.weight", ".up.weight", 1, tensors);
      SafeTensorsWriter.write(file, tensors, Map.of());
      return file;
    }
  }

  private static Path oneTrainer(Path file) throws IOException {
    try (PointerScope scope = new PointerScope()) {
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      String block = "lora_transformer_transformer_blocks_0_attn_to_q";
      put(block, ".lora_down.weight", ".lora_up.weight", 1, tensors);
      tensors.put(block + ".alpha", Noise.randn(1, 1).abs());
      SafeTensorsWriter.write(file, tensors, Map.of("ot_revision", "1"));
      return file;
    }
  }

  private static void put(
      String name, String down, String up, int parts, Map<String, Tensor> tensors) {
    tensors.put(name + down, Noise.randn(1, 2, WIDTH));
    tensors.put(name + up, Noise.randn(2, (long) parts * WIDTH, 2));
  }
}
