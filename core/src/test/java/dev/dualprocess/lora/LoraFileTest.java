package dev.dualprocess.lora;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.testing.Fixtures;
import dev.dualprocess.weights.CheckpointException;
import dev.dualprocess.weights.SafeTensorsFile;
import dev.dualprocess.weights.SafeTensorsWriter;
import dev.dualprocess.weights.TensorEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** LoRA files of diffusers, of PEFT and of ours. */
class LoraFileTest {
  private static final String MODULE = "transformer_blocks.0.attn.to_out.0";
  private static final String METADATA = "lora_adapter_metadata";

  @TempDir Path folder;

  private Path write(Map<String, String> metadata, Object... namesAndShapes) throws IOException {
    Path path = folder.resolve("lora.safetensors");
    try (PointerScope scope = new PointerScope()) {
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      for (int i = 0; i < namesAndShapes.length; i += 2) {
        tensors.put((String) namesAndShapes[i], Noise.randn(i, (long[]) namesAndShapes[i + 1]));
      }
      SafeTensorsWriter.write(path, tensors, metadata);
    }
    return path;
  }

  private static long[] shape(long... sizes) {
    return sizes;
  }

  @Test
  void whatIsSavedIsLoaded() throws IOException {
    Path path = folder.resolve("mine.safetensors");
    try (Lora saved = LoraTargetsTest.random(1, 3, 0.7, "b.to_q", "a.to_k")) {
      saved.save(path);
      try (Lora loaded = Lora.load(path)) {
        assertEquals(saved.modules(), loaded.modules());
        assertEquals(1, loaded.scale(), "it is in B");
        for (String module : saved.modules()) {
          assertArrayEquals(Ops.toFloats(saved.a(module)), Ops.toFloats(loaded.a(module)));
          assertArrayEquals(times(0.7, saved.b(module)), Ops.toFloats(loaded.b(module)));
        }
      }
    }
  }

