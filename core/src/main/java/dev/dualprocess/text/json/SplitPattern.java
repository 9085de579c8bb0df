package dev.dualprocess.text.json;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** The field {@code pattern}: a text that is looked for as it stands, or a regular expression. */
final class SplitPattern {
  private static final int LONGEST = 4000;

  private SplitPattern() {}

  static void read(Copy copy) {
    Part pattern = copy.from().at("pattern").object();
    ObjectNode node = copy.node().putObject("pattern");
    if (pattern.at("Regex").isThere()) {
      String regex = pattern.at("Regex").text(LONGEST);
      new RegexReader(pattern.at("Regex"), regex).read();
      node.put("Regex", regex);
    } else {
      node.put("String", pattern.at("String").text(LONGEST));
    }
  }
}
