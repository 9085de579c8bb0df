package dev.dualprocess.spark;

import dev.dualprocess.Verifier;
import dev.dualprocess.plugins.WarmthVerifier;
import dev.dualprocess.spi.VerifierProvider;
import dev.dualprocess.tensor.Placement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/** Looks for warmth; notes each opening in the file of a system property, if that is set. */
public final class CountedVerifier implements VerifierProvider {
  static final String NOTES = "openings";

  /** For {@code ServiceLoader}. */
  public CountedVerifier() {}

  @Override
  public String name() {
    return "counted";
  }

  @Override
  public boolean supports(Path folder) {
    return false;
  }

  @Override
  public Verifier open(Optional<Path> folder, Placement placement) throws IOException {
    String file = System.getProperty(NOTES);
    if (file != null) {
      Files.write(
          Path.of(file),
          List.of(Long.toString(ProcessHandle.current().pid())),
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    }
    return new WarmthVerifier().open(folder, placement);
  }
}
