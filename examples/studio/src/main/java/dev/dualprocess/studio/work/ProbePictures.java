package dev.dualprocess.studio.work;

import dev.dualprocess.distill.Evaluation.Rated;
import dev.dualprocess.image.Png;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A probe's pictures, written as they come: {@code SEED.png} and {@code SEED-shown.png}.
 *
 * @param folder takes them
 * @param address of that folder for the page
 * @param list what is told of those that are there
 */
record ProbePictures(Path folder, String address, List<Map<String, Object>> list) {
  ProbePictures(Path folder, String address) {
    this(folder, address, new ArrayList<>());
  }

  /** Those before and this one. */
  List<Map<String, Object>> with(Rated rated) {
    try {
      Png.write(folder.resolve(rated.seed() + ".png"), rated.image(), Map.of());
      Png.write(folder.resolve(rated.seed() + "-shown.png"), rated.shown(), Map.of());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    list.add(
        Map.of(
            "seed",
            rated.seed(),
            "image",
            address + "/" + rated.seed() + ".png",
            "shown",
            address + "/" + rated.seed() + "-shown.png",
            "probability",
            rated.probability()));
    return all();
  }

  List<Map<String, Object>> all() {
    return List.copyOf(list);
  }
}
