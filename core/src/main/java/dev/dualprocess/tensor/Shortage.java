package dev.dualprocess.tensor;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What an allocator says when it has no more, read from its text and told in one line. */
final class Shortage {
  private static final Pattern HOST = Pattern.compile("you tried to allocate (\\d+) bytes");
  private static final Pattern CUDA =
      Pattern.compile(
          "Tried to allocate ([\\d.]+) (bytes|KiB|MiB|GiB|TiB)\\. GPU (\\d+) has a total capacity of"
              + " ([\\d.]+ \\w+) of which ([\\d.]+ \\w+) is free");
  private static final List<String> UNITS = List.of("bytes", "KiB", "MiB", "GiB", "TiB");

  private Shortage() {}

  /** Whether {@code error} tells of one. */
  static boolean tells(Throwable error) {
    String text = String.valueOf(error.getMessage());
    return error instanceof OutOfMemoryError
        || error instanceof OutOfMemoryException
        || text.contains("out of memory")
        || text.contains("can't allocate memory")
        || text.contains("not enough memory: you tried to allocate") // on Windows
        || text.contains("CUBLAS_STATUS_ALLOC_FAILED")
        || text.contains("std::bad_alloc");
  }

  /** Where memory ran out, what was wanted and what is free, as far as that is told. */
  static String line(Throwable error) {
    String text = String.valueOf(error.getMessage());
    Matcher cuda = CUDA.matcher(text);
    if (cuda.find()) {
      return "out of memory on cuda:%s: %s more were wanted, %s of %s are free"
          .formatted(
              cuda.group(3), size(cuda.group(1), cuda.group(2)), cuda.group(5), cuda.group(4));
    }
    Matcher host = HOST.matcher(text);
    if (host.find()) {
      return "out of memory on cpu: %s more were wanted, %s are free"
          .formatted(
              new MemorySize(Long.parseLong(host.group(1))),
              new MemorySize(FreeMemory.bytes(Placement.CPU)));
    }
    if (error instanceof OutOfMemoryError) {
      return "out of memory in Java (%s), whose heap may take %s: give it more with -Xmx"
          .formatted(Torch.message(error), new MemorySize(Runtime.getRuntime().maxMemory()));
    }
    return "out of memory: " + Torch.message(error);
  }

  private static MemorySize size(String number, String unit) {
    return new MemorySize((long) (Double.parseDouble(number) * (1L << (10 * UNITS.indexOf(unit)))));
  }
}
