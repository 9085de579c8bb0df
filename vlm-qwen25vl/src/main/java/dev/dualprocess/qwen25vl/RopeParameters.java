package dev.dualprocess.qwen25vl;

import dev.dualprocess.config.Counts;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code rope_parameters}: rotary position embedding with three positions a token, M-RoPE.
 *
 * @param ropeTheta base of the frequencies
 * @param mropeSection how many frequencies turn with the frame, the row and the column
 * @param ropeType only the plain kind; long-context kinds are refused
 */
record RopeParameters(double ropeTheta, List<Integer> mropeSection, String ropeType) {
  RopeParameters {
    if (mropeSection == null || mropeSection.size() != 3) {
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

  /** How many frequencies there are. */
  int frequencies() {
    return mropeSection.stream().mapToInt(Integer::intValue).sum();
  }

  /** Which of the three positions turns frequency {@code i}: 0 frame, 1 row, 2 column. */
  int axisOf(int i) {
    int axis = 0;
    int end = mropeSection.get(0);
    while (i >= end) {
      end += mropeSection.get(++axis);
    }
    return axis;
  }

  /** The one activation of this family. */
  static void requireSilu(String part, @Nullable String hiddenAct) {
    if (hiddenAct != null && !hiddenAct.equals("silu")) {
      throw new IllegalArgumentException(
          "%s hidden_act '%s' is not supported, only 'silu'".formatted(part, hiddenAct));
    }
  }
}
