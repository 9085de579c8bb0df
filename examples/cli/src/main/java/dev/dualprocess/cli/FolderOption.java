package dev.dualprocess.cli;

import dev.dualprocess.run.RunFolder;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** {@code --out}, where a command leaves its files. */
final class FolderOption {
  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Where the results go.")
  private Path out;

  /**
   * The folder, made if need be.
   *
   * @throws IOException in one line, if nothing can be written there
   */
  RunFolder open() throws IOException {
    return RunFolder.open(out);
  }

  @Override
  public String toString() {
    return out.toString();
  }
}
