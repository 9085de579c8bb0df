package dev.dualprocess.soak;

import dev.dualprocess.testing.Soak;
import dev.dualprocess.testing.SoakRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** A command that is killed and begun again in the same folder until it has ended. */
abstract class KilledWork {
  private static final int MOST_IN_A_ROW = 8;
  private static final int FILES = 12;

  private final String what;
  private final Path folder;
  private final List<String> faults = new ArrayList<>();

  KilledWork(String what, Path folder) {
    this.what = what;
    this.folder = folder;
  }

  /** Begins the work, or goes on with it. */
  abstract Process start(Path out, Path log, List<String> options) throws IOException;

  /** Comes shortly before the end. */
  abstract Path nearTheEnd(Path out);

  /**
   * Kills it so often, and tells the row.
   *
   * @return what went wrong, empty if nothing did
   */
  String kill(int times, SplittableRandom random) throws IOException, InterruptedException {
    Path whole = folder.resolve("whole");
    long start = System.nanoTime();
    toTheEnd(whole);
    long millis = (System.nanoTime() - start) / 1_000_000;
    int done = 0;
    int between = 0;
    for (int run = 0; done < times; run++) {
      Path out = folder.resolve("killed-" + run);
      FinishedFiles finished = FinishedFiles.in(out);
      boolean killed = true;
      for (int i = 0; killed && i < MOST_IN_A_ROW && done < times; i++) {
        killed = killOnce(out, millis, random);
        done += killed ? 1 : 0;
        between += killed && FinishedFiles.anyUnfinished(out) ? 1 : 0;
        faults.addAll(finished.lost(out));
        finished = FinishedFiles.in(out);
      }
      toTheEnd(out);
      faults.addAll(FinishedFiles.differences(whole, out));
    }
    Soak.tell(SoakRow.of(what, done, Math.max(0, done - faults.size())));
    Soak.tell(SoakRow.of(what + ", of these between write and rename", between, between));
    return String.join("\n", faults);
  }

  private boolean killOnce(Path out, long millis, SplittableRandom random)
      throws IOException, InterruptedException {
    Kill kill = new Kill(random);
    Kill.Start start = options -> start(out, folder.resolve("log.txt"), options);
    return switch (random.nextInt(3)) {
      case 0 -> kill.atAnyMoment(start, millis);
      case 1 -> kill.after(nearTheEnd(out), start, millis / 4);
      default -> kill.beforeRename(start, FILES);
    };
  }

  private void toTheEnd(Path out) throws IOException, InterruptedException {
    Path log = folder.resolve("log-of-end.txt");
    int exitCode = start(out, log, List.of()).waitFor();
    if (exitCode != 0) {
      faults.add(out + " ended with " + exitCode + ": " + Files.readString(log));
    }
  }
}
