package dev.dualprocess.vqa;

import com.google.common.collect.ImmutableSortedSet;
import java.util.Set;

/**
 * How a language model goes on with a text: greedily or by drawing tokens, and how far.
 *
 * @param maxNewTokens the most tokens it adds, at least 0
 * @param temperature 0 takes the most probable token every time; above, a token is drawn with
 *     probability softmax(logits / temperature)
 * @param seed of what is drawn
 * @param stop tokens that end the text, besides the model's own end
 */
public record Decoding(int maxNewTokens, double temperature, long seed, Set<Long> stop) {
  /** Checks the ranges. */
  public Decoding {
    stop = ImmutableSortedSet.copyOf(stop);
    if (maxNewTokens < 0) {
      throw new IllegalArgumentException("a text cannot grow by " + maxNewTokens + " tokens");
    }
    if (!(temperature >= 0) || Double.isInfinite(temperature)) {
      throw new IllegalArgumentException(
          "temperature must be a number of at least 0, not " + temperature);
    }
  }

  /** The most probable token every time. */
  public static Decoding greedy(int maxNewTokens) {
    return new Decoding(maxNewTokens, 0, 0, Set.of());
  }

  /** This decoding with no more than that many tokens. */
  Decoding upTo(int tokens) {
    return new Decoding(Math.min(maxNewTokens, tokens), temperature, seed, stop);
  }

  /** This decoding at another temperature. */
  public Decoding withTemperature(double newTemperature, long newSeed) {
    return new Decoding(maxNewTokens, newTemperature, newSeed, stop);
  }

  /** This decoding with other tokens that end the text. */
  public Decoding withStop(Set<Long> tokens) {
    return new Decoding(maxNewTokens, temperature, seed, tokens);
  }
}
