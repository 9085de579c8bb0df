package dev.dualprocess.world.training;

import java.io.IOException;

/**
 * The verifier goes on with pictures that the generator draws. In every round it is written as it
 * stands, and what fools it is drawn while it goes on learning, to be a lesson from the next round.
 * In the end it is calibrated.
 */
final class RehearsalStage {
  private static final Rounds ROUNDS = new Rounds(VerifierStage.STEPS, 32, 200);
  private static final int RUNS = 12; // distillations of a round

  static final int STEPS = ROUNDS.end();

  private final Workshop workshop;
  private final TinyFolder folder;

  RehearsalStage(Workshop workshop) {
    this.workshop = workshop;
    this.folder = workshop.folder();
  }

  /** Goes on to the end; false if it was stopped before. */
  boolean run() throws IOException {
    folder.require(Stage.AUTOENCODER);
    folder.require(Stage.GENERATOR);
    folder.require(Stage.VERIFIER);
    try (VerifierCourse course = VerifierCourse.ofControls(workshop)) {
      if (course.steps() < VerifierStage.STEPS) {
        throw new IOException(
            "%s: the verifier has taken %d of %d steps; go on with --stage %s first"
                .formatted(
                    folder.checkpoints(), course.steps(), VerifierStage.STEPS, Stage.VERIFIER));
      }
      course.add(PaintedScenes.by(folder));
      try (RehearsalsAside aside =
          new RehearsalsAside(folder, Stage.REHEARSALS, RUNS, workshop.stopping())) {
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