  /** The factor times the scale, each entry rounded once. */
  private static float[] times(double scale, Tensor factor) {
    float[] values = Ops.toFloats(factor);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (scale * values[i]);
    }
    return values;
  }

  @Test
  void anAdapterInTrainingIsSavedToo() throws IOException {
    Path path = folder.resolve("mine.safetensors");
    try (Lora saved = LoraTargetsTest.random(1, 3, 2, "to_q")) {
      saved.flatGradient();
      saved.save(path);
      try (Lora loaded = Lora.load(path)) {
        assertArrayEquals(Ops.toFloats(saved.a("to_q")), Ops.toFloats(loaded.a("to_q")));
        assertArrayEquals(times(2, saved.b("to_q")), Ops.toFloats(loaded.b("to_q")));
      }
    }
  }

  @Test
  void theHeaderTellsRankAndAlphaInDiffusersWords() throws IOException {
    Path path = folder.resolve("mine.safetensors");
    try (Lora lora = LoraTargetsTest.random(1, 4, 2.5, "b.to_q", "a.to_k")) {
      lora.save(path);
    }
    try (SafeTensorsFile file = SafeTensorsFile.open(path)) {
      Path json = Files.writeString(folder.resolve("a.json"), file.metadata().get(METADATA));
      JsonNode metadata = Fixtures.json(json);
      assertEquals("pt", file.metadata().get("format"));
      assertEquals(4, metadata.path("transformer.r").asInt());
      assertEquals(4, metadata.path("transformer.lora_alpha").asDouble(), "the scale is in B");
      List<String> targets = new ArrayList<>();
      metadata.path("transformer.target_modules").forEach(target -> targets.add(target.asText()));
      assertEquals(List.of("a.to_k", "b.to_q"), targets);
      assertEquals(
          Set.of(
              "transformer.a.to_k.lora_A.weight",
              "transformer.a.to_k.lora_B.weight",
              "transformer.b.to_q.lora_A.weight",
              "transformer.b.to_q.lora_B.weight"),
          file.names());
    }
  }

  /** Without its own rank a module would be read with that of the others. */
  @Test
  void modulesOfDifferentRankAreToldOneByOne() throws IOException {
    Path path = folder.resolve("stacked.safetensors");
    try (Lora both = LoraTargetsTest.random(1, 3, 2, "to_q", "to_k");
        Lora one = LoraTargetsTest.random(2, 2, 0.5, "to_q");
        Lora stack = Lora.stack(both, one)) {
      stack.save(path);
      try (SafeTensorsFile file = SafeTensorsFile.open(path);
          Lora loaded = Lora.load(path)) {
        Path json = Files.writeString(folder.resolve("a.json"), file.metadata().get(METADATA));
        JsonNode metadata = Fixtures.json(json);
        assertEquals(5, metadata.path("transformer.r").asInt());
        assertEquals("{\"to_k\":3}", metadata.path("transformer.rank_pattern").toString());
        assertEquals(
            3 * stack.scale(),
            metadata.path("transformer.alpha_pattern").path("to_k").asDouble(),
            1e-12);
        assertEquals(stack.scale(), loaded.scale(), 1e-12);
        assertArrayEquals(Ops.toFloats(stack.b("to_k")), Ops.toFloats(loaded.b("to_k")));
      }
    }
  }

  @Test
  void modulesOfDifferentScaleEachCountWithTheirOwn() throws IOException {
    Path path =
        write(
            Map.of(
                METADATA,
                "{\"transformer.r\":2,\"transformer.lora_alpha\":8,"
                    + "\"transformer.alpha_pattern\":{\"q\":4}}"),
            "q.lora_A.weight",
            shape(2, 3),
            "q.lora_B.weight",
            shape(4, 2),
            "k.lora_A.weight",
            shape(2, 3),
            "k.lora_B.weight",
            shape(4, 2));
    try (Lora lora = Lora.load(path)) {
      assertEquals(2, lora.scale("q"));
      assertEquals(4, lora.scale("k"));
      assertRefused(IllegalStateException.class, lora::scale, "2.0", "4.0");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "transformer., ''",
    "'', ''",
    "base_model.model., ''",
    "base_model.model.transformer., ''",
    "base_model.model., .default",
    "transformer., .default_0",
  })
  void everyNamingIsRead(String prefix, String adapter) throws IOException {
    Path path =
        write(
            Map.of(),
            prefix + MODULE + ".lora_A" + adapter + ".weight",
            shape(4, 6),
            prefix + MODULE + ".lora_B" + adapter + ".weight",
            shape(5, 4));
    try (PointerScope scope = new PointerScope();
        Lora lora = Lora.load(path)) {
      assertEquals(Set.of(MODULE), lora.modules());
      assertEquals(4, lora.rank());
      assertEquals(1, lora.scale(), "alpha is the rank where nobody says otherwise");
      assertArrayEquals(Ops.toFloats(Noise.randn(0, 4, 6)), Ops.toFloats(lora.a(MODULE)));
      assertArrayEquals(Ops.toFloats(Noise.randn(2, 5, 4)), Ops.toFloats(lora.b(MODULE)));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "{}; 1",
        "{\"transformer.r\":4}; 1",
        "{\"transformer.r\":4,\"transformer.lora_alpha\":20}; 5",
        "{\"transformer.r\":4,\"transformer.lora_alpha\":2}; 0.5",
        "{\"transformer.lora_alpha\":6}; 1.5",
        "{\"transformer.r\":4,\"transformer.lora_alpha\":8,\"transformer.use_rslora\":false}; 2",
        "{\"transformer.r\":4,\"transformer.lora_alpha\":8,\"transformer.use_rslora\":true}; 4",
      })
  void theScaleIsAlphaOverRankOrItsRoot(String metadata, double scale) throws IOException {
    Path path =
        write(
            Map.of(METADATA, metadata),
            "to_q.lora_A.weight",
            shape(4, 6),
            "to_q.lora_B.weight",
            shape(5, 4));
    try (Lora lora = Lora.load(path)) {
      assertEquals(scale, lora.scale());
    }
  }

  @Test
  void halfPrecisionIsReadIntoSinglePrecision() throws IOException {
    Path path = folder.resolve("half.safetensors");
    try (PointerScope scope = new PointerScope()) {
      Tensor a = Noise.randn(1, 2, 3).to(ScalarType.BFloat16);
      Tensor b = Noise.randn(2, 4, 2).to(ScalarType.Half);
      SafeTensorsWriter.write(path, Map.of("q.lora_A.weight", a, "q.lora_B.weight", b), Map.of());
      try (Lora lora = Lora.load(path)) {
        assertEquals(ScalarType.Float, lora.flat().scalar_type().intern());
        assertArrayEquals(Ops.toFloats(a), Ops.toFloats(lora.a("q")));
        assertArrayEquals(Ops.toFloats(b), Ops.toFloats(lora.b("q")));
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

  @Test
  void thereAreReferences() throws IOException {
    assertFalse(references().isEmpty());
  }

  @ParameterizedTest
  @MethodSource("references")
  void aReferenceFileIsLoadedAndSavedWithItsEffect(Path reference) throws IOException {
    JsonNode told = Fixtures.json(reference.resolveSibling("trajectory.json"));
    JsonNode interop = told.path("interop").path(reference.getFileName().toString());
    Path path = folder.resolve("ours.safetensors");
    try (Lora lora = Lora.load(reference)) {
      assertEquals(interop.path("scaling_after_load").asDouble(), lora.scale(), 1e-12);
      assertEquals(told.path("lora_kwargs").path("r").asInt(), lora.rank());
      lora.save(path);
    }
    try (PointerScope scope = new PointerScope();
        SafeTensorsFile theirs = SafeTensorsFile.open(reference);
        SafeTensorsFile ours = SafeTensorsFile.open(path)) {
      assertEquals(shapes(theirs), shapes(ours));
      double scale = interop.path("scaling_after_load").asDouble();
      for (String name : theirs.names()) {
        float[] wanted = times(name.contains(".lora_B.") ? scale : 1, theirs.tensor(name));
        assertArrayEquals(wanted, Ops.toFloats(ours.tensor(name)), name);
      }
    }
    try (Lora again = Lora.load(path)) {
      assertEquals(1, again.scale());
    }
  }

  private static Map<String, List<Long>> shapes(SafeTensorsFile file) {
    return file.entries().values().stream()
        .collect(
            Collectors.toMap(
                TensorEntry::name, TensorEntry::shape, (one, other) -> one, TreeMap::new));
  }

  private void assertNoLora(Path path, Object... told) {
    assertRefused(CheckpointException.class, () -> Lora.load(path), path);
    assertRefused(CheckpointException.class, () -> Lora.load(path), told);
  }

  @Test
  void whatIsNoLoraFileIsRefused() throws IOException {
    assertNoLora(write(Map.of(), "encoder.weight", shape(2, 2)), "'encoder.weight'");
    assertNoLora(write(Map.of()), "no lora_A");
    assertNoLora(
        write(
            Map.of(),
            "q.lora_A.weight",
            shape(2, 3),
            "q.lora_B.weight",
            shape(4, 2),
            "q.alpha",
            shape(2)),
        "alpha of 'q' is not one number");
    assertNoLora(folder.resolve("missing.safetensors"), "no such file");
    assertNoLora(Files.writeString(folder.resolve("a.txt"), "hello, world"), "not a safetensors");
  }

  @Test
  void aFactorWithoutItsTwinIsRefused() throws IOException {
    assertNoLora(
        write(
            Map.of(),
            "q.lora_A.weight",
            shape(2, 3),
            "q.lora_B.weight",
            shape(4, 2),
            "k.lora_A.weight",
            shape(2, 3)),
        "'k' has no lora_B");
    assertNoLora(
        write(
            Map.of(),
            "q.lora_A.weight",
            shape(2, 3),
            "q.lora_B.weight",
            shape(4, 2),
            "k.lora_B.weight",
            shape(4, 2)),
        "'k' has no lora_A");
  }

  @Test
  void factorsOfDifferentRankAreRefused() throws IOException {
    assertNoLora(
        write(Map.of(), "q.lora_A.weight", shape(2, 3), "q.lora_B.weight", shape(4, 3)),
        "'q'",
        "different rank");
    assertNoLora(
        write(Map.of(), "q.lora_A.weight", shape(2), "q.lora_B.weight", shape(4, 2)),
        "'q'",
        "different rank");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{", "not json", "{\"a\":\n\n!"})
  void brokenMetadataIsRefused(String metadata) throws IOException {
    assertNoLora(
        write(
            Map.of(METADATA, metadata),
            "q.lora_A.weight",
            shape(2, 3),
            "q.lora_B.weight",
            shape(4, 2)),
        METADATA);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-4"})
  void aRankThatIsNoneIsRefused(String rank) throws IOException {
    assertNoLora(
        write(
            Map.of(METADATA, "{\"transformer.r\":" + rank + ",\"transformer.lora_alpha\":8}"),
            "q.lora_A.weight",
            shape(2, 3),
            "q.lora_B.weight",
            shape(4, 2)),
        METADATA);
  }
}
