package dev.dualprocess.testing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dualprocess.VqaSettings.Resizing;
import dev.dualprocess.nn.LanguageModel;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.tensor.TensorOwner;
import dev.dualprocess.vqa.AnswerPrompt;
import dev.dualprocess.vqa.Decoding;
import dev.dualprocess.vqa.SeenImage;
import dev.dualprocess.vqa.VisionLanguageModel;
import dev.dualprocess.weights.Checkpoint;
import dev.dualprocess.weights.SafeTensorsWriter;
import dev.dualprocess.weights.TensorEntry;
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
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One model stored in several ways gives one set of logits. */
public abstract class CheckpointForms {
  private static final String HEAD = LanguageModel.HEAD_KEY;

  private final VlmFamily<?> family;
  private final String normKey;

  @TempDir private Path folder;

  /**
   * The checkpoint of {@code family}'s golden cases.
   *
   * @param normKey a tensor no model can do without: the norm before the head
   */
  protected CheckpointForms(VlmFamily<?> family, String normKey) {
    this.family = family;
    this.normKey = normKey;
  }

  /** Where the other forms are stored. */
  protected final Path folder() {
    return folder;
  }

  /** Stores the checkpoint with other keys, a key mapped to null left out. */
  protected final void store(UnaryOperator<String> rename) throws IOException {
    store(folder, rename, !hasHead(family.checkpoint()));
  }

  private void store(Path to, UnaryOperator<String> rename, boolean tied) throws IOException {
    Path from = family.checkpoint();
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.filter(f -> !f.toString().contains("safetensors")).toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
    Path config = to.resolve("config.json");
    write(config, ((ObjectNode) Fixtures.json(config)).put("tie_word_embeddings", tied));
    try (TensorOwner owner = new TensorOwner();
        Checkpoint checkpoint = Checkpoint.open(from)) {
      Weights weights = Weights.of(checkpoint, Placement.CPU, owner);
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      for (Map.Entry<String, TensorEntry> stored : checkpoint.entries().entrySet()) {
        long[] shape = stored.getValue().shape().stream().mapToLong(Long::longValue).toArray();
        tensors.put(rename.apply(stored.getKey()), weights.tensor(stored.getKey(), shape));
      }
      tensors.remove(null);
      SafeTensorsWriter.write(to.resolve("model.safetensors"), tensors, Map.of());
    }
  }

  private static void write(Path path, ObjectNode json) throws IOException {
    Files.writeString(path, JsonMapper.builder().build().writeValueAsString(json));
  }

