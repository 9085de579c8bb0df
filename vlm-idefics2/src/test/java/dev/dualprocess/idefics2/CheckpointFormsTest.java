package dev.dualprocess.idefics2;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

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
import java.nio.file.StandardCopyOption;
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
    Path from = Idefics2Fixture.checkpoint();
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
    try (Idefics2 model = Idefics2.open(folder, Placement.CPU)) {
      return Memory.noGrad(
          () -> {
            View view = model.see(ramp(model), Resizing.AUTHORS);
            AnswerPrompt prompt = model.answerPrompt("Is it day?", "Yes", view);
            return model.logits(prompt.inputIds().toArray(), prompt.logitPositions(), view);
          });
    }
  }

  private static Tensor ramp(Idefics2 model) {
    int side = 2 * model.config().vision().patchSize();
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
  void takesTheConfigOfTransformers5() throws IOException {
    Path newer = Idefics2Fixture.checkpoint().resolve("config.transformers5.json");
    assumeTrue(Files.exists(newer), "this family has one form only");
    store(key -> key, !hasHead(Idefics2Fixture.checkpoint()));
    Files.copy(newer, folder.resolve("config.json"), StandardCopyOption.REPLACE_EXISTING);
    try (PointerScope scope = new PointerScope()) {
      Golden.assertClose("newer form", logits(Idefics2Fixture.checkpoint()), logits(folder), 0);
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
      assertEquals(hasHead(Idefics2Fixture.checkpoint()), hasHead(other));
      Golden.assertClose("tied head", without, logits(other), 0);
    }
  }

  /**
   * An answer goes up to the end token, which generation_config.json gives as one id or several.
   */
  @Test
  void generationStopsAtTheEndTokens() throws IOException {
    store(key -> key, !hasHead(Idefics2Fixture.checkpoint()));
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

  /** The tokens that generation_config.json forbids are not chosen. */
  @Test
  void neverAnswersWithAForbiddenToken() throws IOException {
    store(key -> key, !hasHead(Idefics2Fixture.checkpoint()));
    long at = Idefics2Config.read(folder.resolve("config.json")).imageTokenId();
    String forbids = "{\"bad_words_ids\": [[%d], [%d]]}";
    long[] free = freelyGenerated(forbids.formatted(at, at), "[]");
    assertArrayEquals(free, generated("{}", "[]"));
    long[] found = freelyGenerated(forbids.formatted(at, free[0]), "[]");
    assertEquals(free.length, found.length);
    assertTrue(Arrays.stream(found).noneMatch(id -> id == free[0]), () -> Arrays.toString(found));
  }

  private long[] generated(String generationConfig, String configEnd) throws IOException {
    return answer(
        generationConfig,
        configEnd,
        (model, prompt, view) ->
            model.generate(prompt, view, 6, Set.of(model.config().imageTokenId())));
  }

  private long[] freelyGenerated(String generationConfig, String configEnd) throws IOException {
    return answer(
        generationConfig, configEnd, (model, prompt, view) -> model.generate(prompt, view, 6));
  }

  @FunctionalInterface
  private interface Answering {
    long[] answer(Idefics2 model, long[] prompt, View view);
  }

  private long[] answer(String generationConfig, String configEnd, Answering answering)
      throws IOException {
    Files.writeString(folder.resolve("generation_config.json"), generationConfig);
    Path path = folder.resolve("config.json");
    JsonMapper mapper = JsonMapper.builder().build();
    ObjectNode config = (ObjectNode) Fixtures.json(path);
    config.set("eos_token_id", mapper.readTree(configEnd));
    if (config.path("text_config") instanceof ObjectNode text) {
      text.remove("eos_token_id");
    }
    Files.writeString(path, mapper.writeValueAsString(config));
    try (Idefics2 model = Idefics2.open(folder, Placement.CPU)) {
      List<long[]> found = new ArrayList<>();
      Memory.withoutGrad(
          () -> {
            View view = model.see(ramp(model), Resizing.AUTHORS);
            found.add(answering.answer(model, model.promptIds("What is it?", view), view));
          });
      return found.get(0);
    }
  }

  @Test
  void refusesAProcessorWithAnotherNumberOfImageTokens() throws IOException {
    store(key -> key, !hasHead(Idefics2Fixture.checkpoint()));
    Path processor = folder.resolve("processor_config.json");
    Files.writeString(processor, "{\"image_seq_len\": 5}");
    String told =
        assertThrows(IOException.class, () -> Idefics2.open(folder, Placement.CPU)).getMessage();
    assertTrue(told.startsWith(processor + ": image_seq_len 5 is not"), told);
    Files.delete(processor);
    Idefics2.open(folder, Placement.CPU).close();
  }

  @Test
  void listsWhatIsMissingAndWhatIsTooMuch() throws IOException {
    String gone = "model.text_model.norm.weight";
    store(key -> key.equals(gone) ? "model.extra.weight" : key, false);
    String told =
        assertThrows(IOException.class, () -> Idefics2.open(folder, Placement.CPU)).getMessage();
    for (String part : List.of("missing " + gone, "unexpected model.extra.weight")) {
      assertTrue(told.contains(part), told);
    }
  }
}
