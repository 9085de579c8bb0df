package dev.dualprocess.cli;

import dev.dualprocess.run.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Where a command leaves its results, which take the place of no others unasked. */
final class ResultsOptions {
  @Mixin private FolderOption out;

  @Option(names = "--overwrite", description = "Replace the results of an earlier run in --out.")
  private boolean overwrite;

  /**
   * The folder, made if need be, for files of which none is a run's.
   *
   * @throws IOException in one line, if nothing can be written there
   */
  RunFolder openBesideResults() throws IOException {
    return out.open();
  }

  /**
   * The folder, made if need be.
   *
   * @throws IOException in one line, if nothing can be written there, or it holds results
   */
  RunFolder open() throws IOException {
    RunFolder folder = openBesideResults();
    if (!overwrite && Files.exists(folder.path().resolve("results.json"))) {
      folder.close();
      throw new IOException(
          out + ": holds the results of an earlier run; choose another --out, or add --overwrite");
    }
    return folder;
  }

  boolean overwrite() {
    return overwrite;
  }

  @Override
  public String toString() {
    return out.toString();
  }
}
