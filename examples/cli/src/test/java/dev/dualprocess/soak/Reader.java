package dev.dualprocess.soak;

import java.io.IOException;
import java.util.List;

/**
 * A kind of file that the library reads.
 *
 * @param name in the table
 * @param share how many of the inputs of a whole soak it gets
 * @param inputs which of them take turns
 */
record Reader(String name, int share, List<Input> inputs) {
  Reader {
    inputs = List.copyOf(inputs);
  }

  Input input(long seed) {
    return inputs.get((int) Math.floorMod(seed, (long) inputs.size()));
  }

  /** Reads the input of that seed. */
  void read(long seed) throws IOException {
    input(seed).read(seed);
  }
}
