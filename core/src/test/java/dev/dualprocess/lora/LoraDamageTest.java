package dev.dualprocess.lora;

import static dev.dualprocess.lora.Effects.assertEffect;
import static dev.dualprocess.testing.Refusals.assertRefused;

import dev.dualprocess.lora.format.LoraFormat;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.weights.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files whose numbers are none, or say nothing. */
class LoraDamageTest {
  private static final String Q = "transformer_blocks.0.attn.to_q";

  @TempDir Path folder;

  private void refused(LoraFiles file, String told) throws IOException {
    Path path = file.write(folder.resolve("damaged.safetensors"));
    assertRefused(CheckpointException.class, () -> Lora.load(path).close(), told);
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void factorsThatAreNoNumbers(float value) throws IOException {
    for (String factor : new String[] {".lora_A.weight", ".lora_B.weight"}) {
      try (LoraFiles file = new LoraFiles()) {
        file.peft(Q, 1, 2, 2);
        Tensor one = file.tensor(Q + factor);
        file.put(Q + factor, Ops.floats(new float[] {1, value}, one.shape()));
        refused(file, "damaged.safetensors: the factors of '" + Q + "' are not finite");
      }
    }
  }

  @Test
  void factorsOfWholeNumbers() throws IOException {
    try (LoraFiles file = new LoraFiles()) {
      file.peft(Q, 2, 3, 4);
      String a = Q + ".lora_A.weight";
      file.put(a, file.tensor(a).to(ScalarType.Int));
      refused(file, "the factors of '" + Q + "' are of I32, not floating-point numbers");
    }
  }

  @Test
  void rankZero() throws IOException {
    try (LoraFiles file = new LoraFiles()) {
      refused(file.peft(Q, 0, 3, 4), "'" + Q + "' is empty: a LoRA has rank 1 at least");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {"'{\"r\":\"4\",\"lora_alpha\":\"8\"}'", "'{\"r\":4,\"lora_alpha\":\"8.0\"}'"})
  void numbersWrittenAsTextCount(String config) throws IOException {
    Files.writeString(folder.resolve("adapter_config.json"), config);
    try (LoraFiles file = new LoraFiles()) {
      file.peft(Q, 4, 6, 5).write(folder.resolve("adapter_model.safetensors"));
      try (Lora lora = Lora.load(folder)) {
        assertEffect(2, file.peftProduct(Q), lora, Q);
      }
    }
  }

  @Test
  void textThatIsNoNumberIsTold() throws IOException {
    Files.writeString(folder.resolve("adapter_config.json"), "{\"r\":4,\"lora_alpha\":\"much\"}");
    try (LoraFiles file = new LoraFiles()) {
      file.peft(Q, 4, 6, 5).write(folder.resolve("adapter_model.safetensors"));
    }
    assertRefused(
        CheckpointException.class,
        () -> Lora.load(folder).close(),
        "adapter_config.json: it has \"much\" where a number is needed");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "lora_adapter_metadata; [1,2]",
        "lora_adapter_metadata; null",
        "dualprocess_ranks_of_parts; []"
      })
  void headersThatAreNoObjects(String key, String value) throws IOException {
    try (LoraFiles file = new LoraFiles()) {
      refused(file.peft(Q, 1, 2, 2).header(key, value), "broken " + key + " in its header");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"[-1, 2]", "[\"a\"]", "[1.5]"})
  void ranksOfPartsThatAreNone(String ranks) throws IOException {
    String fused = "double_blocks.0.img_attn.qkv";
    try (LoraFiles file = new LoraFiles()) {
      file.module("diffusion_model." + fused, ".lora_down.weight", ".lora_up.weight", 2, 4, 12)
          .header("dualprocess_ranks_of_parts", "{\"" + fused + "\": " + ranks + "}");
      refused(file, "broken dualprocess_ranks_of_parts in its header");
    }
  }

  @Test
  void aChangeThatIsTooLargeIsNotWritten() throws IOException {
    try (LoraFiles file = new LoraFiles()) {
      Path path = file.peft(Q, 1, 2, 2).write(folder.resolve("good.safetensors"));
      Path out = folder.resolve("out.safetensors");
      try (Lora lora = Lora.load(path);
          Lora huge = lora.scaled(1e300)) {
        assertRefused(
            IllegalArgumentException.class,
            () -> huge.save(out, LoraFormat.DIFFUSERS),
            "the change of '" + Q + "' is not finite at the scale 1.0E300");
      }
    }
  }
}
