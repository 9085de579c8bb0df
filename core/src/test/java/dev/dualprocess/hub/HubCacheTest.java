package dev.dualprocess.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.testing.LoggedLines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HubCacheTest {
  @TempDir Path root;

  private Path snapshot(String commit, String... files) throws IOException {
    Path folder = root.resolve("models--maker--model/snapshots").resolve(commit);
    Files.createDirectories(folder);
    for (String file : files) {
      Files.writeString(folder.resolve(file), "{}");
    }
    return folder;
  }

  private Optional<Path> found() throws IOException {
    return new HubCache(root).snapshot("maker/model");
  }

  @Test
  void branchMainIsTaken() throws IOException {
    snapshot("a", "config.json");
    Path main = snapshot("b", "config.json");
    Path refs = Files.createDirectories(root.resolve("models--maker--model/refs"));
    Files.writeString(refs.resolve("main"), "b\n");
    assertEquals(Optional.of(main), found());
    assertEquals(List.of("maker/model"), new HubCache(root).ids());
  }

  @Test
  void withoutBranchMainTheNewestIsTakenAndSaidOnce() throws Exception {
    Path old = snapshot("z", "config.json");
    Path newest = snapshot("a", "model_index.json");
    Path empty = snapshot("e");
    Files.setLastModifiedTime(old, FileTime.fromMillis(1000));
    Files.setLastModifiedTime(newest, FileTime.fromMillis(2000));
    Files.setLastModifiedTime(empty, FileTime.fromMillis(3000));
    List<String> told =
        LoggedLines.warnings(
            () -> {
              assertEquals(Optional.of(newest), found());
              assertEquals(Optional.of(newest), found());
            });
    assertEquals(1, told.size(), told::toString);
    assertTrue(told.get(0).contains("maker/model: 2 snapshots"), told::toString);
    assertTrue(told.get(0).contains(newest + " is taken"), told::toString);
  }

  @Test
  void aSnapshotWithoutItsConfigHasNotArrived() throws IOException {
    snapshot("a", "merges.txt");
    assertEquals(Optional.empty(), found());
    assertEquals(Optional.empty(), new HubCache(root).snapshot("../model"));
  }
}
