package dev.dualprocess.cli;

import dev.dualprocess.run.Version;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints: the version that the jar was built with. */
final class ProgramVersion implements IVersionProvider {
  @Override
  public String[] getVersion() {
    return new String[] {"dualprocess " + Version.current()};
  }
}
