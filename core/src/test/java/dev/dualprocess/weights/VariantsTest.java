package dev.dualprocess.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.tensor.Dtype;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.testing.LoggedLines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which of several weights in one folder are read, and what is said of it. */
class VariantsTest {
  @TempDir Path folder;

  private void save(String name, float... values) throws IOException {
    try (PointerScope scope = new PointerScope()) {
      SafeTensorsWriter.write(
          folder.resolve(name), Map.of("w", Ops.floats(values, values.length)), Map.of());
    }
  }

  private void index(String name, String shard) throws IOException {
    Files.writeString(folder.resolve(name), "{\"weight_map\":{\"w\":\"%s\"}}".formatted(shard));
  }

  private float read(Dtype wanted) throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(folder, wanted);
        PointerScope scope = new PointerScope()) {
      return Ops.toFloats(checkpoint.tensor("w"))[0];
    }
  }

  private List<String> warnings(float wanted, Dtype dtype) throws Exception {
    List<Float> read = new ArrayList<>();
    List<String> warnings = LoggedLines.warnings(() -> read.add(read(dtype)));
    assertEquals(List.of(wanted), read);
    return warnings;
  }

  private void assertWarned(float wanted, Dtype dtype, String... told) throws Exception {
    List<String> warnings = warnings(wanted, dtype);
    assertEquals(1, warnings.size(), warnings::toString);
    for (String part : told) {
      assertTrue(warnings.get(0).contains(part), () -> part + " is not in " + warnings);
    }
    assertEquals(List.of(), warnings(wanted, dtype), "said once");
  }

  @ParameterizedTest
  @CsvSource({
    "BFLOAT16, bf16, fp16, 1",
    "BFLOAT16, fp16, fp32, 1",
    "BFLOAT16, fp32, fp16, 2",
    "FLOAT16, fp16, bf16, 1",
    "FLOAT16, fp32, bf16, 2",
    "FLOAT32, bf16, fp32, 2",
    "FLOAT32, bf16, fp16, 1",
    "FLOAT32, fp16, non_ema, 1",
  })
  void theVariantNearestToTheModelsTypeIsRead(
      Dtype wanted, String first, String second, float value) throws Exception {
    save("model.%s.safetensors".formatted(first), 1);
    save("model.%s.safetensors".formatted(second), 2);
    String read = value == 1 ? first : second;
    assertWarned(
        value,
        wanted,
        "%s: reading the %s variant, model.%s.safetensors".formatted(folder, read, read));
  }

  @Test
  void aPlainNameWinsWithoutAWord() throws Exception {
    save("model.bf16.safetensors", 1);
    save("model.safetensors", 2);
    assertEquals(List.of(), warnings(2, Dtype.BFLOAT16));
  }

  /** As diffusers and transformers write them now, and as they did before. */
  @ParameterizedTest
  @CsvSource({
    "diffusion_pytorch_model.safetensors.index.fp16.json,"
        + " diffusion_pytorch_model.fp16-00001-of-00001.safetensors",
    "diffusion_pytorch_model.safetensors.fp16.index.json,"
        + " diffusion_pytorch_model-00001-of-00001.fp16.safetensors",
    "diffusion_pytorch_model.fp16.safetensors.index.json,"
        + " diffusion_pytorch_model.fp16-00001-of-00001.safetensors",
    "model.safetensors.index.fp16.json, model.fp16-00001-of-00001.safetensors",
  })
  void aVariantMayHaveShards(String index, String shard) throws Exception {
    save(shard, 3);
    index(index, shard);
    assertWarned(3, Dtype.BFLOAT16, "reading the fp16 variant, " + index);
  }

  @Test
  void transformersPartsReadTheSingleFile() throws Exception {
    save("model.safetensors", 1);
    save("model-00001-of-00001.safetensors", 2);
    index("model.safetensors.index.json", "model-00001-of-00001.safetensors");
    assertWarned(
        1,
        Dtype.FLOAT32,
        folder.toString(),
        "model.safetensors and model.safetensors.index.json hold different weights",
        "reading model.safetensors, as transformers does");
  }

  @Test
  void diffusersPartsReadTheIndex() throws Exception {
    String shard = "diffusion_pytorch_model-00001-of-00001.safetensors";
    save("diffusion_pytorch_model.safetensors", 1);
    save(shard, 2);
    index("diffusion_pytorch_model.safetensors.index.json", shard);
    assertWarned(
        2,
        Dtype.FLOAT32,
        "reading diffusion_pytorch_model.safetensors.index.json, as diffusers does");
  }

  @Test
  void twinsThatAgreeAreNotTold() throws Exception {
    save("model.safetensors", 1, 2);
    save("shard.safetensors", 1, 2);
    index("model.safetensors.index.json", "shard.safetensors");
    assertEquals(List.of(), warnings(1, Dtype.FLOAT32));
  }

  /** A leftover index whose shards are gone is nothing to read. */
  @Test
  void aSingleFileBesideAnIndexWithoutShardsIsRead() throws Exception {
    save("model.safetensors", 1);
    index("model.safetensors.index.json", "gone.safetensors");
    assertEquals(List.of(), warnings(1, Dtype.FLOAT32));
  }

  @ParameterizedTest
  @ValueSource(strings = {"names", "shapes", "types", "bytes"})
  void twinsMayDifferInAnything(String way) throws IOException {
    save("model.safetensors", 1, 2);
    Path other = folder.resolve("other.safetensors");
    HandMade.write(
        other,
        Map.of(
            way.equals("names") ? "v" : "w",
            switch (way) {
              case "shapes" -> HandMade.floats(List.of(2, 1), 1, 2);
              case "types" -> HandMade.zeros("I32", List.of(2), 8);
              case "bytes" -> HandMade.floats(List.of(2), 1, 3);
              default -> HandMade.floats(List.of(2), 1, 2);
            }));
    try (Checkpoint one = Checkpoint.openSingle(folder.resolve("model.safetensors"));
        Checkpoint two = Checkpoint.openSingle(other)) {
      assertTrue(Twins.agree(one, one));
      assertTrue(!Twins.agree(one, two) && !Twins.agree(two, one), way);
    }
  }
}
