package dev.dualprocess.config;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Config files that are not there: why, and what to do. */
class MissingFileTest {
  @TempDir Path folder;

  private static void assertTold(Path path, String line) {
    assertEquals(line, MissingFile.line(path));
    assertRefused(IOException.class, () -> ConfigFile.read(path), line);
  }

  @Test
  void aFileAmongOthers() throws IOException {
    Files.writeString(folder.resolve("other.json"), "{}");
    Path path = folder.resolve("config.json");
    assertTold(path, path + ": no such file");
  }

  @Test
  void aFolderThatIsNotThere() {
    Path path = folder.resolve("text_encoder/config.json");
    assertTold(path, path + ": no such file: there is no folder text_encoder");
  }

  @Test
  void anEmptyFolder() throws IOException {
    Path path = Files.createDirectory(folder.resolve("text_encoder")).resolve("config.json");
    assertTold(path, path + ": no such file: the folder text_encoder is empty");
  }

  @Test
  void aBrokenLinkOfTheHubsCache() throws IOException {
    Path part =
        Files.createDirectories(
            folder.resolve("models--Efficient-Large-Model--Sana/snapshots/f/vae"));
    Path path = part.resolve("config.json");
    Files.createSymbolicLink(path, Path.of("../../../blobs/1a"));
    assertTold(
        path,
        path
            + ": no such file: a broken link, since ../../../blobs/1a is not there: fetch it again"
            + " with `dualprocess models get Efficient-Large-Model/Sana`");
  }

  @Test
  void anyOtherBrokenLink() throws IOException {
    Path path = folder.resolve("config.json");
    Files.createSymbolicLink(path, Path.of("gone.json"));
    assertTold(
        path,
        path
            + ": no such file: a broken link, since gone.json is not there: put the file there, or"
            + " fetch the model again with `dualprocess models get ID`");
  }

  @Test
  void aGitLfsPointer() throws IOException {
    Path path = folder.resolve("tokenizer.json");
    Files.writeString(path, "version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 9\n");
    assertRefused(
        IOException.class,
        () -> ConfigFile.read(path),
        path + ": a Git LFS pointer, not the file itself: run `git lfs pull` in " + folder);
  }
}
