package dev.dualprocess.parallel;

import java.nio.ByteBuffer;
import java.util.function.Supplier;
import java.util.zip.CRC32;
import org.bytedeco.pytorch.Tensor;

/**
 * The processes, or ranks, that take the steps of one run together. All of them make the same calls
 * in the same order; each waits for the others. Used by one thread.
 */
public interface Ranks extends AutoCloseable {
  /** A run that has all its steps to itself. */
  Ranks ALONE =
      new Ranks() {
        @Override
        public int rank() {
          return 0;
        }

        @Override
        public int size() {
          return 1;
        }

        @Override
        public void sum(Tensor tensor) {}

        @Override
        public double[] sum(double... numbers) {
          return numbers;
        }

        @Override
        public void close() {}
      };

  /** Which of them this is, from 0. */
  int rank();

  /** How many there are. */
  int size();

  /**
   * Replaces a tensor by its sum over all ranks, the same on all of them bit for bit.
   *
   * @throws RankLostException in one line, if another rank is gone
   */
  void sum(Tensor tensor);

  /**
   * Sums of numbers over all ranks, the same on all of them bit for bit.
   *
   * @throws RankLostException in one line, if another rank is gone
   */
  double[] sum(double... numbers);

  /** Whether it is so on any rank. */
  default boolean any(boolean here) {
    return sum(here ? 1 : 0)[0] > 0;
  }

  /**
   * Whether the numbers of all ranks are the same bit for bit, by their checksums; one that is
   * alone is not asked for them.
   */
  default boolean agree(Supplier<float[]> here) {
    if (size() == 1) {
      return true;
    }
    CRC32 checksum = new CRC32();
    ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES);
    for (float value : here.get()) {
      checksum.update(bytes.clear().putFloat(value).flip());
    }
    double own = (double) checksum.getValue(); // of 32 bits, so that sums are exact
    return sum(own)[0] == size() * own;
  }

  @Override
  void close();
}
