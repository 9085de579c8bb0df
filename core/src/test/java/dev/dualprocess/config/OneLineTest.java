package dev.dualprocess.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class OneLineTest {
  @Test
  void breaksAreShownAndOtherTextStays() {
    assertEquals("a\\nb\\u000d\\u0000\\u2028c é \\n", OneLine.of("a\nb\r\0\u2028c é \\n"));
    assertEquals("", OneLine.of(""));
  }

  @Test
  void aVeryLongTextIsCut() {
    String shown = OneLine.of("a".repeat(100_000));
    assertTrue(shown.length() < 3_000 && shown.endsWith("a..."), shown);
  }
}
