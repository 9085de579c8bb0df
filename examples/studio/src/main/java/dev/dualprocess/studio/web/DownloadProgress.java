package dev.dualprocess.studio.web;

import dev.dualprocess.hub.HubListener;
import dev.dualprocess.run.RunListener;
import dev.dualprocess.run.RunListener.Progress;

/** A download in per cent. */
final class DownloadProgress implements HubListener {
  private static final int WHOLE = 100;

  private final RunListener watcher;
  private Progress progress = Progress.UNSEEN;
  private long total;
  private long arrived;
  private int told;

  DownloadProgress(RunListener watcher) {
    this.watcher = watcher;
  }

  @Override
  public synchronized void begins(long bytes, long present) {
    total = Math.max(1, bytes);
    arrived = present;
    told = percent();
    progress = watcher.progress("Downloading %.2f GB".formatted(bytes / 1e9), WHOLE, told);
  }

  private int percent() {
    return (int) (WHOLE * arrived / total);
  }

  @Override
  public synchronized void arrived(long bytes) {
    arrived += bytes;
    while (told < percent()) {
      told++;
      progress.piece();
    }
  }
}
