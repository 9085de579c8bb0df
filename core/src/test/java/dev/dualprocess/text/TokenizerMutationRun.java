package dev.dualprocess.text;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Opens damaged tokenizers one after the other and encodes odd texts with those that open. */
final class TokenizerMutationRun {
  private static final double MOST_SECONDS = 10;
  private static final long MOST_MEGABYTES = 300; // that one input may add at its peak

  private static final long PAGE = 500; // inputs between two lines

  private static final int MIDDLING = 100; // characters of a text that is also cut
  private static final int LENGTH = 20; // tokens

  private static final List<String> TEXTS =
      List.of(
          "",
          " ",
          "a photo of a cat, 42 dogs' and \"birds\"",
          "\0\0a\0",
          "\uD83D\uDE00\uD83D\uDC69\u200D\uD83D\uDCBB \uFDFA\u2126\uFB01",
          "a\u0301\u0302\u0301e\u0327\u0301 " + "\u0301".repeat(40),
          "</s><s><|endoftext|> <pad> <extra_id_3>  [UNK]\u2581\u2581 <0x0A> <image>  ",
          "\r\n \t\n  \u3000\u00a0".repeat(20),
          "The Quick \u00dcber-fox; \u65e5\u672c\u8a9e \u0928\u093f 1234567 a  b ".repeat(250),
          "ab".repeat(500) + " ".repeat(500));

  private final TokenizerMutation mutation = new TokenizerMutation();
  private final Map<String, Integer> counts = new TreeMap<>();
  private int faults;

  private TokenizerMutationRun() throws IOException {}

  /** First seed, count, and the file that says at which seed it is. */
  public static void main(String[] args) throws IOException {
    TokenizerMutationRun run = new TokenizerMutationRun();
    long first = Long.parseLong(args[0]);
    int count = Integer.parseInt(args[1]);
    Path folder = Files.createTempDirectory("tokenizers");
    long before = System.nanoTime();
    for (long seed = first; seed < first + count; seed++) {
      Files.writeString(Path.of(args[2]), seed + " (" + TokenizerMutation.kind(seed) + ")");
      run.one(seed, folder);
      if (seed % PAGE == 0) {
        System.out.println("at " + seed + ": " + run.counts + ", faults " + run.faults);
      }
    }
    Files.delete(folder);
    System.out.printf(
        "tried %d in %.0f s: %s, over time, memory or words %d%n",
        count, (System.nanoTime() - before) / 1e9, run.counts, run.faults);
    System.out.println("refused " + run.sum("refused"));
    System.exit(run.faults == 0 ? 0 : 1);
  }

  private void one(long seed, Path folder) throws IOException {
    mutation.write(seed, folder);
    long start = System.nanoTime();
    long memory = peak();
    String kind = TokenizerMutation.kind(seed);
    try {
      read(folder);
      counts.merge(kind + " accepted", 1, Integer::sum);
    } catch (IOException e) {
      counts.merge(kind + " refused", 1, Integer::sum);
      judge(seed, e, folder);
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      fault(seed + ": " + e + " at " + e.getStackTrace()[0]);
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    if (seconds > MOST_SECONDS) {
      fault("%d: %.1f seconds".formatted(seed, seconds));
    }
    if (peak() - memory > MOST_MEGABYTES) {
      fault("%d: %d MB".formatted(seed, peak() - memory));
    }
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
  }

  private static void read(Path folder) throws IOException {
    try (Tokenizer tokenizer = Tokenizer.open(folder)) {
      for (String text : TEXTS) {
        try {
          tokenizer.decode(tokenizer.encode(text));
          if (text.length() < MIDDLING) {
            tokenizer.encodeTruncated(text, LENGTH);
            tokenizer.cutOff(text, LENGTH);
          }
        } catch (IllegalArgumentException e) {
          if (!e.getMessage().startsWith("the tokenizer of " + folder)) {
            throw e;
          }
        }
      }
    }
  }

  private int sum(String what) {
    return counts.entrySet().stream()
        .filter(count -> count.getKey().endsWith(what))
        .mapToInt(Map.Entry::getValue)
        .sum();
  }

  private void fault(String told) {
    faults++;
    System.out.println("fault: seed " + told);
  }

  /** One line that names the folder or a file in it. */
  private void judge(long seed, IOException e, Path folder) {
    String told = String.valueOf(e.getMessage());
    if (told.lines().count() != 1 || !told.startsWith(folder.toString()) || told.length() > 2000) {
      fault(seed + ": " + told);
    }
  }

  /** Of this process so far, in megabytes. */
  private static long peak() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return 0;
    }
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("VmHWM"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
        .findFirst()
        .orElse(0);
  }
}
