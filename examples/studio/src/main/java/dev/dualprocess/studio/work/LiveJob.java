package dev.dualprocess.studio.work;

import dev.dualprocess.distill.StepReport;
import dev.dualprocess.run.RunListener;
import dev.dualprocess.run.TrainingRun;
import dev.dualprocess.studio.jobs.Announcer;
import dev.dualprocess.studio.jobs.JobFolder;
import dev.dualprocess.studio.jobs.Reports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.DoubleAdder;
import org.jspecify.annotations.Nullable;

/** How far the running job is, and what people want of it. Thread-safe but for its own thread's. */
public final class LiveJob implements RunListener {
  private static final double RECENT = 0.9; // weight of the past in the time of a step

  private final JobFolder job;
  private final Announcer announcer;
  private final Reports reports = new Reports();
  private volatile String phase = "waiting";
  private final AtomicInteger done = new AtomicInteger();
  private volatile int total;
  private volatile double secondsPerStep;
  private final DoubleAdder spent = new DoubleAdder();
  private final DoubleAdder trained = new DoubleAdder();
  private volatile boolean stopping;
  private volatile @Nullable Runnable stop;
  private volatile @Nullable TrainingRun run;
  private volatile boolean previewWanted;
  private volatile boolean saveWanted;
  private volatile int previewEvery;
  private boolean begun;

  /** Something that takes time which is not the training's own. */
  interface Aside {
    void run() throws IOException;
  }

  LiveJob(JobFolder job, Announcer announcer) {
    this.job = job;
    this.announcer = announcer;
  }

  /** Whose folder it is. */
  public JobFolder job() {
    return job;
  }

  TrainingRun run() {
    return Objects.requireNonNull(run);
  }

  void begin(TrainingRun newRun) {
    run = newRun;
    synchronized (reports) {
      newRun.reports().forEach(reports::add);
    }
  }

  void phase(String name) {
    phase = name;
    announcer.jobs();
  }

  void step(StepReport report) {
    synchronized (reports) {
      reports.add(report);
    }
    secondsPerStep =
        secondsPerStep == 0
            ? report.seconds()
            : RECENT * secondsPerStep + (1 - RECENT) * report.seconds();
    trained.add(report.seconds());
    announcer.step(job.id(), report);
  }

  void spent(Aside aside) {
    long start = System.nanoTime();
    try {
      aside.run();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      spent.add((System.nanoTime() - start) * 1e-9);
    }
  }

  /** The steps so far as columns. */
  public Map<String, Object> reports() {
    synchronized (reports) {
      return reports.toMap();
    }
  }

  /** How many steps were taken. */
  public int step() {
    synchronized (reports) {
      return reports.size();
    }
  }

  /** What it is doing. */
  public String phase() {
    return phase;
  }

  /** How many pieces of what it is doing are done. */
  public int done() {
    return done.get();
  }

  /** How many pieces there are. */
  public int total() {
    return total;
  }

  /** How long a step takes of late; nothing before the first. */
  public OptionalDouble secondsPerStep() {
    return secondsPerStep == 0 ? OptionalDouble.empty() : OptionalDouble.of(secondsPerStep);
  }

  /** The part of the time that went to previews and other work between steps, 0 to 1. */
  public double shareOfPreviews() {
    double all = spent.sum() + trained.sum();
    return all == 0 ? 0 : spent.sum() / all;
  }

  /** Draws the pinned seeds after the next step. */
  public void wantPreview() {
    previewWanted = true;
  }

  /** Saves after the next step. */
  public void wantSave() {
    saveWanted = true;
  }

  /** Draws the pinned seeds every so many steps from now on, 0 for never. */
  public void previewEvery(int steps) {
    previewEvery = steps;
  }

  int previewEvery() {
    return previewEvery;
  }

  boolean wantsPreview() {
    boolean wanted = previewWanted;
    previewWanted = false;
    return wanted;
  }

  boolean wantsSave() {
    boolean wanted = saveWanted;
    saveWanted = false;
    return wanted;
  }

  void stop() {
    stopping = true;
    Runnable ending = stop;
    if (ending != null) {
      ending.run();
    }
  }

  @Override
  public Progress progress(String task, int pieces, int already, Runnable ending) {
    done.set(already);
    total = pieces;
    begun |= task.equals("Distilling");
    phase(task.equals("Evaluating") && begun ? "evaluating again" : task.toLowerCase(Locale.ROOT));
    stop = ending;
    if (stopping) {
      ending.run();
    }
    return new Progress() {
      @Override
      public void step(StepReport report) {
        done.set(report.step());
      }

      @Override
      public void piece() {
        done.incrementAndGet();
      }

      @Override
      public void close() {
        stop = null;
      }
    };
  }
}
