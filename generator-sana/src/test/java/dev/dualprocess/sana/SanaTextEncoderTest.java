package dev.dualprocess.sana;

import static dev.dualprocess.testing.Golden.relativeError;
import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dualprocess.tensor.Dtype;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.testing.Fixtures;
import dev.dualprocess.testing.FlatMemory;
import dev.dualprocess.testing.LoggedLines;
import dev.dualprocess.weights.CheckpointException;
import dev.dualprocess.weights.WeightSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the encoder holds, frees and refuses. */
class SanaTextEncoderTest {
  @TempDir private Path folder;

  private static SanaTextEncoder open(Placement placement) throws IOException {
    return SanaTextEncoder.open(SanaTextFixtures.pipeline(), placement, WeightSource.FILES);
  }

  private static SanaTextEncoder open(boolean stays) throws IOException {
    return SanaTextEncoder.open(
        SanaTextFixtures.pipeline(), Placement.CPU, WeightSource.FILES, Optional.empty(), stays);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aTextLeavesNothingBehind(boolean stays) throws IOException {
    try (SanaTextEncoder encoder = open(stays)) {
      FlatMemory.assertFlat(() -> encode(encoder, 12));
    }
  }

  private static void encode(SanaTextEncoder encoder, int times) {
    for (int i = 0; i < times; i++) {
      encoder.encode("a cat", i % 4 == 0, Placement.CPU).close();
    }
  }

  @Test
  void wordsThatAreLostAreToldOnce() throws Exception {
    String text = "a cat ".repeat(400) + "THE END";
    try (SanaTextEncoder encoder = open(true)) {
      List<SanaPrompt> prompts =
          List.of(SanaPrompt.NEGATIVE, SanaPrompt.instructed(text), SanaPrompt.plain(text));
      List<String> logged =
          LoggedLines.warnings(
              () -> {
                encoder.encode(prompts, Placement.CPU).forEach(SanaText::close);
                encoder.encode(prompts, Placement.CPU).forEach(SanaText::close);
              });
      assertEquals(1, logged.size(), logged::toString);
      String told = logged.get(0);
      assertTrue(told.contains("the 300 tokens that Gemma-2 reads; it does not see '"), told);
      assertTrue(told.endsWith("a cat the end': shorten the prompt"), told);
    }
  }

  @Test
  void closingFreesTheModel() throws IOException {
    open(Placement.CPU).close();
    long before = Pointer.totalCount();
    try (SanaTextEncoder encoder = open(Placement.CPU)) {
      assertTrue(Pointer.totalCount() > before + encoder.config().numHiddenLayers());
    }
    assertTrue(Pointer.totalCount() <= before, () -> Pointer.totalCount() + " after " + before);
  }

  @Test
  void aTextOutlivesTheScopeItWasMadeInAndTheEncoder() throws IOException {
    SanaText text;
    try (PointerScope scope = new PointerScope();
        SanaTextEncoder encoder = open(Placement.CPU)) {
      text = encoder.encode("a cat", false, Placement.CPU);
      assertEquals(encoder.config().hiddenSize(), text.promptEmbeds().size(2));
    }
    assertArrayEquals(new long[] {1, SanaPrompt.LENGTH}, text.mask().shape());
    text.close();
    assertTrue(text.promptEmbeds().isNull() && text.mask().isNull());
  }

  /** As on a GPU: the model is read for each call and freed after it. */
  @Test
  void whereItDoesNotStayTheModelIsReadForEachCall() throws IOException {
    try (SanaTextEncoder kept = open(true);
        SanaText wanted = kept.encode("a cat", true, Placement.CPU)) {
      open(false).close();
      long before = Pointer.totalCount();
      try (SanaTextEncoder encoder = open(false)) {
        assertTrue(Pointer.totalCount() <= before, "nothing is loaded yet");
        try (SanaText text = encoder.encode("a cat", true, Placement.CPU)) {
          assertTrue(Pointer.totalCount() <= before + 2, "the text alone is there");
          assertEquals(0, relativeError(wanted.promptEmbeds(), text.promptEmbeds()));
        }
      }
    }
  }

  @Test
  void fp16IsTooNarrowForGemma2() throws IOException {
    Placement half = new Placement("cpu", Dtype.FLOAT16);
    try (SanaTextEncoder encoder = open(half);
        SanaText text = encoder.encode("a cat", false, new Placement("cpu", Dtype.FLOAT32))) {
      assertEquals(Dtype.FLOAT32, Dtype.of(text.promptEmbeds()));
      assertTrue(Double.isFinite(text.promptEmbeds().abs().max().item_double()));
    }
  }

  /** However many files they are in. */
  private static void deleteWeights(Path pipeline) throws IOException {
    try (Stream<Path> files = Files.list(pipeline.resolve("text_encoder"))) {
      for (Path file : files.filter(f -> f.toString().contains(".safetensors")).toList()) {
        Files.delete(file);
      }
    }
  }

  private Path copied() throws IOException {
    Path pipeline = folder.resolve("sana");
    for (String part : new String[] {"text_encoder", "tokenizer"}) {
      Files.createDirectories(pipeline.resolve(part));
      try (Stream<Path> files = Files.list(SanaTextFixtures.pipeline().resolve(part))) {
        for (Path file : files.toList()) {
          Files.write(pipeline.resolve(part).resolve(file.getFileName()), Files.readAllBytes(file));
        }
      }
    }
    return pipeline;
  }

  private static void change(Path file, Consumer<ObjectNode> change) throws IOException {
    ObjectNode root = (ObjectNode) Fixtures.json(file);
    change.accept(root);
    Files.writeString(file, root.toString());
  }

  /** Whether the model is to stay or not: told when it is opened, and nothing is left behind. */
  private static void refused(Path pipeline, Object... told) throws IOException {
    open(Placement.CPU).close();
    long before = Pointer.totalCount();
    for (boolean stays : new boolean[] {true, false}) {
      assertRefused(
          IOException.class,
          () ->
              SanaTextEncoder.open(
                  pipeline, Placement.CPU, WeightSource.FILES, Optional.empty(), stays),
          told);
    }
    assertTrue(Pointer.totalCount() <= before, () -> Pointer.totalCount() + " after " + before);
  }

  @Test
  void weightsThatDoNotFitAreRefused() throws IOException {
    Path pipeline = copied();
    change(
        pipeline.resolve("text_encoder/config.json"),
        root -> root.put("intermediate_size", root.get("intermediate_size").asInt() + 1));
    refused(pipeline, "text_encoder", "layers.0.mlp");
  }

  @Test
  void aFileThatIsMissingIsRefusedByName() throws IOException {
    Path pipeline = copied();
    deleteWeights(pipeline);
    refused(pipeline, pipeline.resolve("text_encoder"), "no safetensors weights");
    Files.delete(pipeline.resolve("text_encoder/config.json"));
    refused(pipeline, pipeline.resolve("text_encoder/config.json"), "no such file");
  }

  @Test
  void aTokenizerWithoutTheOpeningTokenIsRefused() throws IOException {
    Path pipeline = copied();
    change(pipeline.resolve("tokenizer/tokenizer.json"), root -> root.putNull("post_processor"));
    refused(pipeline, pipeline.resolve("tokenizer"), "[]", "opening token");
  }

  @Test
  void aTokenizerWithoutAPadTokenIsRefused() throws IOException {
    Path pipeline = copied();
    change(pipeline.resolve("tokenizer/tokenizer_config.json"), root -> root.remove("pad_token"));
    Files.deleteIfExists(pipeline.resolve("tokenizer/special_tokens_map.json"));
    refused(pipeline, pipeline.resolve("tokenizer"), "pad token");
  }

  /** The file was there when the encoder was opened. */
  @Test
  void weightsThatAreGoneAreToldWhenTheyAreNeeded() throws IOException {
    Path pipeline = copied();
    try (SanaTextEncoder encoder =
        SanaTextEncoder.open(
            pipeline, Placement.CPU, WeightSource.FILES, Optional.empty(), false)) {
      deleteWeights(pipeline);
      UncheckedIOException refusal =
          assertThrows(
              UncheckedIOException.class, () -> encoder.encode("a cat", false, Placement.CPU));
      assertTrue(refusal.getCause() instanceof CheckpointException);
    }
  }
}
