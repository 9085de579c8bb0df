package dev.dualprocess.text.json;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dualprocess.config.OneLine;
import dev.dualprocess.config.WholeCharacters;
import java.util.ArrayList;
import java.util.List;

/**
 * A value of the file and where it stands.
 *
 * @param place the path from the root, empty for the root
 */
record Part(String place, JsonNode value) {
  private static final int LONGEST = 40; // of a value that is shown

  /** A field, which may be missing. */
  Part at(String field) {
    return new Part(place.isEmpty() ? field : place + "." + field, value.path(field));
  }

  /** An entry of a list. */
  Part at(int index) {
    return new Part(place + "[" + index + "]", value.path(index));
  }

  /** Whether there is something other than null. */
  boolean isThere() {
    return !value.isMissingNode() && !value.isNull();
  }

  BrokenTokenizer broken(String problem) {
    return new BrokenTokenizer(place, problem);
  }

  private BrokenTokenizer not(String wanted) {
    if (value.isMissingNode()) {
      return broken("is missing");
    }
    return broken(
        "must be %s, not %s".formatted(wanted, OneLine.shortened(value.toString(), LONGEST)));
  }

  String text() {
    if (!value.isTextual()) {
      throw not("a text");
    }
    int half = WholeCharacters.half(value.textValue());
    if (half >= 0) {
      throw broken("has half of a character at position " + half);
    }
    return value.textValue();
  }

  /** A text of at least one and at most {@code most} characters. */
  String text(int most) {
    String text = text();
    if (text.isEmpty() || text.length() > most) {
      throw broken("must have 1 to %d characters, not %d".formatted(most, text.length()));
    }
    return text;
  }

  boolean flag() {
    if (!value.isBoolean()) {
      throw not("true or false");
    }
    return value.booleanValue();
  }

  /** A whole number from 0 to {@code most}. */
  int number(int most) {
    if (!value.isIntegralNumber()
        || !value.canConvertToInt()
        || value.intValue() < 0
        || value.intValue() > most) {
      throw not("a whole number from 0 to " + most);
    }
    return value.intValue();
  }

  /** A number that is neither infinite nor none. */
  double finite() {
    if (!value.isNumber() || !Double.isFinite(value.doubleValue())) {
      throw not("a finite number");
    }
    return value.doubleValue();
  }

  Part object() {
    if (!value.isObject()) {
      throw not("an object");
    }
    return this;
  }

  Part list() {
    if (!value.isArray()) {
      throw not("a list");
    }
    return this;
  }

  /** The entries of a list of at most {@code most}. */
  List<Part> entries(int most) {
    int size = list().value.size();
    if (size > most) {
      throw broken("has %d entries; the most that are read is %d".formatted(size, most));
    }
    List<Part> entries = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      entries.add(at(i));
    }
    return entries;
  }

  /** One of these words. */
  String oneOf(String... words) {
    if (!List.of(words).contains(value.asText())) {
      throw not("one of " + String.join(", ", words));
    }
    return text();
  }
}
