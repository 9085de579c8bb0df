package dev.dualprocess.weights;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dualprocess.tensor.Ops;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Folders of weights, whole and broken. */
class CheckpointTest {
  @TempDir Path folder;

  private static Path save(Path path, String name, float value) throws IOException {
    try (PointerScope scope = new PointerScope()) {
      SafeTensorsWriter.write(path, Map.of(name, Ops.floats(new float[] {value}, 1)), Map.of());
    }
    return path;
  }

  private static Path index(Path path, String... namesAndShards) throws IOException {
    StringBuilder map = new StringBuilder();
    for (int i = 0; i < namesAndShards.length; i += 2) {
      map.append(i == 0 ? "" : ",")
          .append("\"%s\":\"%s\"".formatted(namesAndShards[i], namesAndShards[i + 1]));
    }
    return Files.writeString(path, "{\"metadata\":{},\"weight_map\":{" + map + "}}");
  }

  private static void assertHolds(Path folder, String name, float value) throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(folder);
        PointerScope scope = new PointerScope()) {
      assertArrayEquals(new float[] {value}, Ops.toFloats(checkpoint.tensor(name)));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"model.safetensors", "diffusion_pytorch_model.safetensors"})
  void aSingleFileIsFound(String name) throws IOException {
    save(folder.resolve(name), "w", 3);
    assertHolds(folder, "w", 3);
  }

  @Test
  void shardsAreFoundThroughTheirIndex() throws IOException {
    save(folder.resolve("one.safetensors"), "a", 1);
    save(folder.resolve("two.safetensors"), "b", 2);
    index(
        folder.resolve("model.safetensors.index.json"),
        "a",
        "one.safetensors",
        "b",
        "two.safetensors");
    assertHolds(folder, "a", 1);
    assertHolds(folder, "b", 2);
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      assertEquals(Set.of("a", "b"), checkpoint.entries().keySet());
      assertEquals(folder, checkpoint.path());
    }
  }

  @Test
  void linksOfAHubSnapshotAreFollowed() throws IOException {
    Path blobs = Files.createDirectories(folder.resolve("blobs"));
    Path snapshot = Files.createDirectories(folder.resolve("snapshots/0a1b"));
    save(blobs.resolve("c0ffee"), "w", 5);
    index(blobs.resolve("facade"), "w", "model-00001-of-00001.safetensors");
    Files.createSymbolicLink(
        snapshot.resolve("model-00001-of-00001.safetensors"), Path.of("../../blobs/c0ffee"));
    Files.createSymbolicLink(
        snapshot.resolve("model.safetensors.index.json"), Path.of("../../blobs/facade"));
    assertHolds(snapshot, "w", 5);
  }

  @Test
  void aFolderWithoutWeightsIsRefused() {
    assertRefused(
        CheckpointException.class,
        () -> Checkpoint.open(folder),
        folder,
        "diffusion_pytorch_model.safetensors",
        "model.safetensors");
  }

  @Test
  void aMissingShardIsNamed() throws IOException {
    index(folder.resolve("model.safetensors.index.json"), "w", "gone.safetensors");
    assertRefused(
        CheckpointException.class,
        () -> Checkpoint.open(folder),
        folder.resolve("gone.safetensors"),
        "no such file",
        "1 of the 1 files that model.safetensors.index.json names are missing: gone.safetensors");
  }

  @Test
  void allMissingShardsAreCounted() throws IOException {
    save(folder.resolve("two.safetensors"), "b", 1);
    Path index =
        index(
            folder.resolve("diffusion_pytorch_model.safetensors.index.json"),
            "a",
            "one.safetensors",
            "b",
            "two.safetensors",
            "c",
            "three.safetensors");
    String told =
        "2 of the 3 files that %s names are missing: one.safetensors, three.safetensors"
            .formatted(index.getFileName());
    assertRefused(CheckpointException.class, () -> Checkpoint.open(folder), told);
    save(folder.resolve("diffusion_pytorch_model.safetensors"), "a", 1);
    assertRefused(
        CheckpointException.class,
        () -> Checkpoint.open(folder),
        told + "; to read diffusion_pytorch_model.safetensors beside it, delete the index");
  }

  @Test
  void aTensorThatItsShardLacksIsNamed() throws IOException {
    save(folder.resolve("one.safetensors"), "a", 1);
    Path index =
        index(
            folder.resolve("model.safetensors.index.json"),
            "a",
            "one.safetensors",
            "b",
            "one.safetensors");
    assertRefused(
        CheckpointException.class, () -> Checkpoint.open(folder), index, "'b'", "one.safetensors");
  }

  @Test
  void aShardOutsideTheFolderIsRefusedEvenIfItIsThere() throws IOException {
    Path outside = save(folder.resolve("x.safetensors"), "w", 1);
    Path home = Files.createDirectories(folder.resolve("model"));
    for (String shard :
        new String[] {"../x.safetensors", "a/../../x.safetensors", outside.toString(), ""}) {
      Path index = index(home.resolve("model.safetensors.index.json"), "w", shard);
      assertRefused(
          CheckpointException.class,
          () -> Checkpoint.open(home),
          index,
          "'" + shard + "'",
          "outside the model directory");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{\"weight_map\":[]}", "{\"weight_map\":\"model.safetensors\"}"})
  void anIndexWithoutAMapIsRefused(String text) throws IOException {
    Path index = Files.writeString(folder.resolve("model.safetensors.index.json"), text);
    assertRefused(CheckpointException.class, () -> Checkpoint.open(folder), index, "no weight_map");
  }

  @Test
  void anIndexThatIsNotJsonIsRefused() throws IOException {
    Path index = Files.writeString(folder.resolve("model.safetensors.index.json"), "{\n\n");
    assertRefused(IOException.class, () -> Checkpoint.open(folder), index, "not valid JSON");
  }
}
