package dev.dualprocess.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Paths of which no good can come. */
final class OddFiles {
  private final Path folder;

  OddFiles(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
    Files.createDirectories(folder.resolve("empty"));
    Files.write(folder.resolve("nothing"), new byte[0]);
    Files.writeString(folder.resolve("text"), "no picture, no model");
    Files.createSymbolicLink(folder.resolve("loop"), folder.resolve("loop"));
    run("mkfifo", folder.resolve("pipe").toString());
    run("chmod", "000", Files.writeString(folder.resolve("sealed"), "a secret").toString());
  }

  private static void run(String... command) throws IOException {
    try {
      assertEquals(0, new ProcessBuilder(command).inheritIO().start().waitFor());
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  List<String> paths() {
    return List.of(
        "",
        " ",
        "a\0b",
        at("\\"),
        at("("),
        at("empty"),
        at("nothing"),
        at("text"),
        at("sealed"),
        at("pipe"),
        at("loop"),
        at("text/below"),
        at("x".repeat(300)),
        at("nowhere/at/all"),
        "/dev/zero",
        "/dev/full",
        "/proc/self/mem",
        "/proc");
  }

  private String at(String name) {
    return folder.resolve(name).toString();
  }
}
