package dev.dualprocess.soak;

import dev.dualprocess.tensor.PeakMemory;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;

/**
 * Reads one spoilt input after the other. Whoever started the process finds in the tally where it
 * stood when it ended, and starts another that goes on behind.
 */
final class MutationProcess {
  static final String TALLY = "tally";
  static final String NAMES = "names.txt";
  static final String FAULTS = "faults.txt";
  static final int TOO_SLOW = 3;

  /** What one input may take of the processor, in nanoseconds. */
  private static final long TIME = 5_000_000_000L;

  /** What one input may take beside the heap, which has a size of its own, in bytes. */
  private static final long MEMORY = 300L << 20;

  private static final int CALLERS = 6;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final Path folder;
  private final List<Reader> readers;
  private final Tally tally;
  private final PeakMemory memory = PeakMemory.everywhere();
  private volatile long started = Long.MAX_VALUE;

  private MutationProcess(Path folder) throws IOException {
    this.folder = folder;
    readers = new Readers(Files.createTempDirectory(folder, "inputs")).all();
    Files.write(folder.resolve(NAMES), readers.stream().map(Reader::name).toList());
    tally = new Tally(folder.resolve(TALLY), readers.size());
  }

  /** A folder for everything; which part of its share each reader reads, or READER:SEED. */
  public static void main(String[] args) throws IOException {
    MutationProcess process = new MutationProcess(Path.of(args[0]));
    if (args[1].contains(":")) {
      int colon = args[1].lastIndexOf(':');
      process.readOne(args[1].substring(0, colon), Long.parseLong(args[1].substring(colon + 1)));
    } else {
      process.watch(Thread.currentThread());
      process.read(Double.parseDouble(args[1]));
    }
    System.exit(0);
  }

  /** Shows what becomes of one input. */
  private void readOne(String name, long seed) throws IOException {
    for (Reader one : readers) {
      if (one.name().equals(name)) {
        System.out.println(one.input(seed));
        one.read(seed);
      }
    }
  }

  private void read(double part) {
    for (int i = tally.reader(); i < readers.size(); i++) {
      Reader one = readers.get(i);
      tally.begin(i);
      for (long most = Math.round(part * one.share()); tally.seed(i) <= most; ) {
        read(one, tally.seed(i));
      }
    }
  }

  private void read(Reader one, long seed) {
    memory.reset();
    long before = memory.bytesNow();
    Outcome outcome = Outcome.ACCEPTED;
    String told = "";
    started = THREADS.getCurrentThreadCpuTime();
    try {
      one.read(seed);
    } catch (IOException | RuntimeException | Error e) {
      outcome = Outcome.of(e);
      told = e + " at " + Arrays.stream(e.getStackTrace()).limit(CALLERS).toList();
    }
    started = Long.MAX_VALUE;
    long more = memory.bytes() - before;
    if (more > MEMORY) {
      outcome = Outcome.OVER_MEMORY;
      told = (more >> 20) + " MiB; " + told;
    }
    note(outcome, told);
  }

  private synchronized void note(Outcome outcome, String told) {
    if (outcome.isFault()) {
      Reader one = readers.get(tally.reader());
      long seed = tally.seed(tally.reader());
      String line =
          "%s:%d (%s) %s: %s%n".formatted(one.name(), seed, one.input(seed), outcome, told);
      try {
        Files.writeString(
            folder.resolve(FAULTS), line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
    tally.note(outcome);
  }

  /** Ends the process where an input takes too long. */
  private void watch(Thread worker) {
    Thread watch = new Thread(() -> endIfSlow(worker));
    watch.setDaemon(true);
    watch.start();
  }

  private void endIfSlow(Thread worker) {
    while (true) {
      long now = THREADS.getThreadCpuTime(worker.getId());
      if (now - started > TIME) {
        note(Outcome.OVER_TIME, "at " + Arrays.stream(worker.getStackTrace()).limit(20).toList());
        Runtime.getRuntime().halt(TOO_SLOW);
      }
      try {
        Thread.sleep(200);
      } catch (InterruptedException e) {
        return;
      }
    }
  }
}
