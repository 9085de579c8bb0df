package dev.dualprocess.text.json;

import com.fasterxml.jackson.databind.JsonNode;

/** The likeliest pieces: {@code vocab} is a list of [piece, log probability] in order of ids. */
final class Unigram {
  private static final int LONGEST = 512; // characters of a piece
  private static final long MOST = 1 << 24; // characters of all, each a node of a tree

  private Unigram() {}

  static void read(Copy copy) {
    Part vocab = copy.from().at("vocab").list();
    long characters = 0;
    for (int id = 0; id < vocab.value().size(); id++) {
      characters += piece(vocab, id);
    }
    if (characters > MOST) {
      throw vocab.broken(
          "has %d characters; the most that are read is %d".formatted(characters, MOST));
    }
    Part unknown = copy.from().at("unk_id");
    if (unknown.number(Ids.MOST) >= vocab.value().size()) {
      throw unknown.broken(
          "is %s, but vocab has %d pieces".formatted(unknown.value(), vocab.value().size()));
    }
    copy.number("unk_id", Ids.MOST).knownFlags("byte_fallback");
    copy.node().set("vocab", vocab.value());
  }

  private static int piece(Part vocab, int id) {
    JsonNode pair = vocab.value().get(id);
    if (!pair.isArray() || pair.size() != 2) {
      throw vocab.at(id).broken("must be a piece and its score");
    }
    Part piece = vocab.at(id).at(0);
    int length = piece.text().length();
    if (length > LONGEST) {
      throw piece.broken(
          "has %d characters; the most that are read is %d".formatted(length, LONGEST));
    }
    vocab.at(id).at(1).finite();
    return length;
  }
}
