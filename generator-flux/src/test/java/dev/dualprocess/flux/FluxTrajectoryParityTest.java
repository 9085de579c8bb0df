package dev.dualprocess.flux;

import dev.dualprocess.testing.TrajectoryContract;

/** Trajectories of the authors' code with FLUX.1. */
class FluxTrajectoryParityTest extends TrajectoryContract {
  FluxTrajectoryParityTest() {
    super(new FluxGeneratorProvider());
  }
}
