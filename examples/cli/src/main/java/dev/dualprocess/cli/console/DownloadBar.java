package dev.dualprocess.cli.console;

import dev.dualprocess.hub.HubListener;
import dev.dualprocess.hub.RepoFile;
import java.time.Duration;
import java.util.Map;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** One bar for all files of a download; or events, for machines. */
public final class DownloadBar implements HubListener, AutoCloseable {
  private static final long MEGABYTE = 1_000_000;

  private final Console console;
  private final String task;
  private @Nullable ProgressBar bar;

  /** A bar of that name, which appears when the download begins. */
  public DownloadBar(Console console, String task) {
    this.console = console;
    this.task = task;
  }

  @Override
  public synchronized void begins(long total, long present) {
    console.event("download", Map.of("bytes", total, "present", present));
    if (!console.forMachines()) {
      bar =
          new ProgressBarBuilder()
              .setTaskName(task)
              .setInitialMax(total)
              .startsFrom(present, Duration.ZERO)
              .setUnit(" MB", MEGABYTE)
              .showSpeed()
              .setStyle(ProgressBarStyle.ASCII)
              .setUpdateIntervalMillis(250)
              .build();
    }
  }

  @Override
  public synchronized void arrived(long bytes) {
    if (bar != null) {
      bar.stepBy(bytes);
    }
  }

  @Override
  public synchronized void finished(RepoFile file) {
    console.event("downloaded", Map.of("file", file.path(), "bytes", file.size()));
  }

  @Override
  public synchronized void waits(String why) {
    console.event("waits", Map.of("why", why));
    console.say("%s", why);
  }

  @Override
  public synchronized void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
