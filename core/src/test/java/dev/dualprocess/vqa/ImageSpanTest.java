package dev.dualprocess.vqa;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.testing.Refusals;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where an image stands in a prompt. */
class ImageSpanTest {
  private static List<ImageSpan> spans(int tokens, int runs, long... ids) {
    return ImageSpan.all(ids, new ImageToken(9, "<image>"), tokens, runs);
  }

  private static ImageSpan span(int length, long... ids) {
    return ImageSpan.of(ids, new ImageToken(9, "<image>"), length);
  }

  private static void refused(String counts, int length, long... ids) {
    Refusals.assertRefused(
        IllegalArgumentException.class, () -> span(length, ids), counts, "'<image>'");
  }

  @Test
  void isTheRunOfImageTokens() {
    assertEquals(new ImageSpan(2, 3), span(3, 1, 2, 9, 9, 9, 4));
    assertEquals(5, span(3, 1, 2, 9, 9, 9, 4).end());
    assertEquals(new ImageSpan(0, 1), span(1, 9));
  }

  @Test
  void anImageMayStandInSeveralRuns() {
    assertEquals(
        List.of(new ImageSpan(1, 2), new ImageSpan(4, 2)), spans(4, 2, 1, 9, 9, 2, 9, 9, 3));
    assertEquals(List.of(new ImageSpan(0, 1), new ImageSpan(1, 1)), spans(2, 2, 9, 9));
    assertEquals(List.of(new ImageSpan(0, 0)), spans(0, 1, 1, 2));
    String told =
        assertThrows(IllegalArgumentException.class, () -> spans(4, 2, 9, 9, 9, 1, 9)).getMessage();
    assertTrue(told.contains("has 4 image tokens, the image 4"), told);
  }

  @Test
  void refusesPromptsOfOtherImages() {
    refused("has 2 image tokens, the image 3", 3, 1, 9, 9);
    refused("has 4 image tokens, the image 3", 3, 9, 9, 9, 9);
    refused("has 0 image tokens, the image 1", 1, 1, 2);
    refused("has 3 image tokens, the image 3", 3, 9, 9, 1, 9);
  }
}
