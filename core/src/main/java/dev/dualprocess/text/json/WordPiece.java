package dev.dualprocess.text.json;

/** Words as the longest pieces that the vocabulary has, all but the first with a prefix. */
final class WordPiece {
  private static final int LONGEST_WORD = 1000;
  private static final int LONGEST_PREFIX = 32;

  private WordPiece() {}

  static void read(Copy copy) {
    TokenIds.read(copy);
    copy.text("unk_token", TokenIds.LONGEST)
        .text("continuing_subword_prefix", LONGEST_PREFIX)
        .number("max_input_chars_per_word", LONGEST_WORD);
    TokenIds.has(copy, "unk_token");
  }
}
