package dev.dualprocess.text.json;

import java.nio.charset.StandardCharsets;

/** The fields of a step that puts a text in the place of what a pattern finds. */
final class Replacement {
  private static final int LONGEST = 32;

  private Replacement() {}

  static void read(Copy copy, Growth growth) {
    SplitPattern.read(copy);
    Part content = copy.from().at("content");
    String text = content.text();
    if (text.length() > LONGEST) {
      throw content.broken("must have at most %d characters".formatted(LONGEST));
    }
    growth.by(copy.from(), text.getBytes(StandardCharsets.UTF_8).length);
    copy.node().put("content", text);
  }
}
