package dev.dualprocess.world.training;

import dev.dualprocess.flux.FluxNetworks;
import dev.dualprocess.image.Pixels;
import dev.dualprocess.tensor.Memory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.bytedeco.pytorch.Tensor;

/** Random scenes as the trained generator draws them. */
final class PaintedScenes {
  private static final int PAINTED = 1024;
  private static final int PAINTED_TOGETHER = 64;

  private PaintedScenes() {}

  /** By the generator of that folder. */
  static List<Subject> by(TinyFolder folder) throws IOException {
    List<Subject> painted = new ArrayList<>();
    try (FluxNetworks networks =
            FluxNetworks.open(folder.flux(), new Initial(Workshop.SEED, Workshop.NONE));
        ScenePool pool = new ScenePool(networks, PAINTED, new Random(Workshop.SEED + 2))) {
      for (int i = 0; i < PAINTED; i += PAINTED_TOGETHER) {
        long seed = Workshop.SEED + i;
        Memory.freeing(
            () -> {
              ScenePool.Sample sample = pool.sample(PAINTED_TOGETHER, new Random(seed));
              Tensor drawn = GeneratorTraining.draw(networks, sample, seed);
              for (int k = 0; k < PAINTED_TOGETHER; k++) {
                painted.add(
                    Subject.Painted.of(
                        sample.scenes().get(k), Pixels.toImage(drawn.narrow(0, k, 1))));
              }
              return null;
            });
      }
    }
    return painted;
  }
}
