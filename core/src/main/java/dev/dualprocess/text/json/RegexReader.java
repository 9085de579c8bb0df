package dev.dualprocess.text.json;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads a regular expression of a tokenizer (Ruby's syntax) and refuses what a matcher that tries
 * everything may not finish: it gives up after ten million trials, and then the process ends.
 *
 * <pre>
 *   choice   = branch { "|" branch }
 *   branch   = { atom [ "*" | "+" | "?" | "{n}" | "{n,m}" | "{n,}" ] [ "?" ] }
 *   atom     = character | escape | "[" set "]" | "(" [ "?:" | "?i:" | "?=" | "?!" ] choice ")"
 * </pre>
 *
 * Only single characters are repeated without end, at most twice in a branch, and behind the second
 * time nothing must follow: from one place of a text of n characters that takes O(n) trials.
 */
final class RegexReader {
  private static final int MOST_TRIALS = 64; // of ways through all branches but for endless ones
  private static final int DEEPEST = 8;
  private static final Pattern COUNTS = Pattern.compile("\\{(\\d{1,3})(,(\\d{0,3}))?\\}");
  private static final Pattern ESCAPE =
      Pattern.compile(
          "\\\\([dDwWsSnrtfv]|[pP]\\{\\^?[A-Za-z_ ]{1,40}\\}|u(?![dD][89a-fA-F])[0-9a-fA-F]{4}"
              + "|[^A-Za-z0-9\\p{Cntrl}])");

  private final Part part;
  private final String regex;
  private int at;

  RegexReader(Part part, String regex) {
    this.part = part;
    this.regex = regex;
  }

  void read() {
    Ways ways = choice(0);
    if (at < regex.length()) {
      throw refused("an unbalanced parenthesis");
    }
    if (ways.shortest == 0) {
      throw refused("a pattern that finds nothing everywhere");
    }
  }

  /**
   * The ways through a part of the expression.
   *
   * @param trials their number, endless repetitions taken once
   * @param endless the most endless repetitions on one way
   * @param shortest characters of the shortest text, at most 1
   */
  private record Ways(long trials, int endless, int shortest) {}

  private Ways choice(int depth) {
    if (depth > DEEPEST) {
      throw refused("parentheses nested too deep");
    }
    Ways all = branch(depth);
    while (at < regex.length() && regex.charAt(at) == '|') {
      at++;
      Ways next = branch(depth);
      all =
          new Ways(
              all.trials + next.trials,
              Math.max(all.endless, next.endless),
              Math.min(all.shortest, next.shortest));
    }
    return all;
  }

  private Ways branch(int depth) {
    long trials = 1;
    int endless = 0;
    int shortest = 0;
    while (at < regex.length() && regex.charAt(at) != '|' && regex.charAt(at) != ')') {
      boolean ahead = regex.startsWith("(?=", at) || regex.startsWith("(?!", at);
      Ways next = repeated(depth, ahead);
      if (endless > 1 && (ahead || next.shortest > 0)) {
        throw refused("something behind two endless repetitions");
      }
      trials *= next.trials;
      endless += next.endless;
      shortest = Math.max(shortest, ahead ? 0 : next.shortest);
      if (endless > 2 || trials > MOST_TRIALS) {
        throw refused("too many ways to match");
      }
    }
    return new Ways(trials, endless, shortest);
  }

  private Ways repeated(int depth, boolean ahead) {
    boolean group = regex.charAt(at) == '(';
    Ways once = group ? group(depth, ahead) : single();
    if (at == regex.length() || "*+?{".indexOf(regex.charAt(at)) < 0) {
      return once;
    }
    Ways ways = times(once, group, ahead);
    if (at < regex.length() && regex.charAt(at) == '?') {
      at++; // as few as possible
    }
    if (at < regex.length() && "*+?{".indexOf(regex.charAt(at)) >= 0) {
      throw refused("a repetition of a repetition");
    }
    return ways;
  }

  private Ways times(Ways once, boolean group, boolean ahead) {
    char sign = regex.charAt(at);
    if (sign == '?' && !ahead) {
      at++;
      return new Ways(once.trials + 1, once.endless, 0);
    }
    if (group) {
      throw refused("a repetition of parentheses");
    }
    if (sign != '{') {
      at++;
      return new Ways(1, 1, sign == '+' ? 1 : 0);
    }
    Matcher counts = COUNTS.matcher(regex).region(at, regex.length());
    if (!counts.lookingAt()) {
      throw refused("an unknown repetition");
    }
    at = counts.end();
    int least = Integer.parseInt(counts.group(1));
    if (counts.group(2) != null && counts.group(3).isEmpty()) {
      return new Ways(1, 1, Math.min(least, 1));
    }
    int most = counts.group(2) == null ? least : Integer.parseInt(counts.group(3));
    if (most < least || most > MOST_TRIALS) {
      throw refused("a repetition of %d to %d times".formatted(least, most));
    }
    return new Ways(most - least + 1L, 0, Math.min(least, 1));
  }

  private Ways group(int depth, boolean ahead) {
    at++;
    if (ahead || regex.startsWith("?:", at)) {
      at += 2;
    } else if (regex.startsWith("?i:", at)) {
      at += 3;
    } else if (regex.startsWith("?", at)) {
      throw refused("parentheses of an unknown kind");
    }
    Ways inside = choice(depth + 1);
    if (at == regex.length()) {
      throw refused("an unbalanced parenthesis");
    }
    at++;
    if (ahead && inside.endless > 0) {
      throw refused("an endless look ahead");
    }
    return inside;
  }

  private Ways single() {
    char c = regex.charAt(at);
    if (c == '[') {
      at++;
      set(1);
    } else if (c == '\\') {
      escape();
    } else if ("*+?{}^$".indexOf(c) >= 0) {
      throw refused("'%s' where a character should be".formatted(c));
    } else {
      at += Character.charCount(regex.codePointAt(at));
    }
    return new Ways(1, 0, 1);
  }

  /** Up to the closing bracket of a set, sets inside it included. */
  private void set(int depth) {
    if (depth > DEEPEST) {
      throw refused("brackets nested too deep");
    }
    if (regex.startsWith("^", at)) {
      at++;
    }
    if (regex.startsWith("]", at)) {
      throw refused("an empty set");
    }
    while (at < regex.length() && regex.charAt(at) != ']') {
      char c = regex.charAt(at);
      if (c == '\\') {
        escape();
      } else {
        at++;
      }
      if (c == '[') {
        set(depth + 1);
      }
    }
    if (at == regex.length()) {
      throw refused("an unbalanced bracket");
    }
    at++;
  }

  private void escape() {
    Matcher escape = ESCAPE.matcher(regex).region(at, regex.length());
    if (!escape.lookingAt()) {
      throw refused("an unknown escape");
    }
    at = escape.end();
  }

  private BrokenTokenizer refused(String what) {
    return part.broken("is not read: %s, at character %d of it".formatted(what, at));
  }
}
