package dev.dualprocess.vqa;

import com.google.common.primitives.ImmutableIntArray;
import com.google.common.primitives.ImmutableLongArray;
import java.util.stream.IntStream;

/**
 * A question with its answer as tokens, and where the answer stands.
 *
 * @param inputIds all ids, prompt then answer
 * @param answerPositions indices of the answer's tokens in {@code inputIds}, ascending
 */
public record AnswerPrompt(ImmutableLongArray inputIds, ImmutableIntArray answerPositions) {
  /**
   * Finds the answer by comparing the prompt's ids with those of prompt and answer together: where
   * the two differ, and what comes after the prompt. (A blank at the prompt's end may merge into
   * the answer's first token.)
   */
  public static AnswerPrompt of(long[] promptIds, long[] allIds) {
    int shared = Math.min(promptIds.length, allIds.length);
    int[] positions =
        IntStream.concat(
                IntStream.range(0, shared).filter(i -> promptIds[i] != allIds[i]),
                IntStream.range(shared, allIds.length))
            .toArray();
    if (positions.length == 0 || positions[0] == 0) {
      throw new IllegalArgumentException("the answer has no tokens of its own");
    }
    return new AnswerPrompt(ImmutableLongArray.copyOf(allIds), ImmutableIntArray.copyOf(positions));
  }

  /** The ids of the answer's tokens, in their order. */
  public long[] answerIds() {
    return answerPositions.stream().mapToLong(inputIds::get).toArray();
  }

  /** Where the logits stand that predict the answer's tokens: one before each. */
  public long[] logitPositions() {
    return answerPositions.stream().mapToLong(i -> i - 1L).toArray();
  }
}
