package dev.dualprocess.world.training;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dualprocess.world.training.BytePairTraining.Pair;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Merges of corpora that are small enough to do by hand. */
class BytePairTrainingTest {
  @Test
  void theMostFrequentNeighboursComeFirst() {
    // ab 3 + 2, bc 2 + 1; then ab|c 2, b|c 1.
    assertEquals(
        List.of(new Pair("a", "b"), new Pair("ab", "c"), new Pair("b", "c")),
        BytePairTraining.merges(Map.of("ab", 3, "abc", 2, "bc", 1), ""));
  }

  @Test
  void tiesGoByTheAlphabet() {
    assertEquals(
        List.of(new Pair("a", "b"), new Pair("b", "a")),
        BytePairTraining.merges(Map.of("ba", 1, "ab", 1), ""));
  }

  @Test
  void aRunIsMergedFromItsLeft() {
    // aa|aa|a, whose two pairs are as frequent as each other; then aa|aaa.
    assertEquals(
        List.of(new Pair("a", "a"), new Pair("aa", "a"), new Pair("aa", "aaa")),
        BytePairTraining.merges(Map.of("aaaaa", 1), ""));
  }

  @Test
  void theEndOfAWordIsASymbolOfItsOwn() {
    // b|b</w> is in both words; what is left of the longer one follows.
    assertEquals(
        List.of(new Pair("b", "b</w>"), new Pair("a", "bb</w>")),
        BytePairTraining.merges(Map.of("bb", 1, "abb", 1), "</w>"));
  }
}
