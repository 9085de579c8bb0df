package dev.dualprocess.qwen25vl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dualprocess.nn.LanguageModel;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.tensor.TensorOwner;
import dev.dualprocess.testing.Fixtures;
import dev.dualprocess.testing.Golden;
import dev.dualprocess.vqa.AnswerPrompt;
import dev.dualprocess.vqa.VisionLanguageModel.View;
import dev.dualprocess.vqa.VqaSettings.Resizing;
import dev.dualprocess.weights.Checkpoint;
import dev.dualprocess.weights.SafeTensorsWriter;
import dev.dualprocess.weights.Weights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One model stored in several ways gives one set of logits. */
class CheckpointFormsTest {
  private static final String HEAD = LanguageModel.HEAD_KEY;

  @TempDir private Path folder;

  /** Copies the checkpoint with other keys, a key mapped to null left out. */
  private void store(UnaryOperator<String> rename, boolean tied) throws IOException {
    Path from = QwenFixture.checkpoint();
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.filter(f -> !f.toString().contains("safetensors")).toList()) {
        Files.copy(file, folder.resolve(file.getFileName()));
      }
    }
    ObjectNode config = (ObjectNode) Fixtures.json(folder.resolve("config.json"));
    config.put("tie_word_embeddings", tied);
    Files.writeString(
        folder.resolve("config.json"), JsonMapper.builder().build().writeValueAsString(config));
    try (TensorOwner owner = new TensorOwner();
        Checkpoint checkpoint = Checkpoint.open(from)) {
      Weights weights = Weights.of(checkpoint, Placement.CPU, owner);
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      checkpoint
          .entries()
          .forEach(
              (name, entry) -> {
                String renamed = rename.apply(name);
                if (renamed != null) {
                  long[] shape = entry.shape().stream().mapToLong(Long::longValue).toArray();
                  tensors.put(renamed, weights.tensor(name, shape));
                }
              });
      SafeTensorsWriter.write(folder.resolve("model.safetensors"), tensors, Map.of());
    }
  }

  private static Tensor logits(Path folder) throws IOException {
    try (Qwen25Vl model = Qwen25Vl.open(folder, Placement.CPU)) {
      return Memory.noGrad(
          () -> {
            View view = model.see(ramp(model), Resizing.AUTHORS);
            AnswerPrompt prompt = model.answerPrompt("Is it day?", "Yes", view);
            return model.logits(prompt.inputIds().toArray(), prompt.logitPositions(), view);
          });
    }
  }

  private static Tensor ramp(Qwen25Vl model) {
    VisionConfig vision = model.config().vision();
    int side = 2 * vision.patchSize() * vision.spatialMergeSize();
    return Ops.arangeFloat(3L * side * side, Placement.CPU.torchDevice())
        .view(1, 3, side, side)
        .sin();
  }

  private static boolean hasHead(Path folder) throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      return checkpoint.entries().containsKey(HEAD);
    }
  }

  @Test
  void takesTheNamesThatTransformers5HasInMemory() throws IOException {
    store(
        key -> {
          if (key.startsWith("visual.")) {
            return "model." + key;
          }
          return key.startsWith("model.")
              ? "model.language_model." + key.substring("model.".length())
              : key;
        },
        !hasHead(QwenFixture.checkpoint()));
    try (PointerScope scope = new PointerScope()) {
      Golden.assertClose("renamed keys", logits(QwenFixture.checkpoint()), logits(folder), 1e-6);
    }
  }

  @Test
  void aTiedHeadIsTheEmbeddingTableWhetherStoredOrNot(@TempDir Path other) throws IOException {
    store(key -> key.equals(HEAD) ? null : key, true);
    try (PointerScope scope = new PointerScope()) {
      Tensor without = logits(folder);
      // Stored all the same, with other numbers: passed over.
      CheckpointFormsTest second = new CheckpointFormsTest();
      second.folder = other;
      second.store(key -> key, true);
      assertEquals(hasHead(QwenFixture.checkpoint()), hasHead(other));
      Golden.assertClose("tied head", without, logits(other), 0);
    }
  }

  /**
   * An answer goes up to the end token, which generation_config.json gives as one id or several.
   */
  @Test
  void generationStopsAtTheEndTokens() throws IOException {
    store(key -> key, !hasHead(QwenFixture.checkpoint()));
    long[] free = generated("{}", "[]");
    assertEquals(6, free.length);
    int first = 0;
    while (free[first] != free[5]) {
      first++;
    }
    long[] wanted = Arrays.copyOf(free, first);
    assertArrayEquals(wanted, generated("{}", "[%d, 0]".formatted(free[5])));
    assertArrayEquals(
        wanted, generated("{\"eos_token_id\": %d}".formatted(free[5]), "[%d]".formatted(free[0])));
  }

  private long[] generated(String generationConfig, String configEnd) throws IOException {
    Files.writeString(folder.resolve("generation_config.json"), generationConfig);
    Path path = folder.resolve("config.json");
    JsonMapper mapper = JsonMapper.builder().build();
    ObjectNode config = (ObjectNode) Fixtures.json(path);
    config.set("eos_token_id", mapper.readTree(configEnd));
    if (config.path("text_config") instanceof ObjectNode text) {
      text.remove("eos_token_id");
    }
    Files.writeString(path, mapper.writeValueAsString(config));
    try (Qwen25Vl model = Qwen25Vl.open(folder, Placement.CPU)) {
      List<long[]> found = new ArrayList<>();
      Memory.withoutGrad(
          () -> {
            View view = model.see(ramp(model), Resizing.AUTHORS);
            Set<Long> suppressed = Set.of(model.config().imageTokenId());
            long[] prompt = model.promptIds("What is it?", view);
            found.add(model.generate(prompt, view, 6, suppressed));
          });
      return found.get(0);
    }
  }

  @Test
  void listsWhatIsMissingAndWhatIsTooMuch() throws IOException {
    String gone = "model.norm.weight";
    store(key -> key.equals(gone) ? "model.extra.weight" : key, false);
    String told =
        assertThrows(IOException.class, () -> Qwen25Vl.open(folder, Placement.CPU)).getMessage();
    for (String part : List.of("missing " + gone, "unexpected model.extra.weight")) {
      assertTrue(told.contains(part), told);
    }
  }
}
