package dev.dualprocess.card;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dualprocess.lora.Lora;
import dev.dualprocess.models.Checksums;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.weights.SafeTensorsFile;
import dev.dualprocess.weights.SafeTensorsWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelCardTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final CardSettings APACHE = CardSettings.of("apache-2.0");

  @TempDir private Path temporary;
  private Path run;
  private Path out;

  @BeforeEach
  void aRun() throws IOException {
    run = Files.createDirectories(temporary.resolve("secret-place/run"));
    out = temporary.resolve("card");
    try (PointerScope scope = new PointerScope()) {
      Map<String, Tensor> factors =
          Map.of(
              "transformer.x.to_q.lora_A.weight", Ops.floats(new float[] {1, 2, 3, 4, 5, 6}, 2, 3),
              "transformer.x.to_q.lora_B.weight", Ops.floats(new float[] {7, 8, 9, 10}, 2, 2));
      SafeTensorsWriter.write(
          run.resolve("lora.safetensors"),
          factors,
          Map.of(
              "lora_adapter_metadata", "{\"transformer.r\": 2, \"transformer.lora_alpha\": 10}"));
    }
    Files.write(run.resolve("before-after.png"), new byte[] {1, 2, 3});
    writeConfig("/home/someone/models--ORG--BASE/snapshots/0123", "a house, \"old\"");
    Files.writeString(
        run.resolve("results.json"),
        """
        {"steps": 80, "evaluations": [{"prompt": "a | b", "trained": false, "unseenSeeds": 4,
          "before": {"probability": 0.25}, "after": {"probability": 0.875}}]}
        """);
  }

  private void writeConfig(String generator, String prompt) throws IOException {
    ObjectNode config =
        (ObjectNode)
            MAPPER.readTree(
                """
        {"commandLine": ["distill", "--out", "/home/someone/out"],
         "verifiers": [{"id": "/home/someone/judge"}],
         "checks": [{"question": "Is it <b>old</b>?", "answer": "Yes",
                     "visualPrompt": "/home/someone/line.png", "overlayMode": "SOLID"}],
         "also": [{"prompt": "a barn"}],
         "settings": {"steps": 100, "seeds": 50, "seed": 3, "adam": {"learningRate": 5e-05},
           "lora": {"rank": 2, "alpha": 10.0, "targetModules": ""},
           "sampling": {"size": {"height": 64, "width": 96}, "numInferenceSteps": 1,
                        "guidanceScale": 0.0}}}
        """);
    config.putObject("generator").put("id", generator);
    config.put("prompt", prompt);
    Files.writeString(run.resolve("config.json"), config.toString());
  }

  private void writeAudit(Path folder, String verdict, String sha256) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(
        folder.resolve("results.json"),
        """
        {"task": "audit", "verdict": "%s", "loraSha256": "%s",
         "findings": [{"passed": true, "text": "It rises."}, {"passed": false, "text": "Others do not see it."}]}
        """
            .formatted(verdict, sha256));
  }

  private List<String> card(CardSettings settings) throws IOException {
    ModelCard.of(run, settings).write(out);
    return Files.readAllLines(out.resolve("README.md"));
  }

  /** The lines between the first two rulers, as key and value. */
  private static Map<String, String> metadata(List<String> card) {
    assertEquals("---", card.get(0));
    return card.subList(1, card.subList(1, card.size()).indexOf("---") + 1).stream()
        .filter(line -> line.matches("\\w+: .*"))
        .map(line -> line.split(": ", 2))
        .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
  }

  @Test
  void theHubIsToldWhatItIs() throws IOException {
    Map<String, String> metadata = metadata(card(APACHE));
    assertEquals("apache-2.0", metadata.get("license"));
    assertEquals("ORG/BASE", metadata.get("base_model"));
    assertEquals("adapter", metadata.get("base_model_relation"));
    assertEquals(
        "a house, \"old\"", MAPPER.readValue(metadata.get("instance_prompt"), String.class));
  }

  @Test
  void peopleReadWhatWasTaughtAndHowItCameOut() throws IOException {
    List<String> card = card(APACHE);
    assertTrue(
        card.contains(
            "- *Is it \\<b\\>old\\</b\\>?* Wanted answer: Yes. With a drawing laid over the picture: line.png."),
        card::toString);
    assertTrue(card.containsAll(List.of("- a house, \"old\"", "- a barn")), card::toString);
    assertTrue(card.contains("| a \\| b | no | 4 | 0.250 | 0.875 |"), card::toString);
    assertTrue(
        card.containsAll(
            List.of("| Steps | 80 |", "| Learning rate | 5.0E-5 |", "| Size | 96 x 64 |")),
        card::toString);
    assertFalse(card.stream().anyMatch(line -> line.startsWith("| Target modules")));
    assertTrue(card.contains("Asked: judge."), card::toString);
  }

  @Test
  void nothingOfTheMachineIsInTheFolder() throws IOException {
    card(APACHE);
    try (Stream<Path> files = Files.list(out)) {
      for (Path file : files.toList()) {
        String content = Files.readString(file, StandardCharsets.ISO_8859_1);
        assertFalse(content.contains("someone"), file::toString);
        assertFalse(content.contains("secret-place"), file::toString);
        assertFalse(content.contains("distill\""), file::toString);
      }
    }
    assertArrayEquals(new byte[] {1, 2, 3}, Files.readAllBytes(out.resolve("before-after.png")));
    assertFalse(Files.exists(out.resolve("overlay.png")));
  }

  @Test
  void theLoraActsAsTheRunsOwn() throws IOException {
    card(APACHE);
    float[] product = {5 * 39, 5 * 54, 5 * 69, 5 * 49, 5 * 68, 5 * 87}; // 10 / 2 · B A
    try (Lora lora = Lora.load(out.resolve("lora.safetensors"));
        SafeTensorsFile file = SafeTensorsFile.open(out.resolve("lora.safetensors"));
        PointerScope scope = new PointerScope()) {
      Tensor learnt =
          Ops.mul(lora.b("x.to_q").detach().mm(lora.a("x.to_q").detach()), lora.scale());
      assertArrayEquals(product, Ops.toFloats(learnt), 1e-4f);
      assertEquals(2, file.names().size());
    }
  }

  @Test
  void aModelThatIsNotOnTheHubIsNotNamedAsIfItWere() throws IOException {
    writeConfig("/home/someone/my-flux", "a house");
    assertEquals(Optional.empty(), ModelCard.of(run, APACHE).baseModel());
    List<String> card = card(APACHE);
    assertFalse(metadata(card).containsKey("base_model"), card::toString);
    assertTrue(card.stream().anyMatch(line -> line.contains("A LoRA for my-flux,")));
    CardSettings named =
        new CardSettings(Optional.of("Houses"), Optional.of("OTHER/FLUX"), "mit", Optional.empty());
    List<String> second = card(named);
    assertEquals("OTHER/FLUX", metadata(second).get("base_model"));
    assertTrue(second.contains("# Houses"), second::toString);
  }

  @Test
  void theVerdictIsThatOfThisLorasAudit() throws IOException {
    assertTrue(card(APACHE).stream().anyMatch(line -> line.startsWith("It was not audited:")));
    String sha256 = Checksums.sha256(run.resolve("lora.safetensors"));
    writeAudit(run.resolve("audit"), "SUSPECT", sha256);
    List<String> card = card(APACHE);
    assertTrue(
        card.containsAll(
            List.of(
                "**Suspect: this control may please its teacher alone.**",
                "- It rises.",
                "- **Against it:** Others do not see it.")),
        card::toString);
    Path elsewhere = temporary.resolve("other-audit");
    writeAudit(elsewhere, "HONEST", "0".repeat(64));
    CardSettings other =
        new CardSettings(Optional.empty(), Optional.empty(), "mit", Optional.of(elsewhere));
    IOException refused = assertThrows(IOException.class, () -> ModelCard.of(run, other));
    assertTrue(refused.getMessage().contains("the audit of another LoRA than"), refused::toString);
  }

  @Test
  void whatIsNoRunIsRefusedAndARunIsNotWrittenOver() throws IOException {
    ModelCard card = ModelCard.of(run, APACHE);
    IOException own = assertThrows(IOException.class, () -> card.write(run));
    assertTrue(own.getMessage().endsWith("is the folder of a run; choose another --out"));
    IOException none = assertThrows(IOException.class, () -> ModelCard.of(temporary, APACHE));
    assertTrue(none.getMessage().contains("it has no lora.safetensors"), none::toString);
  }

  @Test
  void aRunThatEndedEarlyHasACardToo() throws IOException {
    Files.delete(run.resolve("results.json"));
    Files.delete(run.resolve("before-after.png"));
    List<String> card = card(CardSettings.of(CardSettings.LICENSE_UNKNOWN));
    assertTrue(card.contains("| Steps | 100 |"), card::toString);
    assertFalse(card.stream().anyMatch(line -> line.contains("before-after.png")));
    assertFalse(card.stream().anyMatch(line -> line.startsWith("Mean probability")));
    assertTrue(card.stream().anyMatch(line -> line.startsWith("Nobody has chosen a licence yet")));
  }

  @Test
  void promptsThatLookLikeListsStayPrompts() throws IOException {
    for (Map.Entry<String, String> prompt :
        Map.of("- x", "- \\- x", "1. x", "- 1\\. x", "a\u007fb\nc", "- a b c").entrySet()) {
      writeConfig("/home/someone/models--ORG--BASE/snapshots/0123", prompt.getKey());
      List<String> card = card(APACHE);
      assertTrue(card.contains(prompt.getValue()), card::toString);
      assertFalse(String.join("", card).contains("\u007f"));
    }
  }

  @Test
  void textsOfAnotherFormAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> CardSettings.of("all mine\nlicense: mit"));
    Optional<String> none = Optional.empty();
    assertThrows(
        IllegalArgumentException.class,
        () -> new CardSettings(none, Optional.of("../x"), "mit", Optional.empty()));
    for (String word : List.of("no", "null", "1.5", "x", "-mit")) {
      assertThrows(IllegalArgumentException.class, () -> CardSettings.of(word), word);
    }
  }
}
