package dev.dualprocess.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFolderTest {
  private static final BufferedImage PICTURE = new BufferedImage(4, 4, BufferedImage.TYPE_INT_RGB);

  @TempDir private Path temporary;

  private IOException refused() {
    return assertThrows(IOException.class, () -> RunFolder.open(temporary).close());
  }

  private static String firstLine(Process process) throws IOException {
    BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
    return out.readLine();
  }

  @Test
  void oneProgramAtATimeIsInAFolder() throws IOException {
    try (RunFolder first = RunFolder.open(temporary)) {
      assertTrue(refused().getMessage().contains("this program is writing there already"));
      Process second = FolderHolder.start(temporary);
      assertEquals(
          "%s: process %d on %s is writing there; wait for it, or choose another --out"
              .formatted(temporary, ProcessHandle.current().pid(), hostOf(first)),
          firstLine(second));
    }
    RunFolder.open(temporary).close();
  }

  /** From the file itself, in which it stands for people. */
  private static String hostOf(RunFolder folder) throws IOException {
    // Read by a process of its own: to close a file here would give up the lock.
    Process reader = new ProcessBuilder("cat", folder.path() + "/.lock").start();
    String held = firstLine(reader);
    return held.replaceAll(".*\"host\":\"([^\"]+)\".*", "$1");
  }

  @Test
  void aProcessThatWasKilledHindersNobody() throws IOException, InterruptedException {
    Process holder = FolderHolder.start(temporary);
    assertEquals("held", firstLine(holder));
    String told = refused().getMessage();
    assertTrue(told.contains("process " + holder.pid() + " on "), told);
    holder.destroyForcibly().waitFor();
    assertTrue(Files.size(temporary.resolve(".lock")) > 0, "it left its name");
    RunFolder.open(temporary).close();
  }

  @Test
  void aProcessOfAnotherMachineIsBelieved() throws IOException {
    Files.writeString(temporary.resolve(".lock"), "{\"pid\": 12, \"host\": \"far-away\"}");
    String told = refused().getMessage();
    assertTrue(
        told.contains("process 12 on far-away began to write there; if it has ended, delete "),
        told);
    Files.delete(temporary.resolve(".lock"));
    RunFolder.open(temporary).close();
    assertFalse(Files.exists(temporary.resolve(".lock")));
  }

  @Test
  void aBrokenLockFileHindersNobody() throws IOException {
    Files.writeString(temporary.resolve(".lock"), "{\"pid\": ");
    RunFolder.open(temporary).close();
  }

  @Test
  void whatAKillLeftUnfinishedIsRemovedAndNothingElse() throws IOException {
    Files.createDirectories(temporary.resolve("images"));
    for (String left : List.of(".a.png.123.tmp", "images/.b.png.77.tmp")) {
      Files.write(temporary.resolve(left), new byte[1]);
    }
    for (String own : List.of("notes.tmp", ".hidden", ".draft.tmp", "images/x.123.tmp")) {
      Files.write(temporary.resolve(own), new byte[1]);
    }
    RunFolder.open(temporary).close();
    try (Stream<Path> files = Files.walk(temporary)) {
      assertEquals(
          List.of(".draft.tmp", ".hidden", "images/x.123.tmp", "notes.tmp"),
          files
              .filter(Files::isRegularFile)
              .map(file -> temporary.relativize(file).toString().replace('\\', '/'))
              .sorted()
              .toList());
    }
  }

  @Test
  void whatStandsInTheWayIsToldBeforeTheRun() throws IOException {
    Files.write(temporary.resolve("images"), new byte[1]);
    try (RunFolder folder = RunFolder.open(temporary)) {
      IOException blocked = assertThrows(IOException.class, folder::requireRoomForRun);
      assertTrue(blocked.getMessage().startsWith(temporary.resolve("images") + ": cannot write"));
      Files.delete(temporary.resolve("images"));
      Files.createDirectories(temporary.resolve("lora.safetensors"));
      IOException folderThere = assertThrows(IOException.class, folder::requireRoomForRun);
      assertTrue(folderThere.getMessage().contains("lora.safetensors: is a folder"));
      Files.delete(temporary.resolve("lora.safetensors"));
      folder.requireRoomForRun();
    }
  }

  @Test
  void aFolderThatIsRemovedMeanwhileIsMadeWholeAgain() throws IOException {
    Path out = temporary.resolve("out");
    try (RunFolder folder = RunFolder.open(out)) {
      folder.writeConfig(Map.of("prompt", "a house"));
      Files.delete(out.resolve("config.json"));
      Files.deleteIfExists(out.resolve(".lock"));
      Files.delete(out);
      folder.writeResults(Map.of("steps", 3));
    }
    assertTrue(Files.readString(out.resolve("config.json")).contains("a house"));
    assertTrue(Files.exists(out.resolve("results.json")));
  }

  @Test
  void aPictureOfOtherParametersIsNotReplaced() throws IOException {
    try (RunFolder folder = RunFolder.open(temporary)) {
      Map<String, Object> parameters = Map.of("prompt", "a house", "seed", 3L, "guidance", 0.0);
      folder.requireNoOtherPicture("seed-3", parameters);
      folder.writePicture("seed-3", PICTURE, parameters);
      folder.requireNoOtherPicture("seed-3", parameters);
      Map<String, Object> other = Map.of("prompt", "a tree", "seed", 3L, "guidance", 0.0);
      IOException refused =
          assertThrows(IOException.class, () -> folder.requireNoOtherPicture("seed-3", other));
      assertTrue(refused.getMessage().contains("seed-3.png: was drawn with another prompt"));
      Files.write(temporary.resolve("seed-4.png"), new byte[] {1, 2});
      assertThrows(IOException.class, () -> folder.requireNoOtherPicture("seed-4", parameters));
    }
  }

  @Test
  void anEarlierRunCanBeForgotten() throws IOException {
    Files.createDirectories(temporary.resolve("checkpoint"));
    Files.write(temporary.resolve("checkpoint/state.safetensors"), new byte[1]);
    Files.write(temporary.resolve("lora.safetensors"), new byte[1]);
    Files.write(temporary.resolve("mine.txt"), new byte[1]);
    try (RunFolder folder = RunFolder.open(temporary)) {
      assertTrue(folder.hasCheckpoint());
      folder.removeEarlierRun();
      assertFalse(folder.hasCheckpoint());
      assertFalse(folder.hasResults());
      assertTrue(Files.exists(temporary.resolve("mine.txt")));
      folder.removeEarlierRun();
    }
  }
}
