package dev.dualprocess.world.training;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Learns byte-pair merges (arXiv 1508.07909): the most frequent neighbours become one symbol, until
 * every word of the corpus is one symbol.
 */
final class BytePairTraining {
  private final Map<List<String>, Integer> words = new LinkedHashMap<>();
  private final List<Pair> merges = new ArrayList<>();

  /** Two neighbours that become one symbol. */
  record Pair(String left, String right) {
    String joined() {
      return left + right;
    }
  }

  /**
   * Learns from a corpus.
   *
   * @param counts word to how often it stands there
   * @param endOfWord suffix of a word's last symbol, or empty
   */
  static List<Pair> merges(Map<String, Integer> counts, String endOfWord) {
    BytePairTraining training = new BytePairTraining();
    counts.forEach((word, count) -> training.words.put(symbols(word, endOfWord), count));
    while (training.mergeOne()) {}
    return training.merges;
  }

  private static List<String> symbols(String word, String endOfWord) {
    List<String> symbols = new ArrayList<>();
    word.codePoints().forEach(c -> symbols.add(Character.toString(c)));
    int last = symbols.size() - 1;
    symbols.set(last, symbols.get(last) + endOfWord);
    return List.copyOf(symbols);
  }

  private boolean mergeOne() {
    Map<Pair, Integer> pairs = new HashMap<>();
    words.forEach(
        (symbols, count) -> {
          for (int i = 1; i < symbols.size(); i++) {
            pairs.merge(new Pair(symbols.get(i - 1), symbols.get(i)), count, Integer::sum);
          }
        });
    if (pairs.isEmpty()) {
      return false;
    }
    Comparator<Pair> order =
        Comparator.<Pair>comparingInt(pairs::get)
            .reversed()
            .thenComparing(Pair::left)
            .thenComparing(Pair::right);
    Pair best = pairs.keySet().stream().min(order).orElseThrow();
    merges.add(best);
    Map<List<String>, Integer> merged = new LinkedHashMap<>();
    words.forEach((symbols, count) -> merged.merge(join(symbols, best), count, Integer::sum));
    words.clear();
    words.putAll(merged);
    return true;
  }

  private static List<String> join(List<String> symbols, Pair pair) {
    List<String> joined = new ArrayList<>();
    for (int i = 0; i < symbols.size(); i++) {
      boolean here =
          i + 1 < symbols.size()
              && symbols.get(i).equals(pair.left())
              && symbols.get(i + 1).equals(pair.right());
      joined.add(here ? pair.joined() : symbols.get(i));
      i += here ? 1 : 0;
    }
    return List.copyOf(joined);
  }
}
