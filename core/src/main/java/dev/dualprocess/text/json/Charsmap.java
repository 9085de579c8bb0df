package dev.dualprocess.text.json;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.BitSet;
import java.util.Deque;

/**
 * {@code precompiled_charsmap}: SentencePiece's table of what characters become, in base 64.
 *
 * <pre>
 *   4 bytes  the trie's size in bytes, little-endian
 *   trie     a double array of 32-bit units (Darts)
 *   texts    UTF-8, each ended by a zero byte; a leaf's value is where its text starts
 * </pre>
 *
 * A unit u has the label of the edge that leads to it, u &amp; 0x800000FF, and the offset of its
 * children, (u &gt;&gt; 10) &lt;&lt; (bit 9 of u ? 8 : 0), which bit 8 says have a leaf among them.
 * From a position p the byte c leads to the unit at p ^ c.
 */
final class Charsmap {
  private static final int MOST_UNITS = 1 << 20;
  private static final int LONGEST = 256; // bytes of a text
  private static final int BYTES = 256;

  private final Part part;
  private final int[] units;
  private final byte[] texts;
  private int growth = 1;

  private Charsmap(Part part, int[] units, byte[] texts) {
    this.part = part;
    this.units = units;
    this.texts = texts;
  }

  static Charsmap read(Part part) {
    ByteBuffer content = ByteBuffer.wrap(bytes(part)).order(ByteOrder.LITTLE_ENDIAN);
    if (content.remaining() < Integer.BYTES) {
      throw part.broken("has no trie");
    }
    long size = Integer.toUnsignedLong(content.getInt());
    if (size > content.remaining()
        || size % Integer.BYTES != 0
        || size / Integer.BYTES > MOST_UNITS) {
      throw part.broken(
          "claims a trie of %d bytes, %d are left".formatted(size, content.remaining()));
    }
    int[] units = new int[(int) size / Integer.BYTES];
    content.asIntBuffer().get(units);
    content.position(content.position() + (int) size);
    byte[] texts = new byte[content.remaining()];
    content.get(texts);
    Charsmap map = new Charsmap(part, units, texts);
    map.texts();
    map.trie();
    return map;
  }

  /** Bytes that one byte may become. */
  int growth() {
    return growth;
  }

  private static byte[] bytes(Part part) {
    String text = part.text();
    try {
      byte[] bytes = Base64.getDecoder().decode(text);
      if (Base64.getEncoder().encodeToString(bytes).equals(text)) {
        return bytes;
      }
    } catch (IllegalArgumentException e) {
      throw new BrokenTokenizer(part.place(), "is not base 64: " + e.getMessage());
    }
    throw part.broken("is not base 64 with its padding");
  }

  private void texts() {
    try {
      CharBuffer decoded = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(texts));
      decoded.clear();
    } catch (CharacterCodingException e) {
      throw new BrokenTokenizer(part.place(), "has texts that are not UTF-8");
    }
  }

  /** A position of the trie and the bytes that lead there. */
  private record Node(int position, int depth) {}

  private void trie() {
    if (units.length == 0) {
      throw part.broken("has an empty trie");
    }
    Deque<Node> open = new ArrayDeque<>();
    BitSet seen = new BitSet();
    visit(0, 0, 0, open, seen);
    while (!open.isEmpty()) {
      Node node = open.poll();
      for (int c = 1; c < BYTES; c++) {
        int at = node.position ^ c;
        if ((units[at] & 0x800000FF) == c) {
          visit(at, node.position ^ c, node.depth + 1, open, seen);
        }
      }
    }
  }

  /** Goes from the unit at {@code at} to its children, who all must be inside the trie. */
  private void visit(int at, int position, int depth, Deque<Node> open, BitSet seen) {
    int unit = units[at];
    long offset = (long) (unit >>> 10) << ((unit & (1 << 9)) >>> 6);
    long children = position ^ offset;
    if ((children | (BYTES - 1)) >= units.length) {
      throw part.broken("has a trie whose unit %d leads out of it".formatted(at));
    }
    if (depth > 0 && (unit >>> 8 & 1) == 1) {
      text(units[(int) children] & Integer.MAX_VALUE, depth);
    }
    if (!seen.get((int) children)) {
      seen.set((int) children);
      open.add(new Node((int) children, depth));
    }
  }

  private boolean isInsideCharacter(int start) {
    return start < texts.length && (texts[start] & 0xC0) == 0x80;
  }

  private void text(int start, int depth) {
    if (start > texts.length || isInsideCharacter(start)) {
      throw part.broken("has a trie that leads to no text at " + start);
    }
    int end = start;
    while (end < texts.length && texts[end] != 0) {
      end++;
      if (end - start > LONGEST) {
        throw part.broken("has a text of more than %d bytes at %d".formatted(LONGEST, start));
      }
    }
    growth = Math.max(growth, (end - start + depth - 1) / depth);
  }
}
