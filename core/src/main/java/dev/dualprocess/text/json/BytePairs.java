package dev.dualprocess.text.json;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * Byte pair encoding: characters, joined two by two in the order of {@code merges}. A merge {@code
 * [a, b]} needs a, b and their joint in {@code vocab}.
 */
final class BytePairs {
  private static final int LONGEST_MARK = 32; // characters of a prefix or suffix

  private final Copy copy;
  private final Part merges;
  private final JsonNode vocab;
  private final String prefix; // of the second of a pair, which its joint is without

  private BytePairs(Copy copy) {
    this.copy = copy;
    this.merges = copy.from().at("merges").list();
    this.vocab = copy.node().get("vocab");
    this.prefix = copy.node().path("continuing_subword_prefix").asText("");
  }

  static void read(Copy copy) {
    TokenIds.read(copy);
    copy.knownFlags("fuse_unk", "byte_fallback", "ignore_merges");
    known(copy, "unk_token", TokenIds.LONGEST);
    known(copy, "continuing_subword_prefix", LONGEST_MARK);
    known(copy, "end_of_word_suffix", LONGEST_MARK);
    if (copy.from().at("dropout").isThere() && copy.from().at("dropout").finite() != 0) {
      throw copy.from().at("dropout").broken("is for training, where tokens are left to chance");
    }
    BytePairs pairs = new BytePairs(copy);
    pairs.marks();
    pairs.merges();
  }

  private static void known(Copy copy, String field, int most) {
    if (copy.from().at(field).isThere() && !copy.from().at(field).text().isEmpty()) {
      copy.text(field, most);
    }
  }

  /** Bytes that stand for a character stand for it alone, not for a mark beside it. */
  private void marks() {
    boolean marked = !prefix.isEmpty() || copy.node().has("end_of_word_suffix");
    if (marked && copy.node().path("byte_fallback").asBoolean()) {
      throw copy.from().at("byte_fallback").broken("does not go with a prefix or suffix");
    }
  }

  private void merges() {
    boolean pairs = merges.value().path(0).isArray();
    for (int i = 0; i < merges.value().size(); i++) {
      JsonNode merge = merges.value().get(i);
      if (merge.isArray() != pairs) {
        throw merges.at(i).broken("is of another form than the first");
      }
      if (pairs) {
        pair(i, merge);
      } else {
        line(i, merge);
      }
    }
    copy.node().set("merges", merges.value());
  }

  private void pair(int i, JsonNode merge) {
    if (merge.size() != 2) {
      throw merges.at(i).broken("must be two tokens, not " + merge.size());
    }
    join(i, text(i, merge.get(0)), text(i, merge.get(1)));
  }

  private String text(int i, JsonNode token) {
    return token.isTextual() ? token.textValue() : new Part(merges.at(i).place(), token).text();
  }

  private void line(int i, JsonNode merge) {
    String line = text(i, merge);
    int blank = line.indexOf(' ');
    if (blank < 0 || line.indexOf(' ', blank + 1) >= 0) {
      throw merges.at(i).broken("must be two tokens with a blank between them");
    }
    join(i, line.substring(0, blank), line.substring(blank + 1));
  }

  private void join(int i, String first, String second) {
    if (!second.startsWith(prefix)) {
      throw merges.at(i).broken("joins '%s', which is without the prefix".formatted(second));
    }
    for (String token : new String[] {first, second, first + second.substring(prefix.length())}) {
      if (!vocab.has(token)) {
        throw merges.at(i).broken("needs '%s', which vocab does not have".formatted(token));
      }
    }
  }
}
