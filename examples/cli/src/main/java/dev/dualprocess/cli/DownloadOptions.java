package dev.dualprocess.cli;

import dev.dualprocess.Generator;
import dev.dualprocess.Verifier;
import dev.dualprocess.cli.console.Console;
import dev.dualprocess.cli.hub.DownloadOffer;
import dev.dualprocess.cli.hub.Terminal;
import dev.dualprocess.hub.HubId;
import dev.dualprocess.hub.HubSettings;
import dev.dualprocess.models.ModelSource;
import dev.dualprocess.models.Weighted;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Models by name, downloaded first where they are hub ids and the user agrees. */
final class DownloadOptions {
  @Option(
      names = "--yes",
      description = "Download a hub id that is not in the cache without asking.")
  private boolean yes;

  /** The generator's files and who reads them. */
  ModelSource<Generator> generator(String name) throws IOException {
    offer(name, "generator");
    return ModelSource.generator(name);
  }

  /** The verifier's files and who reads them. */
  ModelSource<Verifier> verifier(String name) throws IOException {
    offer(name, "verifier");
    return ModelSource.verifier(name);
  }

  /** The verifiers' files and who reads them; their names may have weights. */
  List<ModelSource<Verifier>> verifiers(List<String> names) throws IOException {
    for (String name : names) {
      offer(Weighted.of(name).name(), "verifier");
    }
    return ModelSource.verifiers(names);
  }

  private void offer(String name, String kind) throws IOException {
    Optional<HubId> id = DownloadOffer.idIn(name);
    if (id.isPresent()) {
      Console console =
          new Console(new PrintWriter(System.err, true, Charset.defaultCharset()), false);
      new DownloadOffer(HubSettings.ofUser(), yes, Terminal.ofProcess(), console)
          .make(id.get(), kind);
    }
  }
}
