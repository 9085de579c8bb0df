package dev.dualprocess.cli;

import com.google.common.collect.ImmutableMap;
import dev.dualprocess.cli.console.Console;
import dev.dualprocess.cli.console.DownloadBar;
import dev.dualprocess.hub.Hub;
import dev.dualprocess.hub.HubDownload;
import dev.dualprocess.hub.HubId;
import dev.dualprocess.hub.HubSettings;
import dev.dualprocess.hub.RepoFile;
import dev.dualprocess.models.ModelDownload;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Downloads a model from the hub. */
@Command(
    name = "get",
    mixinStandardHelpOptions = true,
    description =
        "Download a model from the Hugging Face hub into its cache, which Python shares: the files"
            + " that are read here, and no others.")
final class ModelsGetCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "ORG/NAME",
      description = "A hub id, such as black-forest-labs/FLUX.1-schnell.")
  private String id;

  @Option(
      names = "--revision",
      paramLabel = "R",
      description = "A branch, a tag or a commit (default: main).")
  private String revision = "main";

  @Option(names = "--dry-run", description = "Show what would be downloaded; write nothing.")
  private boolean dryRun;

  @Option(names = "--yes", description = "As in other commands; nothing is asked here anyway.")
  @SuppressWarnings("unused")
  private boolean yes;

  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws IOException {
    HubId model = new HubId(id);
    Hub hub = new Hub(HubSettings.ofUser());
    Console console = output.console();
    try (DownloadBar bar = new DownloadBar(console, "Downloading")) {
      ModelDownload found = ModelDownload.of(hub, model, revision, bar);
      if (dryRun) {
        show(console, found);
        return 0;
      }
      boolean whole = found.download().complete();
      Path folder = found.download().run(bar);
      bar.close();
      String readers = String.join(", ", found.readBy());
      console.say(
          "%s (%s) %s: %s", model, readers, whole ? "is there already" : "has arrived", folder);
      console.event("model", Map.of("name", id, "folder", folder.toString(), "readBy", readers));
    }
    return 0;
  }

  private void show(Console console, ModelDownload found) throws IOException {
    HubDownload download = found.download();
    List<RepoFile> missing = download.missing();
    Set<String> toCome = new HashSet<>(missing.stream().map(RepoFile::etag).toList());
    for (RepoFile file : download.wanted().files()) {
      boolean there = !toCome.contains(file.etag());
      console.say(
          "%10s  %s%s", HubDownload.size(file.size()), file.path(), there ? "  (there)" : "");
      console.event("file", Map.of("file", file.path(), "bytes", file.size(), "there", there));
    }
    long bytes = download.wanted().bytes();
    console.say(
        "%10s  in %d files for %s; %s to download into %s",
        HubDownload.size(bytes),
        download.wanted().files().size(),
        String.join(", ", found.readBy()),
        HubDownload.size(download.missingBytes()),
        download.folder());
    console.event(
        "download",
        ImmutableMap.of(
            "bytes", bytes,
            "missing", download.missingBytes(),
            "commit", download.wanted().commit(),
            "folder", download.folder().toString()));
  }
}
