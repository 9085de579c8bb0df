package dev.dualprocess.spark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** The discovery script on a machine whose {@code nvidia-smi} tells what a test wants. */
final class FakeGpus {
  private FakeGpus() {}

  /**
   * The script.
   *
   * @param number of GPUs; negative for a machine whose driver does not answer
   */
  static Path script(Path folder, int number) throws IOException {
    Path bin = Files.createDirectories(folder.resolve("bin"));
    program(
        bin.resolve("nvidia-smi"),
        number < 0 ? "echo no driver >&2; exit 9" : "seq 0 %d".formatted(number - 1));
    Path script = Path.of("src/main/scripts/gpus.sh").toAbsolutePath();
    return program(
        folder.resolve("discover.sh"), "PATH='%s':$PATH exec '%s'".formatted(bin, script));
  }

  private static Path program(Path file, String line) throws IOException {
    Files.writeString(file, "#!/bin/sh\n" + line + "\n");
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
