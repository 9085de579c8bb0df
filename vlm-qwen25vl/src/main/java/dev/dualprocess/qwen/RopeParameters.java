package dev.dualprocess.qwen;

import dev.dualprocess.config.Counts;
import java.util.List;

/**
 * {@code rope_parameters}: rotary position embedding with three positions a token, M-RoPE.
 *
 * @param ropeTheta base of the frequencies
 * @param mropeSection how many frequencies turn with the frame, the row and the column
 * @param ropeType only the plain kind; long-context kinds are refused
 */
public record RopeParameters(double ropeTheta, List<Integer> mropeSection, String ropeType) {
  private static final int AXES = 3;

  /** Checks kind and sections. */
  public RopeParameters {
    if (mropeSection == null || mropeSection.size() != AXES) {
      throw new IllegalArgumentException(
          "mrope_section must be three numbers, not " + mropeSection);
    }
    mropeSection = List.copyOf(mropeSection);
    mropeSection.forEach(part -> Counts.requireSize("mrope_section", part));
    if (!ropeType.equals("default")) {
      throw new IllegalArgumentException(
          "rope type '%s' is not supported, only 'default' or 'mrope'".formatted(ropeType));
    }
  }

  /** Refuses sections that are not half a head together. */
  public void requireHalfOf(int headDim) {
    int frequencies = mropeSection.stream().mapToInt(Integer::intValue).sum();
    if (2 * frequencies != headDim) {
      throw new IllegalArgumentException(
          "mrope_section %s adds up to %d, but half a head is %d"
              .formatted(mropeSection, frequencies, headDim / 2));
    }
  }

  /**
   * Which of the three positions turns frequency {@code i} where sections stand one after the
   * other: 0 frame, 1 row, 2 column.
   */
  public int axisInRuns(int i) {
    int axis = 0;
    int end = mropeSection.get(0);
    while (i >= end) {
      end += mropeSection.get(++axis);
    }
    return axis;
  }

  /**
   * The same where sections are interleaved: frame, row and column in turn, the frame where a
   * section is used up.
   */
  public int axisInTurn(int i) {
    int axis = i % AXES;
    return i < AXES * mropeSection.get(axis) ? axis : 0;
  }
}
