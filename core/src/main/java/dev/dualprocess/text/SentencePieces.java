package dev.dualprocess.text;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * A SentencePiece model: the {@code ModelProto} of {@code spiece.model} or {@code tokenizer.model},
 * as far as it is needed here.
 *
 * @param pieces of text, in the order of their ids
 * @param kind 1 for unigram, 2 for byte pairs
 * @param unknownId the piece for all that is none
 * @param charsmap the normaliser's table in base 64, empty for none
 */
record SentencePieces(List<Piece> pieces, long kind, int unknownId, String charsmap) {
  private static final int UNIGRAM = 1;

  /**
   * A piece of text.
   *
   * @param score its log probability
   */
  record Piece(String text, float score) {}

  boolean isUnigram() {
    return kind == UNIGRAM;
  }

  /**
   * Reads a file.
   *
   * @throws IOException in one line, if it cannot be read or is no such model
   */
  static SentencePieces read(Path file) throws IOException {
    // Not through a channel, which an interrupt would close.
    try (InputStream in = new FileInputStream(file.toFile())) {
      SentencePieces model = read(new ProtoMessage(ByteBuffer.wrap(in.readAllBytes())));
      if (!model.pieces.isEmpty()) {
        return model;
      }
    } catch (IllegalArgumentException e) {
      throw new IOException(file + ": not a SentencePiece model: " + e.getMessage(), e);
    }
    throw new IOException(file + ": not a SentencePiece model: it has no pieces");
  }

  private static SentencePieces read(ProtoMessage message) {
    List<Piece> pieces = new ArrayList<>();
    long kind = UNIGRAM;
    long unknownId = 0;
    String charsmap = "";
    while (message.next()) {
      switch (message.field()) {
        case 1 -> pieces.add(piece(message.message()));
        case 2 -> {
          ProtoMessage trainer = message.message();
          kind = trainer.numberOf(3, kind);
          unknownId = trainer.numberOf(40, unknownId);
        }
        case 3 -> charsmap = Base64.getEncoder().encodeToString(message.message().bytesOf(2));
        default -> message.skip();
      }
    }
    if (unknownId < 0 || unknownId >= Math.max(1, pieces.size())) {
      throw new IllegalArgumentException(
          "its unknown piece is number %d of %d".formatted(unknownId, pieces.size()));
    }
    return new SentencePieces(List.copyOf(pieces), kind, (int) unknownId, charsmap);
  }

  private static Piece piece(ProtoMessage message) {
    String text = new String(message.bytesOf(1), StandardCharsets.UTF_8);
    byte[] score = message.bytesOf(2);
    return new Piece(
        text,
        score.length == Float.BYTES
            ? ByteBuffer.wrap(score).order(ByteOrder.LITTLE_ENDIAN).getFloat()
            : 0);
  }
}
