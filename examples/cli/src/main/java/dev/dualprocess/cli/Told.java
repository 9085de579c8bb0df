package dev.dualprocess.cli;

import com.google.common.base.Strings;
import dev.dualprocess.config.FileProblem;
import dev.dualprocess.tensor.Torch;
import dev.dualprocess.tensor.TorchException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.util.Objects;
import java.util.regex.Pattern;

/** What people are told of a failure, in one line without the names of classes. */
final class Told {
  private static final Pattern CLASS =
      Pattern.compile("\\b(?:[a-z]\\w*\\.)+[A-Z]\\w*(?:Exception|Error)\\b:? ?");
  private static final String NO_MORE = "this should not happen; --verbose shows where it did";

  private static final int LONGEST = 1500;

  private Told() {}

  /** A line without the middle of what nobody reads to its end. */
  static String shortened(String line) {
    return line.length() <= LONGEST
        ? line
        : line.substring(0, LONGEST / 2) + " ... " + line.substring(line.length() - LONGEST / 2);
  }

  /**
   * The line.
   *
   * @param doing the command that failed
   */
  static String of(Throwable e, String doing) {
    if (e instanceof UncheckedIOException unchecked) {
      return of(Objects.requireNonNull(unchecked.getCause()), doing);
    }
    if (e instanceof FileSystemException system) {
      return FileProblem.line(system);
    }
    if (e instanceof StackOverflowError) {
      return doing + ": something is nested too deeply";
    }
    if (e instanceof TorchException || e.getClass() == RuntimeException.class) {
      return "%s: the computation was refused: %s".formatted(doing, words(Torch.message(e)));
    }
    return ofMistake(e) ? "%s: %s (%s)".formatted(doing, reason(e), NO_MORE) : reason(e);
  }

  /** What no input should bring about. */
  private static boolean ofMistake(Throwable e) {
    return e instanceof NullPointerException
        || e instanceof IndexOutOfBoundsException
        || e instanceof ArithmeticException
        || e instanceof ClassCastException
        || e instanceof NegativeArraySizeException
        || Strings.isNullOrEmpty(e.getMessage());
  }

  private static String reason(Throwable e) {
    return Strings.isNullOrEmpty(e.getMessage()) ? "it failed" : words(Torch.message(e));
  }

  private static String words(String message) {
    String words = CLASS.matcher(message).replaceAll("").strip();
    return words.isEmpty() ? "it failed" : words;
  }
}
