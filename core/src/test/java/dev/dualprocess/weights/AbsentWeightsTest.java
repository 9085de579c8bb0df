package dev.dualprocess.weights;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Folders without weights that can be read: what the line says is there, and what to do. */
class AbsentWeightsTest {
  private static final String EXPECTED = "diffusion_pytorch_model.safetensors or model.safetensors";

  @TempDir Path folder;

  private void file(String name) throws IOException {
    Files.write(folder.resolve(name), new byte[16]);
  }

  private void assertTold(Object... told) {
    assertRefused(CheckpointException.class, () -> Checkpoint.open(folder), told);
  }

  private void assertExactly(String told) {
    assertEquals(
        told, assertThrows(CheckpointException.class, () -> Checkpoint.open(folder)).getMessage());
  }

  @Test
  void anEmptyFolder() {
    assertTold(folder + ": no safetensors weights here: it is empty; expected " + EXPECTED);
  }

  @Test
  void aFolderThatIsNotThere() {
    Path gone = folder.resolve("transformer");
    assertRefused(
        CheckpointException.class,
        () -> Checkpoint.open(gone),
        gone + ": no such folder; the weights should be in it, as " + EXPECTED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pytorch_model.bin",
        "diffusion_pytorch_model.bin",
        "sana.pth",
        "model.pt",
        "sd.ckpt"
      })
  void onlyPickles(String name) throws IOException {
    file(name);
    file("config.json");
    assertTold(
        folder + ": only pickled weights are here (" + name + "); they are not read",
        "save_pretrained(FOLDER, safe_serialization=True)");
  }

  @Test
  void manyPickles() throws IOException {
    for (int i = 1; i <= 6; i++) {
      file("pytorch_model-0000%d-of-00006.bin".formatted(i));
    }
    assertTold("pytorch_model-00004-of-00006.bin and 2 more");
  }

  @Test
  void onlyGguf() throws IOException {
    file("flux1-schnell-Q4_K_S.gguf");
    assertTold(
        folder.resolve("flux1-schnell-Q4_K_S.gguf")
            + ": quantized weights (GGUF), which are not read: get the model in bf16, fp16 or fp8,"
            + " and give --weights int8 where it is too large");
  }

  @Test
  void shardsWithoutTheirIndex() throws IOException {
    file("model-00001-of-00002.safetensors");
    file("model-00002-of-00002.safetensors");
    assertTold(
        folder
            + ": shards of weights are here (model-00001-of-00002.safetensors,"
            + " model-00002-of-00002.safetensors), but not their index,"
            + " model.safetensors.index.json: get it too");
  }

  @Test
  void anotherName() throws IOException {
    file("flux1-schnell-fp8.safetensors");
    Files.writeString(
        folder.resolve("config.json"), "{\"_class_name\":\"FluxTransformer2DModel\"}");
    assertTold(
        folder
            + ": no weights under a name that is read, but flux1-schnell-fp8.safetensors: if that is"
            + " this model, rename it to diffusion_pytorch_model.safetensors");
  }

  /** What downloads with a file's name for a folder leave. */
  @ParameterizedTest
  @ValueSource(strings = {"model.safetensors", "model-00001-of-00002.safetensors"})
  void aFolderInPlaceOfAFile(String name) throws IOException {
    Path inPlace = Files.createDirectory(folder.resolve(name));
    file("pytorch_model.bin");
    assertExactly(inPlace + ": a folder, not a file of weights: put the file itself in its place");
  }

  @Test
  void aLinkWhoseBlobIsGone() throws IOException {
    Path snapshot =
        Files.createDirectories(
            folder.resolve("models--black-forest-labs--FLUX.1-dev/snapshots/0a"));
    Path link = snapshot.resolve("model.safetensors");
    Files.createSymbolicLink(link, Path.of("../../blobs/c0ffee"));
    assertRefused(
        CheckpointException.class,
        () -> Checkpoint.open(snapshot),
        link
            + ": no such file: a broken link, since ../../blobs/c0ffee is not there: fetch it again"
            + " with `dualprocess models get black-forest-labs/FLUX.1-dev`");
  }

  @Test
  void aShardWhoseBlobIsGone() throws IOException {
    Path link = folder.resolve("model-00001-of-00001.safetensors");
    Files.createSymbolicLink(link, Path.of("blobs/gone"));
    Files.writeString(
        folder.resolve("model.safetensors.index.json"),
        "{\"weight_map\":{\"w\":\"model-00001-of-00001.safetensors\"}}");
    assertTold(
        link + ": no such file: a broken link, since blobs/gone is not there",
        "models get",
        "1 of the 1 files that model.safetensors.index.json names are missing");
  }

  @Test
  void aGitLfsPointer() throws IOException {
    Path pointer = folder.resolve("model.safetensors");
    Files.writeString(
        pointer,
        "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a21\nsize 4976698592\n");
    assertTold(
        pointer
            + ": a Git LFS pointer, not the file itself: run `git lfs pull` in "
            + folder.toAbsolutePath());
  }

  @ParameterizedTest
  @ValueSource(strings = {"GGUF", "PK\u0003\u0004"})
  void anotherFormatUnderTheName(String start) throws IOException {
    Path file = folder.resolve("model.safetensors");
    Files.write(file, (start + " and so on").getBytes(StandardCharsets.ISO_8859_1));
    assertTold(file, start.equals("GGUF") ? "quantized weights (GGUF)" : "a pickled one");
  }

  @Test
  void aFileThatIsRead() throws IOException {
    HandMade.write(
        folder.resolve("model.safetensors"), Map.of("w", HandMade.floats(List.of(1), 1)));
    file("pytorch_model.bin");
    Checkpoint.open(folder).close();
  }
}
