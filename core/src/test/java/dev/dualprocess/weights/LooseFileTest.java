package dev.dualprocess.weights;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.dualprocess.models.ModelSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One file named where a folder is wanted: the line says which folder to make. */
class LooseFileTest {
  @TempDir Path folder;

  @Test
  void aGeneratorsTransformerGoesIntoItsFolder() throws IOException {
    Path file = Files.createFile(folder.resolve("flux1-schnell-fp8.safetensors"));
    assertRefused(
        IOException.class,
        () -> ModelSource.generator(file.toString()),
        file
            + ": one file of weights, but a generator is a folder of configs, tokenizers and all"
            + " parts: get that folder with `dualprocess models get ID`, and put this file into it"
            + " as transformer/diffusion_pytorch_model.safetensors");
  }

  @Test
  void aVerifiersWeightsGoBesideItsConfig() throws IOException {
    Path file = Files.createFile(folder.resolve("qwen.SafeTensors"));
    assertRefused(
        IOException.class,
        () -> ModelSource.verifier(file.toString()),
        "but a verifier is a folder",
        "put this file into it as model.safetensors");
  }

  @Test
  void ggufIsRefusedByItsName() throws IOException {
    Path file = Files.createFile(folder.resolve("flux1-dev-Q8_0.gguf"));
    assertRefused(
        IOException.class,
        () -> ModelSource.generator(file.toString()),
        file + ": quantized weights (GGUF), which are not read");
  }

  @Test
  void anyOtherNameIsNone() throws IOException {
    assertFalse(LooseFile.is(Files.createFile(folder.resolve("toy"))));
    assertFalse(LooseFile.is(folder.resolve("gone.safetensors")));
    assertFalse(LooseFile.is(Files.createDirectory(folder.resolve("folder.bin"))));
  }
}
