package dev.dualprocess.lora;

import static dev.dualprocess.lora.Effects.assertEffect;
import static dev.dualprocess.testing.Refusals.assertRefused;

import com.google.common.base.Splitter;
import dev.dualprocess.weights.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How strong a module's change is, wherever a program notes it. */
class LoraScaleTest {
  private static final String Q = "transformer_blocks.0.attn.to_q";
  private static final String OUT = "single_transformer_blocks.0.proj_out";
  private static final String TOP = "proj_out";

  @TempDir Path folder;

  /** One module of rank 16 in PEFT's folder, and what its configuration says. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "'{\"peft_type\":\"LORA\",\"r\":16,\"lora_alpha\":8}'; 0.5",
        "'{\"r\":16,\"lora_alpha\":8,\"use_rslora\":true}'; 2",
        "'{\"r\":4,\"lora_alpha\":8,\"rank_pattern\":{\"attn.to_q\":16}}'; 0.5",
        "'{\"r\":16,\"lora_alpha\":8,\"alpha_pattern\":{\"to_q\":32}}'; 2",
        "'{\"r\":16,\"lora_alpha\":8,\"alpha_pattern\":{\".*blocks.0.attn.to_[qk]\":4}}'; 0.25",
        "'{\"r\":16,\"lora_alpha\":8,\"alpha_pattern\":{\"o_q\":32}}'; 0.5",
        "'{\"r\":16,\"lora_alpha\":8,\"alpha_pattern\":{\"to_k\":32}}'; 0.5",
        "'{\"r\":4,\"lora_alpha\":8,\"use_rslora\":true,\"rank_pattern\":{\"to_q\":16}}'; 2",
        "'{\"r\":16}'; 1",
      })
  void peftKeepsItBesideTheWeights(String config, double scale) throws IOException {
    Files.writeString(folder.resolve("adapter_config.json"), config);
    try (LoraFiles file = new LoraFiles()) {
      file.peft("base_model.model." + Q, 16, 6, 5);
      Path weights = file.write(folder.resolve("adapter_model.safetensors"));
      double[][] product = file.peftProduct("base_model.model." + Q);
      for (Path path : new Path[] {folder, weights}) {
        try (Lora lora = Lora.load(path)) {
          assertEffect(scale, product, lora, Q);
        }
      }
    }
  }

  /** As PEFT has it, a pattern matches from a dot on; the first that does counts. */
  @Test
  void aPatternMatchesTheEndOfAPath() throws IOException {
    Files.writeString(
        folder.resolve("adapter_config.json"),
        "{\"r\":2,\"lora_alpha\":2,"
            + "\"alpha_pattern\":{\"single_transformer_blocks.0.proj_out\":6,\"proj_out\":4}}");
    try (LoraFiles file = new LoraFiles()) {
      file.peft(OUT, 2, 6, 5).peft(TOP, 2, 6, 5).peft(Q, 2, 6, 5);
      file.write(folder.resolve("adapter_model.safetensors"));
      try (Lora lora = Lora.load(folder)) {
        assertEffect(3, file.peftProduct(OUT), lora, OUT);
        assertEffect(2, file.peftProduct(TOP), lora, TOP);
        assertEffect(1, file.peftProduct(Q), lora, Q);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "lora_alpha, 8, '', '', 2",
    "lora_alpha, None, '', '', 1",
    "ss_network_alpha, 8, ss_network_dim, 4, 2",
    "ss_network_alpha, 8.0, '', '', 2",
    "ss_network_alpha, 1, ss_network_dim, 4, 0.25",
    "ss_network_alpha, 0, ss_network_dim, 4, 1",
    "ss_network_alpha, None, ss_network_dim, 4, 1",
  })
  void trainersNoteItInTheHeader(
      String key, String value, String otherKey, String otherValue, double scale)
      throws IOException {
    try (LoraFiles file = new LoraFiles()) {
      file.peft("transformer." + Q, 4, 6, 5).header(key, value).header(otherKey, otherValue);
      try (Lora lora = Lora.load(file.write(folder.resolve("lora.safetensors")))) {
        assertEffect(scale, file.peftProduct("transformer." + Q), lora, Q);
      }
    }
  }

  /** sd-scripts' converter multiplies alpha in and copies the header. */
  @Test
  void aHeaderThatWasCopiedFromKohyaDoesNotCountTwice() throws IOException {
    try (LoraFiles file = new LoraFiles()) {
      file.peft("transformer." + Q, 4, 6, 5)
          .header("ss_network_module", "networks.lora_flux")
          .header("ss_network_alpha", "1")
          .header("ss_network_dim", "4");
      try (Lora lora = Lora.load(file.write(folder.resolve("lora.safetensors")))) {
        assertEffect(1, file.peftProduct("transformer." + Q), lora, Q);
      }
    }
  }

  @Test
  void alphaTensorsCountForTheirOwnModule() throws IOException {
    String other = "transformer_blocks.1.attn.to_q";
    String third = "transformer_blocks.2.attn.to_q";
    try (LoraFiles file = new LoraFiles()) {
      file.peft("transformer." + Q, 4, 6, 5).number("transformer." + Q + ".alpha", 2);
      file.peft("transformer." + other, 2, 6, 5).number("transformer." + other + ".alpha", 6);
      file.peft("transformer." + third, 2, 6, 5);
      try (Lora lora = Lora.load(file.write(folder.resolve("lora.safetensors")))) {
        assertEffect(0.5, file.peftProduct("transformer." + Q), lora, Q);
        assertEffect(3, file.peftProduct("transformer." + other), lora, other);
        assertEffect(1, file.peftProduct("transformer." + third), lora, third);
      }
    }
  }

  /** Each place in turn is taken away, the next then counts. */
  @Test
  void theNearestPlaceWins() throws IOException {
    String config = "{\"r\":4,\"lora_alpha\":20}";
    Files.writeString(folder.resolve("adapter_config.json"), config);
    for (int without = 0; without <= 4; without++) {
      try (LoraFiles file = new LoraFiles()) {
        file.peft(Q, 4, 6, 5);
        if (without < 1) {
          file.number(Q + ".alpha", 12);
        }
        if (without < 2) {
          file.header(
              "lora_adapter_metadata", "{\"transformer.r\":4,\"transformer.lora_alpha\":16}");
        }
        if (without < 4) {
          file.header("lora_alpha", "24");
        }
        String name = without < 3 ? "adapter_model.safetensors" : "other.safetensors";
        try (Lora lora = Lora.load(file.write(folder.resolve(name)))) {
          double scale = new double[] {3, 4, 5, 6, 1}[without];
          assertEffect(scale, file.peftProduct(Q), lora, Q);
        }
      }
    }
  }

  @Test
  void aFolderMayBeThatOfDiffusersOrOfARun() throws IOException {
    for (String name : new String[] {"pytorch_lora_weights.safetensors", "lora.safetensors"}) {
      Path here = Files.createDirectory(folder.resolve(name + "-folder"));
      try (LoraFiles file = new LoraFiles()) {
        file.peft("transformer." + Q, 4, 6, 5).write(here.resolve(name));
        try (Lora lora = Lora.load(here)) {
          assertEffect(1, file.peftProduct("transformer." + Q), lora, Q);
        }
      }
    }
  }

  @Test
  void aFolderWithoutALoraIsRefused() throws IOException {
    assertRefused(
        CheckpointException.class,
        () -> Lora.load(folder),
        folder,
        "no LoRA in this folder",
        "adapter_model.safetensors");
    Files.writeString(folder.resolve("adapter_model.bin"), "");
    assertRefused(
        CheckpointException.class,
        () -> Lora.load(folder),
        folder,
        "save the adapter as safetensors");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"r\":0,\"lora_alpha\":8}; rank 0",
        "{\"r\":4,\"lora_alpha\":8,\"rank_pattern\":{\"q\":0}}; rank 4",
        "{\"r\":4,\"lora_alpha\":8,\"alpha_pattern\":{\"(\":1}}; '(' is no regular expression",
        "{\"r\":4,\"lora_alpha\":8,\"peft_type\":\"LOHA\"}; a LOHA adapter",
        "{\"r\":4,\"lora_alpha\":8,\"use_dora\":true}; a DORA adapter",
        "{\"r\":; not valid JSON"
      })
  void aConfigurationThatIsNoneIsRefused(String configAndTold) throws IOException {
    List<String> parts = Splitter.on("; ").splitToList(configAndTold);
    Files.writeString(folder.resolve("adapter_config.json"), parts.get(0));
    try (LoraFiles file = new LoraFiles()) {
      file.peft(Q, 4, 6, 5).write(folder.resolve("adapter_model.safetensors"));
    }
    assertRefused(IOException.class, () -> Lora.load(folder), "adapter_config.json", parts.get(1));
  }
}
