package dev.dualprocess.vqa;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dualprocess.testing.Refusals;
import org.junit.jupiter.api.Test;

/** Where an image stands in a prompt. */
class ImageSpanTest {
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
  void refusesPromptsOfOtherImages() {
    refused("has 2 image tokens, the image 3", 3, 1, 9, 9);
    refused("has 4 image tokens, the image 3", 3, 9, 9, 9, 9);
    refused("has 0 image tokens, the image 1", 1, 1, 2);
    refused("has 3 image tokens, the image 3", 3, 9, 9, 1, 9);
  }
}