  private static boolean hasHead(Path folder) throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      return checkpoint.entries().containsKey(HEAD);
    }
  }

  private Tensor logits(Path folder) throws IOException {
    try (VisionLanguageModel model = family.open(folder, Placement.CPU)) {
      return Memory.noGrad(
          () -> {
            SeenImage seen = model.see(family.image(2, 2), Resizing.AUTHORS);
            AnswerPrompt prompt = model.answerPrompt("Is it day?", "Yes", seen);
            return model.logits(prompt.inputIds().toArray(), prompt.logitPositions(), seen);
          });
    }
  }

  /** Asserts that what is stored gives the logits of the golden cases' checkpoint. */
  protected final void assertSameLogits(double tolerance) throws IOException {
    try (PointerScope scope = new PointerScope()) {
      Tensor wanted = logits(family.checkpoint());
      Golden.assertClose("another form", wanted, logits(folder), tolerance);
    }
  }

  @Test
  final void takesTheConfigOfTransformers5() throws IOException {
    Path newer = family.checkpoint().resolve("config.transformers5.json");
    assumeTrue(Files.exists(newer), "this family has one form only");
    store(key -> key);
    Files.copy(newer, folder.resolve("config.json"), StandardCopyOption.REPLACE_EXISTING);
    assertSameLogits(0);
  }

  /** One file with the image processor inside, and a processor of videos that nobody asks. */
  @Test
  final void takesTheProcessorOfTransformers5() throws IOException {
    store(key -> key);
    Path alone = folder.resolve("preprocessor_config.json");
    ObjectNode fields = (ObjectNode) Fixtures.json(alone);
    Files.delete(alone);
    Path whole = folder.resolve("processor_config.json");
    ObjectNode processor =
        Files.exists(whole)
            ? (ObjectNode) Fixtures.json(whole)
            : JsonMapper.builder().build().createObjectNode();
    processor.set("image_processor", fields);
    processor.putObject("video_processor").put("patch_size", 1);
    write(whole, processor);
    assertEquals(family.architecture().imageSizing(), family.read(folder).imageSizing());
    assertEquals(family.architecture().imageStatistics(), family.read(folder).imageStatistics());
    assertSameLogits(0);
  }

  @Test
  final void onlyAVariantMayBeThere() throws IOException {
    store(key -> key);
    Files.move(folder.resolve("model.safetensors"), folder.resolve("model.fp16.safetensors"));
    assertSameLogits(0);
  }

  @Test
  final void aTiedHeadIsTheEmbeddingTableWhetherStoredOrNot(@TempDir Path other)
      throws IOException {
    store(folder, key -> key.equals(HEAD) ? null : key, true);
    try (PointerScope scope = new PointerScope()) {
      Tensor without = logits(folder);
      // Stored all the same, with other numbers: passed over.
      store(other, key -> key, true);
      assertEquals(hasHead(family.checkpoint()), hasHead(other));
      Golden.assertClose("tied head", without, logits(other), 0);
    }
  }

  /**
   * An answer goes up to the end token, which generation_config.json gives as one id or several.
   */
  @Test
  final void generationStopsAtTheEndTokens() throws IOException {
    store(key -> key);
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
  final void neverAnswersWithAForbiddenToken() throws IOException {
    store(key -> key);
    long at;
    try (VisionLanguageModel model = family.open(folder, Placement.CPU)) {
      at = family.imageToken().id();
    }
    String forbids = "{\"bad_words_ids\": [[%d], [%d]]}";
    long[] free = freelyGenerated(forbids.formatted(at, at));
    assertArrayEquals(free, generated("{}", "[]"));
    long[] found = freelyGenerated(forbids.formatted(at, free[0]));
    assertEquals(free.length, found.length);
    assertTrue(Arrays.stream(found).noneMatch(id -> id == free[0]), () -> Arrays.toString(found));
  }

  private long[] generated(String generationConfig, String configEnd) throws IOException {
    return answer(
        generationConfig,
        configEnd,
        (model, prompt, seen) ->
            family.generate(model, prompt, seen, 6, Set.of(family.imageToken().id())));
  }

  private long[] freelyGenerated(String generationConfig) throws IOException {
    return answer(
        generationConfig,
        "[]",
        (model, prompt, seen) -> model.generate(prompt, seen, Decoding.greedy(6)));
  }

  @FunctionalInterface
  private interface Answering {
    long[] answer(VisionLanguageModel model, long[] prompt, SeenImage seen);
  }

  private long[] answer(String generationConfig, String configEnd, Answering answering)
      throws IOException {
    Files.writeString(folder.resolve("generation_config.json"), generationConfig);
    Path path = folder.resolve("config.json");
    ObjectNode config = (ObjectNode) Fixtures.json(path);
    config.set("eos_token_id", JsonMapper.builder().build().readTree(configEnd));
    if (config.path("text_config") instanceof ObjectNode text) {
      text.remove("eos_token_id");
    }
    write(path, config);
    try (VisionLanguageModel model = family.open(folder, Placement.CPU)) {
      List<long[]> found = new ArrayList<>();
      Memory.withoutGrad(
          () -> {
            SeenImage seen = model.see(family.image(2, 2), Resizing.AUTHORS);
            found.add(answering.answer(model, model.promptIds("What is it?", seen), seen));
          });
      return found.get(0);
    }
  }

  /** Refused, a checkpoint leaves nothing behind. */
  @Test
  final void listsWhatIsMissingAndWhatIsTooMuch() throws IOException {
    store(folder, key -> key.equals(normKey) ? "model.extra.weight" : key, false);
    String told = refusal();
    for (String part : List.of("missing " + normKey, "unexpected model.extra.weight")) {
      assertTrue(told.contains(part), told);
    }
    long objects = Pointer.totalCount();
    assertEquals(told, refusal());
    assertTrue(
        Pointer.totalCount() <= objects, objects + " objects became " + Pointer.totalCount());
  }

  private String refusal() {
    return assertThrows(IOException.class, () -> family.open(folder, Placement.CPU)).getMessage();
  }
}
