package dev.dualprocess.cli.console;

import dev.dualprocess.config.Secrets;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** A stream for people on which no secret is shown; what is written in one piece is looked at. */
public final class MaskedStream extends PrintStream {
  /** Writes to {@code out}, which stays the caller's. */
  public MaskedStream(OutputStream out) {
    super(new Masking(out), true);
  }

  private static final class Masking extends FilterOutputStream {
    Masking(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      // A secret is ASCII; every other byte comes back as it was.
      String text = new String(bytes, from, length, StandardCharsets.ISO_8859_1);
      out.write(Secrets.masked(text).getBytes(StandardCharsets.ISO_8859_1));
    }
  }
}
