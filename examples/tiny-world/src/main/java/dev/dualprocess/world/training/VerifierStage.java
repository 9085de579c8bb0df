package dev.dualprocess.world.training;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Trains answers to questions about pictures of the world. */
final class VerifierStage {
  static final int STEPS = 3000;

  private final Workshop workshop;

  VerifierStage(Workshop workshop) {
    this.workshop = workshop;
  }

  /** Goes on to the end; false if it was stopped before. */
  boolean run() throws IOException {
    Path qwen = workshop.folder().qwen();
    if (!Files.exists(qwen.resolve("config.json"))) {
      Blueprint.writeQwen(qwen, Exam.questions());
    }
    try (VerifierCourse course = VerifierCourse.ofControls(workshop)) {
      boolean done = course.run(STEPS);
      // Where rehearsals have begun, the weights are theirs.
      if (done && course.steps() == STEPS) {
        course.write();
        course.examine();
      }
      return done;
    }
  }
}
