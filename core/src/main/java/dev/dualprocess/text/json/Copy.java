package dev.dualprocess.text.json;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A part as it is written for the native library: the fields that were asked for and nothing else.
 *
 * @param from the part of the file
 * @param node what was taken from it
 */
record Copy(Part from, ObjectNode node) {
  static Copy of(Part from) {
    return new Copy(from.object(), JsonNodeFactory.instance.objectNode());
  }

  static Copy of(Part from, String type) {
    Copy copy = of(from);
    copy.node.put("type", type);
    return copy;
  }

  Copy flags(String... fields) {
    for (String field : fields) {
      node.put(field, from.at(field).flag());
    }
    return this;
  }

  /** Flags that may be left out or null. */
  Copy knownFlags(String... fields) {
    for (String field : fields) {
      if (from.at(field).isThere()) {
        flags(field);
      }
    }
    return this;
  }

  /** A text of at least one and at most {@code most} characters. */
  Copy text(String field, int most) {
    node.put(field, from.at(field).text(most));
    return this;
  }

  Copy number(String field, int most) {
    node.put(field, from.at(field).number(most));
    return this;
  }

  Copy oneOf(String field, String... words) {
    node.put(field, from.at(field).oneOf(words));
    return this;
  }

  /** A text of exactly one character. */
  Copy character(String field) {
    String text = from.at(field).text();
    if (text.codePointCount(0, text.length()) != 1) {
      throw from.at(field).broken("must be one character, not " + text.length());
    }
    node.put(field, text);
    return this;
  }
}
