package dev.dualprocess.world.training;

import java.io.IOException;

/**
 * The verifier goes on from its weights with questions about where things are, mixed with all that
 * it was asked before. In the end it is calibrated anew.
 */
final class ScenesStage {
  private static final Rounds ROUNDS = new Rounds(0, 32, 200);
  private static final int RUNS = 12; // distillations of a round
  private static final double RATE = 8e-4;
  private static final int WARMUP = 100;

  static final int STEPS = ROUNDS.end();

  private final Workshop workshop;

  ScenesStage(Workshop workshop) {
    this.workshop = workshop;
  }

  /** Goes on to the end; false if it was stopped before. */
  boolean run() throws IOException {
    TinyFolder folder = workshop.folder();
    folder.require(Stage.AUTOENCODER);
    folder.require(Stage.GENERATOR);
    folder.require(Stage.REHEARSALS);
    LearningRate rate = new LearningRate(RATE, WARMUP, STEPS);
    try (VerifierCourse course =
        new VerifierCourse(workshop, Stage.SCENES, Syllabus.SCENES, rate)) {
      course.add(PaintedScenes.by(folder));
      if (course.steps() == 0) {
        course.scaleToLabels();
      }
      try (RehearsalsAside aside =
          new RehearsalsAside(folder, Stage.SCENES, RUNS, workshop.stopping())) {
        if (!ROUNDS.run(course, aside)) {
          return false;
        }
      }
      course.writeCalibrated();
      course.examine();
      return true;
    }
  }
}
