package dev.dualprocess.image;

import dev.dualprocess.image.PngChunks.Chunk;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.InflaterInputStream;

/** The texts in a PNG file, whoever wrote them; those that are broken are left out. */
final class PngTexts {
  private static final int MOST_BYTES = 1 << 24; // of all texts that were compressed

  private int left = MOST_BYTES;

  private PngTexts() {}

  static Map<String, String> of(PngChunks chunks) {
    PngTexts reader = new PngTexts();
    Map<String, String> texts = new LinkedHashMap<>();
    for (Chunk chunk : chunks.all()) {
      try {
        reader.read(chunk.type(), chunks.data(chunk), texts);
      } catch (IOException | IndexOutOfBoundsException | BufferUnderflowException e) {
        // No text.
      }
    }
    return texts;
  }

  private void read(String type, ByteBuffer data, Map<String, String> texts) throws IOException {
    switch (type) {
      case "tEXt" -> texts.put(word(data), rest(data, false, StandardCharsets.ISO_8859_1));
      case "zTXt" -> {
        String keyword = word(data);
        data.get(); // the method, of which there is one
        texts.put(keyword, rest(data, true, StandardCharsets.ISO_8859_1));
      }
      case "iTXt" -> {
        String keyword = word(data);
        boolean compressed = data.get() != 0;
        data.get();
        word(data); // the language
        word(data); // the keyword in it
        texts.put(keyword, rest(data, compressed, StandardCharsets.UTF_8));
      }
      default -> {}
    }
  }

  /** Up to the next zero, which is passed. */
  private static String word(ByteBuffer data) {
    int start = data.position();
    int end = start;
    while (data.get(end) != 0) {
      end++;
    }
    data.position(end + 1);
    return StandardCharsets.ISO_8859_1.decode(data.slice(start, end - start)).toString();
  }

  private String rest(ByteBuffer data, boolean compressed, Charset charset) throws IOException {
    byte[] bytes = new byte[data.remaining()];
    data.get(bytes);
    if (!compressed) {
      return new String(bytes, charset);
    }
    try (InputStream in = new InflaterInputStream(new ByteArrayInputStream(bytes))) {
      byte[] inflated = in.readNBytes(left + 1);
      if (inflated.length > left) {
        left = 0;
        throw new IOException("more than is meant for a text");
      }
      left -= inflated.length;
      return new String(inflated, charset);
    }
  }
}
