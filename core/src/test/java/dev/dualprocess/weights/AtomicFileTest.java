package dev.dualprocess.weights;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The old file or the whole new one, and nothing beside it. */
class AtomicFileTest {
  @TempDir Path folder;

  @Test
  void aNewFileStandsAlone() throws IOException {
    Path path = folder.resolve("a/b/new.txt");
    AtomicFile.write(path, temporary -> Files.writeString(temporary, "new"));
    assertEquals("new", Files.readString(path));
    assertAlone(path);
  }

  @Test
  void anOldFileIsReplaced() throws IOException {
    Path path = Files.writeString(folder.resolve("a.txt"), "old and long");
    AtomicFile.write(path, temporary -> Files.writeString(temporary, "new"));
    assertEquals("new", Files.readString(path));
    assertAlone(path);
  }

  @Test
  void aFailureLeavesTheOldFile() throws IOException {
    Path path = Files.writeString(folder.resolve("a.txt"), "old");
    assertRefused(
        IOException.class,
        () ->
            AtomicFile.write(
                path,
                temporary -> {
                  Files.writeString(temporary, "half");
                  throw new IOException("disk full");
                }),
        path + ": cannot be written: disk full");
    assertEquals("old", Files.readString(path));
    assertAlone(path);
  }

  @Test
  void ofTwoFilesNeitherIsWrittenIfOneCannotBe() throws IOException {
    Path weights = Files.writeString(folder.resolve("weights"), "old");
    Path config = folder.resolve("config");
    AtomicFile.Content good = path -> Files.writeString(path, "new");
    AtomicFile.Content bad =
        path -> {
          throw new IOException("disk full");
        };
    assertRefused(
        IOException.class,
        () -> AtomicFile.writeBoth(weights, good, config, bad),
        config + ": cannot be written: disk full");
    assertRefused(
        IOException.class,
        () -> AtomicFile.writeBoth(weights, bad, config, good),
        weights + ": cannot be written: disk full");
    assertEquals("old", Files.readString(weights));
    assertAlone(weights);
    AtomicFile.writeBoth(weights, good, config, good);
    assertEquals("newnew", Files.readString(weights) + Files.readString(config));
  }

  /** The system's own line has no name in it. */
  @Test
  void aFullDiskIsToldWithTheFile() throws IOException {
    Path path = Files.writeString(folder.resolve("a.txt"), "old");
    assertRefused(
        IOException.class,
        () ->
            AtomicFile.write(
                path,
                temporary -> {
                  throw new IOException("writing", new IOException("No space left on device"));
                }),
        path + ": no space left on the disk; make room there");
    assertEquals("old", Files.readString(path));
    assertAlone(path);
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void whoMayReadItIsAsForAnyNewFile() throws IOException {
    Path plain = Files.writeString(folder.resolve("plain.txt"), "new");
    Path path = folder.resolve("a/new.txt");
    AtomicFile.write(path, temporary -> Files.writeString(temporary, "new"));
    assertEquals(Files.getPosixFilePermissions(plain), Files.getPosixFilePermissions(path));
  }

  private static void assertAlone(Path path) {
    String[] names = path.getParent().toFile().list();
    assertArrayEquals(new String[] {path.getFileName().toString()}, names);
  }
}
