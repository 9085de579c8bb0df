package dev.dualprocess.sana;

import dev.dualprocess.testing.TrajectoryContract;

/** Trajectories of the authors' code with Sana. */
class SanaTrajectoryParityTest extends TrajectoryContract {
  SanaTrajectoryParityTest() {
    super(new SanaGeneratorProvider());
  }
}
