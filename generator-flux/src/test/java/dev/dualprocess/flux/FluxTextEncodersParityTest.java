package dev.dualprocess.flux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dualprocess.testing.Fixtures;
import dev.dualprocess.testing.Golden;
import dev.dualprocess.testing.LoggedLines;
import dev.dualprocess.testing.Parity;
import dev.dualprocess.weights.WeightSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** CLIP and T5 against transformers. */
class FluxTextEncodersParityTest {
  private static final double OUTPUT = Parity.output(1e-4);

  static List<String> variants() {
    return Fixtures.cases("text_encoders", "clip_t5_");
  }

  @ParameterizedTest
  @MethodSource("variants")
  void encodesAsTransformersDoes(String name) throws IOException {
    JsonNode json = Fixtures.json(name + ".json");
    Path pipeline = Fixtures.path(json.path("checkpoint").asText());
    try (PointerScope scope = new PointerScope();
        Golden golden = Fixtures.golden(name);
        FluxTextModels models = FluxFixtures.textModels(pipeline);
        FluxTextEncoders encoders =
            FluxTextEncoders.open(pipeline, Parity.placement(), WeightSource.FILES)) {
      assertTrue(json.path("cases").size() > 0, "no cases");
      for (int i = 0; i < json.path("cases").size(); i++) {
        String prompt = json.path("cases").path(i).path("prompt").asText();
        Tensor clipIds = encoders.clipIds(prompt);
        golden.assertSame(i + ".clip.input_ids", clipIds);
        Tensor hidden = models.clip().forward(clipIds);
        golden.assertClose(i + ".clip.last_hidden_state", hidden, OUTPUT);
        golden.assertClose(i + ".clip.pooled", models.clip().pooled(hidden, clipIds), OUTPUT);

        Tensor t5Ids = encoders.t5Ids(prompt);
        golden.assertSame(i + ".t5.input_ids", t5Ids);
        for (String key : golden.names(i + ".t5.last_hidden_state")) {
          assertT5(golden, i + ".t5.last_hidden_state" + key, models.t5(), t5Ids);
        }
        try (FluxConditioning text = encoders.encode(prompt, Parity.placement())) {
          golden.assertClose(i + ".clip.pooled", text.pooled(), OUTPUT);
          Golden.assertClose(
              name + " conditioning", models.t5().forward(t5Ids), text.promptEmbeds(), 1e-6);
        }
      }
    }
  }

  /** CLIP is cut long before T5 is, and that matters less. */
  @ParameterizedTest
  @MethodSource("variants")
  void wordsThatAreLostAreToldOnce(String name) throws Exception {
    Path pipeline = Fixtures.path(Fixtures.json(name + ".json").path("checkpoint").asText());
    try (FluxTextEncoders encoders =
        FluxTextEncoders.open(pipeline, Parity.placement(), WeightSource.FILES)) {
      List<String> logged =
          LoggedLines.warnings(
              () -> {
                for (String text : List.of("a cat", "a ".repeat(100) + "(red:1.3) dog", "a cat")) {
                  encoders.encode(text, Parity.placement()).close();
                  encoders.encode(text, Parity.placement()).close();
                }
              });
      assertEquals(2, logged.size(), logged::toString);
      assertTrue(logged.get(0).contains("weights in prompts are not read: '(red:1.3)'"));
      String clip = logged.get(1);
      assertTrue(clip.contains("the 77 tokens that CLIP reads; it does not see 'a a a "), clip);
      assertTrue(
          clip.endsWith(
              "(red:1.3) dog': it matters little, for T5 reads up to 512 tokens of it too"),
          clip);
      List<String> longer =
          LoggedLines.warnings(
              () -> encoders.encode("a cat ".repeat(600) + "END", Parity.placement()).close());
      assertEquals(2, longer.size(), longer::toString);
      String t5 = longer.get(1);
      assertTrue(t5.contains("the 512 tokens that T5 reads; it does not see '"), t5);
      assertTrue(t5.endsWith("a cat END': shorten the prompt"), t5);
    }
  }

  /** {@code _firstN}: the first N rows are kept; {@code _Ntokens}: the model saw N ids only. */
  private static void assertT5(Golden golden, String key, T5Encoder t5, Tensor ids) {
    long rows = golden.tensor(key).size(1);
    Tensor actual =
        key.endsWith("tokens")
            ? t5.forward(ids.narrow(1, 0, rows))
            : t5.forward(ids).narrow(1, 0, rows);
    golden.assertClose(key, actual, OUTPUT);
  }
}
