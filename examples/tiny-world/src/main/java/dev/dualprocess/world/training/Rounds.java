package dev.dualprocess.world.training;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * A verifier's course in rounds. In every round it is written as it stands (before the first one it
 * lies there already), and what fools it is drawn while it goes on learning, to be a lesson from
 * the next round on.
 *
 * @param from the step before the first
 * @param count how many there are
 * @param steps of each
 */
record Rounds(int from, int count, int steps) {
  private static final int EXAMINED_EVERY = 4; // rounds

  /** The step after the last. */
  int end() {
    return from + count * steps;
  }

  /** Goes on to the end; false if it was stopped before. */
  boolean run(VerifierCourse course, RehearsalsAside aside) throws IOException {
    for (int round = 0; round < count; round++) {
      Optional<List<Subject.Measured>> drawn = aside.last();
      if (drawn.isEmpty()) {
        return false;
      }
      course.add(drawn.get());
      if (course.steps() == from + round * steps) {
        if (round > 0) {
          course.write();
        }
        if (round % EXAMINED_EVERY == 0) {
          course.examine();
        }
      }
      if (round < count - 1) {
        aside.start(round);
      }
      if (!course.run(from + (round + 1) * steps)) {
        return false;
      }
    }
    return true;
  }
}
