package dev.dualprocess.cli.hub;

import dev.dualprocess.cli.console.Console;
import dev.dualprocess.cli.console.DownloadBar;
import dev.dualprocess.hub.Hub;
import dev.dualprocess.hub.HubCache;
import dev.dualprocess.hub.HubDownload;
import dev.dualprocess.hub.HubId;
import dev.dualprocess.hub.HubSettings;
import dev.dualprocess.models.ModelDownload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Offers to download a model that a user names by its hub id and that is not in the cache.
 *
 * @param settings of the hub
 * @param agreed whether the user has said yes already
 * @param terminal where he is asked otherwise
 * @param console where the download is shown
 */
public record DownloadOffer(
    HubSettings settings, boolean agreed, Terminal terminal, Console console) {
  /** The hub id that a name is, if no folder has it. */
  public static Optional<HubId> idIn(String name) {
    return HubId.of(name).filter(id -> !Files.exists(Path.of(name)));
  }

  /**
   * Downloads the model, if it is not there and the user agrees. Where nobody can be asked nothing
   * is done: whoever looks for the model says how to get it.
   *
   * @param kind what it has to be, such as "generator"
   * @throws IOException in one line, if the user does not agree or it cannot be had
   */
  public void make(HubId id, String kind) throws IOException {
    if (new HubCache(settings.cache()).snapshot(id.text()).isPresent()) {
      return;
    }
    if (settings.offline()) {
      throw new IOException(
          "%s is not in the cache %s, and HF_HUB_OFFLINE is set".formatted(id, settings.cache()));
    }
    if (agreed || terminal.isThere()) {
      get(id, kind);
    }
  }

  private void get(HubId id, String kind) throws IOException {
    try (DownloadBar bar = new DownloadBar(console, "Downloading")) {
      ModelDownload found = ModelDownload.of(new Hub(settings), id, "main", bar);
      if (found.readBy().stream().noneMatch(reader -> reader.startsWith(kind + " "))) {
        throw new IOException(
            "%s is no %s: it is read by %s".formatted(id, kind, String.join(", ", found.readBy())));
      }
      if (!agreed && !terminal.agrees(question(id, found.download()))) {
        throw new IOException(
            "%s is not in the cache; `dualprocess models get %s` downloads it".formatted(id, id));
      }
      found.download().run(bar);
    }
  }

  private String question(HubId id, HubDownload download) throws IOException {
    return "%s is not in the cache; %s from %s. Download? [y/N]"
        .formatted(id, HubDownload.size(download.missingBytes()), settings.endpoint().getHost());
  }
}
