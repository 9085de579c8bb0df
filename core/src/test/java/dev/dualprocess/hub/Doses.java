package dev.dualprocess.hub;

import java.io.IOException;
import java.io.OutputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server on a slow line. */
final class Doses {
  private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-");
  private static final int DOSE = 50_000;

  private Doses() {}

  static void send(LoopbackServer.Request request, byte[] content, OutputStream out)
      throws IOException, InterruptedException {
    Matcher range = RANGE.matcher(request.header("Range"));
    int from = range.matches() ? Integer.parseInt(range.group(1)) : 0;
    String told =
        "Content-Range: bytes %d-%d/%d".formatted(from, content.length - 1, content.length);
    LoopbackServer.head(out, range.matches() ? 206 : 200, content.length - from, told);
    for (int at = from; at < content.length; at += DOSE) {
      out.write(content, at, Math.min(DOSE, content.length - at));
      out.flush();
      Thread.sleep(5);
    }
  }
}
