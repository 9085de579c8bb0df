package dev.dualprocess.distill;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * What every optimisation keeps about itself: the steps it has taken, whether it should stop, and
 * how it is written to a checkpoint and read back.
 */
final class Course implements AutoCloseable {
  private final String fingerprint;
  private final Tensor theta; // not owned
  private final Adam adam; // not owned
  private final StepListener listener;
  private final List<StepReport> reports = new ArrayList<>();
  private final LastGood lastGood;
  private volatile boolean stopping;

  /** Of an optimisation that changes {@code theta} with {@code adam}. */
  Course(String fingerprint, Tensor theta, Adam adam, StepListener listener) {
    this.fingerprint = fingerprint;
    this.theta = theta;
    this.adam = adam;
    this.listener = listener;
    this.lastGood = new LastGood(theta, adam);
    adam.beforeMoving(() -> lastGood.good(steps()));
  }

  /** How many steps were taken, those before a resume included. */
  int steps() {
    return reports.size();
  }

  List<StepReport> reports() {
    return Collections.unmodifiableList(reports);
  }

  /** Notes a step and tells of it. */
  StepReport add(StepReport report) {
    reports.add(report);
    listener.onStep(report);
    return report;
  }

  /**
   * Goes back to what was last found good.
   *
   * @return after how many steps that was; empty, and nothing is changed, if nothing was found good
   */
  OptionalInt backToLastGood() {
    OptionalInt kept = lastGood.restore();
    kept.ifPresent(steps -> reports.subList(steps, reports.size()).clear());
    return kept;
  }

  /** Lets the run end after the step it is in; may be called from any thread. */
  void requestStop() {
    stopping = true;
  }

  /** Whether the run should end; it is heeded once. */
  boolean heedStop() {
    boolean heeded = stopping;
    stopping = false;
    return heeded;
  }

  void save(Path folder) throws IOException {
    try (PointerScope scope = new PointerScope()) {
      RunState.save(folder, fingerprint, theta.detach(), adam, reports);
    }
    listener.onCheckpoint(steps());
  }

  void resume(Path folder) throws IOException {
    if (!reports.isEmpty()) {
      throw new IllegalStateException(
          "this run has taken " + steps() + " steps already: resume before the first");
    }
    reports.addAll(RunState.restore(folder, fingerprint, theta, adam));
  }

  @Override
  public void close() {
    lastGood.close();
  }
}
